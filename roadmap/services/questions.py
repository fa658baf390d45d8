"""Asking people about a record, and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.events import emit, enqueue, service
from plm.jobs import JobRequest
from plm.kinds import kind_named
from plm.models import StageRecord, User
from plm.permissions import Actor
from plm.selectors import viewers_of
from plm.services.guard import require
from plm.services.link_mails import (
    link_mail_asked,
    link_mail_done,
    link_secret_make,
    mail_address,
)
from roadmap.models import AskedPerson, Question
from roadmap.models.question import QUESTION_KINDS
from roadmap.selectors.questions import offered, takes_answers

MOST_PEOPLE = 50
MOST_OPEN = 50
LONGEST = {"text": 2000, "title": 250, "about": 5000, "comment": 4000}


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody outside who is asked."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What is asked. `title` and `about` are all that those who are asked see of the record."""

    kind: str
    text: str
    title: str
    about: str = ""
    options: Sequence[str] = ()
    due_on: date | None = None


@service
def question_ask(
    *,
    actor: Actor,
    record: StageRecord,
    wording: Wording,
    members: Sequence[User] = (),
    guests: Sequence[Guest] = (),
) -> Question:
    """Ask members and people outside about a record; each gets a mail with a link of their own.

    Emits `question.asked`. Raises Invalid, Conflict.
    """
    require(actor, "question.ask", record.product)
    asked = wording.text.strip()
    kept = [" ".join(option.split()) for option in wording.options if option.strip()]
    _check(wording, asked, kept)
    if Question.objects.filter(record_id=record.pk, closed_at=None).count() >= MOST_OPEN:
        raise Conflict(f"A record has at most {MOST_OPEN} open questions. Close one of them first.")
    people = _people(record, members, guests)
    question = Question.objects.create(
        workspace_id=record.workspace_id, product_id=record.product_id, record_id=record.pk,
        kind=wording.kind, text=asked, title=" ".join(wording.title.split()), about=wording.about.strip(),
        options=kept if wording.kind == "choose" else [], due_on=wording.due_on,
        asked_by_id=actor.user_id,
    )  # fmt: skip
    for person in people:
        person.question = question
        link_mail_asked(person, "guests")
    AskedPerson.objects.bulk_create(people)
    enqueue(_mails(question))
    emit(
        "question.asked", actor=actor, record=record, id=question.uuid, text=asked,
        people=[person.name for person in people],
    )  # fmt: skip
    return question


def _check(wording: Wording, text: str, options: list[str]) -> None:
    wrong: dict[str, str] = {}
    if wording.kind not in dict(QUESTION_KINDS):
        wrong["kind"] = f"Choose one of: {', '.join(dict(QUESTION_KINDS))}."
    texts = (("text", text, 1), ("title", wording.title.strip(), 1), ("about", wording.about, 0))
    for name, value, least in texts:
        if not least <= len(value) <= LONGEST[name]:
            wrong[name] = f"Write {'1 to' if least else 'at most'} {LONGEST[name]} characters."
    if wording.kind == "choose" and (problem := _options_problem(options)):
        wrong["options"] = problem
    if wording.due_on is not None and wording.due_on < timezone.localdate():
        wrong["due_on"] = "Choose today or a later day."
    if wrong:
        raise Invalid(fields=wrong)


def _options_problem(options: list[str]) -> str:
    if not 2 <= len(options) <= 10:
        return "Give 2 to 10 options, each on a line of its own."
    if len(set(options)) < len(options) or max(map(len, options)) > 120:
        return "Give each option once, with at most 120 characters."
    return ""


def _people(
    record: StageRecord, members: Sequence[User], guests: Sequence[Guest]
) -> list[AskedPerson]:
    seen: set[str] = set()
    people = []
    known = set(viewers_of(record.product).values_list("pk", flat=True)) if members else set()
    if any(user.pk not in known for user in members):
        raise Invalid(fields={"members": "Choose people who may see the product."})
    rows: list[tuple[User | None, str, str]] = [(u, str(u)[:120], u.email) for u in members]
    for guest in guests:
        try:
            email = mail_address(guest.email)
        except Invalid as refused:
            raise Invalid(fields={"guests": refused.fields["email"]}) from refused
        rows.append((None, " ".join(guest.name.split())[:120] or email.partition("@")[0], email))
    for user, name, email in rows:
        if email.casefold() in seen:
            raise Invalid(fields={"guests": f"{email} is named twice. Name each person once."})
        seen.add(email.casefold())
        people.append(
            AskedPerson(workspace_id=record.workspace_id, user=user, name=name, email=email)
        )
    if not 1 <= len(people) <= MOST_PEOPLE:
        raise Invalid(fields={"members": f"Ask 1 to {MOST_PEOPLE} people."})
    return people


