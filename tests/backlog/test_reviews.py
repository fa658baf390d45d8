"""Reviews of specifications: asked, answered, counted by version, signed off, reopened, reminded."""

from __future__ import annotations

import json
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.utils import timezone

from backlog.approval import Answer, standing
from backlog.models import Spec, SpecReview, SpecSignOff
from backlog.services.readiness import spec_policy_update
from backlog.services.reviews import (
    review_answer,
    review_ask,
    review_withdraw,
    spec_reopen,
    spec_sign_off,
)
from backlog.services.specs import spec_move, spec_restore_version, spec_update
from plm.errors import Conflict, Invalid, NotAllowed
from plm.models import Event, Job
from plm.models.job import DONE
from plm.runner import run_due_jobs
from plm.services.clock import slot_take
from tests.make import make_spec


@pytest.fixture
def bob(world):
    return world.actor("bob")


@pytest.fixture
def spec(world, bob):
    return make_spec(bob, world.atlas, problem="Groups pay apart.")


def approve(world, spec, name="carol", number=1):
    return review_answer(actor=world.actor(name), spec=spec, verdict="approved", number=number)


def now(spec) -> Spec:
    return Spec.objects.select_related("product__workspace", "item__product").get(pk=spec.pk)


def test_approvals_count_for_their_version_and_a_request_for_changes_for_every_one():
    answers = [Answer("Ana", "approved", 2), Answer("Ben", "approved", 1), Answer("Cy", "asked")]
    assert standing(answers, number=2, needed=1).enough
    assert standing(answers, number=2, needed=2).lacks == "1 of 2 approvals of this version"
    objecting = standing([*answers, Answer("Di", "changes", 1)], number=2, needed=1)
    assert not objecting.enough
    assert objecting.lacks == "changes requested by Di"
    assert standing([], number=1, needed=0).enough


def test_who_is_asked_follows_it_and_a_draft_goes_into_review(world, bob, spec):
    review_ask(actor=bob, spec=spec, reviewers=[world.carol])
    assert now(spec).state == "in_review"
    assert spec.reference_row.follows.filter(user=world.carol).exists()
    for people in ([world.mallory], []):
        with pytest.raises(Invalid):
            review_ask(actor=bob, spec=spec, reviewers=people)
    with pytest.raises(Conflict, match="not asked"):
        approve(world, spec, "alice")
    with pytest.raises(NotAllowed):
        review_ask(actor=world.actor("carol"), spec=spec, reviewers=[world.alice])


def test_a_request_for_changes_gives_a_reason_and_holds_the_sign_off_up(world, bob, spec):
    review_ask(actor=bob, spec=spec, reviewers=[world.carol, world.alice])
    approve(world, spec, "alice")
    carol = world.actor("carol")
    with pytest.raises(Invalid) as refused:
        review_answer(actor=carol, spec=spec, verdict="changes", number=1, reason=" ")
    assert "reason" in refused.value.fields
    review = review_answer(actor=carol, spec=spec, verdict="changes", number=1, reason="No prices.")
    with pytest.raises(Conflict, match="changes requested by Carol"):
        spec_sign_off(actor=bob, spec=spec)
    review_withdraw(actor=bob, spec=spec, review=review)
    assert spec_sign_off(actor=bob, spec=spec).state == "approved"


def test_a_sign_off_records_version_person_and_approvals_and_locks_the_content(world, bob, spec):
    review_ask(actor=bob, spec=spec, reviewers=[world.carol])
    with pytest.raises(Conflict, match="0 of 1 approval"):
        spec_move(spec, actor=bob, state="approved")
    approve(world, spec)
    signed = spec_move(now(spec), actor=bob, state="approved")
    kept = SpecSignOff.objects.get()
    assert (kept.version.number, kept.signed_by, kept.approvals[0]["name"]) == (
        1,
        world.bob,
        "Carol",
    )
    with pytest.raises(Conflict, match="Reopen it"):
        spec_update(actor=bob, record=signed, version=None, values={"problem": "Other"})
    with pytest.raises(Conflict):
        approve(world, spec)
    spec_update(actor=bob, record=signed, version=None, values={"owner": world.bob})
    assert spec.versions.count() == 1
    moved = spec_move(now(spec), actor=bob, state="superseded")
    with pytest.raises(Conflict):
        spec_update(actor=bob, record=moved, version=None, values={"problem": "Other"})


