"""Links for people without an account: what they show, and what they never do."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ideas.services.ideas import idea_create
from plm.api.throttles import limiter
from plm.models import Event, Team
from plm.services.notes import comment_add
from roadmap.models import Share
from roadmap.services.shares import share_create, share_revoke
from roadmap.services.visions import vision_update
from tests.make import (
    make_item,
    make_key_result,
    make_milestone,
    make_objective,
    make_placement,
    make_release,
)

FORM = {
    "name": "Investors", "view": "board", "lanes": "objective", "grain": "day", "colours": "goal", "days": "30",
    "show": ["dates", "goal"],
}  # fmt: skip
HERE = "203.0.113.77"
CANARY = "canary"
YEAR = timezone.localdate().year


@pytest.fixture(autouse=True)
def _fresh_limits():
    limiter().storage.reset()


def secret_of(world, **values):
    return share_create(
        actor=world.actor("alice"), product=world.atlas, name="Canary board", **values
    )


@pytest.fixture
def full(world):
    """A roadmap whose every internal field holds a canary."""
    alice = world.actor("alice")
    world.alice.name = "Canary Alice"
    world.alice.save()
    team = Team.objects.create(workspace=world.acme, name="Canary team")
    inner = {"description": CANARY, "owner": world.alice, "team": team}
    goal = make_objective(alice, world.atlas, period=CANARY, **inner)
    make_key_result(alice, goal, metric=CANARY, title=CANARY, unit=CANARY, **inner)
    release = make_release(alice, world.atlas, release_on=date(YEAR, 6, 1), **inner)
    make_milestone(alice, world.atlas, CANARY, on=date(YEAR, 4, 1), **inner)
    item = make_item(alice, world.atlas, "Canary title inside", **inner)
    comment_add(actor=alice, record=item, body=CANARY)
    dates = {"starts_on": date(YEAR, 2, 2), "ends_on": date(YEAR, 11, 30)}
    place = {
        "objective": goal,
        "release": release,
        "commitment": "committed",
        "health": "off_track",
        "health_note": "The vendor left",
    }
    outside = {"public_title": "Group bookings", "public_note": "For parties of ten"}
    make_placement(alice, item, **outside, **place, **dates)
    secret = make_item(alice, world.atlas, "Canary hidden")
    make_placement(alice, secret, hidden=True, **place, **dates)
    make_item(alice, world.atlas, "Canary unplaced")
    gone = make_item(alice, world.atlas, "Canary cancelled", state="cancelled")
    make_placement(alice, gone, **place, **dates)
    idea_create(actor=alice, product=world.atlas, values={"title": CANARY})
    vision_update(actor=alice, product=world.atlas, version=0, values={"vision": CANARY})
    return item


@pytest.mark.parametrize("view", ["timeline", "board"])
@pytest.mark.parametrize("lanes", ["objective", "release"])
def test_a_link_shows_titles_and_dates_and_nothing_internal(world, full, view, lanes):
    _, secret = secret_of(world, view=view, lanes=lanes)
    answer = Client().get(f"/share/{secret}/?year={YEAR}&span=52")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Group bookings" in page
    assert "For parties of ten" in page
    assert ("Spring release" in page) or ("Cut no-shows" in page)
    assert CANARY not in page.casefold()
    for internal in ("off_track", "Off track", ' late"', "ommitted", "alice", "ATL-", "/acme/"):
        assert internal not in page, internal
    assert str(full.uuid) not in page
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", page)
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert Share.objects.get().last_viewed_at is not None


def without_ids(answer):
    return re.sub(rb'[0-9a-f]{32}|"X-CSRFToken": "\w+"', b"", answer.content)


def test_revoked_expired_and_invented_links_answer_alike(world, full):
    share, secret = secret_of(world)
    url = f"/share/{secret}/"
    assert Client().get(url).status_code == 200
    unknown = Client().get(f"/share/{'x' * 43}/")
    assert "opens nothing" in unknown.content.decode()
    expired = Share.objects.filter(pk=share.pk)
    answers = [Client().get(f"/share/{secret}x/"), Client().get(f"/share/{secret.swapcase()}/")]
    expired.update(expires_at=timezone.now() - timedelta(seconds=1))
    answers.append(Client().get(url))
    expired.update(expires_at=timezone.now() + timedelta(days=1))
    assert Client().get(url).status_code == 200
    share_revoke(actor=world.actor("alice"), share=share)
    answers.append(Client().get(url))
    for answer in answers:
        assert answer.status_code == unknown.status_code == 404
        assert without_ids(answer) == without_ids(unknown)
        assert set(answer.headers) == set(unknown.headers)


def test_after_twenty_wrong_addresses_in_a_minute_there_is_a_pause(world, full):
    # An address of its own: other tests, which may run at the same time, miss from the usual one.
    _, secret = secret_of(world)
    codes = [Client(REMOTE_ADDR=HERE).get(f"/share/{'x' * 43}/").status_code for _ in range(22)]
    assert codes[:20] == [404] * 20
    assert codes[20:] == [429, 429]
    assert Client(REMOTE_ADDR=HERE).get(f"/share/{secret}/").status_code == 200


def test_a_link_only_reads(world, full):
    _, secret = secret_of(world)
    before = Event.objects.count()
    assert Client().post(f"/share/{secret}/").status_code == 405
    assert Event.objects.count() == before


def test_a_link_is_made_shown_once_and_revoked_in_the_browser(world, sign_in):
    client = sign_in(world.alice)
    made = client.post(
        "/acme/ATL/roadmap/shares",
        FORM,
    )
    link = re.search(r"/share/([\w-]{43})/", made.content.decode())
    assert link is not None
    assert Client().get(link.group(0)).status_code == 200
    again = client.get("/acme/ATL/roadmap/shares").content.decode()
    assert "Investors" in again
    assert link.group(1) not in again
    taken = client.post(
        "/acme/ATL/roadmap/shares",
        FORM,
    )
    assert taken.status_code == 422
    share = Share.objects.get()
    url = f"/acme/ATL/roadmap/shares/{share.uuid}/revoke"
    assert sign_in(world.bob).post(url).status_code == 403
    assert sign_in(world.mallory).post(url).status_code == 404
    assert client.post(url).status_code == 302
    assert Client().get(link.group(0)).status_code == 404
    assert sign_in(world.carol).get("/acme/ATL/roadmap/shares").status_code == 403