@service
def question_mail_again(*, actor: Actor, record: StageRecord, person: AskedPerson) -> None:
    """Send somebody their link again; the one before opens no more. Emits `question.mail_asked`. Raises Conflict."""
    require(actor, "question.ask", record.product)
    current = AskedPerson.objects.select_for_update().select_related("question").get(pk=person.pk)
    if current.question.closed_at is not None:
        raise Conflict("The question is closed: a link would open nothing to answer.")
    link_mail_asked(current, "guests")
    current.save(update_fields=["mail_times", "mail_state", "mail_problem"])
    enqueue(_mails(current.question))
    emit("question.mail_asked", actor=actor, record=record, id=current.question.uuid, person=current.name)  # fmt: skip


def _mails(question: Question) -> JobRequest:
    return JobRequest(
        kind="roadmap.question_mails", key=f"roadmap.question_mails:{question.pk}", workspace_id=question.workspace_id,
        product_id=question.product_id, payload={"question": question.pk},
    )  # fmt: skip


@service
def question_answer(
    *, person: AskedPerson, actor: Actor | None = None, verdict: str = "", comment: str = ""
) -> AskedPerson:
    """Keep what somebody says, as theirs; again changes it, until the question is closed.

    Without `actor` it comes through the person's link, which is all the right they need. A member who answers needs
    to be the one who is asked. Emits `question.answered`. Raises Invalid, Conflict, NotAllowed.
    """
    rows = AskedPerson.objects.select_for_update(of=("self",))
    current = rows.select_related("question__record", "question__product").get(pk=person.pk)
    question = Question.objects.select_for_update(of=("self",)).select_related("record").get(pk=current.question_id)  # fmt: skip
    who = actor or Actor(name=current.name, user_id=current.user_id)
    if actor is not None:
        require(actor, "question.answer", current.question.product)
        if actor.user_id is None or current.user_id != actor.user_id:
            raise NotAllowed("You are not asked.")
    if not takes_answers(question):
        raise Conflict(fields={"comment": "The question is closed; answers stand as they are."})
    said = comment.strip()
    choices = dict(offered(question))
    if choices and verdict not in choices:
        raise Invalid(fields={"verdict": "Choose one of the answers."})
    if not choices and not said:
        raise Invalid(fields={"comment": "Write down what you think."})
    if len(said) > LONGEST["comment"]:
        raise Invalid(fields={"comment": f"Write at most {LONGEST['comment']} characters."})
    before = (current.verdict, current.comment)
    now = (verdict if choices else "", said)
    if current.answered_at is not None and before == now:
        return current
    current.verdict, current.comment = now
    current.answered_at = timezone.now()
    current.save(update_fields=["verdict", "comment", "answered_at"])
    emit(
        "question.answered", actor=who, record=_record(question), id=question.uuid, person=current.name,
        answer=current.said or said[:120],
    )  # fmt: skip
    return current


@service
def question_close(*, actor: Actor, record: StageRecord, question: Question) -> None:
    """Take no more answers. Twice is once. Emits `question.closed`."""
    require(actor, "question.ask", record.product)
    current = Question.objects.select_for_update().get(pk=question.pk)
    if current.record_id != record.pk:
        raise NotVisible
    if current.closed_at is None:
        current.closed_at = timezone.now()
        current.save(update_fields=["closed_at"])
        emit("question.closed", actor=actor, record=record, id=current.uuid, text=current.text)


def _record(question: Question) -> Any:
    return kind_named(question.record.kind).model.objects.get(pk=question.record_id)


# --- mails -------------------------------------------------------------------------------------------


@service
def question_mail_take(*, person_id: int) -> tuple[AskedPerson, str] | None:
    """Give somebody the link that is mailed next: the person and its secret, or None for who waits no longer.

    A member who has lost access since gets none.
    """
    rows = AskedPerson.objects.select_for_update(of=("self",)).select_related(
        "question__product__workspace", "question__asked_by", "user"
    )
    person = rows.filter(pk=person_id, mail_state="asked", question__closed_at=None).first()
    if person is None or not person.mail_times:
        return None
    if person.user is not None and not viewers_of(person.question.product).filter(pk=person.user.pk).exists():  # fmt: skip
        link_mail_done(row=person, problem="Has no access to the product any more.")
        return None
    return person, link_secret_make(row=person, salt="roadmap.question")
