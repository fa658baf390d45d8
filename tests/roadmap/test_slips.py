"""How often and how far plans moved."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from plm.events import happened_at
from roadmap.services.placements import placement_remove, placement_set
from roadmap.slips import Leaving, leavings, slip_of
from tests.make import make_item, make_placement, make_release


def at(day):
    return datetime(2026, 5, day, 12, tzinfo=UTC)


MARCH, APRIL, JUNE = date(2027, 3, 31), date(2027, 4, 30), date(2027, 6, 30)


@pytest.mark.once
@pytest.mark.parametrize(
    ("planned", "days", "later", "earlier"),
    [
        ([MARCH], 0, 0, 0),
        ([MARCH, JUNE, APRIL], 30, 1, 1),
        ([MARCH, MARCH, None, JUNE], 91, 1, 0),
        ([JUNE, MARCH], -91, 0, 1),
        ([MARCH, JUNE, MARCH], 0, 1, 1),
    ],
)
def test_a_slip_is_from_the_first_to_the_last_planned_day(planned, days, later, earlier):
    found = slip_of(planned)
    assert (found.days, found.later, found.earlier) == (days, later, earlier)


@pytest.mark.once
def test_what_was_never_planned_has_no_slip():
    assert slip_of([]) is None
    assert slip_of([None, None]) is None


@pytest.mark.once
def test_items_leave_a_release_once_however_often_they_come_back():
    went = leavings([["A"], ["A", "B"], ["A", "B", "A"], ["A", None], [None, "B"]])
    assert went == {"A": Leaving(4, 2, 0), "B": Leaving(3, 1, 2)}


def test_the_page_and_the_api_list_them_to_members_alone(
    world, sign_in, api, django_assert_max_num_queries
):
    alice = world.actor("alice")
    spring, autumn = (make_release(alice, world.atlas, name) for name in ("Spring", "Autumn"))
    items = [make_item(alice, world.atlas, title) for title in ("Deposits", "Groups", "Notes")]
    with happened_at(at(1)):
        for item in items:
            make_placement(alice, item, starts_on=date(2027, 1, 1), ends_on=MARCH, release=spring)
    with happened_at(at(2)):
        placement_set(actor=alice, item=items[0], values={"ends_on": JUNE, "release": autumn})
        placement_set(actor=alice, item=items[1], values={"ends_on": date(2027, 3, 1)})
    with happened_at(at(3)):
        placement_set(actor=alice, item=items[0], values={"ends_on": APRIL})
        placement_remove(actor=alice, item=items[2])
    url = f"{world.atlas.get_absolute_url()}roadmap/slips"
    page = sign_in(world.carol).get(url).content.decode()
    assert page.index("Deposits") < page.index("Groups")
    assert "Of 3 items that ever had a planned end, 2 had it moved." in page
    assert sign_in(world.mallory).get(url).status_code == 404

    client = api(world.carol, world.acme, scopes=["read"])
    with django_assert_max_num_queries(14):
        found = client.get("/api/v1/products/ATL/roadmap/slips/").json()
    assert [(r["reference"], r["days"], r["later"], r["earlier"]) for r in found["items"]] == [
        (items[0].reference, 30, 1, 1),
        (items[1].reference, -30, 0, 1),
    ]
    by_title = {r["title"]: (r["ever"], r["left"], r["joined"]) for r in found["releases"]}
    assert by_title == {"Spring": (3, 2, 0), "Autumn": (1, 0, 1)}
    stranger = api(world.mallory, world.rival, scopes=["read"])
    assert stranger.get("/api/v1/products/ATL/roadmap/slips/").status_code == 404


def test_without_plans_the_page_says_how_to_begin(world, sign_in):
    url = f"{world.atlas.get_absolute_url()}roadmap/slips"
    assert "Give items dates on the timeline" in sign_in(world.carol).get(url).content.decode()
