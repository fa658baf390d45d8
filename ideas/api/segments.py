"""Segments over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.models import Segment
from ideas.segments import TESTS
from ideas.services.segments import segment_create, segment_remove, segment_update
from plm.api.answers import listed
from plm.api.records import etag, version_of
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import NotVisible
from plm.models import Workspace

MOST = 1000


class RuleSerializer(Input):
    """`field` is name, plan, segment, currency, external_id, mrr, arr, as_of, or `attribute:<name>`."""

    field = serializers.CharField(max_length=80)
    test = serializers.ChoiceField(choices=list(TESTS.items()))
    value = serializers.JSONField(required=False, allow_null=True, default=None)


class SegmentSerializer(Input):
    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(max_length=120)
    rules = RuleSerializer(many=True)
    any_of = serializers.BooleanField(required=False)
    weight = serializers.DecimalField(
        max_digits=6, decimal_places=2, min_value=0, max_value=100, required=False
    )
    version = serializers.IntegerField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)


class MemberAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    external_id = serializers.CharField()


class _View(PlmView):
    workspace_wide = True
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    serializer_class: ClassVar[Any] = SegmentSerializer

    def rows(self) -> Any:
        return Segment.objects.visible_to(self.actor, "segment.view").filter(
            workspace_id=self.workspace_id
        )

    def one(self, uuid: UUID) -> Segment:
        found = self.rows().filter(uuid=uuid).first()
        if not isinstance(found, Segment):
            raise NotVisible
        return found

    def values(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        given = SegmentSerializer(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def answer(self, row: Segment, code: int = status.HTTP_200_OK) -> Response:
        return Response(
            SegmentSerializer(row).data, status=code, headers={"ETag": etag(row.version)}
        )


class SegmentsView(_View):
    policies: ClassVar[Mapping[str, str]] = {"get": "segment.view", "post": "segment.create"}

    @extend_schema(responses=listed("Segments", SegmentSerializer))
    def get(self, request: Request) -> Response:
        """The segments of the workspace by name."""
        del request
        return Response({"results": SegmentSerializer(self.rows()[:100], many=True).data})

    @extend_schema(responses={201: SegmentSerializer})
    def post(self, request: Request) -> Response:
        """Name a segment by its rules."""
        workspace = Workspace.objects.get(pk=self.workspace_id)
        row = segment_create(actor=self.actor, workspace=workspace, values=self.values(request))
        return self.answer(row, status.HTTP_201_CREATED)


class SegmentView(_View):
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "segment.view", "patch": "segment.edit", "delete": "segment.edit"
    }  # fmt: skip

    def get(self, request: Request, uuid: UUID) -> Response:
        """One segment, with its ETag."""
        del request
        return self.answer(self.one(uuid))

    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change a segment you have read (`If-Match`)."""
        values = self.values(request, partial=True)
        row = segment_update(
            actor=self.actor, segment=self.one(uuid), values=values, version=version_of(request)
        )
        return self.answer(row)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Take a segment away; its companies stay."""
        del request
        segment_remove(actor=self.actor, segment=self.one(uuid))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SegmentCompaniesView(_View):
    policies: ClassVar[Mapping[str, str]] = {"get": "segment.view"}
    serializer_class = MemberAnswer

    @extend_schema(responses=listed("SegmentCompanies", MemberAnswer))
    def get(self, request: Request, uuid: UUID) -> Response:
        """Who is in the segment now, by name: the first thousand."""
        del request
        rows = self.one(uuid).companies().order_by("name", "pk")
        return Response({"results": MemberAnswer(rows[:MOST], many=True).data})
