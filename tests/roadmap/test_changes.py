"""The roadmap at two moments, and what is different between them."""

from __future__ import annotations

import random
from datetime import date

import pytest
from django.utils import timezone

from backlog.services.items import item_update
from backlog.services.ranks import item_rank_pin
from backlog.services.spec_content import requirement_row
from backlog.services.specs import spec_restore_version, spec_update
from plm.runner import run_due_jobs
from plm.services.records import record_archive
from roadmap.changes import composed, difference, said
from roadmap.models import Placement
from roadmap.scope import ScopeChange, scope_change
from roadmap.selectors.changes import roadmap_changes
from roadmap.selectors.rescoped import rescoped
from roadmap.selectors.states import roadmap_states
from roadmap.services.placements import placement_set
from tests.make import make_item, make_objective, make_placement, make_release, make_spec
from tests.roadmap.random_plan import one_change

SEED = 41


def random_state(dice):
    ends = ["2027-03-31", "2027-06-30", None]
    return {
        key: {"bucket": dice.choice(["now", "next"]), "ends_on": dice.choice(ends), "owner": dice.choice(["Ana", None])}
        for key in range(8)
        if dice.random() < 0.7
    }  # fmt: skip


@pytest.mark.once
def test_what_changed_from_a_to_b_and_from_b_to_c_is_what_changed_from_a_to_c():
    dice = random.Random(SEED)
    for _ in range(500):
        a, b, c = (random_state(dice) for _ in range(3))
        assert composed(difference(a, b), difference(b, c)) == difference(a, c)
        assert composed(difference(a, b), difference(b, a)) == {}


@pytest.mark.once
def test_a_line_says_how_far_the_end_moved_and_the_longest_slip_stands_first():
    place = {"bucket": "now", "ends_on": "2027-02-28"}
    before = dict.fromkeys(range(5), place)
    after = {
        0: {**place, "ends_on": "2027-03-01"}, 1: {**place, "ends_on": "2027-05-28"},
        2: {**place, "ends_on": "2027-02-01"}, 3: {**place, "ends_on": None}, 5: place,
    }  # fmt: skip
    lines = [(line.key, line.kind, line.days) for line in said(difference(before, after))]
    assert lines == [
        (1, "slipped", 89), (0, "slipped", 1), (2, "earlier", -27), (5, "added", None), (4, "removed", None),
        (3, "undated", None),
    ]  # fmt: skip


def test_the_roadmap_of_any_moment_is_the_one_that_was_copied_then(world):
    dice = random.Random(SEED)
    alice = world.actor("alice")
    goals = [make_objective(alice, world.atlas, f"Goal {n}") for n in range(2)]
    releases = [make_release(alice, world.atlas, f"R{n}") for n in range(2)]
    items = [make_item(alice, world.atlas, f"Item {n}") for n in range(6)]
    copies = []
    for _ in range(90):
        one_change(dice, alice, dice.choice(items), goals, releases)
        moment = timezone.now()
        copies.append((moment, roadmap_states(alice, world.atlas, [moment])[0]))
    assert len({str(copy) for _, copy in copies}) > 50
    moments = [moment for moment, _ in copies]
    states = roadmap_states(alice, world.atlas, moments)
    assert states == [copy for _, copy in copies]
    a, b, c = states[10], states[45], states[-1]
    assert composed(difference(a, b), difference(b, c)) == difference(a, c)


def test_a_copy_is_read_from_the_tables_not_from_events(world):
    """The state of now is that of the tables, so the copies above are none of the thing they are compared with."""
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, "Group bookings")
    goal = make_objective(alice, world.atlas, "More groups")
    make_placement(
        alice, item, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1), objective=goal
    )
    state = roadmap_states(alice, world.atlas, [timezone.now()])[0]
    placement = Placement.objects.get(item=item)
    assert state == {
        item.pk: {
            "title": "Group bookings", "state": item.state, "owner": None, "team": None, "component": None, "estimate": None, "bucket": placement.bucket,
            "starts_on": "2027-01-01", "ends_on": "2027-02-01", "objective": goal.reference, "release": None,
            "commitment": placement.commitment, "health": placement.health, "health_note": "", "grain": "day",
        }
    }  # fmt: skip


