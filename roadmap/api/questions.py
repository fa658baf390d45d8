"""Questions on records over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import Invalid, NotAllowed, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import record_by_reference
from plm.selectors import viewers_of
from plm.services.guard import require
from roadmap.models import Question
from roadmap.selectors.questions import Asked, asked_of, questions_on
from roadmap.serializers.questions import QuestionAnswer, QuestionInput, QuestionReplyInput
from roadmap.services.questions import (
    Guest,
    Wording,
    question_answer,
    question_ask,
    question_close,
    question_mail_again,
)

TAGS: Mapping[str, str] = {"": "Roadmap"}
MOST = 100


class OfRecord(PlmView):
    """Something that hangs on a record."""

    tags = TAGS

    def record(self, reference: str, action: str) -> Any:
        found = record_by_reference(self.actor, self.workspace_id, reference)
        require(self.actor, action, found.product)
        return found

    def named(self, reference: str, uuid: UUID, action: str) -> tuple[Any, Question]:
        record = self.record(reference, action)
        row = questions_on(self.actor, record).filter(uuid=uuid).first()
        if row is None:
            raise NotVisible
        return record, row

    def answer(self, row: Question, code: int = 200) -> Response:
        return Response(_question(asked_of([row], self.actor)[0]), status=code)


class QuestionsView(OfRecord):
    """The questions of a record."""

    policies: ClassVar[Mapping[str, str]] = {"get": "question.view", "post": "question.ask"}
    serializer_class = QuestionInput

    @extend_schema(responses=listed("Questions", QuestionAnswer))
    def get(self, request: Request, reference: str) -> Response:
        """With who was asked and what they said, the latest 100 first."""
        refuse_unknown(request.query_params, {"workspace"})
        rows = list(questions_on(self.actor, self.record(reference, "question.view"))[:MOST])
        return Response({"results": [_question(asked) for asked in asked_of(rows, self.actor)]})

    @extend_schema(request=QuestionInput, responses={201: QuestionAnswer})
    def post(self, request: Request, reference: str) -> Response:
        """Ask people about a record. Each gets a mail with a link of their own."""
        record = self.record(reference, "question.ask")
        given = QuestionInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        members, guests = values.pop("members"), values.pop("guests")
        people = list(viewers_of(record.product).filter(uuid__in=members)) if members else []
        if len(people) < len(set(members)):
            raise Invalid(fields={"members": "Name people who may see the product."})
        row = question_ask(
            actor=self.actor, record=record, wording=Wording(**{"title": record.title, **values}), members=people,
            guests=[Guest(guest["name"], guest["email"]) for guest in guests],
        )  # fmt: skip
        return self.answer(row, status.HTTP_201_CREATED)


class QuestionView(OfRecord):
    """One question of a record."""

    policies: ClassVar[Mapping[str, str]] = {"get": "question.view", "delete": "question.ask"}

    @extend_schema(responses=QuestionAnswer)
    def get(self, request: Request, reference: str, uuid: UUID) -> Response:
        """With who was asked and what they said."""
        refuse_unknown(request.query_params, {"workspace"})
        _, row = self.named(reference, uuid, "question.view")
        return self.answer(row)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, reference: str, uuid: UUID) -> Response:
        """Close it: answers stand, and none is taken any more."""
        del request
        record, row = self.named(reference, uuid, "question.ask")
        question_close(actor=self.actor, record=record, question=row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class QuestionReplyView(OfRecord):
    """The caller's answer to a question."""

    policies: ClassVar[Mapping[str, str]] = {"post": "question.answer"}
    serializer_class = QuestionReplyInput

    @extend_schema(request=QuestionReplyInput, responses=QuestionAnswer)
    def post(self, request: Request, reference: str, uuid: UUID) -> Response:
        """Answer, as the member who is asked; again changes the answer."""
        _, row = self.named(reference, uuid, "question.answer")
        given = QuestionReplyInput(data=request.data)
        given.is_valid(raise_exception=True)
        person = row.people.filter(user_id=self.actor.person_key).first()
        if person is None:
            raise NotAllowed("You are not asked.")
        question_answer(person=person, actor=self.actor, **given.validated_data)
        return self.answer(row)


class QuestionMailView(OfRecord):
    """The mail to somebody who is asked."""

    policies: ClassVar[Mapping[str, str]] = {"post": "question.ask"}
    serializer_class = Input

    @extend_schema(request=None, responses=QuestionAnswer)
    def post(self, request: Request, reference: str, uuid: UUID, person: UUID) -> Response:
        """Send their link again; the one before opens no more. Answers 409 where the question is closed."""
        del request
        record, row = self.named(reference, uuid, "question.ask")
        found = row.people.filter(uuid=person).first()
        if found is None:
            raise NotVisible
        question_mail_again(actor=self.actor, record=record, person=found)
        return self.answer(row)


def _question(asked: Asked) -> dict[str, Any]:
    row = asked.question
    return {
        "id": row.uuid, "kind": row.kind, "text": row.text, "title": row.title, "about": row.about,
        "options": row.options, "due_on": row.due_on, "asked_by": str(row.asked_by) if row.asked_by else None,
        "created_at": row.created_at, "closed_at": row.closed_at,
        "people": [
            {
                "id": person.uuid, "name": person.name, "mail": person.mail_state, "verdict": person.verdict,
                "comment": person.comment, "answered_at": person.answered_at,
            }
            for person in asked.people
        ],
    }  # fmt: skip
