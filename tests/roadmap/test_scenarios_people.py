"""A scenario gives an item another team or owner: shown, compared, applied with the reason, taken back, in conflict."""

from __future__ import annotations

from datetime import date

import pytest

from backlog.services.items import item_update
from plm.errors import Conflict, Invalid
from plm.models import Event
from plm.services.workspaces import team_create
from roadmap import timeline as geometry
from roadmap.selectors.chart import Asked
from roadmap.selectors.scenario_compared import compared, mark_seen
from roadmap.selectors.scenario_drawn import mark_of, scenario_timeline
from roadmap.selectors.scenarios import overlay_of
from roadmap.services.scenario_applying import scenario_apply, scenario_apply_undo
from roadmap.services.scenario_changes import scenario_place_set
from roadmap.services.scenarios import scenario_create
from tests.make import make_item, make_placement

WHY = "Mobile joins in Q3"


@pytest.fixture
def alice(world):
    return world.actor("alice")


@pytest.fixture
def teams(world):
    dora = world.actor("dora")
    return [team_create(actor=dora, workspace=world.acme, name=name) for name in ("Sea", "Land")]


@pytest.fixture
def item(world, alice, teams):
    made = make_item(alice, world.atlas, "Login", team=teams[0])
    make_placement(
        alice, made, starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 31), bucket="next"
    )
    return made


@pytest.fixture
def scenario(world, alice, item, teams):
    """The item with the other team and an owner."""
    row = scenario_create(
        actor=alice, product=world.atlas, name="Mobile first", question="What if mobile joins?"
    )
    values = {"team": teams[1], "owner": world.bob}
    return scenario_place_set(actor=alice, scenario=row, item=item, values=values)


def stands(item):
    item.refresh_from_db()
    return item.team, item.owner


def test_it_lies_in_the_lane_of_the_other_team_and_the_plan_keeps_its_own(
    world, alice, item, scenario, teams
):
    overlay = overlay_of(alice, world.atlas, scenario)
    year = geometry.window(2027, 52, 1)
    chart = scenario_timeline(alice, overlay, year, Asked("team"), "/")
    assert [(lane.name, len(lane.bars)) for lane in chart.lanes] == [("Land", 1)]
    assert mark_of(overlay, item.pk) == ("changed", "In the plan: Sea, no owner")
    assert stands(item) == (teams[0], None)


def test_the_comparison_names_both_and_applying_goes_by_the_service_of_items_once_and_back(
    world, alice, item, scenario, teams
):
    found = compared(alice, world.atlas, None, scenario)
    line = found.lines[0]
    told = {
        name: tuple(found.titles.get(value, value) for value in pair)
        for name, pair in line.said.fields.items()
    }
    assert told == {"team": ("Sea", "Land"), "owner": (None, str(world.bob))}
    scenario_apply(actor=alice, scenario=scenario, reason=WHY)
    assert stands(item) == (teams[1], world.bob)
    event = Event.objects.filter(record=item.pk).latest("sequence")
    assert (event.verb, event.reason) == ("item.updated", WHY)
    assert event.changes == {"team": ["Sea", "Land"], "owner": [None, str(world.bob)]}
    assert scenario_apply_undo(actor=alice, scenario=scenario) == (1, [])
    assert stands(item) == (teams[0], None)
    assert mark_of(overlay_of(alice, world.atlas, scenario), item.pk)[0] == "changed"


def test_what_somebody_gave_another_owner_since_is_left_when_it_is_taken_back(
    world, alice, item, scenario
):
    scenario_apply(actor=alice, scenario=scenario, reason=WHY)
    item_update(actor=alice, record=item, version=None, values={"owner": world.alice})
    assert scenario_apply_undo(actor=alice, scenario=scenario) == (0, [item.reference])
    assert stands(item)[1] == world.alice


