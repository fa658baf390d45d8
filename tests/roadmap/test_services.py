"""Writes of the roadmap on the database."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backlog.models import IdeaLink
from backlog.services.items import item_move
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, Stale
from plm.lineage import trace
from plm.models import Event
from plm.runner import run_due_jobs
from plm.services.records import record_move
from roadmap.models import KeyResult, Placement, Release
from roadmap.selectors.goals import goals_of
from roadmap.services.objectives import key_result_check_in
from roadmap.services.placements import (
    placement_dates_set,
    placement_remove,
    placement_set,
    placement_sort,
)
from roadmap.services.releases import release_update
from roadmap.services.shares import share_create
from roadmap.services.visions import vision_update
from tests.make import (
    make_idea,
    make_item,
    make_key_result,
    make_milestone,
    make_objective,
    make_placement,
    make_release,
)


def dates(first=3, last=5):
    return {"starts_on": date(2026, first, 2), "ends_on": date(2026, last, 31)}


def test_a_bar_that_moves_leaves_old_and_new_dates_and_the_reason(world):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas)
    make_placement(alice, item, **dates())
    placement_set(
        actor=alice, item=item, values={"ends_on": date(2026, 7, 31)}, reason="Vendor is late"
    )
    event = Event.objects.get(verb="placement.moved")
    assert event.changes == {"ends_on": ["2026-05-31", "2026-07-31"]}
    assert event.reason == "Vendor is late"
    assert event.record_id == item.pk


def test_an_end_before_the_begin_is_refused_by_service_and_database(world):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas)
    make_placement(alice, item, **dates())
    with pytest.raises(Invalid) as refused:
        placement_dates_set(
            actor=alice, item=item, starts_on=date(2026, 5, 2), ends_on=date(2026, 5, 1)
        )
    assert "2026-05-02" in refused.value.fields["ends_on"]
    with pytest.raises(Invalid) as refused:
        placement_set(actor=alice, item=item, values={"starts_on": None})
    assert "starts_on" in refused.value.fields
    with pytest.raises(IntegrityError), transaction.atomic():
        Placement.objects.update(ends_on=date(2020, 1, 1))


def test_goals_and_releases_of_another_product_are_refused(world):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas)
    for name, other in (
        ("objective", make_objective(alice, world.boreas)),
        ("release", make_release(alice, world.boreas)),
    ):
        with pytest.raises(Invalid) as refused:
            placement_set(actor=alice, item=item, values={name: other})
        assert name in refused.value.fields
    assert not Placement.objects.exists()


def test_a_place_written_over_a_newer_one_is_refused(world):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas)
    place = make_placement(alice, item)
    placement_set(actor=alice, item=item, values={"bucket": "now"}, version=place.version)
    with pytest.raises(Stale):
        placement_set(actor=alice, item=item, values={"bucket": "next"}, version=place.version)


def test_contributors_look_and_managers_plan(world):
    bob, alice = world.actor("bob"), world.actor("alice")
    item = make_item(bob, world.atlas)
    with pytest.raises(NotAllowed):
        placement_set(actor=bob, item=item, values={})
    make_placement(alice, item)
    with pytest.raises(NotAllowed):
        placement_remove(actor=bob, item=item)
    with pytest.raises(NotVisible):
        placement_remove(actor=world.actor("mallory"), item=item)


def test_cards_keep_the_order_they_are_dropped_in_even_without_room_between(world):
    alice = world.actor("alice")
    items = [make_item(alice, world.atlas, f"Item {n}") for n in range(4)]
    for item in items:
        make_placement(alice, item, bucket="now")
    Placement.objects.update(position=7)
    Placement.objects.filter(item=items[0]).update(position=6)
    placement_sort(actor=alice, item=items[3], bucket="now", after=items[0])

    def order():
        rows = Placement.objects.filter(bucket="now").order_by("position", "pk")
        return [row.item.title for row in rows.select_related("item")]

    assert order() == ["Item 0", "Item 3", "Item 1", "Item 2"]
    placement_sort(actor=alice, item=items[2], bucket="now")
    assert order()[0] == "Item 2"
    placement_sort(actor=alice, item=items[2], bucket="later")
    assert "Item 2" not in order()
    with pytest.raises(Invalid):
        placement_sort(actor=alice, item=items[1], bucket="now", after=items[2])
    with pytest.raises(Invalid):
        placement_sort(actor=alice, item=items[1], bucket="someday")


def test_the_latest_reading_is_the_current_value_whatever_comes_in_late(world):
    bob = world.actor("bob")
    result = make_key_result(
        world.actor("alice"), make_objective(world.actor("alice"), world.atlas)
    )
    assert result.current == 9.1
    key_result_check_in(
        actor=bob, key_result=result, value=7.5, confidence=60, note="Reminders help"
    )
    key_result_check_in(
        actor=bob, key_result=result, value=8.9, at=timezone.now() - timedelta(days=30)
    )
    result = KeyResult.objects.get()
    assert (result.current, result.confidence) == (7.5, 60)
    assert result.check_ins.count() == 2
    assert result.progress == pytest.approx((7.5 - 9.1) / (6.0 - 9.1))
    assert Event.objects.filter(verb="key_result.checked_in").count() == 2
    for bad in (
        {"value": float("nan")},
        {"value": 1, "confidence": 101},
        {"value": 1, "at": timezone.now() + timedelta(days=1)},
    ):
        with pytest.raises(Invalid):
            key_result_check_in(actor=bob, key_result=result, **bad)


def test_a_goal_is_the_weighted_mean_of_its_key_results(world):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas)
    make_key_result(alice, goal, start=0, target=10, current=10, weight=3)
    make_key_result(alice, goal, start=0, target=10, current=0, weight=1)
    assert goals_of([goal])[0].percent == 75


def test_a_key_result_is_due_on_its_own_day_or_at_the_end_of_its_goal(world):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, **dates(3, 5))
    assert make_key_result(alice, goal).due == goal.ends_on
    day = goal.starts_on + timedelta(days=40)
    assert make_key_result(alice, goal, due_on=day).due == day


def test_bad_goals_are_refused_with_the_field(world):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas)
    for make, field in (
        (lambda: make_objective(alice, world.atlas, **dates(6, 3)), "ends_on"),
        (lambda: make_key_result(alice, goal, start=5, target=5), "target"),
        (lambda: make_objective(alice, world.atlas, weight=-1), "weight"),
        (
            lambda: make_key_result(
                alice, make_objective(alice, world.atlas, **dates(3, 5)), due_on=date(2020, 1, 1)
            ),
            "due_on",
        ),
        (
            lambda: make_release(
                alice, world.atlas, freeze_on=date(2026, 5, 2), release_on=date(2026, 5, 1)
            ),
            "release_on",
        ),
    ):
        with pytest.raises(Invalid) as refused:
            make()
        assert field in refused.value.fields


def test_an_item_leads_to_its_release_and_on_to_the_milestone(world):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas)
    release = make_release(alice, world.atlas)
    milestone = make_milestone(alice, world.atlas, on=date(2026, 5, 1), release=release)
    make_placement(alice, item, release=release)
    _, after = trace(alice, item.pk)
    assert [r.record.pk for r in after] == [release.pk, milestone.pk]
    before, _ = trace(alice, milestone.pk)
    assert {r.record.pk for r in before} == {item.pk, release.pk}


def linked(actor, product, *items):
    idea = make_idea(actor, product)
    for item in items:
        IdeaLink.objects.create(workspace_id=product.workspace_id, item=item, idea=idea)
    return idea


def test_a_release_that_goes_out_ships_the_ideas_it_fulfils_and_no_others(world):
    alice = world.actor("alice")
    done, also, open_still = (make_item(alice, world.atlas, t) for t in ("A", "B", "C"))
    for item in (done, also):
        item_move(item, actor=alice, state="done")
    release = make_release(alice, world.atlas)
    for item in (done, open_still):
        make_placement(alice, item, release=release)
    whole = linked(alice, world.atlas, done, also)
    half = linked(alice, world.atlas, done, open_still)
    elsewhere = linked(alice, world.atlas, also)
    declined = linked(alice, world.atlas, done)
    record_move(declined, actor=alice, state="declined")
    record_move(release, actor=alice, state="released")
    run_due_jobs()
    assert states_of((whole, half, elsewhere, declined)) == ["shipped", "open", "open", "declined"]
    release = Release.objects.get()
    assert release.released_on == timezone.localdate()


def test_what_is_done_only_after_its_release_went_out_ships_its_ideas_too(world):
    alice = world.actor("alice")
    late, other, unplaced = (make_item(alice, world.atlas, t) for t in ("Late", "Done", "Loose"))
    item_move(other, actor=alice, state="done")
    release = make_release(alice, world.atlas)
    for item in (late, other):
        make_placement(alice, item, release=release)
    ideas = [
        linked(alice, world.atlas, late), linked(alice, world.atlas, other, unplaced),
        linked(alice, world.atlas, unplaced),
    ]  # fmt: skip
    record_move(release, actor=alice, state="released")
    run_due_jobs()
    assert states_of(ideas) == ["open", "open", "open"]
    item_move(late, actor=alice, state="done")
    run_due_jobs()
    assert states_of(ideas) == ["shipped", "open", "open"]
    item_move(unplaced, actor=alice, state="done")
    run_due_jobs()
    assert states_of(ideas) == ["shipped", "shipped", "open"]
    placement_set(actor=alice, item=unplaced, values={"release": release})
    run_due_jobs()
    assert states_of(ideas) == ["shipped", "shipped", "shipped"]


def states_of(ideas):
    for idea in ideas:
        idea.refresh_from_db()
    return [idea.state for idea in ideas]


def test_a_release_set_to_released_by_a_form_has_its_day_at_once(world):
    alice = world.actor("alice")
    release = make_release(alice, world.atlas)
    changed = release_update(
        actor=alice, record=release, version=release.version, values={"state": "released"}
    )
    assert changed.released_on == timezone.localdate()


def test_the_vision_keeps_its_versions_in_the_history(world):
    alice = world.actor("alice")
    first = vision_update(
        actor=alice, product=world.atlas, version=0, values={"vision": "Every visit is kept."}
    )
    assert first.version == 1
    vision_update(
        actor=alice,
        product=world.atlas,
        version=1,
        values={"vision": "Nobody waits."},
        reason="Sharper",
    )
    with pytest.raises(Stale):
        vision_update(actor=alice, product=world.atlas, version=1, values={"vision": "x"})
    with pytest.raises(NotAllowed):
        vision_update(actor=world.actor("bob"), product=world.atlas, version=2, values={})
    latest = Event.objects.filter(verb="vision.updated").order_by("-sequence")[0]
    assert latest.changes == {"vision": ["Every visit is kept.", "Nobody waits."]}
    assert latest.reason == "Sharper"


def test_one_open_link_per_name(world):
    alice = world.actor("alice")
    share, secret = share_create(actor=alice, product=world.atlas, name="Board")
    assert secret not in share.token_hash
    with pytest.raises(Conflict):
        share_create(actor=alice, product=world.atlas, name=" Board ")
    with pytest.raises(Invalid):
        share_create(actor=alice, product=world.atlas, name="x", days=0)
    with pytest.raises(NotAllowed):
        share_create(actor=world.actor("bob"), product=world.atlas, name="x")


def test_bad_health_asks_for_a_line_and_keeps_who_said_it(world):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas)
    place = make_placement(alice, item, health="on_track")
    for health in ("at_risk", "off_track"):
        with pytest.raises(Invalid) as refused:
            placement_set(actor=alice, item=item, values={"health": health, "health_note": "  "})
        assert "Say in a line why" in refused.value.fields["health_note"]
    placement_set(
        actor=alice, item=item, values={"health": "at_risk", "health_note": "Vendor  late"}
    )
    place.refresh_from_db()
    assert (place.health, place.health_note, place.health_by) == ("at_risk", "Vendor late", world.alice)  # fmt: skip
    assert Event.objects.latest("sequence").changes["health_note"] == ["", "Vendor late"]
    with pytest.raises(Invalid):
        placement_set(actor=alice, item=item, values={"health": "off_track", "health_note": "Vendor late"})  # fmt: skip
    placement_set(actor=alice, item=item, values={"health": "at_risk", "health_note": "", "bucket": "now"})  # fmt: skip
    place.refresh_from_db()
    assert place.health_note == "Vendor late"
    placement_set(actor=alice, item=item, values={"health": "on_track"})
    place.refresh_from_db()
    assert place.health_note == ""
    with pytest.raises(Invalid) as refused:
        placement_set(actor=alice, item=item, values={"health": "", "health_note": "So so"})
    assert "health" in refused.value.fields


def test_the_update_stands_on_the_panel_the_bar_and_the_release(world, sign_in):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas)
    release = make_release(alice, world.atlas)
    today = timezone.localdate()
    make_placement(
        alice, item, release=release, health="off_track", health_note="Vendor late", starts_on=today, ends_on=today
    )  # fmt: skip
    client = sign_in(world.carol)
    for path in (item.reference, release.reference, "ATL/roadmap/", "ATL/roadmap/releases"):
        assert "Vendor late" in client.get(f"/acme/{path}").content.decode()