def test_reopening_asks_why_makes_a_draft_and_keeps_the_sign_off(world, bob, spec):
    review_ask(actor=bob, spec=spec, reviewers=[world.carol])
    approve(world, spec)
    signed = spec_sign_off(actor=bob, spec=spec)
    with pytest.raises(Invalid):
        spec_move(signed, actor=bob, state="draft")
    draft = spec_reopen(actor=bob, spec=signed, reason="The law changed.")
    assert draft.state == "draft"
    kept = SpecSignOff.objects.get()
    assert (kept.reopened_by, kept.reopened_reason) == (world.bob, "The law changed.")
    assert Event.objects.get(verb="spec.reopened").reason == "The law changed."
    changed = spec_update(actor=bob, record=draft, version=None, values={"problem": "Other"})
    with pytest.raises(Conflict):
        spec_sign_off(actor=bob, spec=changed)


def test_one_call_may_reopen_and_change_or_is_refused_as_a_whole(world, bob, spec):
    review_ask(actor=bob, spec=spec, reviewers=[world.carol])
    approve(world, spec)
    signed = spec_sign_off(actor=bob, spec=spec)
    values = {"state": "draft", "problem": "Other"}
    with pytest.raises(Invalid):
        spec_update(actor=bob, record=signed, version=signed.version, values=values)
    assert now(spec).state == "approved"
    changed = spec_update(
        actor=bob, record=signed, version=signed.version, values=values, reason="The law changed."
    )
    assert (changed.state, changed.problem) == ("draft", "Other")
    with pytest.raises(Conflict):
        spec_update(actor=bob, record=changed, version=None, values={"state": "approved"})


def test_an_approval_of_an_older_version_is_shown_and_not_counted(world, bob, spec, sign_in):
    review_ask(actor=bob, spec=spec, reviewers=[world.carol])
    approve(world, spec)
    spec_update(actor=bob, record=now(spec), version=None, values={"problem": "Often apart."})
    with pytest.raises(Conflict, match="0 of 1 approval"):
        spec_sign_off(actor=bob, spec=spec)
    page = sign_in(world.bob).get(spec.get_absolute_url()).content.decode()
    assert "Approved version 1" in page
    assert "0 of 1 approval" in page
    with pytest.raises(Conflict, match="version 2 stands now"):
        approve(world, spec, number=1)
    review_ask(actor=bob, spec=spec, reviewers=[world.carol])
    assert SpecReview.objects.get().verdict == "asked"
    approve(world, spec, number=2)
    assert spec_sign_off(actor=bob, spec=spec).state == "approved"


def test_nobody_approves_what_they_wrote(world, bob, spec):
    review_ask(actor=bob, spec=spec, reviewers=[world.bob, world.alice])
    with pytest.raises(Conflict, match="You wrote version 1"):
        approve(world, spec, "bob")
    spec_update(
        actor=world.actor("alice"), record=now(spec), version=None, values={"problem": "Mine"}
    )
    approve(world, spec, "bob", number=2)
    assert spec_sign_off(actor=bob, spec=spec).state == "approved"


def test_how_many_approve_is_the_products_choice(world, bob, spec):
    alice = world.actor("alice")
    spec_policy_update(
        actor=alice, product=world.atlas, version=None, values={"approvals_needed": 2}
    )
    review_ask(actor=bob, spec=spec, reviewers=[world.carol, world.alice])
    approve(world, spec)
    with pytest.raises(Conflict, match="1 of 2"):
        spec_sign_off(actor=bob, spec=spec)
    approve(world, spec, "alice")
    assert len(SpecSignOff.objects.get(spec=spec_sign_off(actor=bob, spec=spec)).approvals) == 2
    with pytest.raises(NotAllowed):
        spec_policy_update(actor=bob, product=world.atlas, version=None, values={})


def test_an_earlier_version_does_not_stand_again_under_a_sign_off(world, bob, spec):
    spec_update(actor=bob, record=spec, version=None, values={"problem": "Other"})
    review_ask(actor=bob, spec=now(spec), reviewers=[world.carol])
    approve(world, spec, number=2)
    signed = spec_sign_off(actor=bob, spec=spec)
    with pytest.raises(Conflict):
        spec_restore_version(actor=bob, spec=signed, number=1)


def remind(world, slot):
    slot_take("backlog.review_reminders", slot)
    return run_due_jobs()


