"""Digests of what changed: what is in them, for whom, and that each goes once."""

from __future__ import annotations

import itertools
import re
from datetime import date, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from backlog.models import IdeaLink
from ideas.services.votes import idea_vote_set
from plm.models import Job, Membership, Product, ProductRole, SavedView
from plm.permissions import Role
from plm.runner import run_due_jobs
from plm.services.clock import moment_settled, slots_open
from plm.services.records import record_move
from plm.services.workspaces import team_create
from roadmap.models import Digest, DigestSubscription
from roadmap.services.digests import digest_make, digest_subscribe, digest_take
from roadmap.services.placements import placement_remove, placement_set
from tests.make import make_idea, make_item, make_objective, make_placement

DAILY = {"cadence": "daily", "hour": 6, "time_zone": "UTC"}
DAY = timedelta(days=1)
SLOTS = itertools.count(1_900_000_000, 300)


def subscribe(world, name="carol", **part):
    return digest_subscribe(actor=world.actor(name), product=world.atlas, values=DAILY, **part)


def placed(world, title="Deposits", **values):
    item = make_item(world.actor("alice"), world.atlas, title)
    days = {"starts_on": date(2027, 1, 1), "ends_on": date(2027, 2, 1)}
    make_placement(world.actor("alice"), item, **{**days, **values})
    return item


def slip(world, item, day=15, reason="Vendor is late"):
    placement_set(
        actor=world.actor("alice"), item=item, values={"ends_on": date(2027, 2, day)}, reason=reason
    )  # fmt: skip


def time_comes(*, due=True):
    """The due moment of every subscription is over; then the clock ticks and workers work."""
    if due:
        DigestSubscription.objects.update(due_at=timezone.now())
    Job.objects.filter(kind__startswith="roadmap.digest").update(run_after=timezone.now() - DAY)
    slots_open(now=next(SLOTS))
    run_due_jobs()


def test_a_mail_says_what_moved_why_and_when_and_only_once(world):
    item, still = placed(world), placed(world, "Groups")
    subscribe(world)
    slip(world, item)
    slip(world, still, 20, reason="Too hasty")
    slip(world, still, 1, reason="")
    time_comes()
    [message] = mail.outbox
    assert message.to == ["Carol <carol@example.com>"]
    assert "1 change" in message.subject
    assert "14 days later: ends 15 Feb 2027, before 1 Feb 2027" in message.body
    assert "Why: Vendor is late (Alice)" in message.body
    assert "Groups" not in message.body, "what was moved and moved back is not told"
    assert f"/acme/{item.reference}" in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<digest-{Digest.objects.get().uuid}@")
    time_comes()
    assert len(mail.outbox) == 1, "nothing changed since: no mail"
    slip(world, item, 20, reason="")
    time_comes()
    assert "5 days later" in mail.outbox[1].body
    assert "No reason was given." in mail.outbox[1].body
    assert "Vendor is late" not in mail.outbox[1].body


def test_a_move_that_is_undone_over_two_digests_is_told_twice_and_within_one_not_at_all(world):
    item = placed(world)
    subscribe(world)
    slip(world, item)
    time_comes()
    slip(world, item, 1, reason="The vendor delivered")
    time_comes()
    assert "14 days earlier" in mail.outbox[1].body
    assert len(mail.outbox) == 2


def test_an_empty_digest_is_not_sent_and_the_next_one_begins_where_it_ended(world):
    placed(world)
    row = subscribe(world)
    time_comes()
    before = row.seen_at
    row.refresh_from_db()
    assert not mail.outbox
    assert not Digest.objects.exists()
    assert row.seen_at > before
    assert row.due_at > timezone.now()


def test_what_became_of_their_own_asks(world):
    alice, carol = world.actor("alice"), world.actor("carol")
    mine = make_idea(carol, world.atlas, "Pay in parts")
    voted = make_idea(alice, world.atlas, "Group prices")
    other = make_idea(alice, world.atlas, "Dark maps")
    idea_vote_set(actor=carol, idea=voted, voting=True)
    item = placed(world, "Instalments")
    IdeaLink.objects.create(workspace=world.acme, item=item, idea=voted)
    goal = make_objective(alice, world.atlas, "Elsewhere")
    subscribe(world, objective=goal)
    for idea in (mine, other):
        record_move(idea, actor=alice, state="declined", reason="Costs too much")
    slip(world, item)
    time_comes()
    [message] = mail.outbox
    assert "2 about what you asked for" in message.subject
    assert "Pay in parts" in message.body
    assert "you proposed it" in message.body
    assert "Now: Declined, before: Open" in message.body
    assert "Why: Costs too much" in message.body
    assert "Group prices" in message.body
    assert "you voted for it" in message.body
    assert "On the roadmap: Instalments: 14 days later" in message.body
    assert "Dark maps" not in message.body
    assert "LATER" not in message.body, "the item is not of the goal that was chosen"


