"""The roadmap's pages as of a day: drawn from what stood then, leading to the records of then."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from backlog.services.items import item_update
from plm.services.records import record_move
from plm.services.workspaces import team_create
from roadmap import timeline as geometry
from roadmap.models import Placement
from roadmap.selectors.board import board_of
from roadmap.selectors.chart import LANES, Asked, placed_rows, timeline_of
from roadmap.selectors.past import board_as_of, timeline_as_of
from roadmap.services.placements import placement_remove, placement_set
from roadmap.services.releases import release_update
from tests.make import make_item, make_milestone, make_objective, make_placement, make_release
from tests.roadmap.random_plan import one_change

SEED = 47
YEAR = geometry.window(2027, 52, 1)


@pytest.fixture
def planned(world):
    """Six items in two goals and two releases, one of them without dates, and a milestone."""
    alice = world.actor("alice")
    goals = [make_objective(alice, world.atlas, title) for title in ("More groups", "Fewer calls")]
    releases = [
        make_release(alice, world.atlas, title, release_on=date(2027, month, 20))
        for title, month in (("Spring", 4), ("Autumn", 10))
    ]
    make_milestone(alice, world.atlas, "Fair", on=date(2027, 6, 1))
    items = []
    for n in range(6):
        item = make_item(alice, world.atlas, f"Deposits {n}")
        dates = {"starts_on": date(2027, n + 1, 4), "ends_on": date(2027, n + 2, 9)} if n else {}
        make_placement(alice, item, objective=goals[n % 2], release=releases[n % 2], **dates)
        items.append(item)
    return items


def said(bar):
    return bar.title, bar.start, bar.end, bar.when, bar.phase, bar.note, bar.late, bar.place


def drawn(chart):
    """What can be seen of a timeline, without progress, notes and addresses."""
    # A lane of what has no link is called Everything where no other lane, not even an empty one, stands above it.
    lanes = [
        ("" if lane.key == "none" else lane.name, [said(bar) for bar in lane.bars])
        for lane in chart.lanes
        if lane.bars
    ]
    marks = [(mark.title, mark.on, mark.hue, mark.place) for mark in chart.marks]
    return sorted(lanes), marks, chart.today, chart.undated, chart.bars


@pytest.mark.parametrize("lanes", [name for name, _ in LANES])
def test_as_of_this_moment_is_what_is_drawn_now(world, planned, lanes):
    alice = world.actor("alice")
    asked = Asked(lanes)
    now = timeline_of(world.atlas, placed_rows(alice, world.atlas), YEAR, asked)
    assert now.bars == 5
    then = timeline_as_of(alice, world.atlas, timezone.now(), YEAR, asked)
    assert drawn(then) == drawn(now)


@pytest.mark.parametrize("lanes", [name for name, _ in LANES])
def test_the_timeline_of_any_moment_is_the_one_that_was_drawn_then(world, lanes):
    dice = random.Random(SEED)
    alice, asked = world.actor("alice"), Asked(lanes)
    goals = [make_objective(alice, world.atlas, f"Goal {n}") for n in range(2)]
    releases = [make_release(alice, world.atlas, f"R{n}") for n in range(2)]
    teams = [
        team_create(actor=world.actor("dora"), workspace=world.acme, name=name)
        for name in ("Sea", "Land")
    ]
    items = [make_item(alice, world.atlas, f"Item {n}") for n in range(8)]
    shown = geometry.window(2027, 26, 1)
    copies = []
    for _ in range(70):
        one_change(
            dice, alice, dice.choice(items), goals, releases, teams, [world.alice, world.bob]
        )
        chart = timeline_of(world.atlas, placed_rows(alice, world.atlas), shown, asked)
        copies.append((timezone.now(), drawn(chart)))
    assert len({str(copy) for _, copy in copies}) > 25
    for moment, copy in copies:
        assert drawn(timeline_as_of(alice, world.atlas, moment, shown, asked)) == copy


def test_what_moved_went_or_was_renamed_since_stands_as_it_did(
    world, planned, django_assert_max_num_queries
):
    alice = world.actor("alice")
    asked = Asked("objective")
    before = timeline_of(world.atlas, placed_rows(alice, world.atlas), YEAR, asked)
    columns, done = board_of(world.atlas, placed_rows(alice, world.atlas))
    moment = timezone.now()
    placement_set(actor=alice, item=planned[1], values={"ends_on": date(2027, 11, 30)})
    placement_remove(actor=alice, item=planned[2])
    item_update(actor=alice, record=planned[3], version=None, values={"title": "Down payments"})
    record_move(planned[4], actor=alice, state="cancelled")
    after = timeline_of(world.atlas, placed_rows(alice, world.atlas), YEAR, asked)
    assert after.bars == 3
    with django_assert_max_num_queries(12):
        then = timeline_as_of(alice, world.atlas, moment, YEAR, asked)
    assert drawn(then) == drawn(before)
    past_columns, past_done = board_as_of(alice, world.atlas, moment)
    assert [(c.name, c.total, {card.title for card in c.cards}) for c in past_columns] == [
        (c.name, c.total, {card.title for card in c.cards}) for c in columns
    ]
    assert past_done == done


def test_the_pages_say_so_cannot_be_changed_and_keep_the_day(world, planned, sign_in):
    alice = world.actor("alice")
    Placement.objects.filter(item=planned[1]).update(created_at=timezone.now() - timedelta(days=3))
    moment = timezone.now().isoformat()
    placement_set(actor=alice, item=planned[1], values={"ends_on": date(2027, 11, 30)})
    browser = sign_in(world.alice)
    url = f"{world.atlas.get_absolute_url()}roadmap/"
    now = browser.get(url, {"year": 2027}).content.decode()
    assert "data-move-url" in now
    then = browser.get(url, {"year": 2027, "at": moment}).content.decode()
    assert "As it was at the end of" in then
    assert "data-move-url" not in then
    assert f"{planned[1].reference}/as-of?at=" in then
    assert "at=" in then.partition("Earlier")[0].rpartition("href=")[2]
    board = browser.get(f"{url}board", {"at": moment}).content.decode()
    assert "As it was at the end of" in board
    assert "data-move-url" not in board
    assert sign_in(world.mallory).get(url, {"at": moment}).status_code == 404


@pytest.mark.parametrize(
    "day", ["2027-02-29", "9999-12-31", "0001-01-01", "yesterday", "2026-13-01"]
)
@pytest.mark.parametrize("page", ["roadmap/", "roadmap/board"])
def test_a_day_that_is_none_or_still_to_come_is_refused(world, sign_in, page, day):
    answer = sign_in(world.carol).get(f"{world.atlas.get_absolute_url()}{page}", {"at": day})
    assert answer.status_code == 400


def test_the_api_gives_the_places_of_a_moment(world, planned, api):
    alice = world.actor("alice")
    moment = timezone.now().isoformat()
    placement_set(actor=alice, item=planned[1], values={"ends_on": date(2027, 11, 30)})
    client = api(world.carol, world.acme, scopes=["read"])
    address = "/api/v1/products/ATL/roadmap/as-of/"
    rows = client.get(address, {"at": moment}).json()["results"]
    found = {row["reference"]: row for row in rows}
    assert len(found) == 6
    assert found[planned[1].reference]["ends_on"] == "2027-03-09"
    assert found[planned[1].reference]["objective"] == "Fewer calls"
    assert client.get(address, {"at": "2020-01-01"}).json()["results"] == []
    refused = client.get(address, {"at": "soon"})
    assert refused.status_code == 400
    assert "at" in refused.json()["errors"]
    stranger = api(world.mallory, world.rival, scopes=["read"])
    assert stranger.get(address, {"at": moment}).status_code == 404


def test_a_release_stands_on_the_day_it_had(world):
    alice = world.actor("alice")
    release = make_release(alice, world.atlas, "Spring", release_on=date(2027, 4, 20))
    moment = datetime.now(UTC)
    release_update(
        actor=alice, record=release, version=None, values={"release_on": date(2027, 9, 1)}
    )
    chart = timeline_as_of(alice, world.atlas, moment, YEAR, Asked("objective"))
    assert [(mark.title, mark.on) for mark in chart.marks] == [("Spring", date(2027, 4, 20))]
