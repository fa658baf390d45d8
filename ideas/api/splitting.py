"""Splitting, and the official response, over the API: a part of the resource of ideas."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.serializers.ideas import IdeaSerializer, ResponseBody, SplitBody
from ideas.services.portal import response_set
from ideas.services.splitting import idea_split
from plm.api.records import etag, version_of


class SplittingOfIdeas:
    """Mixed into the view set of ideas."""

    actor: Any
    get_record: Any
    represent: Any

    @extend_schema(request=SplitBody, responses={201: IdeaSerializer})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, reference: str) -> Response:
        """Make a second idea of what `move` names. Merging it back undoes it. `If-Match` is honoured when sent."""
        given = SplitBody(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        made = idea_split(
            actor=self.actor, idea=self.get_record(reference),
            version=version_of(request) if "If-Match" in request.headers else None,
            chosen=values.pop("move"), everything=values.pop("everything"), both=values.pop("both"), tags=values.pop("tags"),
            reason=values.pop("reason"), values=values,
        )  # fmt: skip
        body = self.represent(request, made.pk)
        return Response(
            body, status=status.HTTP_201_CREATED, headers={"ETag": etag(made.version, body)}
        )

    @extend_schema(request=ResponseBody, responses=IdeaSerializer)
    @action(detail=True, methods=["post"], url_path="response")
    def respond(self, request: Request, reference: str) -> Response:
        """Say officially what becomes of the idea, or change that. `If-Match` is honoured when sent."""
        given = ResponseBody(data=request.data)
        given.is_valid(raise_exception=True)
        changed = response_set(
            actor=self.actor, record=self.get_record(reference), body=given.validated_data["body"],
            version=version_of(request) if "If-Match" in request.headers else None,
        )  # fmt: skip
        body = self.represent(request, changed.pk)
        return Response(body, headers={"ETag": etag(changed.version, body)})
