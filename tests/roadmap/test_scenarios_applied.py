"""A scenario goes into the plan: all of it or a part, once, with a reason, never over what the plan changed meanwhile."""

from __future__ import annotations

from datetime import date

import pytest

from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.models import Event
from plm.runner import run_due_jobs
from plm.services.records import record_archive
from roadmap.models import Placement, RoadmapScenario, ScenarioChange
from roadmap.selectors.scenario_compared import compared, mark_seen
from roadmap.selectors.scenarios import overlay_of
from roadmap.services.placements import placement_dates_set, placement_set
from roadmap.services.scenario_applying import scenario_apply, scenario_apply_undo
from roadmap.services.scenario_changes import (
    scenario_dates_set,
    scenario_place_set,
    scenario_take_out,
)
from roadmap.services.scenarios import scenario_create, scenario_duplicate
from tests.make import make_item, make_placement, make_release
from tests.roadmap.planning import EFFORTS, allow

WHY = "Mobile joins in Q3"


@pytest.fixture
def alice(world):
    return world.actor("alice")


@pytest.fixture
def plan(world, alice):
    """Three placed items, one of them in a release, and one without a place; a scenario that has all four otherwise."""
    made = [make_item(alice, world.atlas, title) for title in ("Login", "Search", "Export", "Wish")]
    release = make_release(alice, world.atlas, release_on=date(2027, 4, 10))
    for item, month in zip(made[:3], (3, 4, 5), strict=True):
        make_placement(
            alice, item, starts_on=date(2027, month, 1), ends_on=date(2027, month, 28), bucket="next",
            health="at_risk", health_note="Waits for the law", hidden=True,
        )  # fmt: skip
    placement_set(actor=alice, item=made[0], values={"release": release})
    row = scenario_create(
        actor=alice, product=world.atlas, name="Mobile first", question="What if mobile joins?"
    )
    move(alice, row, made[0], 15)
    scenario_place_set(
        actor=alice, scenario=row, item=made[1], values={"release": release, "bucket": "now"}
    )
    scenario_take_out(actor=alice, scenario=row, item=made[2])
    days = {"starts_on": date(2027, 6, 1), "ends_on": date(2027, 6, 30)}
    scenario_place_set(
        actor=alice, scenario=row, item=made[3], values={**days, "commitment": "exploring"}
    )
    return made, row, release


def move(alice, row, item, day):
    return scenario_dates_set(
        actor=alice,
        scenario=row,
        item=item,
        starts_on=date(2027, 3, day),
        ends_on=date(2027, 4, day),
    )


def seen(alice, row, items):
    overlay = overlay_of(alice, row.product, row)
    return {item.pk: mark_seen(overlay.now(item.pk)) for item in items}


def placed():
    return {
        row.item.title: (row.starts_on, row.bucket, row.release_id, row.commitment)
        for row in Placement.objects.select_related("item")
    }


def reasons(item):
    rows = Event.objects.filter(record_id=item.pk, verb__startswith="placement.").order_by(
        "sequence"
    )
    return [(row.verb, row.reason) for row in rows]


def test_all_of_it_goes_into_the_plan_with_the_reason_on_each_change(alice, plan):
    items, row, release = plan
    done = scenario_apply(actor=alice, scenario=row, reason=f" {WHY} ")
    assert (done.applied, done.left) == (4, 0)
    assert placed() == {
        "Login": (date(2027, 3, 15), "next", release.pk, "planned"),
        "Search": (date(2027, 4, 1), "now", release.pk, "planned"),
        "Wish": (date(2027, 6, 1), "later", None, "exploring"),
    }
    last = [reasons(item)[-1] for item in items]
    assert last == [(f"placement.{verb}", WHY) for verb in ("moved", "updated", "removed", "made")]
    row.refresh_from_db()
    assert (row.state, row.applied_by.name, row.applied_reason) == ("applied", "Alice", WHY)
    event = Event.objects.get(verb="roadmap_scenario.applied")
    assert (event.reason, event.data["applied"]) == (WHY, 4)


def test_a_second_send_applies_nothing_and_what_was_applied_stays_as_it_is(alice, plan):
    items, row, _ = plan
    scenario_apply(actor=alice, scenario=row, reason=WHY)
    before = Event.objects.count()
    with pytest.raises(Conflict, match="was applied"):
        scenario_apply(actor=alice, scenario=row, reason=WHY)
    with pytest.raises(Conflict, match="Duplicate it"):
        move(alice, row, items[0], 20)
    assert Event.objects.count() == before


def test_chosen_items_go_in_and_the_others_stay_as_the_plan_has_them(alice, plan):
    items, row, _ = plan
    done = scenario_apply(actor=alice, scenario=row, reason=WHY, chosen=seen(alice, row, items[:1]))
    assert (done.applied, done.left) == (1, 3)
    assert set(placed()) == {"Login", "Search", "Export"}
    outcomes = dict(ScenarioChange.objects.values_list("item__title", "outcome"))
    assert outcomes == {"Login": "applied", "Search": "left", "Export": "left", "Wish": "left"}


def test_what_the_plan_changed_meanwhile_is_decided_row_by_row_and_never_overwritten(alice, plan):
    items, row, _ = plan
    placement_dates_set(
        actor=alice, item=items[0], starts_on=date(2027, 3, 8), ends_on=date(2027, 4, 7)
    )
    for chosen, kept in ((None, ()), (seen(alice, row, items[1:]), ())):
        with pytest.raises(Conflict) as refused:
            scenario_apply(actor=alice, scenario=row, reason=WHY, chosen=chosen, kept=kept)
        assert items[0].reference in refused.value.fields["items"]
    assert placed()["Login"][0] == date(2027, 3, 8)
    assert not Event.objects.filter(verb="roadmap_scenario.applied").exists()
    scenario_apply(
        actor=alice,
        scenario=row,
        reason=WHY,
        chosen=seen(alice, row, items[1:]),
        kept=[items[0].pk],
    )
    assert placed()["Login"][0] == date(2027, 3, 8)


