"""A scenario: the roadmap with a question. What is moved in it moves nothing in the plan."""

from __future__ import annotations

import random
from datetime import date

import pytest

from backlog.services.items import item_update
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, Stale
from plm.models import Event
from plm.services.records import record_archive
from roadmap.changes import PLACED, Otherwise, clashes, overlaid, said_otherwise
from roadmap.models import Placement, RoadmapScenario, ScenarioChange
from roadmap.selectors.chart import Asked, placed_rows, timeline_of
from roadmap.selectors.scenario_drawn import scenario_board, scenario_ties, scenario_timeline
from roadmap.selectors.scenarios import overlay_of
from roadmap.services.placements import placement_dates_set, placement_remove, placement_set
from roadmap.services.scenario_changes import (
    scenario_card_move,
    scenario_dates_set,
    scenario_give_back,
    scenario_place_set,
    scenario_shift,
    scenario_take_out,
)
from roadmap.services.scenarios import (
    scenario_archive,
    scenario_create,
    scenario_duplicate,
    scenario_restore,
    scenario_update,
)
from roadmap.timeline import window
from tests.make import make_item, make_objective, make_release
from tests.roadmap.scenario_plan import moved, three_items_and_a_wish

YEAR = window(2027, 52)
BY_PHASE = Asked("phase")


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


def drawn(alice, scenario, asked=BY_PHASE):
    overlay = overlay_of(alice, scenario.product, scenario)
    chart = scenario_timeline(alice, overlay, YEAR, asked, "/s/")
    return {bar.title: bar for lane in chart.lanes for bar in lane.bars}, chart


def test_a_moved_bar_stands_elsewhere_in_the_scenario_and_nowhere_else_in_the_plan(
    alice, items, scenario, world
):
    before = Event.objects.filter(record_id=items[0].pk).count()
    moved(alice, scenario, items[0])
    bars, _ = drawn(alice, scenario)
    assert (bars["Login"].start, bars["Login"].end) == (date(2027, 3, 15), date(2027, 4, 14))
    assert (bars["Login"].mark, bars["Search"].mark) == ("moved", "")
    assert bars["Login"].ghost.column == YEAR.column(date(2027, 3, 1))
    assert "In the plan: 1 Mar to 31 Mar 2027" in bars["Login"].note
    place = Placement.objects.get(item=items[0])
    assert (place.starts_on, place.version) == (date(2027, 3, 1), 1)
    assert Event.objects.filter(record_id=items[0].pk).count() == before
    real = timeline_of(world.atlas, placed_rows(alice, world.atlas), YEAR, BY_PHASE)
    assert {b.start for lane in real.lanes for b in lane.bars if b.title == "Login"} == {
        date(2027, 3, 1)
    }


def test_a_scenario_keeps_only_what_differs_and_nothing_once_it_is_moved_back(
    alice, items, scenario
):
    moved(alice, scenario, items[0])
    change = ScenarioChange.objects.get()
    assert set(change.values) == {"starts_on", "ends_on", "grain"}
    assert change.base["starts_on"] == "2027-03-01"
    moved(alice, scenario, items[0], days=0)
    assert not ScenarioChange.objects.exists()


def test_what_the_plan_changes_elsewhere_shows_through_and_what_it_changes_there_is_a_clash(
    alice, items, scenario, world
):
    moved(alice, scenario, items[0])
    release = make_release(alice, world.atlas)
    placement_set(actor=alice, item=items[0], values={"release": release})
    overlay = overlay_of(alice, world.atlas, scenario)
    assert overlay.row(items[0].pk)["release_id"] == release.pk
    assert overlay.clash(items[0].pk) == {}
    placement_dates_set(
        actor=alice, item=items[0], starts_on=date(2027, 3, 8), ends_on=date(2027, 4, 7)
    )
    overlay = overlay_of(alice, world.atlas, scenario)
    assert overlay.clash(items[0].pk) == {
        "starts_on": ("2027-03-01", "2027-03-08", "2027-03-15"),
        "ends_on": ("2027-03-31", "2027-04-07", "2027-04-14"),
    }
    assert drawn(alice, scenario)[0]["Login"].mark == "clash"


