"""The mail server of digests: away, silent, refusing; a worker that died."""

from __future__ import annotations

from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from plm.models import Job
from plm.services.clock import moment_settled
from roadmap.models import Digest, DigestSubscription
from roadmap.services.digests import digest_make, digest_take
from tests.roadmap.telling import placed, slip, subscribe, time_comes


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