def test_an_owner_that_was_changed_meanwhile_is_a_conflict_to_be_decided(
    world, alice, item, scenario, teams
):
    item_update(actor=alice, record=item, version=None, values={"owner": world.alice})
    overlay = overlay_of(alice, world.atlas, scenario)
    assert set(overlay.clash(item.pk)) == {"owner"}
    with pytest.raises(Conflict, match="Decide"):
        scenario_apply(actor=alice, scenario=scenario, reason=WHY)
    assert stands(item) == (teams[0], world.alice)
    seen = {item.pk: mark_seen(overlay.now(item.pk))}
    scenario_apply(actor=alice, scenario=scenario, reason=WHY, chosen=seen)
    assert stands(item) == (teams[1], world.bob)


def test_what_is_given_back_differs_no_more(world, alice, item, scenario, teams):
    values = {"team": teams[0], "owner": None}
    scenario_place_set(actor=alice, scenario=scenario, item=item, values=values)
    assert not scenario.changes.exists()


def test_an_item_that_the_plan_does_not_have_keeps_its_team_and_comes_in_with_it(
    world, alice, scenario, teams
):
    wish = make_item(alice, world.atlas, "Wish", team=teams[0])
    days = {"starts_on": date(2027, 6, 1), "ends_on": date(2027, 6, 30)}
    with pytest.raises(Invalid) as refused:
        scenario_place_set(
            actor=alice, scenario=scenario, item=wish, values={**days, "team": teams[1]}
        )
    assert "Change it on the item" in refused.value.fields["team"]
    scenario_place_set(actor=alice, scenario=scenario, item=wish, values=days)
    item_update(actor=alice, record=wish, version=None, values={"team": teams[1]})
    scenario_apply(actor=alice, scenario=scenario, reason=WHY)
    assert stands(wish)[0] == teams[1]
    assert scenario_apply_undo(actor=alice, scenario=scenario)[1] == []


def test_a_team_that_is_no_more_is_named_and_nothing_is_applied(
    world, alice, item, scenario, teams
):
    teams[1].archived_at = item.created_at
    teams[1].save()
    with pytest.raises(Conflict, match="Choose another one"):
        scenario_apply(actor=alice, scenario=scenario, reason=WHY)
    assert stands(item) == (teams[0], None)


def test_a_scenario_from_before_there_were_teams_in_it_is_still_taken_back(
    world, alice, item, scenario
):
    change = scenario.changes.get()
    bare = {n: v for n, v in change.base.items() if n not in {"team", "owner"}}
    change.base, change.values = bare, {"bucket": "now"}
    change.save()
    scenario_apply(actor=alice, scenario=scenario, reason=WHY)
    change.refresh_from_db()
    change.base = {n: v for n, v in change.base.items() if n not in {"team", "owner"}}
    change.save()
    assert scenario_apply_undo(actor=alice, scenario=scenario) == (1, [])


def test_the_page_and_the_api_tell_names(world, alice, item, scenario, teams, sign_in, api):
    home = f"{world.atlas.get_absolute_url()}roadmap/scenarios/{scenario.uuid}/"
    browser = sign_in(world.alice)
    form = browser.get(f"{home}items/{item.reference}").content.decode()
    assert f'<option value="{teams[1].uuid}" selected>Land</option>' in form
    page = browser.get(f"{home}compare").content.decode()
    assert "Land" in page
    assert str(teams[1].uuid) not in page
    client = api(world.alice, world.acme, scopes=["read", "write"])
    address = f"/api/v1/products/ATL/roadmap-scenarios/{scenario.uuid}/"
    fields = client.get(address).json()["differences"][0]["fields"]
    assert fields == {"team": ["Sea", "Land"], "owner": [None, str(world.bob)]}
    given = {"team": str(teams[0].uuid)}
    done = client.patch(f"{address}items/{item.reference}/", given, content_type="application/json")
    assert done.status_code == 200, done.content
    assert list(done.json()["differences"][0]["fields"]) == ["owner"]
