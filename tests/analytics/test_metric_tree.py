"""The North Star and what drives it: the arithmetic of edges, where a metric may stand, the page and the API."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from analytics.models import Metric
from analytics.services.metrics import metric_update
from analytics.services.readings import NewReading, readings_put
from analytics.stats.periods import last_complete
from analytics.stats.together import FEWEST, interval, pearson, together
from analytics.stats.tree import MOST_LEVELS, chain_up, height_of
from plm.errors import Invalid, NotAllowed, Stale
from plm.models import Event
from tests.make import make_item, make_key_result, make_metric, make_objective, make_placement

# Anscombe, F. J. (1973), Graphs in statistical analysis: all four have the correlation 0.816.
ANSCOMBE = (
    ((10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5), (8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68), 0.81642),
    ((10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5), (9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74), 0.81624),
    ((10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5), (7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73), 0.81629),
    ((8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8), (6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89), 0.81652),
)  # fmt: skip


@pytest.mark.parametrize(("xs", "ys", "known"), ANSCOMBE)
def test_the_correlation_of_known_series(xs, ys, known):
    assert pearson(xs, ys) == pytest.approx(known, abs=5e-6)
    assert pearson(xs, [-y for y in ys]) == pytest.approx(-known, abs=5e-6)
    assert pearson([x * 1e9 + 7 for x in xs], ys) == pytest.approx(known, abs=5e-6)


def test_what_does_not_move_or_is_alone_has_no_correlation():
    assert pearson([1, 1, 1], [1, 2, 3]) is None
    assert pearson([0.1 + 0.2, 0.3, 0.3], [1, 2, 3]) is None
    assert pearson([1], [2]) is None
    assert pearson([], []) is None
    assert pearson([1, 2], [2, 4]) == pytest.approx(1)


def test_the_interval_of_a_known_correlation():
    assert interval(0.5, 28) == pytest.approx((0.1560, 0.7358), abs=5e-5)
    assert interval(0.0, 103) == pytest.approx((-0.1935, 0.1935), abs=5e-5)
    assert interval(1.0, 20) == (1.0, 1.0)


WEEKS = [date(2026, 1, 5) + timedelta(weeks=n) for n in range(30)]
ZIGZAG = [(n * 7) % 11 - 5 for n in range(30)]


def course(values):
    return dict(zip(WEEKS, map(float, values), strict=False))


def test_two_trends_do_not_count_as_moving_together():
    up = course(100 * n + z for n, z in enumerate(ZIGZAG))
    also_up = course(50 * n - z for n, z in enumerate(ZIGZAG))
    found = together(WEEKS, up, also_up)
    assert found.levels > 0.99
    assert (found.changes, found.verdict, found.n) == (pytest.approx(-1), "against", 29)
    assert together(WEEKS, up, course(5 * z for z in ZIGZAG)).verdict == "together"


def test_gaps_count_for_neither_and_too_few_changes_say_nothing():
    one = course(ZIGZAG)
    holes = {start: value for start, value in one.items() if start not in (WEEKS[3], WEEKS[9])}
    assert together(WEEKS, one, holes).n == 29 - 4
    few = together(WEEKS, one, course(ZIGZAG[:FEWEST]))
    assert (few.n, few.changes, few.verdict) == (FEWEST - 1, None, "few")
    assert together(WEEKS, one, course([3] * 30)).verdict == "still"
    assert together(WEEKS, one, {}).verdict == "few"
    noise = course([0, 1, 3, 2, 2, 4, 1, 0, 5, 3, 1, 4, 0, 2, 5])
    assert together(WEEKS, one, noise).verdict == "unclear"


def test_chains_and_heights_end_also_in_a_ring():
    above = {1: None, 2: 1, 3: 2, 4: 2, 5: 6, 6: 5}
    assert list(chain_up(3, above)) == [3, 2, 1]
    assert list(chain_up(5, above)) == [5, 6]
    assert [height_of(n, above) for n in (1, 2, 3, 5, None)] == [3, 2, 1, 2, 1]


def drives(world, metric, parent, **more):
    return metric_update(
        actor=world.actor("alice"), record=metric, version=None, values={"parent": parent}, **more
    )


def test_no_ring_closes_and_nothing_goes_deeper_than_it_may(world):
    alice = world.actor("alice")
    row = [make_metric(alice, world.atlas, "Level 1", north_star=True)]
    for level in range(2, MOST_LEVELS + 1):
        row.append(make_metric(alice, world.atlas, f"Level {level}", parent=row[-1]))
    with pytest.raises(Invalid):
        make_metric(alice, world.atlas, "Too deep", parent=row[-1])
    with pytest.raises(Invalid) as ring:
        drives(world, row[1], row[-1])
    assert "ring" in ring.value.fields["parent"]
    with pytest.raises(Invalid):
        drives(world, row[2], row[2])
    with pytest.raises(Invalid):
        drives(world, row[0], row[3])
    other = make_metric(alice, world.atlas, "Pair")
    below = make_metric(alice, world.atlas, "Below", parent=other)
    with pytest.raises(Invalid):
        drives(world, other, row[-2])
    moved = drives(world, other, row[-3], reason="Seen in the interviews")
    assert (moved.parent, below.parent) == (row[-3], other)
    event = Event.objects.filter(verb="metric.updated").latest("sequence")
    assert event.changes == {"parent": [None, row[-3].reference]}
    assert event.reason == "Seen in the interviews"


def test_a_parent_is_of_the_same_product_and_the_database_has_the_last_word(world):
    alice = world.actor("alice")
    star = make_metric(alice, world.atlas, "Star", north_star=True)
    other = make_metric(alice, world.boreas, "Elsewhere")
    rocket = make_metric(world.actor("mallory"), world.rocket, "Launches")
    with pytest.raises(Invalid):
        drives(world, other, star)
    for change in (
        {"parent": rocket.pk},
        {"parent": star.pk, "north_star": True},
        {"parent": other.pk},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Metric.objects.filter(pk=other.pk).update(**change)
    second = make_metric(alice, world.atlas, "Second")
    with pytest.raises(IntegrityError), transaction.atomic():
        Metric.objects.filter(pk=second.pk).update(north_star=True)


def test_a_new_north_star_takes_over_and_says_why(world):
    alice = world.actor("alice")
    old = make_metric(alice, world.atlas, "Sign-ups", north_star=True)
    new = make_metric(alice, world.atlas, "Savings", parent=old)
    given = {"north_star": True}
    metric_update(
        actor=alice, record=new, version=None, values=given, reason="Sign-ups save nothing"
    )
    stars = Metric.objects.filter(product=world.atlas, north_star=True)
    assert [(m.title, m.parent) for m in stars] == [("Savings", None)]
    told = Event.objects.filter(verb="metric.updated", record_id=old.pk).get()
    assert (told.changes, told.reason) == ({"north_star": [True, False]}, "Sign-ups save nothing")
    with pytest.raises(NotAllowed):
        metric_update(actor=world.actor("bob"), record=old, version=None, values=given)
    with pytest.raises(Stale):
        metric_update(actor=alice, record=old, version=1, values=given)
    assert Metric.objects.get(north_star=True) == new
    make_metric(alice, world.boreas, "Its own", north_star=True)


def measure(world, metric, values):
    """The values of the last complete weeks, the newest first."""
    last = datetime.combine(last_complete(timezone.localdate(), "week"), time(12), tzinfo=UTC)
    rows = [
        NewReading(at=last + timedelta(days=2) - timedelta(weeks=n), value=Decimal(value), note="")
        for n, value in enumerate(values)
    ]
    readings_put(actor=world.actor("alice"), metric=metric, readings=rows, source="api")


@pytest.fixture
def measured(world, work):
    """Savings, driven by Sites (moves with it) and by Alarms (moves against it, and less is better); Loose stands alone."""
    alice = world.actor("alice")
    objective = make_objective(alice, world.atlas, "Save more")
    result = make_key_result(alice, objective)
    item = make_item(alice, world.atlas, "Night mode")
    make_placement(alice, item, objective=objective, bucket="now")
    star = make_metric(
        alice,
        world.atlas,
        "Savings",
        north_star=True,
        key_result=result,
        target_value=9,
        baseline=1,
    )
    sites = make_metric(alice, world.atlas, "Sites", parent=star, item=item)
    alarms = make_metric(alice, world.atlas, "Alarms", parent=star, direction="down")
    young = make_metric(alice, world.atlas, "Young", parent=sites)
    loose = make_metric(alice, world.atlas, "Loose")
    for metric, values in (
        (star, [50 + z for z in ZIGZAG]), (sites, [500 + 3 * z for z in ZIGZAG]),
        (alarms, [40 - 2 * z for z in ZIGZAG]), (young, ZIGZAG[:4]),
    ):  # fmt: skip
        measure(world, metric, values)
    work()
    return {"star": star, "sites": sites, "alarms": alarms, "young": young, "loose": loose}


def test_the_api_gives_the_tree_with_what_the_data_say(world, measured, api):
    answer = api(world.carol, world.acme, ["read"]).get("/api/v1/products/ATL/metric-tree/")
    nodes = {row["title"]: row for row in answer.json()["results"]}
    assert [(row["title"], row["depth"]) for row in answer.json()["results"]] == [
        ("Savings", 0), ("Sites", 1), ("Young", 2), ("Alarms", 1),
    ]  # fmt: skip
    assert [row["title"] for row in answer.json()["loose"]] == ["Loose"]
    star = nodes["Savings"]
    assert (star["edge"], star["state"], star["items_aimed"]) == (None, "good", 1)
    assert star["key_result"] == measured["star"].key_result.reference
    edge = nodes["Sites"]["edge"]
    assert (edge["n"], edge["period"], edge["verdict"], edge["hoped"]) == (
        29,
        "week",
        "together",
        True,
    )
    assert edge["changes"] == pytest.approx(1)
    assert (nodes["Alarms"]["edge"]["verdict"], nodes["Alarms"]["edge"]["hoped"]) == (
        "against",
        True,
    )
    assert (nodes["Young"]["edge"]["verdict"], nodes["Young"]["edge"]["changes"]) == ("few", None)
    assert nodes["Young"]["drives"] == measured["sites"].reference
    assert (
        api(world.mallory, world.rival).get("/api/v1/products/ATL/metric-tree/").status_code == 404
    )


def test_the_place_is_written_over_the_api(world, measured, api):
    client = api(world.alice, world.acme)
    loose, star = measured["loose"], measured["star"]
    address = f"/api/v1/metrics/{loose.reference}/"

    def patch(body):
        etag = client.get(address)["ETag"]
        return client.patch(
            address, json.dumps(body), content_type="application/json", headers={"if-match": etag}
        )

    assert patch({"parent": star.reference}).json()["parent"] == star.reference
    assert patch({"parent": loose.reference}).status_code == 422
    assert patch({"north_star": True, "parent": star.reference}).status_code == 422
    assert patch({"north_star": True}).json()["parent"] is None
    assert Metric.objects.get(north_star=True) == loose


def test_the_page_shows_the_tree_and_places_metrics(world, measured, sign_in):
    browser = sign_in(world.alice)
    page = browser.get("/acme/ATL/analytics/tree").content.decode()
    for words in ("Moves together 1.00 over 29 weeks, as hoped", "Moves against it −1.00 over 29 weeks, as hoped",
                  "Too few periods to tell over 3 weeks", "no proof", "Outside of the tree", "Night mode", "Save more",
                  "with 1 open item", "Place it"):  # fmt: skip
        assert words in page, words
    loose, sites = measured["loose"], measured["sites"]
    own = f"{loose.get_absolute_url()}/drives"
    assert browser.get(own).status_code == 200
    sent = {"parent": sites.uuid, "version": loose.version, "reason": "Seen"}
    assert browser.post(own, sent).status_code == 302
    assert Metric.objects.get(pk=loose.pk).parent == sites
    stale = browser.post(own, {**sent, "parent": ""})
    assert "Sites" in stale.content.decode()
    assert Metric.objects.get(pk=loose.pk).parent == sites
    both = browser.post(
        own, {"parent": sites.uuid, "north_star": "on", "version": loose.version + 1}
    )
    assert both.status_code == 422
    ring = browser.post(f"{sites.get_absolute_url()}/drives", {"parent": loose.uuid, "version": 1})
    assert ring.status_code == 422
    edit = browser.get(f"{loose.get_absolute_url()}/edit").content.decode()
    assert "This is the North Star" in edit
    assert "Drives" in browser.get(loose.get_absolute_url()).content.decode()
    assert "Place it" not in sign_in(world.carol).get("/acme/ATL/analytics/tree").content.decode()
    assert sign_in(world.carol).get(own).status_code == 403


def test_without_a_north_star_the_page_says_what_it_is(world, sign_in):
    browser = sign_in(world.alice)
    assert "No metrics yet" in browser.get("/acme/ATL/analytics/tree").content.decode()
    make_metric(world.actor("alice"), world.atlas, "Savings")
    page = browser.get("/acme/ATL/analytics/tree").content.decode()
    assert "No North Star yet" in page
    assert "mark it as the North Star" in page
    assert (
        "A product manager chooses it"
        in sign_in(world.carol).get("/acme/ATL/analytics/tree").content.decode()
    )


def test_the_page_takes_as_many_statements_for_many_metrics_as_for_few(world, measured, sign_in, django_assert_max_num_queries):  # fmt: skip
    browser = sign_in(world.alice)
    browser.get("/acme/ATL/analytics/tree")
    most = 20
    with django_assert_max_num_queries(most):
        browser.get("/acme/ATL/analytics/tree")
    alice = world.actor("alice")
    for n in range(12):
        result = make_key_result(alice, make_objective(alice, world.atlas, f"Goal {n}"))
        make_metric(alice, world.atlas, f"More {n}", parent=measured["sites"], key_result=result)
    with django_assert_max_num_queries(most):
        browser.get("/acme/ATL/analytics/tree")
