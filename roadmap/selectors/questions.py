"""Reads of questions: of a record, of the person behind a link, and what is still to be mailed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from plm.models import StageRecord
from plm.permissions import Actor
from plm.selectors import secret_hash
from roadmap.models import AskedPerson, Question
from roadmap.models.question import VERDICTS

MOST_IN_PANEL = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as its page and the panel show it. `mine` is the row of the reader, if they are asked."""

    question: Question
    people: list[AskedPerson]
    counts: list[tuple[str, int]]
    answered: int
    mine: AskedPerson | None


def questions_on(actor: Actor, record: StageRecord) -> Any:
    """Questions on a record that the actor may see, the latest first."""
    rows = Question.objects.visible_to(actor, "question.view").on(record.pk)
    return rows.select_related("asked_by", "record__product__workspace")


def asked_of(questions: list[Question], actor: Actor) -> list[Asked]:
    """Questions with who was asked and what they said. One statement."""
    people: dict[int, list[AskedPerson]] = {question.pk: [] for question in questions}
    for row in AskedPerson.objects.filter(question__in=list(people)).order_by("pk"):
        people[row.question_id].append(row)
    return [_asked(question, people[question.pk], actor) for question in questions]


def _asked(question: Question, people: list[AskedPerson], actor: Actor) -> Asked:
    choices = offered(question)
    counts = [
        (label, sum(1 for row in people if row.answered_at and row.verdict == value))
        for value, label in choices
    ]
    mine = next((row for row in people if row.user_id and row.user_id == actor.user_id), None)
    return Asked(question, people, counts, sum(1 for row in people if row.answered_at), mine)


def offered(question: Question) -> list[tuple[str, str]]:
    """(value, label) of what there is to choose from; empty where only words are asked for."""
    if question.kind == "approve":
        return list(VERDICTS)
    return [(option, option) for option in question.options] if question.kind == "choose" else []


def questions_panel(actor: Actor, record: StageRecord) -> dict[str, Any] | None:
    """The latest questions on a record with their answers; None where there are none and nobody here may ask."""
    if not actor.may("question.view", record.workspace_id, record.product_id):
        return None
    found = list(questions_on(actor, record)[: MOST_IN_PANEL + 1])
    may_ask = actor.may("question.ask", record.workspace_id, record.product_id)
    if not found and not may_ask:
        return None
    return {
        "asked": asked_of(found[:MOST_IN_PANEL], actor) if found else [],
        "more": len(found) > MOST_IN_PANEL,
        "record": record,
        "may_ask": may_ask,
    }


def person_of_link(secret: str) -> AskedPerson | None:
    """Whoever a link was made for, while the product is there; None for a link that opens nothing."""
    if len(secret) != 64:
        return None
    rows = AskedPerson.objects.select_related(
        "question__record__product", "question__product", "user"
    )
    found: AskedPerson | None = rows.filter(
        token_hash=secret_hash(secret), question__product__archived_at=None
    ).first()
    return found


def takes_answers(question: Question) -> bool:
    """Whether it can still be answered."""
    return question.closed_at is None and not question.record.archived


def question_mails_waiting(question_id: int) -> list[int]:
    """People of an open question whose mail is still to go, by primary key."""
    rows = AskedPerson.objects.filter(
        question_id=question_id, question__closed_at=None, mail_state="asked"
    )
    return list(rows.filter(~Q(email="")).order_by("pk").values_list("pk", flat=True))