def test_the_plan_that_comes_to_stand_as_the_scenario_says_is_no_clash_and_no_difference(
    alice, items, scenario, world
):
    moved(alice, scenario, items[0])
    placement_dates_set(
        actor=alice, item=items[0], starts_on=date(2027, 3, 15), ends_on=date(2027, 4, 14)
    )
    overlay = overlay_of(alice, world.atlas, scenario)
    assert overlay.clash(items[0].pk) == {}
    assert overlay.now(items[0].pk) == overlay.then(items[0].pk)
    assert drawn(alice, scenario)[0]["Login"].mark == ""


def test_items_of_the_backlog_come_in_and_items_of_the_plan_go_out(alice, items, scenario, world):
    days = {"starts_on": date(2027, 6, 1), "ends_on": date(2027, 6, 30), "bucket": "later"}
    scenario_place_set(actor=alice, scenario=scenario, item=items[3], values=days)
    scenario_take_out(actor=alice, scenario=scenario, item=items[1])
    bars, chart = drawn(alice, scenario)
    assert set(bars) == {"Login", "Wish"}
    assert (bars["Wish"].mark, chart.undated) == ("added", 1)
    columns, _ = scenario_board(alice, overlay_of(alice, world.atlas, scenario), "/s/")
    assert [[card.title for card in column.cards] for column in columns] == [
        [],
        ["Login", "Export"],
        ["Wish"],
    ]
    assert not Placement.objects.filter(item=items[3]).exists()
    assert Placement.objects.filter(item=items[1]).exists()
    with pytest.raises(NotVisible):
        moved(alice, scenario, items[1])
    scenario_give_back(actor=alice, scenario=scenario, item=items[1])
    assert "Search" in drawn(alice, scenario)[0]
    with pytest.raises(NotVisible):
        scenario_give_back(actor=alice, scenario=scenario, item=items[1])


def test_a_card_changes_its_column_and_keeps_the_order_of_the_plan(alice, items, scenario, world):
    scenario_card_move(actor=alice, scenario=scenario, item=items[2], bucket="now")
    columns, _ = scenario_board(alice, overlay_of(alice, world.atlas, scenario), "/s/")
    assert [[card.title for card in column.cards] for column in columns] == [
        ["Export"],
        ["Login", "Search"],
        [],
    ]
    assert columns[0].cards[0].mark == "In the plan: Next"
    for bucket, said in (("now", "order in one is that of the plan"), ("never", "no column")):
        with pytest.raises(Invalid) as refused:
            scenario_card_move(actor=alice, scenario=scenario, item=items[2], bucket=bucket)
        assert said in refused.value.fields["to"]


def test_lanes_by_release_count_what_the_scenario_has_in_them(alice, items, scenario, world):
    release = make_release(alice, world.atlas, release_on=date(2027, 4, 10))
    placement_set(actor=alice, item=items[0], values={"release": release})
    item_update(record=items[1], actor=alice, version=items[1].version, values={"title": "Find"})
    scenario_place_set(actor=alice, scenario=scenario, item=items[1], values={"release": release})
    scenario_place_set(actor=alice, scenario=scenario, item=items[0], values={"release": None})
    _, chart = drawn(alice, scenario, Asked("release"))
    lanes = {lane.name: [bar.title for bar in lane.bars] for lane in chart.lanes}
    assert lanes == {"Spring release": ["Find"], "No release": ["Login"]}


def test_dependencies_are_judged_by_the_dates_of_the_scenario_and_what_follows_moves_in_it_alone(
    alice, items, scenario, world
):
    moved(alice, scenario, items[0])
    ties = scenario_ties(alice, overlay_of(alice, world.atlas, scenario))
    assert ties.tasks[items[0].pk].end == date(2027, 4, 14)
    assert shifted(alice, scenario, items[0]) == {items[1].pk: 14}
    assert drawn(alice, scenario)[0]["Search"].start == date(2027, 4, 15)
    assert Placement.objects.get(item=items[1]).starts_on == date(2027, 4, 1)
    assert shifted(alice, scenario, items[0]) == {}