def test_a_part_is_what_belongs_to_it_before_or_after(world):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas, "More groups")
    team = team_create(actor=world.actor("dora"), workspace=world.acme, name="Maps")
    left, came, never = (
        placed(world, "Left", objective=goal),
        placed(world, "Came"),
        placed(world, "Never"),
    )
    subscribe(world, objective=goal)
    subscribe(world, "bob", team=team)
    placement_set(actor=alice, item=left, values={"objective": None})
    placement_set(actor=alice, item=came, values={"objective": goal})
    slip(world, never)
    time_comes()
    [message] = mail.outbox
    assert "goal More groups" in message.body
    assert "Goal: none, before: More groups" in message.body
    assert "Came" in message.body
    assert "Never" not in message.body


def test_a_saved_view_of_the_backlog(world):
    bug, feature = placed(world, "Crash"), placed(world, "Map")
    type(bug).objects.filter(pk=bug.pk).update(type="bug")
    view = SavedView.objects.create(
        workspace=world.acme, product=world.atlas, kind="item", name="Bugs", query="type=bug&order=title",
        owner=world.carol,
    )  # fmt: skip
    row = subscribe(world, view=view)
    for item in (bug, feature):
        slip(world, item)
    placement_remove(actor=world.actor("alice"), item=bug)
    time_comes()
    assert "Crash" in mail.outbox[0].body
    assert "Map" not in mail.outbox[0].body
    DigestSubscription.objects.filter(pk=row.pk).update(query="type=nonsense")
    slip(world, feature, 20)
    time_comes()
    row.refresh_from_db()
    assert len(mail.outbox) == 1
    assert "filters of the view fit no more" in row.problem


@pytest.mark.parametrize("loss", ["hidden", "left", "inactive", "archived"])
def test_who_lost_access_a_second_ago_gets_nothing(world, loss):
    item = placed(world)
    row = subscribe(world)
    slip(world, item)
    until = moment_settled(world.acme.pk)
    DigestSubscription.objects.update(due_at=until)
    digest = digest_make(subscription_id=row.pk, until=until)
    assert digest is not None, "it was made while they had access"
    seat = Membership.objects.get(user=world.carol)
    if loss == "hidden":
        ProductRole.objects.create(
            workspace=world.acme, membership=seat, product=world.atlas, role=Role.NONE
        )
    elif loss == "left":
        seat.delete()
    elif loss == "inactive":
        type(world.carol).objects.filter(pk=world.carol.pk).update(is_active=False)
    else:
        Product.objects.filter(pk=world.atlas.pk).update(archived_at=timezone.now())
    time_comes()
    assert not mail.outbox
    digest.refresh_from_db()
    before, now = row.seen_at, DigestSubscription.objects.get()
    assert digest.state == "dropped"
    assert now.parked_at is not None
    assert now.seen_at == before, "what they missed is told when they start it again"
    time_comes()
    assert not mail.outbox
    assert Digest.objects.count() == 1


def test_who_comes_back_and_starts_again_is_told_what_they_missed(world):
    item = placed(world)
    subscribe(world)
    seat = Membership.objects.get(user=world.carol)
    Membership.objects.filter(pk=seat.pk).update(role=Role.NONE)
    slip(world, item)
    time_comes()
    assert not mail.outbox
    Membership.objects.filter(pk=seat.pk).update(role=Role.STAKEHOLDER)
    time_comes()
    assert not mail.outbox, "parked until they ask for it"
    subscribe(world)
    time_comes()
    assert "14 days later" in mail.outbox[0].body
    assert DigestSubscription.objects.count() == 1


def test_no_change_falls_between_two_digests(world):
    """Any walk of changes cut into digests at any places tells, put together, the difference of its ends."""
    items = [placed(world, f"Item {n}") for n in range(3)]
    subscribe(world)
    told = []
    for n, (item, day) in enumerate([(0, 5), (1, 9), (0, 12), (2, 3), (1, 1), (0, 2), (2, 8)]):
        slip(world, items[item], day, reason=f"Step {n}")
        if n % 2:
            time_comes()
    time_comes()
    moved = dict.fromkeys(("Item 0", "Item 1", "Item 2"), 0)
    for message in mail.outbox:
        for title, days, word in re.findall(r"(Item \d) \(.*?\): (\d+) days? (\w+)", message.body):
            moved[title] += int(days) * (1 if word == "later" else -1)
        told.append(message)
    assert moved == {"Item 0": 1, "Item 1": 0, "Item 2": 7}
    assert [(d.since, d.until) for d in Digest.objects.order_by("until")] == sorted(
        (d.since, d.until) for d in Digest.objects.all()
    )


