"""Places given against the score over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models.override import ENDS, VERDICTS
from backlog.selectors import overrides as reads
from backlog.services.ranks import override_judge
from plm.api.answers import paged, reference
from plm.api.parameters import PAGED
from plm.api.serializers import Input
from plm.api.views import OfProduct
from plm.errors import NotVisible
from plm.filters import refuse_unknown
from plm.paging import ordering_for, page_size, paginate


class VerdictInput(Input):
    verdict = serializers.ChoiceField(choices=VERDICTS)
    reason = serializers.CharField(min_length=3, max_length=2000)
    version = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="The version of the override you looked at."
    )  # fmt: skip


class MeasuredAnswer(serializers.Serializer[Any]):
    name = serializers.CharField()
    value = serializers.FloatField()
    unit = serializers.CharField()
    at = serializers.DateTimeField()
    baseline = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)


class OverrideAnswer(serializers.Serializer[Any]):
    """Places by score are null where they are not known: before it was recorded, or out of the ranking now."""

    id = serializers.UUIDField()
    item = reference()
    title = serializers.CharField()
    reason = serializers.CharField()
    made_by = serializers.CharField(allow_null=True)
    made_at = serializers.DateTimeField()
    place = serializers.IntegerField(min_value=1)
    place_before = serializers.IntegerField(allow_null=True)
    place_by_score_then = serializers.IntegerField(allow_null=True)
    place_by_score_now = serializers.IntegerField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end = serializers.ChoiceField(choices=ENDS, allow_null=True)
    state = serializers.CharField()
    done_after_days = serializers.IntegerField(allow_null=True)
    success_metric = serializers.CharField(allow_blank=True)
    measured = MeasuredAnswer(many=True)
    verdict = serializers.ChoiceField(choices=VERDICTS, allow_null=True)
    verdict_reason = serializers.CharField(allow_blank=True)
    verdict_by = serializers.CharField(allow_null=True)
    verdict_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(min_value=1)


def _name(user: Any) -> str | None:
    return str(user) if user else None


def _json(row: reads.Told) -> dict[str, Any]:
    one = row.override
    return {
        "id": str(one.uuid), "item": row.item.reference, "title": row.item.title, "reason": one.reason,
        "made_by": _name(one.made_by), "made_at": one.made_at, "place": one.place, "place_before": one.place_before,
        "place_by_score_then": one.place_by_score, "place_by_score_now": row.by_score,
        "ended_at": one.ended_at, "end": one.end or None, "state": row.item.state,
        "done_after_days": row.done_after, "success_metric": row.spec.success_metric if row.spec else "",
        "measured": [
            {"name": m.name, "value": m.value, "unit": m.unit, "at": m.at, "baseline": m.baseline, "target": m.target}
            for m in row.measured
        ],
        "verdict": one.verdict or None, "verdict_reason": one.verdict_reason, "verdict_by": _name(one.verdict_by),
        "verdict_at": one.verdict_at, "version": one.version,
    }  # fmt: skip


class OverridesView(OfProduct):
    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view"}

    @extend_schema(responses=paged("OverridePage", OverrideAnswer), parameters=PAGED)
    def get(self, request: Request, key: str) -> Response:
        """Places given against the score, the newest first, with what came of the items."""
        params = request.query_params
        refuse_unknown(params, {"workspace", "cursor", "size"})
        product = self.product(key, "item.view")
        rows = reads.overrides_of(self.actor, product)
        order = ordering_for(rows, "-made_at", {"made_at": "made_at"})
        page = paginate(
            rows, ordering=order, cursor=params.get("cursor", ""), size=page_size(params.get("size")),
            binding=product.key,
        )  # fmt: skip
        found = [_json(row) for row in reads.told(self.actor, product, page.rows)]
        return Response({"results": found, "next_cursor": page.next_cursor or None})


class OverrideVerdictView(OfProduct):
    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"post": "item.rank"}
    version_in_body: ClassVar[tuple[str, ...]] = ("POST",)
    serializer_class = VerdictInput

    @extend_schema(request=VerdictInput, responses={200: OverrideAnswer})
    def post(self, request: Request, key: str, uuid: UUID) -> Response:
        """Say what came of an override. A later verdict replaces it; the history of the item keeps both."""
        product = self.product(key, "item.rank")
        rows = reads.overrides_of(self.actor, product)
        row = rows.filter(uuid=uuid).first()
        if row is None:
            raise NotVisible
        given = VerdictInput(data=request.data)
        given.is_valid(raise_exception=True)
        override_judge(actor=self.actor, override=row, **given.validated_data)
        (found,) = reads.told(self.actor, product, [rows.get(pk=row.pk)])
        return Response(_json(found))