def shifted(alice, scenario, *behind):
    report = scenario_shift(actor=alice, scenario=scenario, behind=behind)
    return {one.item.pk: one.days for one in report}


def test_what_is_planned_to_quarters_moves_by_quarters(alice, items, scenario):
    placement_set(actor=alice, item=items[0], values={"grain": "quarter"})
    scenario_dates_set(
        actor=alice,
        scenario=scenario,
        item=items[0],
        starts_on=date(2027, 3, 20),
        ends_on=date(2027, 6, 17),
    )
    bars, _ = drawn(alice, scenario)
    assert (bars["Login"].start, bars["Login"].end, bars["Login"].when) == (
        date(2027, 4, 1),
        date(2027, 6, 30),
        "Q2 2027",
    )


def test_two_who_move_the_same_bar_in_a_scenario_do_not_overwrite_one_another(
    alice, items, scenario
):
    moved(alice, scenario, items[0], version=1)
    with pytest.raises(Stale):
        moved(alice, scenario, items[0], days=7, version=1)
    moved(alice, scenario, items[1], version=1)
    moved(
        alice, scenario, items[0], days=7, version=ScenarioChange.objects.get(item=items[0]).version
    )


def test_bad_input_is_refused_and_writes_nothing(alice, items, scenario, world):
    foreign = make_item(alice, world.boreas, "Elsewhere")
    goal = make_objective(alice, world.boreas)
    archived = make_item(alice, world.atlas, "Gone")
    record_archive(archived, actor=alice)
    cases = [
        (
            items[0],
            {"starts_on": date(2027, 5, 2), "ends_on": date(2027, 5, 1)},
            Invalid,
            "lies before the begin",
        ),
        (items[0], {"ends_on": None}, Invalid, "Give the end as well"),
        (items[0], {"objective": goal}, Invalid, "belongs to another product"),
        (items[0], {"health": "at_risk"}, Invalid, "A scenario has these otherwise"),
        (items[0], {"bucket": "never"}, Invalid, "not a valid choice"),
        (foreign, {"bucket": "now"}, Invalid, "belongs to another product"),
        (archived, {"bucket": "now"}, Conflict, "is archived"),
    ]
    for item, values, error, said in cases:
        with pytest.raises(error) as refused:
            scenario_place_set(actor=alice, scenario=scenario, item=item, values=values)
        assert said in f"{refused.value.message} {refused.value.fields}"
    assert not ScenarioChange.objects.exists()
    assert RoadmapScenario.objects.get().revision == 1


def test_a_scenario_has_a_name_of_its_own_and_a_question(alice, scenario, world):
    for name, question in (("", "What if?"), ("A", ""), ("A" * 81, "What if?")):
        with pytest.raises(Invalid):
            scenario_create(actor=alice, product=world.atlas, name=name, question=question)
    with pytest.raises(Conflict) as refused:
        scenario_create(
            actor=alice, product=world.atlas, name=" Mobile  first ", question="What if?"
        )
    assert "of that name already" in refused.value.fields["name"]
    made = scenario_create(
        actor=alice, product=world.boreas, name="Mobile first", question="What if?"
    )
    assert made.product == world.boreas


def test_it_is_renamed_against_the_version_that_was_read(alice, scenario):
    scenario_update(actor=alice, scenario=scenario, version=1, values={"name": "Mobile in Q3"})
    with pytest.raises(Stale):
        scenario_update(actor=alice, scenario=scenario, version=1, values={"name": "Else"})
    assert Event.objects.get(verb="roadmap_scenario.updated").changes["name"] == [
        "Mobile first",
        "Mobile in Q3",
    ]


