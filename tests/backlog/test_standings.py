"""How sure ranks are: drawn by a job, shown in the list, given by the API."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.models import BacklogItem, Standing, StandingBasis
from backlog.services.assessments import assessment_set
from backlog.services.items import item_update
from backlog.services.ranks import item_rank_pin
from backlog.services.standings import ranking_settings_set, standings_recompute
from plm.errors import Invalid, NotAllowed, Stale
from plm.models import Event, Job
from plm.runner import run_due_jobs
from plm.scoring.definition import RICE_DEFAULT, WEIGHTED_DEFAULT
from plm.scoring.ranges import Estimate, Range
from plm.scoring.ranked_draws import Entry, ranked_draws
from tests.backlog.test_priority_services import RICE, make_items, use_rice

PAGE = "/acme/ATL/prioritize/"
SURE = {"confidence": 1, "impact": 1, "effort": 1}


def judged(world, *reaches):
    """Items with these reaches, the highest first, ranked."""
    items = make_items(world, len(reaches))
    use_rice(world)
    run_due_jobs()
    for item, reach in zip(items, reaches, strict=True):
        assessment_set(actor=world.actor("bob"), item=item, values={**SURE, "reach": reach})
    run_due_jobs()
    return items


def spread(low, likely, high):
    return {"low": low, "likely": likely, "high": high, "meaning": "ends", "shape": "triangular"}


def line(world, **values):
    values = {"top": None, "capacity": None, **values}
    ranking_settings_set(actor=world.actor("alice"), product=world.atlas, version=None, values=values)  # fmt: skip
    run_due_jobs()


def test_without_ranges_ranks_are_as_if_estimates_were_exact_and_the_page_says_so(world, sign_in):
    judged(world, 300, 200, 200)
    line(world, top=2)
    basis = StandingBasis.objects.get()
    assert (basis.draws, basis.uncertain, basis.cut_after) == (1, 0, 2)
    rows = {s.item.number: s for s in Standing.objects.select_related("item")}
    assert (rows[1].inside, rows[1].low, rows[1].high, rows[1].tie) == (1, 1, 1, 0)
    assert (rows[2].inside, rows[2].median) == (0.5, 2.5)
    assert rows[2].tie == rows[3].tie == 1
    page = sign_in(world.alice).get(PAGE).content.decode()
    assert "as if every estimate were exact" in page
    assert page.count("tie 1") == 2
    assert page.index("cut-line") > page.index('id="ATL-2"')
    assert page.index("cut-line") < page.index('id="ATL-3"')


def test_a_range_gives_chances_that_a_triangle_gives_by_hand(world):
    """Reach 100 to 300, likely 200, beside 250 for sure: above it with (300 - 250)^2 / (200 * 100) = 1/8."""
    judged(world, 250, spread(100, 200, 300))
    line(world, top=1)
    rows = {s.item.number: s for s in Standing.objects.select_related("item")}
    assert rows[2].inside == pytest.approx(1 / 8, abs=0.01)
    assert rows[1].inside + rows[2].inside == pytest.approx(1)
    assert (rows[1].low, rows[1].high) == (1, 2)
    assert rows[1].tie == rows[2].tie == 0
    worth = StandingBasis.objects.get().worths
    assert [(w["factor"], w["item"]) for w in worth] == [("reach", rows[2].item_id)]
    # E[(X - 250)+] of the triangle: integral of (300 - x)^2 / 20000 from 250 to 300.
    assert worth[0]["gain"] == pytest.approx(50**3 / 3 / 20000, rel=0.03)
    assert worth[0]["changes"] == pytest.approx(1 / 8, abs=0.01)


def test_the_same_inputs_give_the_same_bytes_and_nothing_is_written_twice(world):
    judged(world, 250, spread(100, 200, 300), spread(50, 220, 900))
    before = list(Standing.objects.order_by("pk").values())
    kept = StandingBasis.objects.values("worths", "mark", "draws", "seed").get()
    assert standings_recompute(product_id=world.atlas.pk) is False
    events = Event.objects.count()
    assert standings_recompute(product_id=world.atlas.pk) is False
    assert Event.objects.count() == events
    Standing.objects.all().delete()
    StandingBasis.objects.all().delete()
    assert standings_recompute(product_id=world.atlas.pk) is True
    assert json.dumps(before) == json.dumps(list(Standing.objects.order_by("pk").values()))
    assert kept == StandingBasis.objects.values("worths", "mark", "draws", "seed").get()


def test_another_item_more_changes_no_draw_of_the_others():
    entry = Entry(1, {f.key: Estimate(Range(1, 3, 5)) for f in WEIGHTED_DEFAULT.factors})
    other = Entry(2, {f.key: Estimate.exactly(1) for f in WEIGHTED_DEFAULT.factors})
    alone = ranked_draws(WEIGHTED_DEFAULT, [entry], top=1, draws=500)
    both = ranked_draws(WEIGHTED_DEFAULT, [entry, other], top=1, draws=500)
    assert alone.places[0].inside == both.places[0].inside == 1
    assert repr(both) == repr(ranked_draws(WEIGHTED_DEFAULT, [entry, other], top=1, draws=500))


def test_a_wider_range_alone_draws_anew_though_no_score_moves(world):
    judged(world, 250, 200)
    mark = StandingBasis.objects.get().mark
    item = BacklogItem.objects.get(number=2)
    assessment_set(actor=world.actor("bob"), item=item, values={"reach": spread(100, 200, 300)})
    run_due_jobs()
    basis = StandingBasis.objects.get()
    assert (basis.mark != mark, basis.uncertain, basis.draws) == (True, 1, 10_000)


def test_a_capacity_cuts_where_the_next_effort_no_longer_fits(world):
    judged(world, 400, 300, 200)
    line(world, capacity=2.5)
    basis = StandingBasis.objects.get()
    assert basis.cut_after == 2
    assert [s.inside for s in Standing.objects.order_by("item__rank")] == [1, 1, 0]
    assert basis.unit == "impact-people"


def test_a_capacity_in_points_leaves_out_what_has_no_estimate(world):
    one, two, _ = make_items(world)
    run_due_jobs()
    for item in (one, two):
        assessment_set(actor=world.actor("bob"), item=item, values={"customer_need": 3, "market_demand": 3, "ease": 3})  # fmt: skip
    item_update(record=one, actor=world.actor("bob"), version=None, values={"estimate": 5})
    line(world, capacity=5)
    basis = StandingBasis.objects.get()
    assert (basis.items, basis.unestimated, basis.unscored) == (1, 1, 1)
    item_update(record=two, actor=world.actor("bob"), version=None, values={"estimate": 3})
    run_due_jobs()
    assert StandingBasis.objects.get().unestimated == 0


def test_only_managers_move_the_line_and_bad_lines_are_refused(world):
    with pytest.raises(NotAllowed):
        ranking_settings_set(actor=world.actor("bob"), product=world.atlas, version=None, values={"top": 3})  # fmt: skip
    for bad in ({"top": 0}, {"top": 3, "capacity": 2}, {}, {"capacity": float("nan")}):
        values = {"top": None, "capacity": None, **bad}
        with pytest.raises(Invalid):
            ranking_settings_set(actor=world.actor("alice"), product=world.atlas, version=None, values=values)  # fmt: skip
    line(world, top=3)
    with pytest.raises(Stale):
        ranking_settings_set(actor=world.actor("alice"), product=world.atlas, version=1, values={"top": 4, "capacity": None})  # fmt: skip


def test_the_line_is_moved_on_a_page(world, sign_in):
    judged(world, 300, 200)
    browser = sign_in(world.alice)
    assert "Move the line" in browser.get(PAGE).content.decode()
    body = {"kind": "capacity", "top": "", "capacity": "", "stale_days": "60", "version": "1"}
    assert browser.post(f"{PAGE}line", body).status_code == 422
    assert browser.post(f"{PAGE}line", {**body, "capacity": "1.5"}).status_code == 302
    run_due_jobs()
    assert "where 1.5 person-months are full" in browser.get(PAGE).content.decode()
    assert browser.post(f"{PAGE}line", {**body, "capacity": "9"}).status_code == 409
    assert sign_in(world.bob).get(f"{PAGE}line").status_code == 403


def test_the_api_gives_standings_and_moves_the_line(world, api):
    judged(world, 250, spread(100, 200, 300))
    client = api(world.alice, world.acme)
    url = "/api/v1/products/ATL/ranking/"
    read = client.get(url)
    assert read.json()["top"] == 10
    moved = client.put(url, json.dumps({"top": 1}), content_type="application/json", headers={"If-Match": read["ETag"]})  # fmt: skip
    assert moved.status_code == 200, moved.content
    bad = client.put(url, json.dumps({"capacity": 0}), content_type="application/json", headers={"If-Match": moved["ETag"]})  # fmt: skip
    assert bad.status_code == 422
    assert "capacity" in bad.json()["errors"]
    run_due_jobs()
    body = client.get("/api/v1/products/ATL/standings/").json()
    assert body["drawn"]["draws"] == 10_000
    assert [row["item"] for row in body["results"]] == ["ATL-1", "ATL-2"]
    assert body["results"][1]["above_line"] == pytest.approx(1 / 8, abs=0.01)
    assert body["worth_knowing"][0]["factor"] == "reach"


def test_the_list_costs_the_same_statements_whatever_is_drawn(world, sign_in):
    judged(world, spread(100, 200, 300), 200)
    line(world, top=1)
    browser = sign_in(world.alice)
    browser.get(PAGE)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            browser.get(PAGE)
        counts.append(len(captured))
        for item in make_items(world, 12):
            assessment_set(actor=world.actor("bob"), item=item, values={**RICE, "reach": spread(100, 200, 300)})  # fmt: skip
        run_due_jobs()
    assert counts[0] == counts[1]


def test_facts_that_move_nothing_ask_for_no_drawing(world):
    (item,) = judged(world, 300)
    item_update(
        record=item, actor=world.actor("bob"), version=None, values={"title": "Another name"}
    )
    assert not Job.objects.filter(kind="backlog.standings", state="queued").exists()


def test_rice_draws_are_those_of_the_definition():
    inputs = {f.key: Estimate.exactly(1) for f in RICE_DEFAULT.factors}
    found = ranked_draws(RICE_DEFAULT, [Entry(1, inputs)], capacity=3)
    assert (found.draws, found.places[0].inside, found.worths) == (1, 1, [])


def test_a_place_fixed_by_hand_is_no_tie_with_its_neighbours(world):
    judged(world, 400, 300, 5)
    last = BacklogItem.objects.select_related("product").get(number=3)
    item_rank_pin(actor=world.actor("alice"), item=last, rank=1, reason="Promised for May")
    run_due_jobs()
    assert [s.tie for s in Standing.objects.order_by("item__rank")] == [0, 0, 0]
    assert [s.median for s in Standing.objects.order_by("item__rank")] == [3, 1, 2]
