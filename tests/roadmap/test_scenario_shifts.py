"""A shift in a scenario is taken back exactly, for what still stands so."""

from __future__ import annotations

from datetime import date

import pytest

from plm.errors import Invalid
from roadmap.services.placements import placement_set
from roadmap.services.scenario_changes import (
    read_shift,
    scenario_place_set,
    scenario_shift,
    scenario_shift_undo,
    signed_shift,
)
from roadmap.services.scenarios import scenario_create
from tests.roadmap.scenario_plan import moved, three_items_and_a_wish


@pytest.fixture
def alice(world):
    return world.actor("alice")


@pytest.fixture
def items(world, alice):
    return three_items_and_a_wish(world, alice)


@pytest.fixture
def scenario(world, alice):
    return scenario_create(
        actor=alice, product=world.atlas, name="Mobile first", question="What if mobile joins?"
    )


def test_a_shift_in_a_scenario_is_taken_back_exactly(alice, items, scenario, world):
    moved(alice, scenario, items[0])
    before = {row.item_id: (row.base, row.values) for row in scenario.changes.all()}
    report = scenario_shift(actor=alice, scenario=scenario, behind=[items[0]])
    token = signed_shift(scenario, report)
    assert scenario.changes.filter(item=items[1]).exists()
    was = read_shift(scenario, token)
    assert scenario_shift_undo(actor=alice, scenario=scenario, was=was) == (1, [])
    assert {row.item_id: (row.base, row.values) for row in scenario.changes.all()} == before
    back, left = scenario_shift_undo(actor=alice, scenario=scenario, was=was)
    assert (back, left) == (0, [f"{items[1].reference} was changed meanwhile."])
    other = scenario_create(actor=alice, product=world.atlas, name="Other", question="Or else?")
    with pytest.raises(Invalid):
        read_shift(other, token)


def test_what_stood_as_in_the_plan_stands_as_the_plan_has_it_by_now(alice, items, scenario):
    moved(alice, scenario, items[0])
    report = scenario_shift(actor=alice, scenario=scenario, behind=[items[0]])
    later = {"starts_on": date(2027, 8, 1), "ends_on": date(2027, 8, 20)}
    placement_set(actor=alice, item=items[1], values=later)
    was = read_shift(scenario, signed_shift(scenario, report))
    assert scenario_shift_undo(actor=alice, scenario=scenario, was=was) == (1, [])
    assert not scenario.changes.filter(item=items[1]).exists()


def test_what_an_item_had_otherwise_before_a_shift_it_has_after_it_is_taken_back(
    alice, items, scenario
):
    scenario_place_set(actor=alice, scenario=scenario, item=items[1], values={"bucket": "later"})
    moved(alice, scenario, items[0])
    report = scenario_shift(actor=alice, scenario=scenario, behind=[items[0]])
    was = read_shift(scenario, signed_shift(scenario, report))
    assert scenario_shift_undo(actor=alice, scenario=scenario, was=was) == (1, [])
    assert scenario.changes.get(item=items[1]).values == {"bucket": "later"}
