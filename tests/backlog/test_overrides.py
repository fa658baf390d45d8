"""Places given against the score: kept with the place by score, compared with what came of them, judged by people."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from analytics.services.readings import NewReading, readings_put
from backlog.models import BacklogItem, RankOverride
from backlog.selectors.overrides import Summary, overrides_of, summary_of, told
from backlog.services.assessments import assessment_set
from backlog.services.items import item_move
from backlog.services.ranks import item_rank_pin, item_rank_unpin, override_judge
from plm.errors import Invalid, NotAllowed, Stale
from plm.models import Event
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import make_items
from tests.bad_input import refusal, send
from tests.make import make_metric, make_spec

PAGE = "/acme/ATL/prioritize/overrides"
API = "/api/v1/products/ATL/overrides/"
WHY = "Promised to a customer"


@pytest.fixture
def judged(world):
    """Three items with falling scores."""
    items = make_items(world)
    for item, value in zip(items, (5, 3, 1), strict=True):
        values = dict.fromkeys(("customer_need", "market_demand", "ease"), value)
        assessment_set(actor=world.actor("bob"), item=item, values=values)
    run_due_jobs()
    return items


def pin(world, item, rank=1, reason=WHY):
    item = item_rank_pin(actor=world.actor("alice"), item=item, rank=rank, reason=reason)
    run_due_jobs()
    return item


def read(world, who="carol"):
    actor = world.actor(who)
    return told(actor, world.atlas, overrides_of(actor, world.atlas))


def judge(world, verdict="paid_off", reason="They renewed", **values):
    row = overrides_of(world.actor("alice"), world.atlas)[0]
    who = values.pop("who", "alice")
    return override_judge(actor=world.actor(who), override=row, verdict=verdict, reason=reason, **values)  # fmt: skip


def test_an_override_keeps_the_place_by_score_of_its_moment_beside_that_of_now(world, judged):
    pin(world, judged[2])
    (row,) = read(world)
    assert (row.override.place, row.override.place_before, row.override.place_by_score) == (1, 3, 3)
    assert (row.override.reason, str(row.override.made_by)) == (WHY, "Alice")
    assert row.by_score == 3
    values = dict.fromkeys(("customer_need", "market_demand", "ease"), 4)
    assessment_set(actor=world.actor("bob"), item=judged[2], values=values)
    run_due_jobs()
    (row,) = read(world)
    assert (row.override.place_by_score, row.by_score) == (3, 2)


def test_the_place_by_score_is_that_of_the_list_without_fixed_places(world, judged):
    order = dict(BacklogItem.objects.values_list("pk", "rank"))
    for item in judged:
        pin(world, item, 3 - list(judged).index(item))
    assert {row.item.pk: row.by_score for row in read(world)} == order


def test_an_override_that_is_lifted_or_replaced_stays_on_record(world, judged):
    pin(world, judged[2])
    pin(world, judged[2], 2, "Second will do")
    item_rank_unpin(actor=world.actor("alice"), item=judged[2])
    assert [(r.override.place, r.override.end) for r in read(world)] == [(2, "lifted"), (1, "replaced")]  # fmt: skip
    assert summary_of(overrides_of(world.actor("carol"), world.atlas)).standing == 0


def test_what_came_of_it_is_read_from_the_item_its_specification_and_its_metric(world, judged):
    alice = world.actor("alice")
    make_spec(alice, world.atlas, judged[2], success_metric="Renewals", success_target=90)
    metric = make_metric(alice, world.atlas, "Renewal rate", item=judged[2], unit="%", baseline=70)
    readings = [
        NewReading(datetime(2026, 3, day, tzinfo=UTC), Decimal(value))
        for day, value in ((1, 71), (8, 84))
    ]
    readings_put(actor=alice, metric=metric, readings=readings, source="form")
    pin(world, judged[2])
    item_move(BacklogItem.objects.get(pk=judged[2].pk), actor=alice, state="done")
    run_due_jobs()
    (row,) = read(world)
    assert (row.item.state, row.done_after, row.by_score) == ("done", 0, None)
    assert row.spec.success_metric == "Renewals"
    assert [(m.name, m.value, m.baseline) for m in row.measured] == [("Renewal rate", 84.0, 70.0)]


def test_a_verdict_is_kept_with_who_and_when_and_can_change(world, judged):
    pin(world, judged[2])
    with pytest.raises(NotAllowed):
        judge(world, who="bob")
    with pytest.raises(Invalid):
        judge(world, "perhaps")
    with pytest.raises(Invalid):
        judge(world, reason=" ")
    first = judge(world, version=1)
    assert (first.verdict, str(first.verdict_by)) == ("paid_off", "Alice")
    with pytest.raises(Stale):
        judge(world, "did_not", "They left", version=1)
    judge(world, "did_not", "They left after all", version=2)
    facts = Event.objects.filter(verb="item.override_judged").order_by("sequence")
    assert [e.changes["verdict"] for e in facts] == [[None, "Paid off"], ["Paid off", "Did not pay off"]]  # fmt: skip


def test_the_summary_says_how_little_few_verdicts_say():
    assert "Nothing can be said yet" in Summary(3, 3, 0, 0, 1).says
    assert Summary(4, 1, 2, 1, 0).says == "2 of 3 with a verdict paid off. So few say little about the next one."  # fmt: skip
    assert "So few" not in Summary(20, 1, 8, 6, 1).says
    assert Summary(20, 1, 8, 6, 1).open == 5


def test_the_page_shows_and_judges(world, judged, sign_in):
    browser = sign_in(world.alice)
    assert "No place was fixed by hand yet" in browser.get(PAGE).content.decode()
    pin(world, judged[2])
    page = browser.get(PAGE).content.decode()
    assert WHY in page
    assert "Say what came of it" in page
    assert "Say what came of it" not in sign_in(world.carol).get(PAGE).content.decode()
    row = RankOverride.objects.get()
    url = f"{PAGE}/{row.uuid}/verdict"
    sent = {"verdict": "paid_off", "reason": "They renewed", "version": "1"}
    browser = sign_in(world.alice)
    assert browser.post(url, sent).status_code == 302
    again = browser.post(url, {**sent, "verdict": "did_not"})
    assert again.status_code == 409
    assert browser.post(url, {**sent, "version": "2", "reason": ""}).status_code == 422
    assert "1 of 1 with a verdict paid off" in browser.get(PAGE).content.decode()


def test_the_api_pages_and_judges(world, judged, api):
    for item in judged:
        pin(world, item)
    client = api(world.alice, world.acme)
    first = client.get(f"{API}?size=2").json()
    assert [row["item"] for row in first["results"]] == ["ATL-3", "ATL-2"]
    second = client.get(f"{API}?size=2&cursor={first['next_cursor']}").json()
    assert [row["item"] for row in second["results"]] == ["ATL-1"]
    assert second["next_cursor"] is None
    url = f"{API}{second['results'][0]['id']}/verdict/"
    body = {"verdict": "too_early", "reason": "Out since Monday", "version": 1}
    assert send(client, "POST", url, body).json()["verdict"] == "too_early"
    refusal(send(client, "POST", url, body | {"reason": "Again"}), 412)
    refusal(send(api(world.bob, world.acme), "POST", url, body), 403)


def test_statements_do_not_grow_with_overrides(world, judged, django_assert_max_num_queries):
    for item in judged:
        pin(world, item)
    actor = world.actor("carol")
    with django_assert_max_num_queries(6):
        assert len(told(actor, world.atlas, overrides_of(actor, world.atlas))) == 3


def test_what_was_fixed_before_there_was_a_record_comes_from_the_history(world, judged):
    pin(world, judged[2])
    pin(world, judged[2], 2, "Second will do")
    item_rank_unpin(actor=world.actor("alice"), item=judged[2])
    pin(world, judged[1])
    names = ("item_id", "place", "reason", "end", "made_by_id")
    kept = list(RankOverride.objects.values_list(*names))
    RankOverride.objects.all().delete()
    import_module("backlog.migrations.0009_overrides").overrides_from_history(apps, None)
    assert list(RankOverride.objects.values_list(*names)) == kept
