"""The communication plan, and status updates that are sent to where it says."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import date, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.models import Job
from plm.outgoing import CallFailed
from plm.runner import run_due_jobs
from roadmap.models import CommunicationLine, Delivery, Placement, StatusUpdate
from roadmap.services import deliveries as sending
from roadmap.services.communication import (
    delivery_again,
    hook_secret,
    line_archive,
    line_create,
    line_update,
    update_begin,
    update_send,
    update_update,
)
from roadmap.services.deliveries import delivery_take
from tests.roadmap.telling import placed, slip

HOOK = "https://hooks.example.com/x"


def plan(world, channel="mail", **values):
    to = {"mail": "ana@a.example\nben@b.example", "page": ""}.get(channel, HOOK)
    given = {"audience": "Board", "channel": channel, "to": to, **values}
    return line_create(actor=world.actor("alice"), product=world.atlas, values=given)


def sent(world, *lines, body="All is well"):
    alice = world.actor("alice")
    update = update_begin(actor=alice, line=lines[0])
    update = update_update(
        actor=alice, update=update, version=1, values={"body": body, "health": "at_risk"}
    )
    update_send(actor=alice, update=update, lines=lines, version=2)
    run_due_jobs()
    return update


def calls(monkeypatch, *answers):
    """What hooks are sent; each call is answered by the next answer, the last one for ever."""
    made, left = [], list(answers)

    def post(url, body, headers):
        made.append((url, body, headers))
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(sending, "post", post)
    return made


def test_a_draft_begins_with_the_template_and_what_changed(world):
    line = plan(world, template="# {product}, {period}\n\n{changes}\n\n{unknown}", words="inside")
    item, hidden = placed(world), placed(world, "Secret pilot")
    CommunicationLine.objects.filter(pk=line.pk).update(last_sent_at=timezone.now())
    line.refresh_from_db()
    slip(world, item)
    slip(world, hidden)
    Placement.objects.filter(item=hidden).update(hidden=True)
    update = update_begin(actor=world.actor("alice"), line=line)
    assert update.body.startswith("# Atlas, ")
    assert "**Deposits**: 14 days later" in update.body
    assert "Why: Vendor is late" in update.body
    assert "Secret pilot" not in update.body, "left out of shared views, left out here"
    assert update.body.endswith("{unknown}")


def test_written_once_and_sent_to_every_channel(world, monkeypatch, sign_in):
    made = calls(monkeypatch, 200)
    lines = [plan(world, channel) for channel in ("mail", "page", "webhook", "slack")]
    update = sent(world, *lines, body="**All** is well")
    assert sorted(message.to[0] for message in mail.outbox) == ["ana@a.example", "ben@b.example"]
    assert "**All** is well" in mail.outbox[0].body
    assert "<strong>All</strong>" in mail.outbox[0].alternatives[0][0]
    by_kind = {("text" in json.loads(body)): (body, headers) for _, body, headers in made}
    body, headers = by_kind[False]
    told = json.loads(body)
    assert (told["product"], told["health"], told["body"]) == ("ATL", "at_risk", "**All** is well")
    signed = hmac.new(hook_secret(lines[2]).encode(), body, hashlib.sha256).hexdigest()
    assert headers["X-PLM-Signature"] == f"sha256={signed}"
    body, headers = by_kind[True]
    assert json.loads(body) == {"text": "*Atlas: status* (At risk)\n**All** is well"}
    assert "X-PLM-Signature" not in headers
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    carol, url = sign_in(world.carol), f"{world.atlas.get_absolute_url()}plan/updates/"
    assert "Atlas: status" in carol.get(url).content.decode()
    page = carol.get(f"{url}{update.uuid}").content.decode()
    assert "<strong>All</strong>" in page
    assert "ana@a.example" not in page, "where it went is for those who send it"


def test_what_did_not_go_to_the_page_is_for_those_who_write(world, sign_in):
    update = sent(world, plan(world))
    url = f"{world.atlas.get_absolute_url()}plan/updates/{update.uuid}"
    assert sign_in(world.carol).get(url).status_code == 404
    assert "ana@a.example" in sign_in(world.alice).get(url).content.decode()
    assert sign_in(world.mallory).get(url).status_code == 404


def test_a_hook_that_fails_is_called_again_with_the_same_id_and_given_up_aloud(
    world, monkeypatch, settings
):
    made = calls(monkeypatch, 503, CallFailed("The server does not answer.", again=True), 200)
    sent(world, plan(world, "webhook"))
    for _ in range(2):
        Job.objects.filter(kind="roadmap.deliver").update(run_after=timezone.now() - timedelta(1))
        run_due_jobs()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries, delivery.problem) == ("sent", 3, "")
    assert len({headers["X-PLM-Delivery"] for _, _, headers in made}) == 1
    calls(monkeypatch, 500)
    sent(world, plan(world, "slack"))
    for _ in range(settings.JOB_ATTEMPTS):
        Job.objects.filter(kind="roadmap.deliver").update(run_after=timezone.now() - timedelta(1))
        run_due_jobs()
    failed = Delivery.objects.latest("pk")
    assert (failed.state, failed.problem) == ("failed", "The server answered 500.")
    calls(monkeypatch, 200)
    delivery_again(actor=world.actor("alice"), delivery=failed)
    run_due_jobs()
    failed.refresh_from_db()
    assert failed.state == "sent"
    with pytest.raises(Conflict):
        delivery_again(actor=world.actor("alice"), delivery=failed)


@pytest.mark.parametrize("answer", [404, 302, CallFailed("In a private network.", again=False)])
def test_an_answer_that_is_final_is_not_asked_for_again(world, monkeypatch, answer):
    made = calls(monkeypatch, answer)
    sent(world, plan(world, "webhook"))
    assert Delivery.objects.get().state == "failed"
    assert len(made) == 1
    assert Job.objects.get(kind="roadmap.deliver").state == "done"


def test_a_hook_in_a_private_network_is_not_called(world, settings):
    settings.WEBHOOK_PRIVATE = False
    sent(world, plan(world, "webhook", to="http://127.0.0.1:1/x"))
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.problem) == (
        "failed", "127.0.0.1 is in a private network, and none is called."
    )  # fmt: skip


def test_a_mail_of_which_nobody_knows_is_not_sent_again(world, monkeypatch):
    def silent(self, messages):
        raise SMTPServerDisconnected

    send = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", silent)
    sent(world, plan(world, to="ana@a.example"))
    assert Delivery.objects.get().state == "unsure"

    def refused(self, messages):
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr(EmailBackend, "send_messages", refused)
    sent(world, plan(world, to="ben@b.example"))
    assert Delivery.objects.latest("pk").state == "failed"
    monkeypatch.setattr(EmailBackend, "send_messages", send)
    left = Delivery.objects.latest("pk")
    Delivery.objects.filter(pk=left.pk).update(state="sending")
    assert delivery_take(delivery_id=left.pk) is None, "left by a worker that died"
    left.refresh_from_db()
    assert left.state == "unsure"
    assert not mail.outbox


def test_what_was_sent_stays_and_goes_once(world):
    alice = world.actor("alice")
    line = plan(world)
    update = update_begin(actor=alice, line=line)
    with pytest.raises(Stale):
        update_send(actor=alice, update=update, lines=[line], version=7)
    update_send(actor=alice, update=update, lines=[line], version=1)
    for again in (
        lambda: update_send(actor=alice, update=update, lines=[line], version=1),
        lambda: update_update(actor=alice, update=update, version=1, values={"body": "x"}),
    ):
        with pytest.raises(Conflict):
            again()
    run_due_jobs()
    assert len(mail.outbox) == 2
    line.refresh_from_db()
    assert line.last_sent_at is not None
    with pytest.raises(NotAllowed):
        update_begin(actor=world.actor("bob"), line=line)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"audience": " "}, "audience"), ({"channel": "fax"}, "channel"), ({"to": ""}, "to"), ({"to": "nobody"}, "to"),
        ({"channel": "webhook", "to": "ftp://x.example"}, "to"), ({"channel": "slack", "to": "https://a:b@x.example"}, "to"),
        ({"cadence": "hourly"}, "cadence"), ({"day": 32}, "day"), ({"weekday": 9}, "day"), ({"template": "x" * 20_001}, "template"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_is_refused_by_its_field(world, values, field):
    with pytest.raises(Invalid) as refused:
        plan(world, **values)
    assert field in refused.value.fields
    assert not CommunicationLine.objects.exists()
    with pytest.raises(Invalid):
        plan(world, owner=world.mallory)


def test_what_is_overdue_stands_first(world, sign_in):
    plan(world, audience="Anna's team")
    late = plan(world, audience="Sales", cadence="daily")
    long_ago = timezone.now() - timedelta(days=40)
    CommunicationLine.objects.filter(pk=late.pk).update(created_at=long_ago)
    browser, url = sign_in(world.alice), f"{world.atlas.get_absolute_url()}plan/communication"
    page = browser.get(url).content.decode()
    assert page.index("Sales") < page.index("Anna")
    assert page.count("Overdue") == 1
    sent(world, late)
    assert "Overdue" not in browser.get(url).content.decode()
    assert sign_in(world.bob).get(url).status_code == 403
    line_archive(actor=world.actor("alice"), line=late)
    assert "Sales" not in browser.get(url).content.decode()


def test_on_pages_from_the_plan_to_the_page_of_updates(world, sign_in):
    browser, base = sign_in(world.alice), f"{world.atlas.get_absolute_url()}plan/"
    form = {
        "audience": "Everybody",
        "channel": "page",
        "cadence": "weekly",
        "weekday": "4",
        "day": "1",
    }
    assert browser.post(f"{base}communication/new", {**form, "channel": "mail"}).status_code == 422
    assert browser.post(f"{base}communication/new", form).status_code == 302
    line = CommunicationLine.objects.get()
    at = f"{base}communication/{line.uuid}"
    assert browser.post(at, {**form, "version": "1", "audience": "All"}).status_code == 302
    stale = browser.post(at, {**form, "version": "1", "audience": "Mine"})
    assert stale.status_code == 409
    assert "Mine" in stale.content.decode()
    begun = browser.post(f"{at}/write")
    update = StatusUpdate.objects.get()
    assert begun["Location"] == f"{base}updates/{update.uuid}/edit"
    edit = {
        "title": "June",
        "body": "Good <script>alert(1)</script>",
        "health": "on_track",
        "version": "1",
    }
    assert browser.post(begun["Location"], edit).status_code == 302
    assert browser.post(begun["Location"], {**edit, "title": "July"}).status_code == 409
    page = f"{base}updates/{update.uuid}"
    assert "<script>alert" not in browser.get(page).content.decode()
    assert browser.post(f"{page}/send", {"version": "2"}).status_code == 422
    assert (
        browser.post(f"{page}/send", {"version": "2", "lines": [str(line.uuid)]}).status_code == 302
    )
    assert "June" in sign_in(world.carol).get(f"{base}updates/").content.decode()
    assert browser.post(f"{at}/remove").status_code == 302


def test_the_key_of_a_webhook_is_on_its_page(world, sign_in):
    line = plan(world, "webhook")
    page = sign_in(world.alice).get(
        f"{world.atlas.get_absolute_url()}plan/communication/{line.uuid}"
    )
    assert hook_secret(line) in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    with pytest.raises(Stale):
        line_update(actor=world.actor("alice"), line=line, version=9, values={})


def test_over_the_api(world, api):
    client = api(world.alice, world.acme)
    url, at = "/api/v1/products/ATL/communication/", "/api/v1/products/ATL/updates/"

    def send(path, body, method="post", **headers):
        return getattr(client, method)(path, body, content_type="application/json", headers=headers)

    made = send(url, {"audience": "Board", "channel": "page"})
    assert made.status_code == 201, made.content
    line = made.json()["id"]
    assert client.get(url).json()["results"][0]["audience"] == "Board"
    draft = send(at, {"line": line})
    assert draft.status_code == 201, draft.content
    one = f"/api/v1/updates/{draft.json()['id']}/"
    carol = api(world.carol, world.acme)
    assert carol.get(one).status_code == 404, "a draft"
    changed = send(one, {"body": "Fine"}, "patch", **{"If-Match": draft["ETag"]})
    assert changed.json()["body"] == "Fine"
    stale = send(f"{one}send/", {"lines": [line]}, **{"If-Match": draft["ETag"]})
    assert stale.status_code == 412
    gone = send(f"{one}send/", {"lines": [line]}, **{"If-Match": changed["ETag"]})
    assert gone.status_code == 200, gone.content
    assert carol.get(at).json()["results"][0]["body"] == "Fine"
    assert carol.get(one).json()["deliveries"] == []
    assert [d["delivery"] for d in client.get(one).json()["deliveries"]] == ["sent"]
    assert carol.get(url).status_code == 403
    assert api(world.mallory, world.rival).get(one).status_code == 404
    assert send(at, {"line": "00000000-0000-4000-8000-000000000000"}).status_code == 422
    assert date.fromisoformat(client.get(one).json()["until"][:10]) <= timezone.localdate()
