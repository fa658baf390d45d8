"""Dependencies in the browser and over the API: lines, conflicts, moving what follows, two people at one bar."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plm.services.notes import relation_add
from roadmap.links import Piece, Spot, pieces
from roadmap.models import Placement
from tests.make import make_item, make_objective, make_placement

YEAR = timezone.localdate().year
MARCH = date(YEAR, 3, 2)
HX = {"HX-Request": "true"}


def day(number):
    return MARCH + timedelta(days=number)


def put(world, title, first, last, **more):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, title)
    make_placement(alice, item, starts_on=day(first), ends_on=day(last), **more)
    return item


def blocks(world, source, target):
    relation_add(actor=world.actor("alice"), source=source, target=target, type="blocks")


@pytest.fixture
def planned(world):
    """Login in one lane ends 9 days after Search in another begins; Checkout waits for Search."""
    goals = [make_objective(world.actor("alice"), world.atlas, f"Goal {n}") for n in (1, 2)]
    login = put(world, "Login", 0, 70, objective=goals[0])
    search = put(world, "Search", 61, 90, objective=goals[1])
    checkout = put(world, "Checkout", 95, 120, objective=goals[1])
    blocks(world, login, search)
    blocks(world, search, checkout)
    return login, search, checkout


def text_of(page):
    return html.unescape(re.sub(r"\s+", " ", page.content.decode()))


def test_lines_are_pieces_on_the_lanes_they_cross():
    a, b = Spot(0, 2, 5, 4), Spot(2, 1, 12, 3)
    assert [(lane, p.classes) for lane, p in pieces(a, b)] == [
        (0, "dh below c8 s4 r2"),
        (1, "dv c12"),
        (0, "dv c12 r2 from"),
        (2, "dv c12 t1 down"),
    ]
    assert [(lane, p.classes) for lane, p in pieces(b, a, bad=True)] == [
        (2, "dh above c5 s8 r1 back bad"),
        (1, "dv c5 bad"),
        (2, "dv c5 t2 to bad"),
        (0, "dv c5 r3 up bad"),
    ]
    ahead, below = Spot(0, 1, 5, 2), Spot(0, 3, 2, 2)
    assert [p.classes for _, p in pieces(Spot(0, 1, 1, 4), ahead)] == ["dh mid c4 s1 r1"]
    assert pieces(Spot(0, 1, 1, 4), below) == [(0, Piece(2, 1, 3, arrow=True))]
    assert [p.classes for _, p in pieces(below, ahead)] == [
        "dh above c3 s2 r3",
        "dv c5 r2 t4 up to",
    ]


def seen_in(page):
    return re.search(r'name="seen" value="([^"]+)"', page.content.decode())[1]


def test_the_timeline_draws_what_blocks_what_and_says_what_is_late(world, sign_in, planned):
    page = sign_in(world.carol).get(f"/acme/ATL/roadmap/?year={YEAR}")
    text = text_of(page)
    assert text.count(" down bad") == 1
    ends = f"{day(70).day} {day(70):%b} {YEAR}"
    assert f"Login ends {ends}, 9 days after Search begins" in text
    assert "1 dependency in conflict" in text
    assert "Move what follows" not in text
    assert "Move what follows" in text_of(sign_in(world.alice).get(f"/acme/ATL/roadmap/?year={YEAR}"))  # fmt: skip


def test_what_is_not_shown_is_named_at_the_bar(world, sign_in, planned):
    later = put(world, "Far away", 800, 820)
    blocks(world, planned[2], later)
    text = text_of(sign_in(world.carol).get(f"/acme/ATL/roadmap/?year={YEAR}"))
    assert "tied-out" in text
    assert "Blocks Far away" in text


def test_the_critical_path_is_shown_when_asked_for(world, sign_in, planned):
    client = sign_in(world.carol)
    assert "A day's delay" not in text_of(client.get(f"/acme/ATL/roadmap/?year={YEAR}"))
    text = text_of(client.get(f"/acme/ATL/roadmap/?year={YEAR}&critical=1"))
    assert "A day's delay of one of these" in text
    assert text.count(" clash crit") == 2
    assert "critical=1" in text


def test_what_follows_is_moved_by_one_button_and_taken_back_by_one(world, sign_in, planned):
    client = sign_in(world.alice)
    url = "/acme/ATL/roadmap/shift"
    query = f"year={YEAR}&lanes=team"
    given = {"behind": planned[0].reference, "query": query}
    led = client.post(url, given)
    assert led.status_code == 302
    shown = client.get(led["Location"])
    assert "Nothing is moved yet" in text_of(shown)
    assert Placement.objects.get(item=planned[1]).starts_on == day(61)
    moved = client.post(url, {**given, "seen": seen_in(shown)})
    assert moved.status_code == 302
    assert moved["Location"] == f"/acme/ATL/roadmap/?{query}"
    page = client.get(moved["Location"])
    assert "2 items moved later, by up to 10 days." in text_of(page)
    assert Placement.objects.get(item=planned[1]).starts_on == day(71)
    token = re.search(r'name="back" value="([^"]+)"', page.content.decode())[1]
    client.post(url, {"back": token})
    assert [p.starts_on for p in Placement.objects.order_by("pk")] == [day(0), day(61), day(95)]
    client.post(url, {"all": "1", "seen": seen_in(client.get(f"{url}?all=1"))})
    assert Placement.objects.get(item=planned[1]).starts_on == day(71)
    for bad in (
        {},
        {"behind": "ATL-9999"},
        {"behind": "BOR-1"},
        {"back": "x:y"},
        {"behind": planned[0].reference, "seen": "x:y"},
    ):
        assert client.post(url, bad).status_code == 422
    assert "Nothing has to follow" in text_of(client.get(url, {"behind": planned[0].reference}))


def test_a_move_that_leaves_others_behind_offers_to_move_them(world, sign_in, planned):
    client = sign_in(world.alice)
    version = Placement.objects.get(item=planned[1]).version
    url = f"/acme/{planned[1].reference}/place/dates"
    move = {"start": day(75).isoformat(), "end": day(104).isoformat(), "version": version}
    told = client.post(url, move, headers=HX).json()
    assert told["follow"]["label"] == "Move the item that follows by 10 days"
    assert told["version"] == version + 1
    stale = client.post(url, {**move, "start": day(80).isoformat()}, headers=HX)
    assert stale.status_code == 409
    assert "Alice changed it meanwhile" in stale.json()["detail"]
    assert "Yours was" in stale.json()["detail"]
    assert Placement.objects.get(item=planned[1]).starts_on == day(75)
    apart = {"start": day(71).isoformat(), "end": day(92).isoformat(), "version": version + 1}
    assert "follow" not in client.post(url, apart, headers=HX).json()


def test_days_that_do_not_exist_are_explained(world, sign_in, planned):
    client = sign_in(world.alice)
    url = f"/acme/{planned[0].reference}/place/dates"
    for bad, why in (
        ("2027-02-29", "February 2027 has 28 days"),
        ("2027-13-01", "12 months"),
        ("9999-12-31", "1900 to 9000"),
    ):
        refused = client.post(url, {"start": "2027-02-01", "end": bad}, headers=HX)
        assert refused.status_code == 422
        assert why in text_of(refused)
    form = {"bucket": "now", "commitment": "planned", "starts_on": "2027-02-29", "version": 1}
    assert "February 2027 has 28 days" in text_of(client.post(f"/acme/{planned[0].reference}/place", form))  # fmt: skip
    assert Placement.objects.get(item=planned[0]).ends_on == day(70)


def test_the_form_offers_it_too(world, sign_in, planned):
    client = sign_in(world.alice)
    place = Placement.objects.get(item=planned[1])
    form = {
        "bucket": "now", "commitment": "planned", "grain": "day", "starts_on": day(75), "ends_on": day(104),
        "version": place.version,
    }  # fmt: skip
    saved = client.post(f"/acme/{planned[1].reference}/place", form)
    text = text_of(client.get(saved["Location"]))
    assert "Move the item that follows by 10 days" in text


def test_a_quarter_is_shown_by_its_name(world, sign_in, planned):
    client = sign_in(world.alice)
    place = Placement.objects.get(item=planned[1])
    form = {"bucket": "now", "commitment": "planned", "grain": "quarter", "starts_on": day(75), "ends_on": day(75), "version": place.version}  # fmt: skip
    client.post(f"/acme/{planned[1].reference}/place", form)
    assert f"Q2 {YEAR}" in text_of(client.get(f"/acme/{planned[1].reference}"))
    assert f"Search, Q2 {YEAR}" in text_of(client.get(f"/acme/ATL/roadmap/?year={YEAR}"))
    url = f"/acme/{planned[1].reference}/place/dates"
    told = client.post(url, {"start": f"{YEAR}-04-08", "end": f"{YEAR}-07-07"}, headers=HX).json()
    assert told["same"]
    assert "no other is nearer" in told["text"]


def test_dependencies_over_the_api(world, api, planned):
    client = api(world.alice, world.acme)
    found = client.get("/api/v1/products/ATL/roadmap/dependencies/").json()
    refs = [item.reference for item in planned]
    assert [row["item"] for row in found["items"]] == refs
    assert [(row["blocker"], row["blocked"], row["days"]) for row in found["conflicts"]] == [(refs[0], refs[1], 9)]  # fmt: skip
    assert found["critical_paths"] == [{"ends_on": day(126).isoformat(), "items": refs}]
    url = "/api/v1/products/ATL/roadmap/shift/"
    for bad in ({}, {"behind": ["ATL-999"]}, {"behind": []}, {"back": "no"}, {"else": 1}):
        assert client.post(url, bad, content_type="application/json").status_code in {400, 422}
    done = client.post(
        url, {"behind": refs[:1], "reason": "Vendor"}, content_type="application/json"
    ).json()
    assert [(row["item"], row["days"]) for row in done["moved"]] == [(refs[1], 10), (refs[2], 6)]
    back = client.post(url, {"back": done["back"]}, content_type="application/json").json()
    assert [row["error"] for row in back["moved"]] == ["", ""]
    assert Placement.objects.get(item=planned[1]).starts_on == day(61)
    assert api(world.bob, world.acme).post(url, {"behind": refs[:1]}, content_type="application/json").status_code == 403  # fmt: skip


def test_a_place_over_the_api_has_a_grain(world, api, planned):
    client = api(world.alice, world.acme)
    url = f"/api/v1/placements/{planned[0].reference}/"
    tag = client.get(url).headers["ETag"]
    body = {"starts_on": "2027-08-09", "ends_on": "2027-08-09", "grain": "half", "bucket": "now"}
    saved = client.put(url, body, content_type="application/json", headers={"If-Match": tag})
    assert (saved.json()["starts_on"], saved.json()["ends_on"], saved.json()["grain"]) == ("2027-07-01", "2027-12-31", "half")  # fmt: skip
    wrong = client.put(url, {**body, "ends_on": "2027-02-29"}, content_type="application/json", headers={"If-Match": "*"})  # fmt: skip
    assert "February 2027 has 28 days" in wrong.content.decode()


def test_the_timeline_takes_as_many_statements_for_many_dependencies(world, sign_in, planned):
    client = sign_in(world.carol)

    def counted():
        client.get(f"/acme/ATL/roadmap/?year={YEAR}&critical=1")
        with CaptureQueriesContext(connection) as seen:
            client.get(f"/acme/ATL/roadmap/?year={YEAR}&critical=1")
        return len(seen)

    few = counted()
    last = planned[2]
    for number in range(12):
        last, before = put(world, f"Piece {number}", 100 + number, 130 + number), last
        blocks(world, before, last)
    assert counted() == few
