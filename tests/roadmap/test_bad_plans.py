"""Plans that cannot be, and days on which clocks change: refused with what would do, or kept as they are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from plm.api.throttles import limiter
from plm.models import Event, Job
from roadmap.models import CommunicationLine, Placement, Share
from roadmap.services.communication import line_create
from roadmap.services.digests import digest_subscribe
from roadmap.services.placements import placement_dates_set
from roadmap.services.shares import share_create, share_revoke
from tests.make import make_item, make_placement

BERLIN = ZoneInfo("Europe/Berlin")
NIGHTS = [date(2027, 3, 28), date(2027, 10, 31)]
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _fresh_limits():
    limiter().storage.reset()


@pytest.fixture
def item(world):
    made = make_item(world.actor("alice"), world.atlas, "Deposits")
    make_placement(world.actor("alice"), made, starts_on=date(2027, 2, 1), ends_on=date(2027, 2, 12))  # fmt: skip
    return made


BAD = [
    ("2027-03-05", "2027-03-01", "lies before the begin"),
    ("2027-02-01", "2027-02-29", "February 2027 has 28 days"),
    ("2027-02-01", "9999-12-31", "1900 to 9000"),
]


@pytest.mark.parametrize(("start", "end", "why"), BAD)
def test_days_that_cannot_be_are_refused_by_form_by_drag_and_over_the_api(
    world, sign_in, api, item, start, end, why
):
    client = sign_in(world.alice)
    form = {"bucket": "now", "commitment": "planned", "grain": "day", "starts_on": start, "ends_on": end, "version": 1}  # fmt: skip
    page = client.post(f"/acme/{item.reference}/place", form)
    drag = client.post(f"/acme/{item.reference}/place/dates", {"start": start, "end": end, "version": 1}, headers=HX)  # fmt: skip
    body = {"starts_on": start, "ends_on": end}
    put = api(world.alice, world.acme).put(
        f"/api/v1/placements/{item.reference}/", body, content_type="application/json", headers={"If-Match": '"1"'}
    )  # fmt: skip
    for answer in (page, drag, put):
        assert answer.status_code == 422
        assert why in answer.content.decode()
    place = Placement.objects.get()
    assert (place.starts_on, place.ends_on, place.version) == (date(2027, 2, 1), date(2027, 2, 12), 1)  # fmt: skip
    assert [e.verb for e in Event.objects.filter(verb__startswith="placement.")] == [
        "placement.made"
    ]


def test_a_bar_that_is_put_where_it_was_writes_nothing(world, sign_in, item):
    before = (Event.objects.count(), Job.objects.count())
    stood = Placement.objects.values().get()
    move = {"start": "2027-02-01", "end": "2027-02-12", "version": 1}
    told = sign_in(world.alice).post(f"/acme/{item.reference}/place/dates", move, headers=HX)
    assert told.status_code == 200
    assert told.json()["version"] == 1
    assert Placement.objects.values().get() == stood
    assert (Event.objects.count(), Job.objects.count()) == before


@pytest.mark.parametrize("night", NIGHTS)
def test_a_place_keeps_its_days_over_the_night_the_clocks_change(world, api, item, night):
    alice = world.actor("alice")
    with time_machine.travel(datetime(night.year, night.month, night.day, 0, 30, tzinfo=UTC)):
        start, end = night - timedelta(days=3), night + timedelta(days=3)
        placement_dates_set(actor=alice, item=item, starts_on=start, ends_on=end)
        week = timedelta(weeks=1)
        placement_dates_set(actor=alice, item=item, starts_on=start + week, ends_on=end + week)
        placement_dates_set(actor=alice, item=item, starts_on=start, ends_on=end)
    told = api(world.carol, world.acme).get(f"/api/v1/placements/{item.reference}/").json()
    assert (told["starts_on"], told["ends_on"]) == (start.isoformat(), end.isoformat())
    moved = Event.objects.filter(verb="placement.moved").latest("sequence").changes
    assert moved["ends_on"] == [(end + week).isoformat(), end.isoformat()]


@pytest.mark.parametrize("night", NIGHTS)
@pytest.mark.parametrize("hour", [0, 1, 2, 22, 23])
def test_the_calendar_feed_gives_whole_days_whatever_the_clock_says(world, item, night, hour):
    type(world.acme).objects.filter(pk=world.acme.pk).update(time_zone="Europe/Berlin")
    placement_dates_set(actor=world.actor("alice"), item=item, starts_on=night, ends_on=night)
    with time_machine.travel(datetime(night.year, night.month, night.day, hour, 30, tzinfo=UTC)):
        secret = share_create(actor=world.actor("alice"), product=world.atlas, name="Feed")[1]
        feed = Client().get(f"/share/{secret}/roadmap.ics").content.decode()
    after = night + timedelta(days=1)
    assert f"DTSTART;VALUE=DATE:{night:%Y%m%d}\r\n" in feed
    assert f"DTEND;VALUE=DATE:{after:%Y%m%d}\r\n" in feed
    assert re.search(r"DTSTAMP:\d{8}T\d{6}Z", feed)


@pytest.mark.parametrize("night", NIGHTS)
def test_a_digest_comes_at_its_hour_on_the_wall_before_on_and_after_the_change(world, night):
    begin = datetime(night.year, night.month, night.day, 12, tzinfo=BERLIN) - timedelta(days=2)
    with time_machine.travel(begin):
        row = digest_subscribe(
            actor=world.actor("carol"), product=world.atlas,
            values={"cadence": "daily", "hour": 2, "time_zone": "Europe/Berlin"},
        )  # fmt: skip
    due, found = row.due_at, []
    for _ in range(3):
        found.append(due)
        due = row.next_after(due)
    walls = [moment.astimezone(BERLIN) for moment in found]
    assert [moment.date() for moment in walls] == [night + timedelta(days=n) for n in (-1, 0, 1)]
    # In March two o'clock is left out and the digest comes at three; in October it comes once, not twice.
    assert [moment.hour for moment in walls] == [2, 3 if night.month == 3 else 2, 2]


@pytest.mark.parametrize("night", NIGHTS)
def test_an_update_is_overdue_from_five_in_the_afternoon_on_the_wall(world, night):
    type(world.acme).objects.filter(pk=world.acme.pk).update(time_zone="Europe/Berlin")
    world.atlas.workspace.refresh_from_db()
    values = {"audience": "All", "channel": "page", "cadence": "weekly", "weekday": 6}
    line_create(actor=world.actor("alice"), product=world.atlas, values=values)
    told = datetime(night.year, night.month, night.day, 18, tzinfo=BERLIN) - timedelta(days=7)
    CommunicationLine.objects.update(last_sent_at=told)
    line = CommunicationLine.objects.select_related("product__workspace").get()
    five = datetime(night.year, night.month, night.day, 17, tzinfo=BERLIN)
    assert line.overdue_since(five - timedelta(minutes=1)) is None
    assert line.overdue_since(five + timedelta(minutes=1)) == five


def test_a_link_that_was_tampered_with_expired_or_taken_back_opens_nothing_nor_its_sibling(
    world, item
):
    alice = world.actor("alice")
    made = [share_create(actor=alice, product=world.atlas, name=name) for name in ("One", "Two")]
    (one, secret), (two, other) = made

    def answers(key, rest=""):
        return Client().get(f"/share/{key}/{rest}", REMOTE_ADDR="203.0.113.9").status_code

    ways = ("", "present", "roadmap.csv", "roadmap.ics")
    assert [answers(secret, way) for way in ways] == [200] * 4
    changed = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    mixed = secret[: len(secret) // 2] + other[len(other) // 2 :]
    for wrong in (changed, mixed, secret[:-1], secret.swapcase(), str(one.uuid)):
        assert [answers(wrong, way) for way in ways] == [404] * 4
        limiter().storage.reset()
    Share.objects.filter(pk=one.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert [answers(secret, way) for way in ways] == [404] * 4
    assert answers(other) == 200, "the sibling has a secret of its own"
    share_revoke(actor=alice, share=two)
    limiter().storage.reset()
    assert [answers(other, way) for way in ways] == [404] * 4
