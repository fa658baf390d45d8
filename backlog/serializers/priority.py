"""Scoring models and assessments in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from backlog.models import Assessment, ScoringModel
from backlog.selectors.priority import Explanation
from plm.scoring.definition import METHODS, Definition
from plm.scoring.weighted import shares


class CriterionSerializer(serializers.Serializer[Any]):
    key = serializers.SlugField(max_length=40, required=False)
    label = serializers.CharField(  # type: ignore[assignment]  # declared fields leave the class
        max_length=80, required=False
    )
    weight = serializers.FloatField(required=False)
    scale_min = serializers.FloatField(required=False)
    scale_max = serializers.FloatField(required=False)
    reversed = serializers.BooleanField(required=False)


class ScoringModelSerializer(serializers.Serializer[Any]):
    """`criteria` in their order; RICE has its four factors and takes none."""

    product = serializers.CharField(max_length=10)
    name = serializers.CharField(max_length=80)
    method = serializers.ChoiceField(choices=METHODS)
    criteria = CriterionSerializer(many=True, required=False)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ScoringModelChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, required=False)
    criteria = CriterionSerializer(many=True, required=False)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class AssessmentSerializer(serializers.Serializer[Any]):
    """`values` by the keys of the factors; null takes a value away, what is left out stays."""

    values = serializers.DictField(child=serializers.FloatField(allow_null=True))
    model = serializers.UUIDField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class AssessmentRowSerializer(serializers.Serializer[Any]):
    item = serializers.CharField(max_length=40)
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))


class AssessmentBulkSerializer(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=10)
    model = serializers.UUIDField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    items = AssessmentRowSerializer(many=True)


class PinSerializer(serializers.Serializer[Any]):
    """A place from 1 on, or the reference of the item to stand behind."""

    rank = serializers.IntegerField(required=False, allow_null=True)
    after = serializers.CharField(max_length=40, required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000)


class UnpinSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


def model_json(model: ScoringModel, definition: Definition) -> dict[str, Any]:
    """A model with its criteria; `share` is what a weight comes to."""
    portions = shares([f.weight for f in definition.factors])
    return {
        "id": str(model.uuid),
        "product": model.product.key,
        "name": model.name,
        "method": model.method,
        "active": model.active,
        "version": model.version,
        "criteria": [
            {
                "key": f.key, "label": f.label, "weight": f.weight, "share": share, "scale_min": f.low,
                "scale_max": f.high, "reversed": f.backward, "unit": f.unit,
                "choices": [{"value": value, "label": name} for value, name in f.choices],
            }
            for f, share in zip(definition.factors, portions, strict=True)
        ],
        "created_at": model.created_at,
        "updated_at": model.updated_at,
    }  # fmt: skip


def assessment_json(
    item: Any, model: ScoringModel, definition: Definition, kept: Assessment | None
) -> dict[str, Any]:
    """The values of one item under a model. `score` is that of these values; `item_score` and `rank` are the item's."""
    values: Mapping[str, float | None] = (
        kept.values(definition) if kept else {f.key: None for f in definition.factors}
    )
    return {
        "item": item.reference,
        "model": str(model.uuid),
        "model_name": model.name,
        "model_version": model.version,
        "active": model.active,
        "values": values,
        "missing": [key for key, value in values.items() if value is None],
        "score": definition.score(values),
        "item_score": item.score,
        "rank": item.rank,
        "rank_pinned": item.rank_pinned,
        "assessed_by": {"id": str(kept.assessed_by.uuid), "name": str(kept.assessed_by)}
        if kept and kept.assessed_by
        else None,
        "assessed_at": kept.assessed_at if kept else None,
    }


def explanation_json(why: Explanation) -> dict[str, Any]:
    """What the item's present score came from: the version of the model and each factor's part."""
    return {
        "score": why.item.score,
        "model": why.version.scoring_model.name,
        "model_version": why.version.version,
        "formula": why.formula,
        "parts": [
            {
                "key": p.factor.key,
                "value": p.given,
                "counted": p.counted,
                "share": p.share,
                "adds": p.adds,
            }
            for p in why.parts
        ],
    }
