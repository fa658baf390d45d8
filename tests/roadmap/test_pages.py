"""Pages of the roadmap over HTTP."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backlog.services.items import item_create, item_move
from roadmap.models import KeyResult, Placement, Vision
from roadmap.services.placements import placement_set
from tests.make import (
    make_item,
    make_key_result,
    make_milestone,
    make_objective,
    make_placement,
    make_release,
)

YEAR = timezone.localdate().year


def spring(first=3, last=5):
    return {"starts_on": date(YEAR, first, 2), "ends_on": date(YEAR, last, 28)}


@pytest.fixture
def planned(world):
    """A goal, a release, a milestone, and an item that stands on the timeline."""
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, hue="violet")
    make_key_result(alice, goal)
    release = make_release(alice, world.atlas, release_on=date(YEAR, 6, 1))
    make_milestone(alice, world.atlas, on=date(YEAR, 4, 1))
    item = make_item(alice, world.atlas, "Group bookings")
    make_placement(alice, item, objective=goal, release=release, bucket="now", **spring())
    return item


def test_the_timeline_shows_bars_in_lanes_by_goal_team_and_release(world, sign_in, planned):
    client = sign_in(world.carol)
    for lanes, name in (
        ("objective", "Cut no-shows by a third"),
        ("release", "Spring release"),
        ("team", "Everything"),
        ("owner", "Everything"),
        ("phase", "Planned"),
    ):
        page = client.get(f"/acme/ATL/roadmap/?lanes={lanes}").content.decode()
        assert name in page
        assert "Group bookings" in page
        assert "Partner beta" in page
        assert "data-move-url" not in page
    assert "data-move-url" in sign_in(world.alice).get("/acme/ATL/roadmap/").content.decode()


def test_the_years_are_leafed_through(world, sign_in, planned):
    client = sign_in(world.carol)
    elsewhere = client.get(f"/acme/ATL/roadmap/?year={YEAR + 3}").content.decode()
    assert "Group bookings" not in elsewhere
    for span, columns in ((26, 26), (52, 52), (104, 104), (260, 60)):
        page = client.get(f"/acme/ATL/roadmap/?year={YEAR}&span={span}&half=1").content.decode()
        assert f"g{columns} grid-bg" in page
        assert "Group bookings" in page
    assert "Group bookings" in client.get(f"/acme/ATL/roadmap/?year={YEAR}&span=13").content.decode() or timezone.localdate().month > 6  # fmt: skip
    assert "Group bookings" in client.get(f"/acme/ATL/roadmap/?year={YEAR}&span=13&half=2").content.decode()  # fmt: skip
    for bad in ("year=abc", "span=7", "half=3", "lanes=colour", "year=99999"):
        assert client.get(f"/acme/ATL/roadmap/?{bad}").status_code == 400


def test_a_dragged_bar_is_saved_and_one_that_ends_before_it_begins_is_refused(
    world, sign_in, planned
):
    client = sign_in(world.alice)
    url = f"/acme/{planned.reference}/place/dates"
    hx = {"HX-Request": "true"}
    saved = client.post(url, {"start": f"{YEAR}-03-09", "end": f"{YEAR}-06-04"}, headers=hx)
    assert saved.json()["start"] == f"{YEAR}-03-09"
    place = Placement.objects.get()
    assert place.starts_on == date(YEAR, 3, 9)
    refused = client.post(url, {"start": f"{YEAR}-06-04", "end": f"{YEAR}-06-01"}, headers=hx)
    assert refused.status_code == 422
    assert "The end" in refused.content.decode()
    malformed = client.post(url, {"start": f"{YEAR}-06-04", "end": "soon"}, headers=hx)
    assert malformed.status_code == 422
    assert "end:" in malformed.content.decode()
    missing = client.post(url, {"start": f"{YEAR}-06-04"}, headers=hx)
    assert "end:" in missing.content.decode()
    place.refresh_from_db()
    assert place.starts_on == date(YEAR, 3, 9)
    assert sign_in(world.bob).post(url, {"start": "x"}).status_code == 403
    assert sign_in(world.mallory).post(url, {}).status_code == 404


def test_a_dragged_card_changes_its_column(world, sign_in, planned):
    client = sign_in(world.alice)
    url = "/acme/ATL/roadmap/board/move"
    assert "Group bookings" in client.get("/acme/ATL/roadmap/board").content.decode()
    moved = client.post(url, {"card": planned.reference, "to": "later", "after": ""})
    assert moved.json() == {"why": f"{planned.get_absolute_url()}/why"}
    assert Placement.objects.get().bucket == "later"
    assert client.post(url, {"card": planned.reference, "to": "x"}).status_code == 422
    assert client.post(url, {"to": "now"}).status_code == 422
    assert client.post(url, {"card": "BOR-1", "to": "now"}).status_code == 404
    assert Placement.objects.get().bucket == "later"


def test_an_item_is_placed_by_a_plain_form_that_keeps_what_was_typed(world, sign_in):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas)
    client = sign_in(world.alice)
    assert "Place it" in client.get(f"/acme/{item.reference}").content.decode()
    url = f"/acme/{item.reference}/place"
    bad = {
        "bucket": "now",
        "starts_on": "2026-05-02",
        "ends_on": "2026-05-01",
        "commitment": "committed",
    }
    refused = client.post(url, bad)
    assert refused.status_code == 422
    assert "2026-05-02" in refused.content.decode()
    assert not Placement.objects.exists()
    good = client.post(url, {**bad, "ends_on": "2026-06-01", "hidden": "on"})
    assert good.status_code == 302
    place = Placement.objects.get()
    assert (place.commitment, place.hidden) == ("committed", True)
    page = client.get(f"/acme/{item.reference}").content.decode()
    assert "On the roadmap" in page
    assert "Committed" in page
    assert client.post(f"{url}/remove").status_code == 302
    assert not Placement.objects.exists()


def test_goals_show_their_key_results_and_take_check_ins(world, sign_in, planned):
    client = sign_in(world.bob)
    page = client.get("/acme/ATL/plan/objectives/").content.decode()
    assert "Cut no-shows by a third" in page
    assert "No-show rate" in page
    result = KeyResult.objects.get()
    url = f"/acme/{result.reference}/check-in"
    assert client.post(url, {"value": "7.55", "confidence": "80"}).status_code == 302
    result.refresh_from_db()
    assert result.current == 7.55
    assert client.post(url, {"value": "much"}).status_code == 422
    assert sign_in(world.carol).post(url, {"value": "1"}).status_code == 403
    assert "7.55" in client.get(f"/acme/{result.reference}").content.decode()
    goal = client.get(f"/acme/{result.objective.reference}").content.decode()
    assert "50%" in goal
    assert "Group bookings" in goal
    listed = client.get("/acme/ATL/plan/objectives/?order=title")
    assert "Cut no-shows by a third" in listed.content.decode()


def test_the_home_page_shows_goals_and_the_stage(world, sign_in, planned):
    page = sign_in(world.carol).get("/acme/ATL/").content.decode()
    assert "Cut no-shows by a third" in page
    assert "1 now" in page


def test_the_vision_is_written_and_its_history_shown(world, sign_in):
    client = sign_in(world.alice)
    assert "No vision yet" in client.get("/acme/ATL/plan/vision").content.decode()
    saved = client.post("/acme/ATL/plan/vision/edit", {"vision": "Nobody waits.", "version": 0})
    assert saved.status_code == 302
    assert Vision.objects.get().vision == "Nobody waits."
    assert "Nobody waits." in client.get("/acme/ATL/plan/vision").content.decode()
    assert "Nobody waits." in client.get("/acme/ATL/roadmap/").content.decode()
    stale = client.post("/acme/ATL/plan/vision/edit", {"vision": "Other", "version": 0})
    assert stale.status_code == 409
    assert "Other" in stale.content.decode()
    assert Vision.objects.get().vision == "Nobody waits."


def test_forms_of_all_four_kinds_make_records(world, sign_in, planned):
    client = sign_in(world.alice)
    goal = KeyResult.objects.get().objective
    for path, values in (
        ("plan/objectives", {"title": "Grow", "weight": "1", "hue": "teal"}),
        ("plan/key-results", {
            "title": "Clinics", "objective": str(goal.uuid), "start": "0", "target": "40", "weight": "1",
        }),
        ("plan/releases", {"title": "Autumn", "release_on": "2026-10-01"}),
        ("plan/milestones", {"title": "Summit", "on": "2026-09-01", "type": "event"}),
    ):  # fmt: skip
        assert client.get(f"/acme/ATL/{path}/new").status_code == 200
        made = client.post(f"/acme/ATL/{path}/new", values)
        assert made.status_code == 302, made.content.decode()
        page = client.get(made["Location"])
        assert page.status_code == 200
        assert client.get(f"{made['Location']}/edit").status_code == 200
        rows = client.get(f"/acme/ATL/{path}/?order=-updated")
        assert values["title"] in rows.content.decode()
    assert client.post("/acme/ATL/plan/milestones/new", {"title": "x"}).status_code == 422


def test_releases_show_what_goes_out_in_them(world, sign_in, planned):
    client = sign_in(world.carol)
    page = client.get("/acme/ATL/roadmap/releases").content.decode()
    assert "Spring release" in page
    assert "Group bookings" in page
    assert "0 of 1 done" in page
    item_move(planned, actor=world.actor("alice"), state="done")
    assert "1 of 1 done" in client.get("/acme/ATL/roadmap/releases").content.decode()


def test_empty_pages_say_what_to_do(world, sign_in):
    client = sign_in(world.alice)
    for path in (
        "roadmap/",
        "roadmap/board",
        "roadmap/releases",
        "roadmap/shares",
        "plan/objectives/",
    ):
        assert client.get(f"/acme/ATL/{path}").status_code == 200
    assert "Nothing is planned" in client.get("/acme/ATL/roadmap/").content.decode()


def test_pages_take_the_same_number_of_queries_however_much_there_is(world, sign_in, planned):
    client = sign_in(world.carol)
    urls = [
        "/acme/ATL/roadmap/", "/acme/ATL/roadmap/?lanes=release", "/acme/ATL/roadmap/?lanes=team",
        "/acme/ATL/roadmap/board", "/acme/ATL/roadmap/releases", "/acme/ATL/plan/objectives/",
        "/acme/ATL/roadmap/forecasts",
    ]  # fmt: skip

    def counts():
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    counts()
    few = counts()
    alice = world.actor("alice")
    for n in range(12):
        goal = make_objective(alice, world.atlas, f"Goal {n}")
        make_key_result(alice, goal)
        release = make_release(alice, world.atlas, f"Release {n}", release_on=date(YEAR, 7, n + 1))
        for m in range(3):
            item = make_item(alice, world.atlas, f"Item {n} {m}")
            make_placement(
                alice, item, objective=goal, release=release, **spring(n % 6 + 1, n % 6 + 3)
            )
    counts()  # The process takes in what came since it last read how plans went.
    assert counts() == few
    assert max(few) <= 19


def test_a_lane_with_very_many_items_says_how_many_more_there_are(world, sign_in):
    alice = world.actor("alice")
    for n in range(30):
        make_placement(alice, make_item(alice, world.atlas, f"Item {n}"), **spring())
    client = sign_in(world.carol)
    assert "24 more" in client.get("/acme/ATL/roadmap/").content.decode()
    assert "6 more" in client.get("/acme/ATL/roadmap/?open=none").content.decode()


def test_what_is_late_is_marked(world, sign_in):
    alice = world.actor("alice")
    today = timezone.localdate()
    make_placement(
        alice, make_item(alice, world.atlas), starts_on=today - timedelta(days=40),
        ends_on=today - timedelta(days=3),
    )  # fmt: skip
    day = today - timedelta(days=3)
    page = sign_in(world.carol).get(f"/acme/ATL/roadmap/?year={day.year}&span=104").content.decode()
    assert " late" in page


def test_a_lane_shows_all_its_bars_in_parts(world, sign_in):
    alice = world.actor("alice")
    for number in range(60):
        item = item_create(
            actor=alice,
            product=world.atlas,
            values={"title": f"Bar {number:02}", "type": "feature"},
        )
        days = {"starts_on": date(2026, 1, 5), "ends_on": date(2026, 12, 20)}
        placement_set(actor=alice, item=item, values={"bucket": "now", **days})
    client = sign_in(world.alice)
    seen: set[str] = set()
    url = "/acme/ATL/roadmap/?year=2026&span=52&open=none"
    for part, left in ((1, 36), (2, 12), (3, 0)):
        page = client.get(f"{url}&part={part}").content.decode()
        seen |= set(re.findall(r"<span>(Bar \d\d)</span>", page))
        assert (f"Show {left} more" in page) == bool(left)
    assert len(seen) == 60