def test_a_copy_goes_its_own_way_and_an_archived_one_is_read_only_until_it_is_brought_back(
    alice, items, scenario
):
    moved(alice, scenario, items[0])
    copy = scenario_duplicate(actor=alice, scenario=scenario, name="Other")
    moved(alice, copy, items[1])
    assert (scenario.changes.count(), copy.changes.count()) == (1, 2)
    scenario_archive(actor=alice, scenario=scenario)
    with pytest.raises(Conflict, match="archived"):
        moved(alice, scenario, items[1])
    scenario_restore(actor=alice, scenario=scenario)
    moved(alice, scenario, items[1])


def test_a_name_that_was_taken_meanwhile_keeps_an_archived_scenario_away(alice, scenario, world):
    scenario_archive(actor=alice, scenario=scenario)
    scenario_create(actor=alice, product=world.atlas, name="Mobile first", question="What if?")
    with pytest.raises(Conflict) as refused:
        scenario_restore(actor=alice, scenario=scenario)
    assert "of that name already" in refused.value.fields["name"]


def test_contributors_try_and_stakeholders_look(items, scenario, world):
    moved(world.actor("bob"), scenario, items[0])
    with pytest.raises(NotAllowed):
        moved(world.actor("carol"), scenario, items[0])
    with pytest.raises(NotVisible):
        moved(world.actor("mallory"), scenario, items[0])


def test_an_item_that_is_archived_since_is_named_and_not_drawn(alice, items, scenario, world):
    moved(alice, scenario, items[0])
    record_archive(items[0], actor=alice)
    overlay = overlay_of(alice, world.atlas, scenario)
    assert list(overlay.gone) == [items[0].pk]
    assert "Login" not in drawn(alice, scenario)[0]
    scenario_give_back(actor=alice, scenario=scenario, item=items[0])
    assert not ScenarioChange.objects.exists()


def test_an_item_that_the_plan_took_out_since_stands_in_the_scenario_as_a_clash(
    alice, items, scenario, world
):
    moved(alice, scenario, items[0])
    placement_remove(actor=alice, item=items[0])
    overlay = overlay_of(alice, world.atlas, scenario)
    assert overlay.clash(items[0].pk) == {"bucket": ("next", None, "next")}
    assert drawn(alice, scenario)[0]["Login"].start == date(2027, 3, 15)


FIELDS = {
    "bucket": ["now", "next"],
    "starts_on": ["2027-01-01", "2027-02-01"],
    "release": [None, "ATL-1", "ATL-2"],
}


def any_state(dice):
    """A state of an item, empty without a place."""
    return {n: dice.choice(v) for n, v in FIELDS.items()} if dice.random() < 0.8 else {}


@pytest.mark.once
def test_what_a_scenario_keeps_brings_back_what_was_wanted_whatever_the_plan_had():
    dice = random.Random(7)
    for _ in range(3000):
        now, before = any_state(dice), None
        for _ in range(dice.randrange(1, 4)):
            wanted = any_state(dice)
            before = said_otherwise(now, wanted, before)
            assert (overlaid(now, before) if before else now) == wanted
            if before is None:
                continue
            now = any_state(dice) if dice.random() < 0.5 else now


@pytest.mark.once
def test_there_is_no_clash_where_the_plan_stands_as_it_did_or_as_the_scenario_says():
    dice = random.Random(8)
    for _ in range(2000):
        now, wanted = any_state(dice), any_state(dice)
        kept = said_otherwise(now, wanted, None)
        if kept is None:
            continue
        assert clashes(now, kept) == {}
        assert clashes(wanted, kept) == {}


@pytest.mark.once
def test_a_clash_names_the_three_values():
    kept = Otherwise({"bucket": "now", "release": "ATL-1"}, {"release": "ATL-2"})
    assert clashes({"bucket": "now", "release": "ATL-3"}, kept) == {
        "release": ("ATL-1", "ATL-3", "ATL-2")
    }
    out = Otherwise({"bucket": "now", "release": None}, {PLACED: None})
    assert clashes({"bucket": "later", "release": None}, out) == {"bucket": ("now", "later", None)}
