"""Merging over the API: a part of the resource of ideas."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.models import Idea
from ideas.serializers.ideas import IdeaSerializer, MergeBody, UnmergeBody
from ideas.services.merging import idea_merge, idea_unmerge
from plm.api.records import etag
from plm.errors import Invalid, NotVisible
from plm.kinds import record_by_reference


class MergingOfIdeas:
    """Mixed into the view set of ideas."""

    actor: Any
    workspace_id: int
    get_record: Any
    represent: Any

    @extend_schema(request=MergeBody, responses=IdeaSerializer)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, reference: str) -> Response:
        """Make the idea a duplicate of `into`: votes, comments, files, links and the rest go along, nothing is lost."""
        given = MergeBody(data=request.data)
        given.is_valid(raise_exception=True)
        idea, values = self.get_record(reference), given.validated_data
        try:
            into = record_by_reference(self.actor, self.workspace_id, values["into"])
        except NotVisible:
            into = None
        if not isinstance(into, Idea) or into.product_id != idea.product_id:
            raise Invalid(fields={"into": "There is no such idea in this product."})
        idea_merge(actor=self.actor, source=idea, target=into, reason=values["reason"])
        return self._as_it_stands(request, idea)

    @extend_schema(request=UnmergeBody, responses=IdeaSerializer)
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, reference: str) -> Response:
        """Take the merge back: the idea has again all that went along and still stands."""
        given = UnmergeBody(data=request.data)
        given.is_valid(raise_exception=True)
        idea = self.get_record(reference)
        idea_unmerge(actor=self.actor, idea=idea, reason=given.validated_data["reason"])
        return self._as_it_stands(request, idea)

    def _as_it_stands(self, request: Request, idea: Idea) -> Response:
        body = self.represent(request, idea.pk)
        return Response(body, headers={"ETag": etag(body.get("version", 0), body)})
