"""The traceability matrix over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed, paged
from plm.api.parameters import PAGED
from plm.api.views import OfProduct
from plm.filters import refuse_unknown
from plm.paging import page_size
from roadmap.selectors.traceability import SHOWS, TraceRow, matrix, orphans, show_known
from roadmap.serializers.traceability import OrphanAnswer, TraceAnswer

SHOW = OpenApiParameter(
    "show",
    {"type": "string", "enum": [name for name, _ in SHOWS if name]},
    description="Requirements without a story, with one, or not met yet; all of them without it.",
)


class TraceabilityView(OfProduct):
    """Requirements with their stories, releases and results."""

    tags: ClassVar[Mapping[str, str]] = {"": "Specification"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "spec.view"}

    @extend_schema(responses=paged("TracePage", TraceAnswer), parameters=[SHOW, *PAGED])
    def get(self, request: Request, key: str) -> Response:
        """Requirement after requirement of the standing specifications, the oldest specification first."""
        params = request.query_params
        refuse_unknown(params, {"workspace", "show", "cursor", "size"})
        product = self.product(key, "spec.view")
        page = matrix(
            self.actor, product, show=show_known(params.get("show")), cursor=params.get("cursor", ""),
            size=page_size(params.get("size")),
        )  # fmt: skip
        found = [_json(row) for row in page.rows]
        return Response({"results": found, "next_cursor": page.next_cursor or None})


class OrphansView(OfProduct):
    """Stories that fulfil no requirement."""

    tags: ClassVar[Mapping[str, str]] = {"": "Specification"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "spec.view"}

    @extend_schema(responses=listed("Orphans", OrphanAnswer))
    def get(self, request: Request, key: str) -> Response:
        """Stories below something specified that fulfil no requirement: the first hundred."""
        refuse_unknown(request.query_params, {"workspace"})
        rows = orphans(self.actor, self.product(key, "spec.view"))
        found = [
            {**_record(story), "parent": story.parent.reference if story.parent else ""}
            for story in rows
        ]
        return Response({"results": found})


def _record(record: Any) -> dict[str, str]:
    return {"reference": record.reference, "title": record.title, "state": record.state}


def _json(row: TraceRow) -> dict[str, Any]:
    requirement, spec = row.requirement, row.requirement.spec
    target = spec.success_target
    return {
        "id": requirement.uuid, "text": requirement.text, "moscow": requirement.moscow, "type": requirement.type,
        "state": requirement.state, "spec": _record(spec), "coverage": row.coverage_name,
        "stories": [_record(story) for story in row.stories],
        "releases": [_record(release) for release in row.releases],
        "result": {
            "metric": spec.success_metric, "target": None if target is None else f"{target:f}", "unit": spec.success_unit,
        },
    }  # fmt: skip
