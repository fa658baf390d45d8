"""What a scenario does to the chances of its items, and its calendar: the plan's own history tells both sides."""

from __future__ import annotations

import re

import pytest

from roadmap.selectors.scenario_compared import compared
from roadmap.services.scenario_changes import scenario_dates_set, scenario_place_set
from roadmap.services.scenarios import scenario_create
from tests.roadmap.test_forecasts import LATE, day, planned

HOME = "/acme/ATL/roadmap/scenarios"


@pytest.fixture
def alice(world):
    return world.actor("alice")


@pytest.fixture
def coming(world):
    return planned(world, "Group bookings", made=3, ends=37)


@pytest.fixture
def history(world):
    """Twelve plans of forty days: seven came on time, ten by forty days later, all by sixty."""
    return [
        planned(world, f"Old {n}", made=300 - n, ends=-(260 - n), done=260 - n - late)
        for n, late in enumerate(LATE)
    ]


@pytest.fixture
def scenario(world, alice, coming):
    row = scenario_create(actor=alice, product=world.atlas, name="Later", question="What if?")
    scenario_dates_set(
        actor=alice, scenario=row, item=coming, starts_on=day(10), ends_on=day(160)
    )  # fmt: skip
    return row


def test_both_sides_say_how_many_items_will_come_by_the_day_they_are_planned_for(
    world, alice, history, coming, scenario
):
    found = compared(alice, world.atlas, None, scenario)
    a, b = found.a.figures, found.b.figures
    assert (a.forecast, b.forecast) == (1, 1)
    assert a.in_time == pytest.approx(7 / 12)
    [line] = found.lines
    assert line.chances == (pytest.approx(a.in_time), pytest.approx(b.in_time))


def test_without_a_history_nothing_is_foretold(world, alice, coming, scenario):
    found = compared(alice, world.atlas, None, scenario)
    assert (found.b.figures.forecast, found.b.figures.in_time) == (0, None)
    assert found.lines[0].chances == (None, None)


def test_pages_and_api_say_the_same(world, sign_in, api, alice, history, coming, scenario):
    overdue = planned(world, "Overdue", made=40, ends=-3)
    scenario_dates_set(
        actor=alice, scenario=scenario, item=overdue, starts_on=day(1), ends_on=day(50)
    )
    browser = sign_in(world.alice)
    home = f"{HOME}/{scenario.uuid}/"
    assert (
        "Forecast</a> half come by the line"
        in browser.get(f"{home}?year={day(160).year}&span=104").content.decode()
    )
    page = browser.get(f"{home}compare").content.decode()
    assert "Likely to come by their planned day" in page
    assert "1 of 2" in page
    assert re.search(r"Chance to come by then [1-9]\d %<", page)
    assert page.count("Chance to come by then") == 1, "What stays as likely is not told."
    item = browser.get(f"{home}items/{coming.reference}").content.decode()
    assert "Half of plans like this came by" in item
    told = api(world.alice, world.acme).get(
        f"/api/v1/products/ATL/roadmap-scenarios/{scenario.uuid}/compare/"
    )
    body = told.json()
    chances = {line["item"]: line["chances"] for line in body["differences"]}
    assert chances[coming.reference][0] == pytest.approx(body["a"]["in_time"], abs=0.01)
    assert chances[overdue.reference][0] is None, "No plan of this product was overdue so."
    assert sum(after for _, after in chances.values()) == pytest.approx(body["b"]["in_time"], abs=0.01)  # fmt: skip


def test_the_calendar_has_items_on_the_days_of_the_scenario_and_says_what_moved(
    world, sign_in, alice, coming, scenario
):
    still = planned(world, "Stays", made=1, ends=38)
    browser = sign_in(world.alice)
    home = f"{HOME}/{scenario.uuid}/"

    def month(of):
        return browser.get(f"{home}calendar?month={of:%Y-%m}").content.decode()

    there = month(day(160))
    assert "Ends · moved" in there
    assert f"{home}items/{coming.reference}" in there
    then = month(day(38))
    assert still.reference in then
    assert "Ends · moved" not in month(day(37))
    plan = browser.get(f"/acme/ATL/roadmap/calendar?month={day(37):%Y-%m}").content.decode()
    assert "Group bookings" in plan
    assert " · moved" not in plan


def test_the_calendar_asks_as_much_for_many_changes_as_for_one(
    world, sign_in, alice, scenario, django_assert_max_num_queries
):
    browser = sign_in(world.alice)
    address = f"{HOME}/{scenario.uuid}/calendar?month={day(160):%Y-%m}"
    browser.get(address)
    for n in range(12):
        item = planned(world, f"More {n}", made=1, ends=20)
        values = {"starts_on": day(150), "ends_on": day(160)}
        scenario_place_set(actor=alice, scenario=scenario, item=item, values=values)
    with django_assert_max_num_queries(20):
        assert "9 more" in browser.get(address).content.decode()
