"""Following on the portal: who is told of a new state, once, by a mail that can be stopped with one click."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from ideas.models import IdeaFollow, StatusMail, StatusNotice
from ideas.services import follows, triage
from ideas.services.boards import board_create
from ideas.services.ideas import idea_move, idea_update
from ideas.services.merging import idea_merge
from ideas.services.portal import portal_follow, portal_submit, portal_vote
from plm.errors import NotVisible
from plm.models import Job, Workspace
from plm.runner import run_due_jobs
from plm.services.notes import comment_add
from tests.make import make_idea

PORTAL = "/portal/acme/atl/"


@pytest.fixture
def idea(world):
    world.atlas.portal_open = True
    world.atlas.save()
    for name in ("eve", "mallory", "carol"):
        user = getattr(world, name)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return make_idea(world.actor("bob"), world.atlas, "Split payments", public=True)


def a_minute_later():
    Job.objects.filter(kind="ideas.status", state__in=["queued", "retrying"]).update(
        run_after=timezone.now() - timedelta(seconds=1)
    )
    run_due_jobs()


def moved(world, idea, state, **more):
    idea_move(idea, actor=world.actor("alice"), state=state, **more)
    a_minute_later()


def stop_link(message):
    return re.search(r"<https?://[^/]+(/[^>]+)>", message.extra_headers["List-Unsubscribe"])[1]


def test_a_voter_follows_and_is_told_of_the_new_state_with_the_note(world, idea):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    moved(world, idea, "planned", reason="In spring, with <b>terminals</b>.")
    (message,) = mail.outbox
    assert message.to == ["eve@example.com"]
    assert message.subject == "Split payments: Planned"
    assert "In spring, with <b>terminals</b>." in message.body
    html = message.alternatives[0][0]
    assert "&lt;b&gt;terminals" in html
    assert f"{PORTAL}ideas/{idea.number}" in message.body
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert StatusMail.objects.get().sent_at is not None


def test_each_follower_gets_a_mail_of_their_own_and_nobody_sees_the_others(world, idea):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    portal_follow(actor=world.actor("mallory"), idea=idea, following=True)
    moved(world, idea, "planned")
    assert sorted(to for m in mail.outbox for to in m.to) == [
        "eve@example.com",
        "mallory@example.com",
    ]
    assert all(len(m.to) == 1 and not m.cc and not m.bcc for m in mail.outbox)
    assert "mallory" not in mail.outbox[0].body + str(mail.outbox[0].message())


def test_whoever_submits_an_idea_follows_it(world, idea):
    own = portal_submit(actor=world.actor("eve"), product=world.atlas, title="Dark mode")
    moved(world, own, "under_review")
    assert mail.outbox == []  # not published yet
    own.refresh_from_db()
    idea_update(
        actor=world.actor("alice"), record=own, version=own.version, values={"public": True}
    )
    moved(world, own, "planned")
    assert [m.to for m in mail.outbox] == [["eve@example.com"]]


def test_a_job_that_runs_twice_or_is_retried_sends_nothing_twice(world, idea, monkeypatch):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    portal_vote(actor=world.actor("mallory"), idea=idea, voting=True)
    idea_move(idea, actor=world.actor("alice"), state="planned")
    send, tries = follows.status_mail_send, []

    def second_fails(found, connection):
        tries.append(found)
        if len(tries) == 2:
            raise SMTPServerDisconnected("gone")
        send(found, connection)

    monkeypatch.setattr("ideas.tasks.status_mail_send", second_fails)
    a_minute_later()
    assert len(mail.outbox) == 1
    a_minute_later()
    assert sorted(m.to[0] for m in mail.outbox) == ["eve@example.com", "mallory@example.com"]
    Job.objects.filter(kind="ideas.status").update(state="queued", run_after=timezone.now())
    a_minute_later()
    assert len(mail.outbox) == 2


def test_a_worker_that_dies_while_sending_does_not_send_again(world, idea):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    idea_move(idea, actor=world.actor("alice"), state="planned")
    notice = follows.status_notice(idea_id=idea.pk)
    assert follows.status_mail_take(notice=notice, follow_id=IdeaFollow.objects.get().pk)
    a_minute_later()
    assert mail.outbox == []


def test_an_address_that_is_refused_does_not_keep_the_others_waiting(world, idea, monkeypatch):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    portal_vote(actor=world.actor("mallory"), idea=idea, voting=True)
    send = follows.status_mail_send

    def picky(found, connection):
        if found.person.email.startswith("eve"):
            raise SMTPRecipientsRefused({})
        send(found, connection)

    monkeypatch.setattr("ideas.tasks.status_mail_send", picky)
    moved(world, idea, "planned")
    assert [m.to for m in mail.outbox] == [["mallory@example.com"]]
    assert Job.objects.get(kind="ideas.status").state == "done"


def test_several_moves_within_a_minute_are_told_once_and_one_taken_back_is_not(world, idea):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    alice = world.actor("alice")
    idea_move(idea, actor=alice, state="planned", reason="First")
    idea_move(idea, actor=alice, state="open", reason="Undone")
    a_minute_later()
    assert mail.outbox == []
    idea_move(idea, actor=alice, state="under_review", reason="First")
    moved(world, idea, "planned", reason="Second")
    (message,) = mail.outbox
    assert "Second" in message.body
    assert "First" not in message.body
    moved(world, idea, "open", reason="Undone")
    assert "Undone" not in mail.outbox[-1].body
    assert len(mail.outbox) == 2


def test_a_quiet_move_is_told_to_nobody_then_or_later(world, idea, sign_in):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    alice = sign_in(world.alice)
    page = alice.get(f"/acme/{idea.reference}").content.decode()
    assert "Do not notify followers" in page
    url = f"/acme/{idea.reference}/move"
    assert alice.post(url, {"state": "planned", "quiet": "1"}).status_code == 302
    a_minute_later()
    assert mail.outbox == []
    alice.post(url, {"state": "in_progress", "reason": "Work began"})
    a_minute_later()
    (message,) = mail.outbox
    assert "Work began" in message.body
    hidden = make_idea(world.actor("bob"), world.atlas, "Secret plan")
    assert "Do not notify followers" not in alice.get(f"/acme/{hidden.reference}").content.decode()


def test_triage_tells_followers_unless_asked_not_to(world, idea, sign_in, api):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    other = make_idea(world.actor("bob"), world.atlas, "Share payments", public=True)
    portal_vote(actor=world.actor("eve"), idea=other, voting=True)
    alice = sign_in(world.alice)
    assert b"Do not notify followers" in alice.get(f"/acme/{idea.reference}/intake").content
    alice.post(
        f"/acme/{idea.reference}/intake", {"do": "decline", "reason": "Too much", "quiet": "1"}
    )
    answer = api(world.alice, world.acme).post(
        f"/api/v1/ideas/{other.reference}/triage/",
        {"decision": "decline", "reason": "We hear you, but no."},
        content_type="application/json",
    )
    assert answer.status_code == 200, answer.content
    a_minute_later()
    (message,) = mail.outbox
    assert message.subject == "Share payments: Declined"
    assert "We hear you, but no." in message.body
    triage.idea_reopen(actor=world.actor("alice"), idea=other)


def test_the_reason_of_an_edit_stays_in_the_house(world, idea):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    idea_update(
        actor=world.actor("alice"), record=idea, version=None, values={"state": "planned"},
        reason="CanaryReason",
    )  # fmt: skip
    a_minute_later()
    assert "Planned" in mail.outbox[0].body
    assert "Canary" not in mail.outbox[0].body


def test_nothing_internal_stands_in_the_mail(world, idea):
    world.alice.name = "CanaryOwner"
    world.alice.save()
    Workspace.objects.filter(pk=world.acme.pk).update(name="CanaryWorkspace")
    comment_add(actor=world.actor("bob"), record=idea, body="CanaryComment")
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    moved(world, idea, "planned", reason="Soon")
    assert "canary" not in str(mail.outbox[0].message()).casefold()


def test_the_link_in_the_mail_stops_it_with_one_click_and_looking_changes_nothing(world, idea):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    moved(world, idea, "planned")
    link = stop_link(mail.outbox[0])
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(link).content.decode()
    assert "Stop these mails?" in page
    assert browser.head(link).status_code == 200
    assert IdeaFollow.objects.standing().exists()
    answer = browser.post(link, {"List-Unsubscribe": "One-Click"})
    assert b"No more mails" in answer.content
    assert not IdeaFollow.objects.standing().exists()
    assert browser.post(link).status_code == 200
    portal_vote(actor=world.actor("eve"), idea=idea, voting=False)
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    moved(world, idea, "in_progress")
    assert len(mail.outbox) == 1


def test_a_link_that_is_not_ours_answers_like_a_missing_page(world, idea, client):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    token = follows.follow_token(IdeaFollow.objects.get())
    for wrong in (token[:-1], "x", token.replace(":", ":x"), "%00"):
        assert client.post(f"/portal/unfollow/{wrong}").status_code in (400, 404), wrong
    assert IdeaFollow.objects.standing().exists()
    idea_update(actor=world.actor("alice"), record=idea, version=None, values={"public": False})
    assert "Split payments" not in client.get(f"/portal/unfollow/{token}").content.decode()


def test_the_button_follows_and_stops_with_and_without_javascript(world, idea, sign_in, client):
    eve, url = sign_in(world.eve), f"{PORTAL}ideas/{idea.number}/follow"
    assert eve.post(url, {"on": "1"})["Location"].endswith(f"/ideas/{idea.number}")
    assert "Following" in eve.get(f"{PORTAL}ideas/{idea.number}").content.decode()
    part = eve.post(url, {"on": "0"}, headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    assert b'aria-pressed="false"' in part.content
    assert not IdeaFollow.objects.standing().exists()
    eve.post(url, {"on": "1"})
    assert IdeaFollow.objects.standing().count() == 1
    assert client.post(url, {"on": "1"})["Location"].startswith(
        "/portal/acme/atl/sign-in?next=/portal/"
    )
    hidden = make_idea(world.actor("bob"), world.atlas, "Secret plan")
    assert eve.post(f"{PORTAL}ideas/{hidden.number}/follow", {"on": "1"}).status_code == 404
    with pytest.raises(NotVisible):
        portal_follow(actor=world.actor("eve"), idea=hidden, following=True)


def test_an_address_that_nobody_confirmed_gets_no_mail_and_the_page_says_so(world, idea, sign_in):
    EmailAddress.objects.filter(user=world.eve).update(verified=False)
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    page = sign_in(world.eve).get(f"{PORTAL}ideas/{idea.number}").content.decode()
    assert "Confirm your address" in page
    moved(world, idea, "planned")
    assert mail.outbox == []


def test_who_may_no_longer_read_the_board_is_told_nothing(world, idea):
    alice = world.actor("alice")
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    board = board_create(
        actor=alice, product=world.atlas, values={"name": "Partners", "privacy": "selected"}
    )
    idea_update(actor=alice, record=idea, version=None, values={"board": board})
    moved(world, idea, "planned")
    assert mail.outbox == []


def test_followers_go_along_when_an_idea_is_merged(world, idea):
    other = make_idea(world.actor("bob"), world.atlas, "Share the bill", public=True)
    portal_vote(actor=world.actor("eve"), idea=other, voting=True)
    idea_merge(actor=world.actor("alice"), source=other, target=idea)
    moved(world, idea, "planned")
    assert [m.to for m in mail.outbox] == [["eve@example.com"]]


def test_a_closed_portal_tells_nobody(world, idea):
    portal_vote(actor=world.actor("eve"), idea=idea, voting=True)
    world.atlas.portal_open = False
    world.atlas.save()
    moved(world, idea, "planned")
    assert mail.outbox == []
    assert StatusNotice.objects.get().quiet


def test_a_move_of_an_idea_that_nobody_follows_asks_for_no_work(world, idea):
    idea_move(idea, actor=world.actor("alice"), state="planned")
    assert not Job.objects.filter(kind="ideas.status").exists()
