"""The doors of a shared view: password, links by mail, frames of other sites, and whatever is not meant to open."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from plm.api.throttles import limiter
from plm.errors import Conflict, Invalid
from plm.models import Event, Job
from plm.runner import run_due_jobs
from roadmap.models import Share, ShareViewer
from roadmap.services.share_viewers import share_viewer_invite, share_viewer_revoke
from roadmap.services.shares import share_create, share_password_set, share_revoke, share_update
from tests.make import make_item, make_placement

YEAR = timezone.localdate().year
WORD = "open sesame"
ITEM = "Group bookings"


@pytest.fixture(autouse=True)
def _fresh_limits():
    limiter().storage.reset()


@pytest.fixture
def placed(world):
    item = make_item(world.actor("alice"), world.atlas, ITEM)
    days = {"starts_on": date(YEAR, 2, 2), "ends_on": date(YEAR, 11, 30)}
    make_placement(world.actor("alice"), item, **days)
    return item


def made(world, name="Partners", **settings):
    return share_create(actor=world.actor("alice"), product=world.atlas, name=name, **settings)


def unlock(client, secret, word=WORD):
    return client.post(f"/share/{secret}/unlock", {"password": word})


# Passwords


def test_a_password_is_asked_for_and_opens_this_link_on_this_device(world, placed):
    share, secret = made(world, password=WORD)
    assert WORD not in share.password
    client, url = Client(enforce_csrf_checks=True), f"/share/{secret}/"
    shut = client.get(url)
    assert shut.status_code == 302
    assert shut["Location"] == f"{url}unlock"
    assert ITEM not in shut.content.decode()
    form = client.get(f"{url}unlock")
    assert form["Referrer-Policy"] == "same-origin"
    assert "no-store" in form["Cache-Control"]
    for inside in (ITEM, "Atlas", "Acme", "Partners"):
        assert inside not in form.content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.content.decode())[1]
    wrong = client.post(f"{url}unlock", {"password": "sesame", "csrfmiddlewaretoken": token})
    assert wrong.status_code == 422
    assert "That is not the password" in wrong.content.decode()
    right = client.post(f"{url}unlock", {"password": WORD, "csrfmiddlewaretoken": token})
    assert right.status_code == 302
    cookie = right.cookies["share_unlocked"]
    assert cookie["path"] == url
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert ITEM in client.get(url).content.decode()
    assert Client().get(url).status_code == 302


def test_what_unlocked_one_share_opens_no_other_and_not_this_one_with_a_new_password(world, placed):
    share, secret = made(world, password=WORD)
    _, other = made(world, "Sibling", password="another word")
    client = Client()
    cookie = unlock(client, secret).cookies["share_unlocked"].value
    thief = Client()
    thief.cookies["share_unlocked"] = cookie
    assert thief.get(f"/share/{secret}/").status_code == 200
    assert thief.get(f"/share/{other}/").status_code == 302
    thief.cookies["share_unlocked"] = cookie[:-1] + ("a" if cookie[-1] != "a" else "b")
    assert thief.get(f"/share/{secret}/").status_code == 302
    share_password_set(actor=world.actor("alice"), share=share, password="a newer one")
    assert client.get(f"/share/{secret}/").status_code == 302
    share_password_set(actor=world.actor("alice"), share=share, password="")
    assert Client().get(f"/share/{secret}/").status_code == 200


def test_guessing_a_password_is_slowed_down(world, placed):
    _, secret = made(world, password=WORD)
    client = Client(REMOTE_ADDR="203.0.113.78")
    codes = [unlock(client, secret, f"guess number {n}").status_code for n in range(7)]
    assert codes == [422] * 5 + [429] * 2
    late = unlock(client, secret)
    assert (late.status_code, late["Retry-After"]) == (429, "60")
    assert unlock(Client(REMOTE_ADDR="203.0.113.79"), secret).status_code == 302


def test_a_password_is_set_changed_and_taken_away_in_the_browser(world, placed, sign_in):
    share, secret = made(world)
    url = f"/acme/ATL/roadmap/shares/{share.uuid}/password"
    client = sign_in(world.alice)
    assert client.post(url, {"password": "short"}).status_code == 422
    assert Client().get(f"/share/{secret}/").status_code == 200
    assert client.post(url, {"password": WORD}).status_code == 302
    assert Client().get(f"/share/{secret}/").status_code == 302
    assert client.post(url, {}).status_code == 302
    assert Client().get(f"/share/{secret}/").status_code == 200
    assert sign_in(world.bob).post(url, {"password": WORD}).status_code == 403
    told = Event.objects.filter(verb="share.password_set")
    assert told.count() == 2
    assert WORD not in str([event.data for event in told])


def test_a_framed_share_takes_no_password(world):
    share, _ = made(world, allowed_origins=["https://www.example.com"])
    with pytest.raises(Invalid) as refused:
        share_password_set(actor=world.actor("alice"), share=share, password=WORD)
    assert "frame" in refused.value.fields["password"]


# Frames


def ancestors(response):
    parts = response["Content-Security-Policy"].split(";")
    return next(p.strip() for p in parts if p.strip().startswith("frame-ancestors"))


def test_only_the_named_sites_may_show_a_share_in_a_frame(world, placed):
    _, framed = made(world, allowed_origins=["https://www.example.com"])
    _, closed = made(world, "Closed")
    answer = Client().get(f"/share/{framed}/")
    assert ancestors(answer) == "frame-ancestors https://www.example.com"
    assert "X-Frame-Options" not in answer
    answer = Client().get(f"/share/{closed}/")
    assert ancestors(answer) == "frame-ancestors 'none'"
    assert answer["X-Frame-Options"] == "DENY"


# Links by mail


def viewer_of(world, share, email="ana@clinic.example"):
    return share_viewer_invite(actor=world.actor("alice"), share=share, email=email)


def secret_in(message):
    return re.search(r"/share/([A-Za-z0-9_-]+)/", message.body)[1]


def test_named_viewers_have_links_of_their_own_and_each_can_be_taken_back(world, placed):
    share, open_link = made(world, by_mail=True)
    assert Client().get(f"/share/{open_link}/").status_code == 404
    ana, ben = viewer_of(world, share), viewer_of(world, share, "ben@clinic.example")
    assert not mail.outbox
    run_due_jobs()
    assert [sent.to for sent in mail.outbox] == [["ana@clinic.example"], ["ben@clinic.example"]]
    for inside in (ITEM, "Partners", "ATL-", "alice@example.com", "ben@clinic"):
        assert inside not in mail.outbox[0].body + mail.outbox[0].subject
    first, second = map(secret_in, mail.outbox)
    assert first not in (ShareViewer.objects.get(pk=ana.pk).token_hash, ana.uuid.hex)
    assert ITEM in Client().get(f"/share/{first}/").content.decode()
    ana.refresh_from_db()
    ben.refresh_from_db()
    assert (ana.opened, ben.opened, ben.opened_at) == (1, 0, None)
    share_viewer_revoke(actor=world.actor("alice"), viewer=ana)
    assert Client().get(f"/share/{first}/").status_code == 404
    assert Client().get(f"/share/{second}/").status_code == 200
    share_revoke(actor=world.actor("alice"), share=share)
    assert Client().get(f"/share/{second}/").status_code == 404
    assert "clinic.example" not in str(list(Event.objects.values_list("data", "changes")))


def test_a_newer_mail_replaces_the_link_and_an_address_is_not_flooded(world, placed):
    share, _ = made(world, by_mail=True)
    for _ in range(3):
        viewer = viewer_of(world, share, "ANA@clinic.example")
        run_due_jobs()
    assert ShareViewer.objects.get() == viewer
    codes = [Client().get(f"/share/{secret_in(m)}/").status_code for m in mail.outbox]
    assert codes == [404, 404, 200]
    with pytest.raises(Conflict) as refused:
        viewer_of(world, share)
    assert "3 mails within an hour" in refused.value.fields["email"]


def test_a_mail_that_does_not_go_is_said_and_tried_again_with_the_same_link(
    world, placed, monkeypatch
):
    share, _ = made(world, by_mail=True)
    viewer, tries = viewer_of(world, share), []

    def away(self, *_):
        tries.append(secret_in(self))
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", away)
    run_due_jobs()
    Job.objects.filter(kind="roadmap.share_mails").update(run_after=share.created_at)
    run_due_jobs()
    assert len(tries) == 2
    assert len(set(tries)) == 1
    viewer.refresh_from_db()
    assert "tried again" in viewer.mail_problem

    def refuse(self, *_):
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    Job.objects.filter(kind="roadmap.share_mails").update(run_after=share.created_at)
    run_due_jobs()
    viewer.refresh_from_db()
    assert viewer.mail_state == "failed"
    assert "does not take this address" in viewer.mail_problem


def test_opening_up_or_closing_a_share_moves_who_may_open_it(world, placed):
    share, link = made(world)
    alice = world.actor("alice")
    with pytest.raises(Conflict):
        viewer_of(world, share)
    share = share_update(actor=alice, share=share, version=1, settings={"by_mail": True})
    assert Client().get(f"/share/{link}/").status_code == 404
    viewer_of(world, share)
    run_due_jobs()
    theirs = secret_in(mail.outbox[0])
    assert Client().get(f"/share/{theirs}/").status_code == 200
    share_update(actor=alice, share=share, version=2, settings={"by_mail": False})
    assert Client().get(f"/share/{theirs}/").status_code == 404
    assert Client().get(f"/share/{link}/").status_code == 200


def test_viewers_are_named_and_taken_back_in_the_browser_and_over_the_api(
    world, placed, sign_in, api
):
    share, _ = made(world, by_mail=True)
    url = f"/acme/ATL/roadmap/shares/{share.uuid}"
    client = sign_in(world.alice)
    wrong = client.post(f"{url}/viewers", {"email": "nobody"})
    assert wrong.status_code == 422
    assert "ana@example.com" in wrong.content.decode()
    assert client.post(f"{url}/viewers", {"email": "ana@clinic.example"}).status_code == 302
    page = client.get(url).content.decode()
    assert "ana@clinic.example" in page
    assert "never opened" in page
    caller, at = api(world.alice, world.acme), f"/api/v1/shares/{share.uuid}/viewers/"
    body = json.dumps({"email": "ben@clinic.example"})
    told = caller.post(at, body, content_type="application/json")
    assert told.status_code == 201, told.content
    assert [row["email"] for row in caller.get(at).json()["results"]] == ["ana@clinic.example", "ben@clinic.example"]  # fmt: skip
    assert caller.delete(f"{at}{told.json()['id']}/").status_code == 204
    ana = ShareViewer.objects.get(email="ana@clinic.example")
    assert client.post(f"{url}/viewers/{ana.uuid}/revoke").status_code == 302
    assert not ShareViewer.objects.filter(revoked_at=None).exists()
    other, _ = made(world, "Other", by_mail=True)
    strange = f"/acme/ATL/roadmap/shares/{other.uuid}/viewers/{ana.uuid}/revoke"
    assert client.post(strange).status_code == 404
    assert sign_in(world.bob).post(f"{url}/viewers", {"email": "x@y.example"}).status_code == 403


# What is not meant to open


def test_a_secret_of_something_else_opens_nothing(world, placed):
    share, secret = made(world)
    _, locked = made(world, "Locked", password=WORD)
    for url in (
        f"/share/{secret}/round", f"/share/{share.uuid}/", f"/share/{share.token_hash}/", f"/share/{secret[:-1]}/",
        f"/share/{secret}%00/", f"/share/{secret}é/", f"/share/{'x' * 200}/", f"/share/{secret}/unlock/more",
    ):  # fmt: skip
        answer = Client().get(url)
        assert answer.status_code in {400, 404}, url
        assert ITEM not in answer.content.decode()
    assert Client().get(f"/share/{secret}/unlock").status_code == 302
    assert Client().post(f"/share/{'x' * 43}/unlock", {"password": WORD}).status_code == 404
    Share.objects.filter(name="Locked").update(expires_at=timezone.now() - timedelta(seconds=1))
    assert unlock(Client(), locked).status_code == 404
