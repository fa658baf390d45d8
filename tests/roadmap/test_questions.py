"""Asking for input: who is asked gets a link, sees what the asker wrote down, and answers as themselves."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed
from plm.models import Event, Job, Membership
from plm.permissions import Role
from plm.runner import run_due_jobs
from plm.services.records import record_archive
from roadmap.models import AskedPerson, Question
from roadmap.services.questions import (
    Guest,
    Wording,
    question_answer,
    question_ask,
    question_close,
    question_mail_again,
)
from tests.make import make_item

ANA = Guest("Ana", "ana@clinic.example")


@pytest.fixture
def item(world):
    return make_item(
        world.actor("alice"), world.atlas, "Deposits", description="Our margin is 40 percent"
    )


def ask(world, item, kind="approve", guests=(ANA,), members=(), **wording):
    words = {"text": "Shall we?", "title": item.title, **wording}
    return question_ask(
        actor=world.actor("bob"), record=item, wording=Wording(kind=kind, **words), guests=guests, members=members
    )  # fmt: skip


def link(message):
    return re.search(r"/share/[0-9a-f]{64}/question", message.body)[0]


def test_somebody_outside_answers_by_mail_and_changes_it(world, item, client):
    question = ask(world, item)
    assert "/share/" not in str(Job.objects.values_list("payload", flat=True))
    run_due_jobs()
    [message] = mail.outbox
    assert message.to == ["Ana <ana@clinic.example>"]
    assert message.subject == "Bob asks: Deposits"
    url = link(message)
    answer = client.get(url)
    page = answer.content.decode()
    assert "Shall we?" in page
    assert "Deposits" in page
    assert "40 percent" not in page, "the description is not shown unless the asker wrote one down"
    assert item.reference not in page
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert client.post(url, {"comment": "Hm"}).status_code == 422
    assert client.post(url, {"verdict": "maybe"}).status_code == 422
    assert client.post(url, {"verdict": "yes", "comment": "But soon"}).status_code == 200
    person = question.people.get()
    assert (person.verdict, person.comment) == ("yes", "But soon")
    client.post(url, {"verdict": "no", "comment": "Too late"})
    person.refresh_from_db()
    assert person.said == "No, I do not"
    told = Event.objects.filter(verb="question.answered").order_by("sequence")
    assert [(e.actor_name, e.record_id, e.data["answer"]) for e in told] == [
        ("Ana", item.pk, "Yes, I approve"), ("Ana", item.pk, "No, I do not")
    ]  # fmt: skip


def test_answers_stand_on_the_page_of_the_item_for_members_alone(world, item, sign_in):
    question = ask(world, item, members=[world.carol])
    run_due_jobs()
    url = f"{item.get_absolute_url()}/questions/{question.uuid}"
    carol = sign_in(world.carol)
    assert "Answer" in carol.get(item.get_absolute_url()).content.decode()
    assert carol.post(url, {"verdict": "yes", "comment": "Good for groups"}).status_code == 302
    page = sign_in(world.bob).get(item.get_absolute_url()).content.decode()
    assert "Input of others" in page
    assert "Yes, I approve" in page
    assert "Good for groups" in page
    assert "1 of 2 answered" in page
    seen = carol.get(url).content.decode()
    assert "ana@clinic.example" not in seen, "addresses are for those who may ask"
    assert "ana@clinic.example" in sign_in(world.bob).get(url).content.decode()
    assert sign_in(world.alice).post(url, {"verdict": "yes"}).status_code == 404
    assert sign_in(world.mallory).get(url).status_code == 404


def test_a_choice_and_a_comment(world, item, client):
    ask(world, item, "choose", options=["Now", "  In  spring ", ""])
    ask(world, item, "comment", guests=[Guest("", "ben@b.example")])
    run_due_jobs()
    first, second = (link(message) for message in mail.outbox)
    assert "In spring" in client.get(first).content.decode()
    assert client.post(first, {"verdict": "In spring"}).status_code == 200
    assert client.post(first, {"verdict": "Never"}).status_code == 422
    assert client.post(second, {"comment": " "}).status_code == 422
    assert client.post(second, {"comment": "Fine by me"}).status_code == 200
    said = AskedPerson.objects.order_by("pk").values_list("name", "verdict", "comment")
    assert list(said) == [("Ana", "In spring", ""), ("ben", "", "Fine by me")]


@pytest.mark.parametrize(
    ("wording", "field"),
    [
        ({"kind": "vote"}, "kind"), ({"text": " "}, "text"), ({"text": "x" * 2001}, "text"), ({"title": ""}, "title"),
        ({"kind": "choose", "options": ["One"]}, "options"), ({"kind": "choose", "options": ["A", "A"]}, "options"),
        ({"kind": "choose", "options": ["A", "x" * 121]}, "options"), ({"guests": []}, "members"),
        ({"guests": [Guest("", "nobody")]}, "guests"), ({"guests": [ANA, Guest("A", "ANA@clinic.example")]}, "guests"),
        ({"due_on": timezone.localdate() - timedelta(days=1)}, "due_on"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_its_field_and_writes_nothing(
    world, item, wording, field
):
    with pytest.raises(Invalid) as refused:
        ask(world, item, **wording)
    assert field in refused.value.fields
    assert not Question.objects.exists()


def test_strangers_cannot_be_asked_as_members_and_stakeholders_cannot_ask(world, item):
    with pytest.raises(Invalid):
        ask(world, item, members=[world.mallory])
    with pytest.raises(NotAllowed):
        question_ask(
            actor=world.actor("carol"), record=item, wording=Wording("approve", "Shall we?", "T"), guests=[ANA]
        )  # fmt: skip


def test_a_closed_question_takes_no_answer_and_says_so(world, item, client):
    question = ask(world, item)
    run_due_jobs()
    url = link(mail.outbox[0])
    client.post(url, {"verdict": "yes"})
    for _ in range(2):
        question_close(actor=world.actor("bob"), record=item, question=question)
    assert Event.objects.filter(verb="question.closed").count() == 1
    assert "The question is closed" in client.get(url).content.decode()
    assert client.post(url, {"verdict": "no"}).status_code == 422
    assert question.people.get().verdict == "yes"
    other = ask(world, item, guests=[Guest("Ben", "ben@b.example")])
    record_archive(item, actor=world.actor("alice"))
    with pytest.raises(Conflict):
        question_answer(person=other.people.get(), verdict="yes")


def test_links_are_of_their_own_and_a_new_mail_makes_the_old_one_useless(world, item, client):
    question = ask(world, item, guests=[ANA, Guest("Ben", "ben@b.example")])
    run_due_jobs()
    ana, ben = (link(message) for message in mail.outbox)
    assert ana != ben
    client.post(ana, {"verdict": "yes", "comment": "Words of Ana"})
    assert "Words of Ana" not in client.get(ben).content.decode()
    person = question.people.get(name="Ben")
    question_mail_again(actor=world.actor("bob"), record=item, person=person)
    run_due_jobs()
    assert client.get(ben).status_code == 404
    assert client.get(link(mail.outbox[2])).status_code == 200
    assert client.get(f"/share/{'0' * 64}/question").status_code == 404


def test_an_address_gets_three_mails_an_hour_over_all_questions(world, item):
    for _ in range(3):
        ask(world, item)
    with pytest.raises(Conflict) as refused:
        ask(world, item, guests=[Guest("Ana", "ANA@clinic.example")])
    assert "ANA@clinic.example got 3 mails" in refused.value.fields["guests"]
    assert Question.objects.count() == 3


def test_who_lost_access_a_second_ago_gets_no_mail_and_cannot_answer(world, item, sign_in):
    question = ask(world, item, members=[world.carol], guests=())
    Membership.objects.filter(user=world.carol).update(role=Role.NONE)
    run_due_jobs()
    assert not mail.outbox
    assert "no access" in question.people.get().mail_problem
    url = f"{item.get_absolute_url()}/questions/{question.uuid}"
    assert sign_in(world.carol).post(url, {"verdict": "yes"}).status_code == 404


def test_a_refused_address_is_shown_and_a_server_that_is_away_is_tried_with_the_same_link(
    world, item, settings, monkeypatch
):
    question, tried = ask(world, item), []

    def away(self, *args, **kwargs):
        tried.append(link(self))
        raise SMTPServerDisconnected

    monkeypatch.setattr(EmailMessage, "send", away)
    for _ in range(settings.JOB_ATTEMPTS):
        Job.objects.filter(kind="roadmap.question_mails").update(run_after=question.created_at)
        run_due_jobs()
    person = question.people.get()
    assert (len(tried), len(set(tried))) == (settings.JOB_ATTEMPTS, 1)
    assert person.mail_state == "failed"

    def refused(self, *args, **kwargs):
        raise SMTPRecipientsRefused({})

    monkeypatch.setattr(EmailMessage, "send", refused)
    question_mail_again(actor=world.actor("bob"), record=item, person=person)
    run_due_jobs()
    person.refresh_from_db()
    assert person.mail_problem == "The mail server does not take this address."


def test_on_pages(world, item, sign_in):
    browser, here = sign_in(world.bob), item.get_absolute_url()
    page = browser.get(f"{here}/questions/new").content.decode()
    assert 'value="Deposits"' in page
    form = {"kind": "choose", "text": "Which?", "options": "A\r\nB", "title": "Deposits", "guests": "Ana Ruiz, ana@a.example\nben@b.example"}  # fmt: skip
    wrong = browser.post(f"{here}/questions/new", {**form, "guests": "nobody"})
    assert wrong.status_code == 422
    assert "Which?" in wrong.content.decode()
    answer = browser.post(f"{here}/questions/new", {**form, "members": [str(world.carol.uuid)]})
    question = Question.objects.get()
    assert answer["Location"] == f"{here}/questions/{question.uuid}"
    assert list(question.people.values_list("name", flat=True)) == ["Carol", "Ana Ruiz", "ben"]
    run_due_jobs()
    assert len(mail.outbox) == 3
    person = question.people.get(name="ben")
    browser.post(f"{here}/questions/{question.uuid}/mail/{person.uuid}")
    run_due_jobs()
    assert len(mail.outbox) == 4
    browser.post(f"{here}/questions/{question.uuid}/close")
    assert "Closed" in browser.get(f"{here}/questions/{question.uuid}").content.decode()
    assert "asked people a question" in browser.get(f"{here}/history").content.decode()


def test_over_the_api(world, item, api):
    url = f"/api/v1/records/{item.reference}/questions/"
    bob, carol = api(world.bob, world.acme), api(world.carol, world.acme)
    body = {"kind": "approve", "text": "Shall we?", "members": [str(world.carol.uuid)], "guests": [{"email": "a@a.example"}]}  # fmt: skip
    made = bob.post(url, body, content_type="application/json")
    assert made.status_code == 201, made.content
    one = f"{url}{made.json()['id']}/"
    assert made.json()["title"] == "Deposits"
    assert carol.post(url, body, content_type="application/json").status_code == 403
    said = carol.post(f"{one}answer/", {"verdict": "yes"}, content_type="application/json")
    assert [p["verdict"] for p in said.json()["people"]] == ["yes", ""]
    assert "a.example" not in said.content.decode()
    assert (
        bob.post(f"{one}answer/", {"verdict": "yes"}, content_type="application/json").status_code
        == 403
    )
    assert bob.delete(one).status_code == 204
    assert (
        carol.post(f"{one}answer/", {"verdict": "no"}, content_type="application/json").status_code
        == 409
    )
    assert carol.get(url).json()["results"][0]["closed_at"] is not None
    assert api(world.mallory, world.rival).get(url).status_code == 404
    strangers = {**body, "members": [str(world.mallory.uuid)]}
    refused = bob.post(url, strangers, content_type="application/json")
    assert refused.status_code == 422
    assert "members" in refused.json()["errors"]
