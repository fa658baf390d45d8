"""Items, sprints and specifications over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.api.priority import ItemPriority
from backlog.api.reviews import ItemReadiness, SpecReviews
from backlog.api.threads import SpecThreads
from backlog.kinds import ITEM, SPEC, SPRINT
from backlog.models import SpecVersion
from backlog.selectors.stories import proposals
from backlog.serializers.specs import (
    PlaceSerializer,
    RestoreVersionSerializer,
    SpecVersionAnswer,
    StoriesAnswer,
    StoriesSerializer,
    StorySerializer,
)
from backlog.services.items import item_place
from backlog.services.specs import spec_restore_version
from backlog.services.stories import stories_create
from plm.api.answers import listed
from plm.api.records import RecordViewSet, etag, version_of
from plm.errors import Invalid, NotVisible
from plm.kinds import record_by_reference


class ItemViewSet(RecordViewSet, ItemPriority, ItemReadiness):
    """Backlog items: epics, features, stories, tasks and bugs."""

    kind = ITEM
    reads_back = False
    policies: ClassVar[Mapping[str, str]] = {
        **RecordViewSet.policies,
        **ItemPriority.policies,
        "move": "item.move",
        "readiness": "item.view",
    }

    @extend_schema(request=PlaceSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, reference: str) -> Response:
        """Put the item's card into a column of the board, on top or below another card. `If-Match` is honoured."""
        asked = PlaceSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        item = self.get_record(reference)
        after = self._card(asked.validated_data.get("after"))
        moved = item_place(
            actor=self.actor,
            item=item,
            state=asked.validated_data["state"],
            after=after,
            version=version_of(request) if "If-Match" in request.headers else None,
            reason=asked.validated_data.get("reason", ""),
            overriding=asked.validated_data["override"],
        )
        body = self.represent(request, moved.pk)
        return Response(body, headers={"ETag": etag(moved.version, body)})

    def _card(self, reference: str | None) -> Any:
        if not reference:
            return None
        try:
            found = record_by_reference(self.actor, self.workspace_id, reference)
        except NotVisible:
            found = None
        if found is None or found.kind != "item":
            raise Invalid(fields={"after": "There is no such item here."})
        return found


class SprintViewSet(RecordViewSet):
    """Sprints."""

    kind = SPRINT


class SpecViewSet(RecordViewSet, SpecReviews, SpecThreads):
    """Specifications, with their requirements inside."""

    kind = SPEC
    policies: ClassVar[Mapping[str, str]] = {
        **RecordViewSet.policies,
        **SpecReviews.policies,
        **SpecThreads.policies,
        "versions": "spec.view",
        "restore_version": "spec.edit",
        "stories": "spec.edit",
        "proposed_stories": "spec.view",
    }

    @extend_schema(responses=listed("SpecVersions", SpecVersionAnswer))
    @action(detail=True, methods=["get"])
    def versions(self, request: Request, reference: str) -> Response:
        """All versions of the specification, newest first, each with its whole content."""
        del request
        rows = SpecVersion.objects.filter(spec_id=self._pk(reference)).select_related("author")
        found = [
            {
                "number": row.number,
                "author": str(row.author) if row.author else None,
                "reason": row.reason,
                "created_at": row.created_at,
                "content": row.content,
            }
            for row in rows
        ]
        return Response({"results": found})

    @extend_schema(responses=listed("ProposedStories", StorySerializer))
    @action(detail=True, methods=["get"], url_path="proposed-stories")
    def proposed_stories(self, request: Request, reference: str) -> Response:
        """One story for each functional requirement that has none yet: change them, then send them to `stories`."""
        del request
        found = [
            {
                "requirement": str(row.requirement.uuid),
                "title": row.title,
                "acceptance": row.requirement.acceptance,
            }
            for row in proposals(self.get_record(reference))
        ]
        return Response({"results": found})

    @extend_schema(request=StoriesSerializer, responses={201: StoriesAnswer})
    @action(detail=True, methods=["post"])
    def stories(self, request: Request, reference: str) -> Response:
        """Make these stories below what is specified, all or none. A requirement that has a story is refused."""
        asked = StoriesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = stories_create(
            actor=self.actor,
            spec=self.get_record(reference),
            stories=asked.validated_data["stories"],
            reason=asked.validated_data.get("reason", ""),
        )
        return Response({"items": [item.reference for item in made]}, status=201)

    @extend_schema(request=RestoreVersionSerializer)
    @action(detail=True, methods=["post"], url_path="restore-version")
    def restore_version(self, request: Request, reference: str) -> Response:
        """Make the content of an earlier version the content again, as a new version."""
        asked = RestoreVersionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        spec = spec_restore_version(
            actor=self.actor,
            spec=self.get_record(reference),
            number=asked.validated_data["number"],
            version=version_of(request) if "If-Match" in request.headers else None,
            reason=asked.validated_data.get("reason", ""),
        )
        body = self.represent(request, spec.pk)
        return Response(body, headers={"ETag": etag(spec.version, body)})