def test_the_scenario_is_taken_where_a_person_says_so(alice, plan):
    items, row, _ = plan
    placement_dates_set(
        actor=alice, item=items[0], starts_on=date(2027, 3, 8), ends_on=date(2027, 4, 7)
    )
    scenario_apply(actor=alice, scenario=row, reason=WHY, chosen=seen(alice, row, items[:1]))
    assert placed()["Login"][0] == date(2027, 3, 15)


def test_what_moved_while_somebody_looked_is_refused_whole(alice, plan):
    items, row, _ = plan
    chosen = seen(alice, row, items)
    placement_set(actor=alice, item=items[1], values={"commitment": "committed"})
    before = placed()
    with pytest.raises(Stale, match=items[1].reference):
        scenario_apply(actor=alice, scenario=row, reason=WHY, chosen=chosen)
    assert placed() == before


def test_it_wants_a_reason_somebody_who_may_place_and_something_to_apply(alice, plan, world):
    items, row, _ = plan
    with pytest.raises(Invalid):
        scenario_apply(actor=alice, scenario=row, reason=" ")
    with pytest.raises(NotAllowed):
        scenario_apply(actor=world.actor("bob"), scenario=row, reason=WHY)
    with pytest.raises(Invalid):
        scenario_apply(actor=alice, scenario=row, reason=WHY, chosen={})
    assert RoadmapScenario.objects.get().state == "open"


def test_an_item_that_is_archived_by_then_is_left_and_the_rest_goes_in(alice, plan):
    items, row, _ = plan
    record_archive(items[3], actor=alice)
    done = scenario_apply(actor=alice, scenario=row, reason=WHY)
    assert (done.applied, done.left) == (3, 1)


def test_taking_it_back_restores_every_place_whole_and_opens_the_scenario(alice, plan):
    items, row, _ = plan
    before = placed()
    scenario_apply(actor=alice, scenario=row, reason=WHY)
    assert scenario_apply_undo(actor=alice, scenario=row) == (4, [])
    assert placed() == before
    export = Placement.objects.get(item=items[2])
    assert (export.health, export.health_note, export.hidden) == (
        "at_risk",
        "Waits for the law",
        True,
    )
    row.refresh_from_db()
    assert row.state == "open"
    found = compared(alice, row.product, None, row)
    assert {line.title for line in found.lines} == {"Login", "Search", "Export", "Wish"}
    assert not any(line.clash for line in found.lines)
    assert scenario_apply(actor=alice, scenario=row, reason=WHY).applied == 4


def test_taking_it_back_leaves_what_was_moved_since(alice, plan):
    items, row, _ = plan
    scenario_apply(actor=alice, scenario=row, reason=WHY)
    placement_set(actor=alice, item=items[0], values={"bucket": "now"})
    assert scenario_apply_undo(actor=alice, scenario=row) == (3, [items[0].reference])
    assert placed()["Login"][:2] == (date(2027, 3, 15), "now")
    with pytest.raises(Conflict, match="not applied"):
        scenario_apply_undo(actor=alice, scenario=row)


def test_side_by_side_says_what_came_went_and_moved_and_what_both_add_up_to(alice, plan, world):
    items, row, _ = plan
    found = compared(alice, world.atlas, None, row)
    said = {line.title: (line.said.kind, line.said.days) for line in found.lines}
    assert said == {
        "Login": ("slipped", 18), "Search": ("changed", None), "Export": ("removed", None), "Wish": ("added", None),
    }  # fmt: skip
    a, b = found.a.figures, found.b.figures
    assert (a.items, a.last, a.late) == (3, date(2027, 5, 28), 0)
    assert (b.items, b.last, b.late) == (3, date(2027, 6, 30), 2)
    assert a.overloads is None
    login = next(line for line in found.lines if line.title == "Login")
    assert (login.before, login.after) == ("1 Mar to 28 Mar 2027", "15 Mar to 15 Apr 2027")
    assert login.strip.b.column > login.strip.a.column


def test_two_scenarios_stand_side_by_side_and_conflicts_with_the_plan_are_none_of_theirs(
    alice, plan, world
):
    items, row, _ = plan
    copy = scenario_duplicate(actor=alice, scenario=row, name="Other")
    move(alice, copy, items[0], 22)
    placement_dates_set(
        actor=alice, item=items[0], starts_on=date(2027, 3, 8), ends_on=date(2027, 4, 7)
    )
    (line,) = compared(alice, world.atlas, row, copy).lines
    assert (line.title, line.said.days, line.clash) == ("Login", 7, {})
    assert compared(alice, world.atlas, copy, copy).lines == []


def test_a_team_that_gets_more_than_it_can_do_is_named(alice, world, team, items, releases):
    run_due_jobs()
    allow(world, team, releases, amounts=(3, 20))
    for item in items[:2]:
        make_placement(alice, item, release=releases[0])
    row = scenario_create(
        actor=alice, product=world.atlas, name="More", question="What if more goes out in March?"
    )
    scenario_place_set(actor=alice, scenario=row, item=items[2], values={"release": releases[0]})
    found = compared(alice, world.atlas, None, row)
    assert sum(EFFORTS[:2]) <= 3 < sum(EFFORTS[:3])
    assert (found.a.figures.overloads, found.b.figures.overloads) == (
        (),
        ("Payments has more than it can do in R1.",),
    )