# --- the mail server ---------------------------------------------------------------------------------


def failing(monkeypatch, error, *, accepted=False):
    """The mail server raises, after it took the mail or before."""
    send = EmailBackend.send_messages

    def sending(self, messages):
        if accepted:
            send(self, messages)
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", sending)
    return lambda: monkeypatch.setattr(EmailBackend, "send_messages", send)


def test_a_server_that_says_no_is_asked_again_with_the_same_message_id(world, monkeypatch):
    item = placed(world)
    subscribe(world)
    slip(world, item)
    mend = failing(monkeypatch, SMTPDataError(451, b"busy"))
    time_comes()
    digest = Digest.objects.get()
    assert (digest.state, mail.outbox) == ("ready", [])
    assert "451" in digest.problem
    mend()
    slip(world, item, 20)
    time_comes()
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<digest-{digest.uuid}@")
    assert "14 days later" in mail.outbox[0].body
    assert "5 days later" in mail.outbox[1].body, "what changed meanwhile is a digest of its own"


def test_a_server_that_stays_away_fails_aloud_and_the_next_digest_tells_of_both_times(
    world, settings, monkeypatch
):
    item = placed(world)
    row = subscribe(world)
    slip(world, item)
    mend = failing(monkeypatch, SMTPDataError(451, b"busy"))
    for attempt in range(settings.JOB_ATTEMPTS):
        assert not Digest.objects.filter(state="failed").exists()
        time_comes(due=not attempt)
    assert Digest.objects.get().state == "failed"
    assert DigestSubscription.objects.get().seen_at == row.seen_at
    mend()
    slip(world, item, 20, reason="")
    time_comes()
    [message] = mail.outbox
    assert "19 days later" in message.body
    assert "Vendor is late" in message.body


def test_an_address_that_is_refused_fails_alone(world, monkeypatch):
    item = placed(world)
    subscribe(world)
    slip(world, item)
    failing(monkeypatch, SMTPRecipientsRefused({"carol@example.com": (550, b"unknown")}))
    time_comes()
    assert Digest.objects.get().problem == "The mail server does not take this address."
    assert Job.objects.get(kind="roadmap.digest").state == "done"


@pytest.mark.parametrize("accepted", [True, False])
def test_a_server_that_falls_silent_is_not_asked_twice_and_the_next_digest_names_that_time(
    world, monkeypatch, accepted
):
    item = placed(world)
    row = subscribe(world)
    slip(world, item)
    mend = failing(monkeypatch, SMTPServerDisconnected(), accepted=accepted)
    time_comes()
    unsure = Digest.objects.get()
    assert unsure.state == "unsure"
    mend()
    time_comes()
    assert len(mail.outbox) == 1 + accepted, "nothing changed since, but that time has to be named"
    named = mail.outbox[-1].body
    assert "may not have reached you" in named
    assert f"/acme/ATL/roadmap/digests/{row.uuid}?digest={unsure.uuid}" in named
    assert "14 days later" not in named
    time_comes()
    assert len(mail.outbox) == 1 + accepted, "named once"


def test_a_claim_that_a_dead_worker_left_is_not_sent_again(world):
    item = placed(world)
    row = subscribe(world)
    slip(world, item)
    until = moment_settled(world.acme.pk)
    DigestSubscription.objects.update(due_at=until)
    digest = digest_make(subscription_id=row.pk, until=until)
    assert digest_take(digest_id=digest.pk) is not None
    slip(world, item, 20, reason="")
    time_comes()
    [message] = mail.outbox
    assert "5 days later" in message.body
    assert "may not have reached you" in message.body
    digest.refresh_from_db()
    assert digest.state == "unsure"
    assert digest.named_by is not None


# --- time --------------------------------------------------------------------------------------------


