"""The decisions of a product over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import ChangeAnswer, paged
from plm.api.parameters import PAGED
from plm.api.shared import event_json
from plm.api.views import OfProduct
from plm.decisions import (
    MOST_TEXT,
    NAMES,
    REASONS,
    all_subjects,
    asked_of,
    coverage_of,
    decisions_of,
    subjects_of,
)
from plm.filters import refuse_unknown
from plm.kinds import all_kinds
from plm.models import Event
from plm.paging import ordering_for, page_size, paginate

DAY = {"type": "string", "format": "date"}
SUBJECTS = [subject.name for subject in all_subjects()]
FILTERS = [
    OpenApiParameter(
        "q", {"type": "string", "minLength": 1, "maxLength": MOST_TEXT},
        description="Words: each stands in the reason or in the title of the record.",
    ),
    OpenApiParameter(
        "about", {"type": "string", "enum": ["all", *SUBJECTS], "default": "all"}, description="What was decided on."
    ),
    OpenApiParameter(
        "kind", {"type": "string", "enum": [kind.name for kind in all_kinds()]}, description="Kind of the record."
    ),
    OpenApiParameter(
        "reason", {"type": "string", "enum": list(REASONS), "default": "all"}, description="Those that say why, or do not."
    ),
    OpenApiParameter("from", DAY, description="The first day."),
    OpenApiParameter("to", DAY, description="The last day."),
]  # fmt: skip


class DecisionMadeAnswer(ChangeAnswer):
    """An event that is a decision. `reference` is null where the product itself was decided on; an empty `reason` says
    that none was given."""

    title = serializers.CharField(help_text="Of the record, or the name of the product.")
    about = serializers.ListField(child=serializers.ChoiceField(choices=SUBJECTS))


class CoverageAnswer(serializers.Serializer[Any]):
    """How many decisions of the last days say why, whatever the filters."""

    days = serializers.IntegerField(min_value=1)
    decisions = serializers.IntegerField(min_value=0)
    with_reason = serializers.IntegerField(min_value=0)
    more = serializers.BooleanField(help_text="There are more: these are the last thousand.")


class DecisionsView(OfProduct):
    """What was decided in a product."""

    tags: ClassVar[Mapping[str, str]] = {"": "Any record"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "record.view"}

    @extend_schema(
        parameters=[*FILTERS, *PAGED],
        responses=paged("DecisionPage", DecisionMadeAnswer, coverage=CoverageAnswer()),
    )
    def get(self, request: Request, key: str) -> Response:
        """Changes of state, of dates and places, of ranks, merges, phases and running sprints, and what was archived, newest first, each with its reason."""
        params = request.query_params
        refuse_unknown(params, {"workspace", "cursor", "size", *NAMES})
        product = self.product(key, "record.view")
        asked = asked_of({name: params[name] for name in NAMES if name in params})
        rows = decisions_of(self.actor, product, asked)
        page = paginate(
            rows.select_related("record__product"),
            ordering=ordering_for(rows, "-sequence", {"sequence": "sequence"}),
            cursor=params.get("cursor", ""),
            size=page_size(params.get("size")),
            binding=request.path + asked.binding,
        )
        told = coverage_of(self.actor, product)
        return Response(
            {
                "results": [_json(row, product.name) for row in page.rows],
                "next_cursor": page.next_cursor or None,
                "coverage": {
                    "days": told.days, "decisions": told.decisions, "with_reason": told.with_reason,
                    "more": told.more,
                },
            }
        )  # fmt: skip


def _json(event: Event, name: str) -> dict[str, Any]:
    row = event.record
    return {
        **event_json(event, row.key if row else ""),
        "reason": event.why,
        "title": row.title if row else name,
        "about": [subject.name for subject in subjects_of(event)],
    }