def test_reasons_stand_beside_what_moved_and_moving_back_is_no_change(
    world, django_assert_max_num_queries
):
    alice = world.actor("alice")
    item, other = (make_item(alice, world.atlas, title) for title in ("Deposits", "Groups"))
    for one in (item, other):
        make_placement(alice, one, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1))
    since = timezone.now()
    placement_set(
        actor=alice, item=item, values={"ends_on": date(2027, 2, 15)}, reason="Vendor is late"
    )
    placement_set(actor=alice, item=other, values={"ends_on": date(2027, 5, 1)}, reason="Too hasty")
    placement_set(actor=alice, item=other, values={"ends_on": date(2027, 2, 1)})
    with django_assert_max_num_queries(8):
        found = roadmap_changes(alice, world.atlas, since, timezone.now())
    assert [(line.item.pk, line.said.days, line.reasons) for line in found.lines] == [
        (item.pk, 14, ("Vendor is late",))
    ]


def test_the_page_and_the_api_say_what_slipped_and_only_to_members(world, sign_in, api):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, "Deposits")
    make_placement(alice, item, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1))
    goal = make_objective(alice, world.atlas, "More groups")
    since = timezone.now().isoformat()
    placement_set(actor=alice, item=item, values={"objective": goal})
    placement_set(
        actor=alice, item=item, values={"ends_on": date(2027, 2, 15)}, reason="Vendor is late"
    )
    until = timezone.now().isoformat()
    url = f"{world.atlas.get_absolute_url()}roadmap/changes"
    page = sign_in(world.carol).get(url, {"from": since, "to": until}).content.decode()
    assert "14 days later" in page
    assert "Vendor is late" in page
    assert "More groups" in page
    assert sign_in(world.mallory).get(url).status_code == 404
    client = api(world.carol, world.acme, scopes=["read"])
    address = "/api/v1/products/ATL/roadmap/changes/"
    rows = client.get(address, {"from": since, "to": until}).json()["results"]
    assert [(r["reference"], r["change"], r["days"], r["reasons"]) for r in rows] == [
        (item.reference, "slipped", 14, ["Vendor is late"])
    ]
    stranger = api(world.mallory, world.rival, scopes=["read"])
    assert stranger.get(address, {"from": since, "to": until}).status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("2027-02-29", "", "from"), ("2026-01-02", "9999-12-31", "to"), ("2026-02-02", "2026-02-01", "to")],
)  # fmt: skip
def test_days_that_are_none_are_refused_with_what_was_typed(
    world, sign_in, api, first, last, field
):
    url = f"{world.atlas.get_absolute_url()}roadmap/changes"
    answer = sign_in(world.carol).get(url, {"from": first, "to": last})
    assert answer.status_code == 422
    assert f'value="{first}"' in answer.content.decode()
    client = api(world.carol, world.acme, scopes=["read"])
    refused = client.get(
        "/api/v1/products/ATL/roadmap/changes/", {"from": first, "to": last or "2026-01-01"}
    )
    assert refused.status_code == 400
    assert field in refused.json()["errors"]


def test_what_was_rescoped_or_reranked_is_told_with_what_it_was_before(world, sign_in, api):
    alice = world.actor("alice")
    first, second = (make_item(alice, world.atlas, title) for title in ("Deposits", "Groups"))
    for item in (first, second):
        make_placement(alice, item, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1))
    run_due_jobs()
    since = timezone.now()
    item_rank_pin(actor=alice, item=second, rank=1, reason="Promised to a customer")
    run_due_jobs()
    middle = timezone.now()
    first = type(first).objects.with_people().get(pk=first.pk)
    item_update(record=first, actor=alice, version=first.version, values={"estimate": 8})
    until = timezone.now()
    lines = roadmap_changes(alice, world.atlas, since, until, scopes=True, ranks=True).lines
    assert [(line.item.pk, line.said.kind, line.said.fields) for line in lines] == [
        (first.pk, "rescoped", {"estimate": (None, "8"), "rank": (1, 2)}),
        (second.pk, "reranked", {"rank": (2, 1)}),
    ]
    assert [
        line.said.kind
        for line in roadmap_changes(
            alice, world.atlas, middle, until, scopes=True, ranks=True
        ).lines
    ] == ["rescoped"]
    url = f"{world.atlas.get_absolute_url()}roadmap/changes"
    days = {"from": since.isoformat(), "to": until.isoformat()}
    page = sign_in(world.carol).get(url, days).content.decode()
    assert "Another place in the ranked list" in page
    assert "Scope changed" in page
    rows = (
        api(world.carol, world.acme, scopes=["read"])
        .get("/api/v1/products/ATL/roadmap/changes/", days)
        .json()["results"]
    )
    assert [(row["change"], row["fields"]["rank"]) for row in rows] == [
        ("rescoped", [1, 2]),
        ("reranked", [2, 1]),
    ]