def test_who_does_not_answer_is_reminded_once_in_the_inbox_and_by_mail(
    world, bob, spec, sign_in, django_capture_on_commit_callbacks
):
    review_ask(actor=bob, spec=spec, reviewers=[world.carol, world.alice])
    approve(world, spec, "alice")
    assert b"Reviews that wait for you" in sign_in(world.carol).get("/acme/inbox").content
    remind(world, 1)
    assert mail.outbox == []
    SpecReview.objects.update(asked_at=timezone.now() - timedelta(days=3, hours=1))
    remind(world, 2)
    remind(world, 3)
    (sent,) = mail.outbox
    assert sent.to == ["Carol <carol@example.com>"]
    assert spec.get_absolute_url() in sent.body
    assert Event.objects.filter(verb="spec.review_reminded").count() == 1
    inbox = sign_in(world.carol).get("/acme/inbox").content
    assert b"Reminded" in inbox
    assert b"reminded a reviewer" in inbox


def test_a_reminder_that_did_not_go_is_tried_again(world, bob, spec, monkeypatch):
    def away(*args, **kwargs):
        raise SMTPServerDisconnected

    review_ask(actor=bob, spec=spec, reviewers=[world.carol])
    SpecReview.objects.update(asked_at=timezone.now() - timedelta(days=9))
    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", away)
        remind(world, 1)
    assert SpecReview.objects.get().reminded_at is None
    Job.objects.exclude(state=DONE).update(run_after=timezone.now() - timedelta(minutes=1))
    run_due_jobs()
    assert len(mail.outbox) == 1


def test_the_page_asks_answers_signs_off_and_reopens(world, spec, sign_in):
    bob, carol = sign_in(world.bob), sign_in(world.carol)
    url = spec.get_absolute_url()
    assert b"Nobody is asked to review it yet" in bob.get(url).content
    assert bob.post(f"{url}/review/ask", {"reviewer": str(world.carol.uuid)}).status_code == 302
    assert b'value="approved"' in carol.get(url).content
    assert carol.post(f"{url}/review/sign-off").status_code == 403
    assert carol.post(f"{url}/review/answer", {"number": "1", "verdict": "approved"}).status_code == 302  # fmt: skip
    assert b"Sign off version 1" in bob.get(url).content
    assert bob.post(f"{url}/review/sign-off").status_code == 302
    page = bob.get(url).content
    assert b"Approved and locked" in page
    assert b"approved by Carol" in page
    edit = bob.get(f"{url}/edit")
    sent = {"item": spec.item.reference, "title": "Other", "state": "approved",
            "version": str(now(spec).version)}  # fmt: skip
    refused = bob.post(f"{url}/edit", sent)
    assert (edit.status_code, refused.status_code) == (200, 422)
    assert b"Reopen it on its page" in refused.content
    assert bob.post(f"{url}/review/reopen", {"reason": ""}).status_code == 422
    assert bob.post(f"{url}/review/reopen", {"reason": "New law"}).status_code == 302
    assert b"reopened since" in bob.get(url).content
    review = SpecReview.objects.get()
    assert bob.post(f"{url}/review/{review.uuid}/withdraw").status_code == 302


def test_the_api_carries_a_review_from_question_to_sign_off(world, spec, api):
    bob, carol = api(world.bob, world.acme), api(world.carol, world.acme)
    url = f"/api/v1/specs/{spec.reference}/"

    def send(client, path, body):
        return client.post(f"{url}{path}/", json.dumps(body), content_type="application/json")

    people = [str(world.carol.uuid), str(world.alice.uuid)]
    asked = send(bob, "review/ask", {"reviewers": people})
    assert asked.status_code == 200, asked.content
    body = asked.json()
    assert [row["state"] for row in body["reviews"]] == ["asked", "asked"]
    ids = {row["reviewer"]["name"]: row["id"] for row in body["reviews"]}
    assert send(bob, "review/ask", {"reviewers": [str(world.mallory.uuid)]}).status_code == 422
    assert send(bob, "review/withdraw", {"review": ids["Alice"]}).status_code == 200
    early = send(bob, "sign-off", {})
    assert early.status_code == 409
    assert "0 of 1 approval" in early.json()["detail"]
    no_reason = send(carol, "review/answer", {"verdict": "changes", "number": 1})
    assert no_reason.status_code == 422
    answered = send(carol, "review/answer", {"verdict": "approved", "number": 1})
    assert answered.json()["lacks"] == ""
    signed = send(bob, "sign-off", {})
    assert signed.json()["sign_offs"][0]["approvals"][0]["name"] == "Carol"
    assert send(bob, "reopen", {}).status_code == 422
    again = send(bob, "reopen", {"reason": "New law"})
    assert again.json()["sign_offs"][0]["reopened_reason"] == "New law"
    assert bob.get(f"{url}review/").json()["number"] == 1
    assert api(world.mallory, world.rival).get(f"{url}review/").status_code == 404
