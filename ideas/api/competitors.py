"""Competitors and the comparison over the API."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from ideas.kinds.competitors import COMPETITOR
from ideas.models import Capability, Competitor
from ideas.selectors.competitors import US, comparison, ratings_of
from ideas.serializers.competitors import (
    CapabilityAnswer,
    CapabilitySerializer,
    ComparisonAnswer,
    RatingAnswer,
    RatingSerializer,
)
from ideas.services.competitors import capability_create, capability_rate
from plm.api.records import RecordViewSet
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of, record_by_reference
from plm.models import Reference


class CompetitorViewSet(RecordViewSet):
    """Competitors."""

    kind = COMPETITOR


class CapabilityViewSet(ViewSetMixin, PlmView):
    """What products are compared by, and how well each does it."""

    policies: ClassVar = {
        "list": "competitor.view",
        "create": "competitor.edit",
        "ratings": "competitor.view",
        "rate": "competitor.edit",
    }
    tags: ClassVar = {"": "Ideas"}
    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-f-]{36}"

    @extend_schema(
        operation_id="capabilities_list", responses=ComparisonAnswer,
        parameters=[OpenApiParameter("product", str, required=True, description="Key of the product.")],
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """The comparison of a product: every line with the latest rating of each."""
        refuse_unknown(request.query_params, {"product", "workspace"})
        key = request.query_params.get("product")
        if not key:
            raise Invalid(fields={"product": "Say which product by its key."})
        product = product_of(self.actor, self.workspace_id, key[:10])
        return Response({"results": [_line(row) for row in comparison(self.actor, product).rows]})

    @extend_schema(request=CapabilitySerializer, responses={201: CapabilityAnswer})
    def create(self, request: Request) -> Response:
        """Add a line to the comparison."""
        given = CapabilitySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        product = product_of(self.actor, self.workspace_id, values["product"])
        record = self._record(values.get("record"))
        row = Reference.objects.get(pk=record.pk) if record is not None else None
        made = capability_create(actor=self.actor, product=product, name=values["name"], record=row)
        shown: dict[str, Any] = {"id": made.uuid, "name": made.name, "record": record.reference if record else None, "behind": False, "ratings": []}  # fmt: skip
        return Response(shown, status=status.HTTP_201_CREATED)

    @extend_schema(
        responses=RatingAnswer(many=True), parameters=[OpenApiParameter("competitor", str)]
    )
    @action(detail=True, methods=["get"])
    def ratings(self, request: Request, uuid: UUID) -> Response:
        """The ratings of one competitor, or without one of ours, newest first."""
        refuse_unknown(request.query_params, {"competitor", "workspace"})
        competitor = self._competitor(request.query_params.get("competitor"))
        rows = ratings_of(self._capability(uuid, "competitor.view"), competitor)
        return Response(RatingAnswer(rows, many=True).data)

    @extend_schema(request=RatingSerializer, responses={201: RatingAnswer})
    @ratings.mapping.post
    def rate(self, request: Request, uuid: UUID) -> Response:
        """Say how well somebody does it, as seen on a day. Earlier ratings are kept."""
        capability = self._capability(uuid, "competitor.view")
        given = RatingSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        competitor = self._competitor(values.pop("competitor", None))
        made = capability_rate(
            actor=self.actor, capability=capability, competitor=competitor, **values
        )
        return Response(RatingAnswer(made).data, status=status.HTTP_201_CREATED)

    def _capability(self, uuid: UUID, action_: str) -> Capability:
        rows = Capability.objects.visible_to(self.actor, action_).filter(
            workspace_id=self.workspace_id
        )
        found = rows.select_related("product__workspace").filter(uuid=uuid).first()
        if found is None:
            raise NotVisible
        return found

    def _record(self, reference: str | None) -> Any:
        if not reference:
            return None
        try:
            return record_by_reference(self.actor, self.workspace_id, reference)
        except NotVisible:
            raise Invalid(fields={"record": "There is no such record here."}) from None

    def _competitor(self, reference: str | None) -> Competitor | None:
        if not reference or reference == US:
            return None
        try:
            found = record_by_reference(self.actor, self.workspace_id, reference[:24])
        except NotVisible:
            found = None
        if not isinstance(found, Competitor):
            raise Invalid(fields={"competitor": "There is no such competitor here."})
        return found


def _line(row: Any) -> dict[str, Any]:
    line = row.capability
    return {
        "id": line.uuid,
        "name": line.name,
        "record": line.record.key if line.record else None,
        "behind": row.behind,
        "ratings": [
            {"competitor": None if m.who == US else m.who, "rating": m.rating, "on": m.on}
            for m in row.marks
        ],
    }