@pytest.mark.once
def test_requirements_are_the_same_by_id_or_by_what_they_say():
    before = {"a": "Must: pay", "b": "Must: refund", "c": "Should: export"}
    assert scope_change(before, dict(reversed(before.items()))) is None
    after = {"a": "Must: pay in parts", "x": "Should: export", "d": "Could: import"}
    assert scope_change(before, after) == ScopeChange(
        ("Could: import",), ("Must: refund",), (("Must: pay", "Must: pay in parts"),)
    )
    twice = scope_change({"a": "Pay"}, {"b": "Pay", "c": "Pay"})
    assert twice == ScopeChange(("Pay",), (), ())


def specified(alice, world):
    item = make_item(alice, world.atlas, "Deposits")
    make_placement(alice, item, starts_on=date(2027, 1, 1), ends_on=date(2027, 2, 1))
    rows = [{"text": "Pay a deposit", "acceptance": [{"text": "By card"}]}, {"text": "Refund it"}]
    return item, make_spec(alice, world.atlas, item, requirements=rows)


def requirements_now(spec, texts):
    """What stands, with a text each: an existing one keeps its id, one text more is a new one, None goes."""
    rows = [requirement_row(row) for row in spec.requirements.all()]
    rows += [{"id": ""}] * (len(texts) - len(rows))
    return [{**row, "text": text} for row, text in zip(rows, texts, strict=True) if text]


def test_requirements_that_came_went_and_changed_are_told_with_the_reason(world, sign_in, api):
    alice = world.actor("alice")
    item, spec = specified(alice, world)
    since = timezone.now()
    wanted = requirements_now(spec, ["Pay half of it", None, "Pay by invoice"])
    spec_update(actor=alice, record=spec, version=None, values={"requirements": wanted}, reason="Law changed")  # fmt: skip
    until = timezone.now()
    (line,) = roadmap_changes(alice, world.atlas, since, until, scopes=True, ranks=True).lines
    assert (line.said.kind, line.reasons, line.fields) == ("rescoped", ("Law changed",), {})
    assert line.scope == ScopeChange(
        ("Must: Pay by invoice",),
        ("Must: Refund it",),
        (("Must: Pay a deposit\n- By card", "Must: Pay half of it\n- By card"),),
    )
    assert roadmap_changes(alice, world.atlas, since, until).lines == []
    url, days = f"{world.atlas.get_absolute_url()}roadmap/changes", {"from": since.isoformat(), "to": until.isoformat()}  # fmt: skip
    page = sign_in(world.carol).get(url, days).content.decode()
    for words in ("Requirement added", "<del>Must: Refund it</del>", "Requirement reworded", "Law changed"):  # fmt: skip
        assert words in page
    address = "/api/v1/products/ATL/roadmap/changes/"
    (row,) = api(world.carol, world.acme, scopes=["read"]).get(address, days).json()["results"]
    assert (row["reference"], row["fields"]) == (item.reference, {})
    assert row["requirements"]["removed"] == ["Must: Refund it"]


def test_a_scope_that_came_back_or_moved_to_another_specification_is_no_change(world):
    alice = world.actor("alice")
    item, spec = specified(alice, world)
    since = timezone.now()
    wanted = requirements_now(spec, ["Something else", None])
    spec_update(actor=alice, record=spec, version=None, values={"requirements": wanted})
    between = timezone.now()
    spec_restore_version(actor=alice, spec=spec, number=1)
    assert (
        roadmap_changes(alice, world.atlas, since, timezone.now(), scopes=True, ranks=True).lines
        == []
    )
    spec = type(spec).objects.get(pk=spec.pk)
    record_archive(spec, actor=alice)
    gone = timezone.now()
    (line,) = roadmap_changes(alice, world.atlas, since, gone, scopes=True, ranks=True).lines
    assert line.scope is not None
    assert len(line.scope.removed) == 2
    rows = [{"text": "Pay a deposit", "acceptance": [{"text": "By card"}]}, {"text": "Refund it"}]
    make_spec(alice, world.atlas, item, requirements=rows)
    assert (
        roadmap_changes(alice, world.atlas, since, timezone.now(), scopes=True, ranks=True).lines
        == []
    )
    assert (
        len(roadmap_changes(alice, world.atlas, since, between, scopes=True, ranks=True).lines) == 1
    )


def test_requirements_cost_six_statements_however_many_items_there_are(
    world, django_assert_max_num_queries
):
    alice = world.actor("alice")
    made = [specified(alice, world) for _ in range(12)]
    since = timezone.now()
    for _, spec in made:
        wanted = requirements_now(spec, ["Something else", "Refund it"])
        spec_update(actor=alice, record=spec, version=None, values={"requirements": wanted})
    with django_assert_max_num_queries(6):
        keys = [item.pk for item, _ in made]
        assert len(rescoped(alice, world.atlas, keys, since, timezone.now())) == 12
