"""What follows a moved bar follows it, and comes back; rings are refused; two people at one bar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.services.items import item_move
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, Stale
from plm.models import Event, Relation
from plm.services.notes import relation_add
from roadmap.models import Placement
from roadmap.selectors.dependencies import dependencies_of
from roadmap.services.placements import placement_dates_set, placement_remove, placement_set
from roadmap.services.shifting import placements_shift, placements_shift_undo
from tests.make import make_item, make_placement

MARCH = date(2027, 3, 1)


def day(number):
    return MARCH + timedelta(days=number)


def chain(world, *spans, product=None):
    """Items with first and last days, each blocked by the one before it."""
    alice = world.actor("alice")
    items = []
    for number, (first, last) in enumerate(spans):
        item = make_item(alice, product or world.atlas, f"Step {number}")
        make_placement(alice, item, starts_on=day(first), ends_on=day(last))
        if items:
            relation_add(actor=alice, source=items[-1], target=item, type="blocks")
        items.append(item)
    return items


def days_of(items):
    rows = {row.item_id: row for row in Placement.objects.all()}
    return [((rows[i.pk].starts_on - MARCH).days, (rows[i.pk].ends_on - MARCH).days) for i in items]


def shift_back(report):
    return {one.item.reference: (one.before, one.after) for one in report}


def test_a_chain_follows_in_one_unit_and_comes_back_in_one(world):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14), (15, 16), (40, 44))
    report = placements_shift(actor=alice, product=world.atlas, behind=items[:1])
    assert days_of(items) == [(0, 20), (21, 25), (26, 27), (40, 44)]
    assert [one.days for one in report] == [11, 11]
    moved = Event.objects.filter(verb="placement.moved")
    assert {event.reason for event in moved} == {f"Moved behind {items[0].reference}"}
    assert moved[0].changes == {"starts_on": ["2027-03-11", "2027-03-22"], "ends_on": ["2027-03-15", "2027-03-26"]}  # fmt: skip
    placement_dates_set(actor=alice, item=items[2], starts_on=day(30), ends_on=day(31))
    back = placements_shift_undo(actor=alice, product=world.atlas, was=shift_back(report))
    assert days_of(items) == [(0, 20), (10, 14), (30, 31), (40, 44)]
    assert [one.error for one in back] == ["", f"{items[2].reference} was moved meanwhile."]
    assert placements_shift_undo(actor=alice, product=world.atlas, was=shift_back(report))[0].error


def test_nothing_follows_nothing(world):
    alice = world.actor("alice")
    items = chain(world, (0, 5), (6, 9))
    assert placements_shift(actor=alice, product=world.atlas, behind=items) == []
    placement_remove(actor=alice, item=items[1])
    assert placements_shift(actor=alice, product=world.atlas, behind=items[:1]) == []


def test_a_done_blocker_holds_nothing_up_and_done_work_does_not_move(world):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14), (12, 16))
    item_move(items[1], actor=alice, state="done")
    assert dependencies_of(alice, world.atlas).clashes == []
    assert placements_shift(actor=alice, product=world.atlas, behind=items) == []


def test_items_of_another_product_are_read_where_they_may_be_and_never_moved(world):
    alice = world.actor("alice")
    ours = chain(world, (0, 20))[0]
    theirs = chain(world, (10, 14), product=world.boreas)[0]
    relation_add(actor=alice, source=ours, target=theirs, type="blocks")
    (clash,) = dependencies_of(alice, world.atlas).clashes
    assert clash.text == "Step 0 ends 21 Mar 2027, 10 days after Step 0 begins"
    assert clash.follows is None
    assert placements_shift(actor=alice, product=world.atlas, behind=[ours]) == []


def test_only_who_plans_may_shift(world):
    items = chain(world, (0, 20), (10, 14))
    with pytest.raises(NotAllowed):
        placements_shift(actor=world.actor("bob"), product=world.atlas, behind=items)
    with pytest.raises(NotVisible):
        placements_shift(actor=world.actor("mallory"), product=world.atlas, behind=items)
    with pytest.raises(NotAllowed):
        placements_shift_undo(actor=world.actor("bob"), product=world.atlas, was={})
    assert days_of(items) == [(0, 20), (10, 14)]


def test_a_chain_that_would_leave_the_calendar_stays_whole(world):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14), (12, 16))
    placement_dates_set(actor=alice, item=items[2], starts_on=MARCH, ends_on=date(9000, 12, 31))
    before = days_of(items)
    with pytest.raises(Invalid, match="year 9000"):
        placements_shift(actor=alice, product=world.atlas, behind=items[:1])
    assert days_of(items) == before


def test_days_the_timeline_cannot_show_are_refused(world):
    alice = world.actor("alice")
    (item,) = chain(world, (0, 20))
    for end in (date(9999, 12, 31), date(9001, 1, 1)):
        with pytest.raises(Invalid) as refused:
            placement_dates_set(actor=alice, item=item, starts_on=MARCH, ends_on=end)
        assert "1900 to 9000" in refused.value.fields["ends_on"]
    assert days_of([item]) == [(0, 20)]


def test_a_ring_is_refused_with_its_chain(world):
    alice = world.actor("alice")
    first, second, third = chain(world, (0, 1), (2, 3), (4, 5))
    with pytest.raises(Conflict) as refused:
        relation_add(actor=alice, source=third, target=first, type="blocks")
    assert " blocks ".join(i.reference for i in (first, second, third)) in refused.value.message
    assert Relation.objects.count() == 2
    relation_add(actor=alice, source=third, target=first, type="relates")
    relation_add(actor=alice, source=first, target=second, type="blocks")


def test_a_ring_that_is_there_is_named_and_moves_nothing(world):
    alice = world.actor("alice")
    items = chain(world, (0, 20), (10, 14), (12, 30), (15, 20))
    Relation.objects.create(
        workspace=world.acme, source_id=items[2].pk, target_id=items[0].pk, type="blocks"
    )
    found = dependencies_of(alice, world.atlas, critical=True)
    assert [[tied.title for tied in ring] for ring in found.rings] == [["Step 0", "Step 1", "Step 2"]]  # fmt: skip
    placements_shift(actor=alice, product=world.atlas, behind=[items[2]])
    assert days_of(items) == [(0, 20), (10, 14), (12, 30), (31, 36)]


def test_two_people_at_one_bar(world):
    alice = world.actor("alice")
    (item,) = chain(world, (0, 20))
    version = Placement.objects.get().version
    placement_dates_set(actor=alice, item=item, starts_on=day(7), ends_on=day(27), version=version)
    with pytest.raises(Stale):
        placement_dates_set(actor=alice, item=item, starts_on=day(1), ends_on=day(2), version=version)  # fmt: skip
    assert days_of([item]) == [(7, 27)]


def test_a_quarter_is_kept_as_its_days_and_moves_as_a_quarter(world):
    alice = world.actor("alice")
    first, second = chain(world, (0, 20), (10, 14))
    placement_set(actor=alice, item=second, values={"grain": "quarter"})
    place = Placement.objects.get(item=second)
    assert (place.starts_on, place.ends_on, place.when) == (date(2027, 1, 1), date(2027, 3, 31), "Q1 2027")  # fmt: skip
    placements_shift(actor=alice, product=world.atlas, behind=[first])
    place.refresh_from_db()
    assert place.when == "Q2 2027"
    start, end = place.starts_on, place.ends_on
    for move, name in ((20, "Q2 2027"), (70, "Q3 2027")):
        step = timedelta(days=move)
        placement_dates_set(actor=alice, item=second, starts_on=start + step, ends_on=end + step)
        assert Placement.objects.get(item=second).when == name
    placement_dates_set(
        actor=alice, item=second, starts_on=date(2027, 7, 1), ends_on=date(2027, 10, 7)
    )
    assert Placement.objects.get(item=second).when == "Q3 to Q4 2027"
    placement_set(actor=alice, item=second, values={"starts_on": None, "ends_on": None})
    assert Placement.objects.get(item=second).grain == "day"
    with pytest.raises(Invalid):
        placement_set(actor=alice, item=first, values={"grain": "week"})


def test_the_statements_do_not_grow_with_the_chain(world):
    alice = world.actor("alice")

    def counted(items):
        with CaptureQueriesContext(connection) as seen:
            dependencies_of(alice, world.atlas, critical=True)
            placements_shift(actor=alice, product=world.atlas, behind=items[:1])
        return len(seen)

    few = counted(chain(world, (0, 20), (10, 14)))
    many = counted(chain(world, *[(0, 20)] * 25))
    assert many <= few + 1
