"""Feedback and its quotes over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from feedback.kinds import FEEDBACK
from feedback.models import Feedback, FeedbackLink
from feedback.selectors import target_named
from feedback.services.quotes import idea_from_quote, quote_add, quote_remove
from ideas.models.idea import IMPORTANCES
from plm.api.answers import listed, reference
from plm.api.records import RecordViewSet
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.kinds import record_by_reference
from plm.services.guard import require


class FeedbackViewSet(RecordViewSet):
    """Feedback."""

    kind = FEEDBACK


class QuoteInput(Input):
    """`target` is the reference of an idea or item; `new_idea` the title of an idea to make instead."""

    target = serializers.CharField(max_length=24, required=False)
    new_idea = serializers.CharField(max_length=250, required=False)
    excerpt = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    start = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=2**31 - 1, default=None
    )
    importance = serializers.ChoiceField(choices=IMPORTANCES, default=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("target" in attrs) == ("new_idea" in attrs):
            raise serializers.ValidationError(
                {"target": "Give either the reference of an idea or item, or `new_idea`."}
            )
        return attrs


class QuoteAnswer(serializers.Serializer[Any]):
    """`start` and `end` are null when the words no longer stand in the text."""

    id = serializers.UUIDField()
    target = reference()
    target_kind = serializers.CharField(allow_null=True)
    excerpt = serializers.CharField()
    start = serializers.IntegerField(allow_null=True)
    end = serializers.IntegerField(allow_null=True)
    importance = serializers.ChoiceField(choices=IMPORTANCES)
    created_at = serializers.DateTimeField()


class QuotesView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Feedback"}
    policies: ClassVar[Mapping[str, str]] = {"get": "feedback.view", "post": "feedback.link"}
    serializer_class = QuoteInput

    @extend_schema(responses=listed("Quotes", QuoteAnswer))
    def get(self, request: Request, reference: str) -> Response:
        """The quotes of a feedback, the most important first."""
        del request
        rows = FeedbackLink.objects.filter(feedback=_feedback(self, reference, "view"))
        return Response({"results": [quote_json(quote) for quote in rows.with_voice()[:1000]]})

    @extend_schema(request=QuoteInput, responses={201: QuoteAnswer})
    def post(self, request: Request, reference: str) -> Response:
        """Link words of the feedback with an idea or item, or with a new idea."""
        feedback = _feedback(self, reference, "link")
        given = QuoteInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        title, named = values.pop("new_idea", None), values.pop("target", "")
        if title is not None:
            quote = idea_from_quote(actor=self.actor, feedback=feedback, title=title, **values)
        else:
            target = _target(self, named)
            quote = quote_add(actor=self.actor, feedback=feedback, target=target, **values)
        return Response(quote_json(quote), status=status.HTTP_201_CREATED)


class QuoteView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Feedback"}
    policies: ClassVar[Mapping[str, str]] = {"delete": "feedback.link"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, reference: str, uuid: UUID) -> Response:
        """Take a quote back."""
        del request
        feedback = _feedback(self, reference, "link")
        quote_remove(actor=self.actor, feedback=feedback, uuid=uuid)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _feedback(view: PlmView, reference: str, action: str) -> Feedback:
    found = record_by_reference(view.actor, view.workspace_id, reference[:24])
    if not isinstance(found, Feedback):
        raise NotVisible
    require(view.actor, f"feedback.{action}", found.product)
    return found


def _target(view: PlmView, reference: str) -> Any:
    try:
        found = record_by_reference(view.actor, view.workspace_id, reference)
    except NotVisible:
        raise Invalid(fields={"target": "There is no such idea or item here."}) from None
    return target_named(view.actor, found.product, found.reference)


def quote_json(quote: FeedbackLink) -> dict[str, Any]:
    """A quote as the API gives it. `start` and `end` are null when its words no longer stand in the text."""
    target = quote.target
    return {
        "id": quote.uuid,
        "target": target.reference if target else None,
        "target_kind": target.kind if target else None,
        "excerpt": quote.excerpt,
        "start": quote.start,
        "end": quote.end,
        "importance": quote.importance,
        "created_at": quote.created_at,
    }
