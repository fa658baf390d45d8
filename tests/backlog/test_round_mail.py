"""Guests of a round get their link by mail: once it is open, again on request, and it is shown when it did not go."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from backlog.models import RoundParticipant
from backlog.selectors.rounds import guest_of
from backlog.services.rounds import round_move
from backlog.services.rounds_mail import round_mail_ask
from backlog.services.rounds_people import (
    round_guest_add,
    round_link_renew,
    round_member_add,
    round_participant_remove,
)
from plm.errors import Conflict, Invalid, NotAllowed
from plm.models import Event, Job
from plm.runner import run_due_jobs
from tests.make import make_item, make_round

SECRET = re.compile(r"/share/([A-Za-z0-9_-]+)/round")


@pytest.fixture
def row(world):
    items = [make_item(world.actor("bob"), world.atlas, f"Secret plan {n}") for n in range(3)]
    return make_round(world.actor("alice"), world.atlas, items, title="What matters to you")


def ask(world, row, name="Ana", email="ana@clinic.example"):
    person, secret = round_guest_add(actor=world.actor("alice"), row=row, name=name, email=email)
    assert not secret
    return person


def secret_in(message):
    return SECRET.search(message.body)[1]


def test_the_mail_says_who_asks_for_which_product_until_when_and_nothing_internal(world, row):
    person = ask(world, row)
    assert person.mail_state == "asked"
    assert not mail.outbox
    run_due_jobs()
    (sent,) = mail.outbox
    assert sent.to == ["Ana <ana@clinic.example>"]
    assert sent.subject == "Alice asks for your opinion: What matters to you"
    for words in ("Hello Ana", "Alice asks", "Atlas", f"{row.ends_at:%Y}"):
        assert words in sent.body
    for inside in ("Secret plan", "ATL-", "acme", "alice@example.com"):
        assert inside not in sent.body + sent.subject
    assert guest_of(secret_in(sent)) == person
    person.refresh_from_db()
    assert person.mail_state == "sent"
    asked = Event.objects.get(verb="round.mail_asked")
    assert "ana@" not in str(asked.data)


def test_a_drafts_mails_go_when_it_opens(world, row):
    alice = world.actor("alice")
    draft = make_round(alice, world.atlas, [i.item for i in row.items.all()], state="draft")
    person = ask(world, draft)
    run_due_jobs()
    assert not mail.outbox
    round_move(actor=alice, row=draft, state="open")
    run_due_jobs()
    assert guest_of(secret_in(mail.outbox[0])) == person


def test_again_brings_another_link_and_an_address_is_not_flooded(world, row):
    alice, person = world.actor("alice"), ask(world, row)
    run_due_jobs()
    round_mail_ask(actor=alice, participant=person)
    run_due_jobs()
    first, second = map(secret_in, mail.outbox)
    assert guest_of(first) is None
    assert guest_of(second) == person
    ask(world, row, "Ana again", "ANA@clinic.example")
    with pytest.raises(Conflict) as refused:
        round_mail_ask(actor=alice, participant=person)
    assert "3 mails within an hour" in refused.value.fields["email"]
    for one in RoundParticipant.objects.filter(round=row):
        one.mail_times = [
            (datetime.fromisoformat(at) - timedelta(minutes=61)).isoformat()
            for at in one.mail_times
        ]
        one.save()
    round_mail_ask(actor=alice, participant=person)
    run_due_jobs()
    assert len(mail.outbox) == 4


def test_who_may_not_or_cannot_be_mailed_is_not(world, row):
    alice = world.actor("alice")
    member = round_member_add(actor=alice, row=row, user=world.bob)
    with pytest.raises(Conflict):
        round_mail_ask(actor=alice, participant=member, email="bob@example.com")
    with pytest.raises(Invalid):
        ask(world, row, email="nobody")
    by_hand, _ = round_guest_add(actor=alice, row=row, name="Ben")
    with pytest.raises(Invalid) as refused:
        round_mail_ask(actor=alice, participant=by_hand)
    assert "email" in refused.value.fields
    with pytest.raises(NotAllowed):
        round_mail_ask(actor=world.actor("bob"), participant=by_hand, email="ben@example.com")
    person = ask(world, row)
    round_participant_remove(actor=alice, participant=person)
    run_due_jobs()
    assert not mail.outbox
    person.refresh_from_db()
    assert person.email == ""


def test_a_new_link_made_by_hand_takes_the_place_of_a_mail_that_waits(world, row):
    person = ask(world, row)
    secret = round_link_renew(actor=world.actor("alice"), participant=person)
    run_due_jobs()
    assert not mail.outbox
    assert guest_of(secret) == person


def test_a_refused_address_is_shown_and_the_others_get_their_mail(world, row, sign_in, monkeypatch):
    ask(world, row, "Ana", "no@clinic.example")
    ask(world, row, "Ben", "ben@clinic.example")
    send = EmailMessage.send

    def picky(self, *args, **kwargs):
        if "no@clinic" in self.to[0]:
            raise SMTPRecipientsRefused({"no@clinic.example": (550, b"unknown")})
        return send(self, *args, **kwargs)

    monkeypatch.setattr(EmailMessage, "send", picky)
    run_due_jobs()
    assert [message.to for message in mail.outbox] == [["Ben <ben@clinic.example>"]]
    page = sign_in(world.alice).get(row.get_absolute_url()).content.decode()
    assert "does not take this address" in page
    assert "link mailed to ben@clinic.example" in page
    seen = sign_in(world.bob).get(row.get_absolute_url()).content.decode()
    assert "clinic.example" not in seen


def test_a_server_that_is_away_is_tried_again_with_the_same_link_and_given_up_aloud(
    world, row, settings, monkeypatch
):
    person, tried = ask(world, row), []

    def away(self, *args, **kwargs):
        del args, kwargs
        tried.append(secret_in(self))
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", away)
    for _ in range(settings.JOB_ATTEMPTS):
        Job.objects.filter(kind="backlog.round_mails").update(run_after=row.created_at)
        run_due_jobs()
        person.refresh_from_db()
    assert len(tried) == settings.JOB_ATTEMPTS
    assert len(set(tried)) == 1
    assert person.mail_state == "failed"
    assert "could not be reached. Send it again" in person.mail_problem


def test_on_the_page_and_over_the_api(world, row, sign_in, api):
    browser, home = sign_in(world.alice), row.get_absolute_url()
    body = {"name": "Ana", "email": "ana@clinic.example"}
    assert browser.post(f"{home}/people", body)["Location"] == f"{home}#people"
    page = browser.get(home).content.decode()
    assert "on its way, to ana@clinic.example" in page
    assert "/share/" not in page
    run_due_jobs()
    person = row.participants.get()
    browser.post(f"{home}/people/{person.uuid}/mail", {"email": "ana@home.example"})
    run_due_jobs()
    assert mail.outbox[1].to == ["Ana <ana@home.example>"]
    client, calls = api(world.alice, world.acme), f"/api/v1/rounds/{row.uuid}"
    asked = client.post(
        f"{calls}/ask/", {"name": "Ben", "email": "ben@b.example"}, content_type="application/json"
    )
    assert asked.status_code == 201
    assert (asked.json()["url"], asked.json()["mail"]) == (None, "asked")
    again = client.post(
        f"{calls}/mail/", {"participant": asked.json()["id"]}, content_type="application/json"
    )
    assert again.json()["mail"] == "asked"
    third = {"participant": asked.json()["id"]}
    client.post(f"{calls}/mail/", third, content_type="application/json")
    refused = client.post(f"{calls}/mail/", third, content_type="application/json")
    assert refused.status_code == 409
    assert "email" in str(refused.json())
