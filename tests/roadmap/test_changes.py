"""The roadmap at two moments, and what is different between them."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from backlog.services.items import item_update
from plm.services.records import record_archive, record_move, record_restore
from roadmap.changes import composed, difference, said
from roadmap.models import Placement
from roadmap.selectors.changes import roadmap_changes, roadmap_states
from roadmap.services.placements import placement_remove, placement_set
from tests.make import make_item, make_objective, make_placement, make_release

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


def one_change(dice, alice, item, goals, releases):
    """One change of an item or of its place, by the services; sometimes none."""
    item = type(item).objects.with_people().get(pk=item.pk)
    placed = Placement.objects.filter(item=item).exists()
    draw = dice.randrange(7)
    if item.archived_at is not None:
        record_restore(item, actor=alice)
    elif draw == 0 and placed:
        placement_remove(actor=alice, item=item)
    elif draw == 1:
        record_archive(item, actor=alice)
    elif draw == 2:
        record_move(
            item, actor=alice, state=dice.choice(item.workflow.next_states(item.state)).name
        )
    elif draw == 3:
        item_update(
            record=item,
            actor=alice,
            version=item.version,
            values={"title": f"Title {dice.randrange(9)}"},
        )
    else:
        first = date(2027, 1, 1) + timedelta(days=dice.randrange(300))
        days = {"starts_on": first, "ends_on": first + timedelta(days=dice.randrange(90))}
        links = {
            "objective": dice.choice([None, *goals]),
            "release": dice.choice([None, *releases]),
        }
        values = {**dice.choice([days, {}]), **dice.choice([links, {}])}
        placement_set(actor=alice, item=item, values=values)


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
            "title": "Group bookings", "state": item.state, "owner": None, "team": None, "bucket": placement.bucket,
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