def test_nine_o_clock_stays_nine_o_clock_over_a_clock_change_and_no_change_is_told_twice(world):
    """Berlin, 28 March 2027: the night is an hour shorter."""
    values = {"cadence": "daily", "hour": 9, "time_zone": "Europe/Berlin"}
    with time_machine.travel(datetime.fromisoformat("2027-03-26T12:00+00:00")) as clock:
        item = placed(world)
        digest_subscribe(actor=world.actor("carol"), product=world.atlas, values=values)
        sent = []
        for hour in range(4 * 24):
            clock.move_to(datetime.fromisoformat("2027-03-26T12:30+00:00") + timedelta(hours=hour))
            if hour % 24 == 0:
                slip(world, item, 2 + hour // 24, reason="")
            slots_open()
            for _ in range(2):  # Jobs are due by the clock of the database, which does not travel.
                Job.objects.filter(state="queued").update(run_after="2020-01-01T00:00Z")
                run_due_jobs()
            sent += [f"{timezone.now():%d %H}"] * (len(mail.outbox) - len(sent))
    assert sent == ["27 08", "28 07", "29 07", "30 07"]
    assert all("1 day later" in message.body for message in mail.outbox)


# --- pages and the API -------------------------------------------------------------------------------


def test_asked_for_looked_at_and_stopped_on_pages(world, sign_in):
    item = placed(world)
    browser, url = sign_in(world.carol), f"{world.atlas.get_absolute_url()}roadmap/digests"
    assert (
        f'href="{url}"' in browser.get(world.atlas.get_absolute_url() + "roadmap/").content.decode()
    )
    form = {
        "cadence": "weekly",
        "weekday": "4",
        "day": "1",
        "hour": "7",
        "time_zone": "Europe/Berlin",
    }
    assert browser.post(url, form).status_code == 302
    row = DigestSubscription.objects.get()
    assert (row.user, row.weekday, row.hour) == (world.carol, 4, 7)
    assert browser.post(url, {**form, "cadence": "monthly", "day": "31"}).status_code == 302
    assert DigestSubscription.objects.get().cadence == "monthly"
    slip(world, item)
    page = browser.get(f"{url}/{row.uuid}").content.decode()
    assert "14 days later" in page
    assert "Vendor is late" in page
    assert sign_in(world.alice).get(f"{url}/{row.uuid}").status_code == 404
    assert "whole roadmap" not in sign_in(world.alice).get(url).content.decode()
    assert sign_in(world.mallory).get(url).status_code == 404
    assert browser.get(f"{url}/{row.uuid}?digest=nonsense").status_code == 404
    assert sign_in(world.alice).post(f"{url}/{row.uuid}/stop").status_code == 404
    assert browser.post(f"{url}/{row.uuid}/stop").status_code == 302
    assert not DigestSubscription.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("hour", "24"), ("day", "32"), ("day", "0"), ("time_zone", "Mars/Base"), ("cadence", "hourly"), ("weekday", "7")],
)  # fmt: skip
def test_a_time_that_is_none_is_refused_by_its_field(world, sign_in, api, field, value):
    url = f"{world.atlas.get_absolute_url()}roadmap/digests"
    form = {"cadence": "weekly", "weekday": "4", "day": "1", "hour": "7", "time_zone": "UTC"}
    assert sign_in(world.carol).post(url, {**form, field: value}).status_code == 422
    client = api(world.carol, world.acme)
    body = {field: int(value) if value.isdigit() else value}
    answer = client.post("/api/v1/products/ATL/digests/", body, content_type="application/json")
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not DigestSubscription.objects.exists()


def test_the_link_in_a_mail_stops_it_without_signing_in(world, client):
    item = placed(world)
    subscribe(world)
    slip(world, item)
    time_comes()
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    path = link.removeprefix("http://127.0.0.1:8000")
    assert "Stop these mails?" in client.get(path).content.decode()
    assert DigestSubscription.objects.count() == 1, "looking changes nothing"
    assert client.post(path).status_code == 200
    assert "No more mails" in client.post(path).content.decode()
    assert not DigestSubscription.objects.exists()
    assert client.get(path.replace(":", "x")).status_code == 404


def test_over_the_api(world, api):
    item = placed(world)
    goal = make_objective(world.actor("alice"), world.atlas, "More groups")
    client, url = api(world.carol, world.acme), "/api/v1/products/ATL/digests/"
    made = client.post(
        url, {"objective": goal.reference, "cadence": "daily"}, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    assert made.json()["part"] == "goal More groups"
    placement_set(actor=world.actor("alice"), item=item, values={"objective": goal}, reason="Fits")
    [row] = client.get(url).json()["results"]
    found = client.get(f"/api/v1/digests/{row['id']}/").json()
    assert [(c["reference"], c["reasons"]) for c in found["changes"]] == [
        (item.reference, ["Fits"])
    ]
    other = api(world.alice, world.acme)
    assert other.get(url).json()["results"] == []
    assert other.get(f"/api/v1/digests/{row['id']}/").status_code == 404
    assert other.delete(f"/api/v1/digests/{row['id']}/").status_code == 404
    wrong = client.post(url, {"objective": item.reference}, content_type="application/json")
    assert wrong.status_code == 422
    assert "objective" in wrong.json()["errors"]
    assert client.delete(f"/api/v1/digests/{row['id']}/").status_code == 204


def test_a_digest_takes_as_many_statements_for_many_items_as_for_few(
    world, django_assert_max_num_queries
):
    items = [placed(world, f"Item {n}") for n in range(12)]
    row = subscribe(world)
    for item in items:
        slip(world, item)
    until = moment_settled(world.acme.pk)
    DigestSubscription.objects.update(due_at=until)
    with django_assert_max_num_queries(32):
        digest_make(subscription_id=row.pk, until=until)
