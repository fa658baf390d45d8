"""The backlog as of a moment, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.filters.items_past import OFFERED, PastItemFilter
from backlog.models import BacklogItem
from backlog.models.item import PRIORITIES, TYPES
from backlog.selectors.backlog_past import PastItem, backlog_as_of
from plm.api.answers import reference
from plm.api.parameters import free_form, moment_parameter
from plm.api.views import OfProduct
from plm.errors import InvalidQuery
from plm.filters import refuse_unknown
from plm.past import moment_asked

MOST_ROWS, MOST_PARTS = 500, 99_999
_CHOICES = {
    "type": dict(TYPES), "state": dict(BacklogItem.workflow.choices), "priority": dict(PRIORITIES)
}  # fmt: skip
FILTERS = [
    OpenApiParameter("q", str, description="Words in the title of then."),
    *(
        OpenApiParameter(name, str, enum=list(choices), many=True, description="Any of these, as of then.")
        for name, choices in _CHOICES.items()
    ),
    OpenApiParameter("owner", str, description="me, none, or a person's id; one who owned it then by the name of now."),
    OpenApiParameter("team", OpenApiTypes.UUID, description="The id of a team, by the name it has now."),
    OpenApiParameter("component", str, description="The id of a component, by the name it has now, or none."),
    OpenApiParameter("tag", str, description="One tag it had then."),
    OpenApiParameter("parent", str, description="The item it was below, such as ATL-12, or none."),
    OpenApiParameter("sprint", str, description="A sprint, such as ATL-12; current, for one that ran then; or none."),
    OpenApiParameter("idea", str, description="An idea it came from, such as ATL-12; ideas that were merged since count as the one they are part of."),
    OpenApiParameter("due_before", OpenApiTypes.DATE, description="Was due before this day."),
    OpenApiParameter("scored", bool, description="Had a score."),
]  # fmt: skip


class PastItemAnswer(serializers.Serializer[Any]):
    """A backlog item as it was."""

    reference = reference()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=BacklogItem.workflow.choices)
    type = serializers.ChoiceField(choices=TYPES)
    priority = serializers.ChoiceField(choices=PRIORITIES)
    owner = serializers.CharField(allow_null=True)
    team = serializers.CharField(allow_null=True)
    estimate = serializers.CharField(allow_null=True, help_text="In points.")
    parent = serializers.CharField(  # type: ignore[assignment] # named like a property of serializers
        allow_null=True, help_text="Reference of the item above it."
    )
    sprint = serializers.CharField(allow_null=True, help_text="Reference of its sprint.")
    due_on = serializers.DateField(allow_null=True)
    score = serializers.FloatField(allow_null=True, help_text="Computed again from what was kept.")
    rank = serializers.IntegerField(help_text="Place in the list of then; 0 out of the ranking.")
    planned = free_form(
        {
            "type": "object",
            "additionalProperties": {"type": ["string", "null"]},
            "description": "References of what it was planned for, such as its `release`.",
        }
    )


class PastBacklogAnswer(serializers.Serializer[Any]):
    """A part of a backlog of then, by rank."""

    total = serializers.IntegerField()
    model = serializers.CharField(
        allow_blank=True, help_text="The scoring model in force then; empty before the first one."
    )
    model_version = serializers.IntegerField()
    next_part = serializers.IntegerField(allow_null=True)
    results = PastItemAnswer(many=True)


class BacklogAsOfView(OfProduct):
    """The backlog as it was."""

    tags: ClassVar[Mapping[str, str]] = {"": "Backlog"}
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view"}

    @extend_schema(
        responses=PastBacklogAnswer,
        parameters=[
            moment_parameter("at"),
            OpenApiParameter(
                "part",
                {"type": "integer", "minimum": 1, "maximum": MOST_PARTS},
                description="Which part of 500 items, from 1.",
            ),
            *FILTERS,
        ],
    )
    def get(self, request: Request, key: str) -> Response:
        """The items with what stood at the moment `at`, by their rank of then, 500 in a part; archived ones left out."""
        params = request.query_params
        refuse_unknown(params, {"workspace", "at", "part", *OFFERED})
        product = self.product(key, "item.view")
        moment = moment_asked(params.get("at", ""))
        part = _part(params.get("part", "1"))
        wanted = PastItemFilter.of(self.actor, product, params, by_client=True).wanted()
        found = backlog_as_of(self.actor, product, moment, part, MOST_ROWS, wanted)
        return Response(
            {
                "total": found.total,
                "model": found.model,
                "model_version": found.version,
                "next_part": part + 1 if found.more else None,
                "results": [_json(item) for item in found.items],
            }
        )


def _part(text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 6 and int(text):
        return int(text)
    raise InvalidQuery(
        "Parts are counted from 1.", fields={"part": f"A number from 1 to {MOST_PARTS}."}
    )


def _json(item: PastItem) -> dict[str, Any]:
    return {
        "reference": item.reference,
        **item.values,
        "score": item.score,
        "rank": item.rank,
        "planned": item.also,
    }
