"""Scoring models and assessments in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from backlog.models import Assessment, ScoringModel
from backlog.selectors.priority import Explanation
from backlog.services.assessments import BULK_LIMIT
from backlog.services.factor_changes import HOWS
from backlog.services.inputs import POINTS
from plm.api.answers import Member
from plm.api.parameters import free_form
from plm.api.serializers import Input
from plm.scoring.definition import Definition
from plm.scoring.methods import CONFIDENCES, METHODS, RICE
from plm.scoring.ranges import MEANINGS, P10_P90, PERT, SHAPES
from plm.scoring.scales import SCALES
from plm.scoring.weighted import shares


class LevelSerializer(Input):
    """A line of the rubric: what a value of the scale means."""

    value = serializers.FloatField()
    text = serializers.CharField(max_length=300)


class CriterionSerializer(Input):
    """`scale` is a kind of scale; its ends and unit can be declared for linear, money and points."""

    key = serializers.SlugField(max_length=40, required=False)
    label = serializers.CharField(  # type: ignore[assignment]  # declared fields leave the class
        max_length=80, required=False
    )
    weight = serializers.FloatField(required=False)
    scale = serializers.ChoiceField(
        choices=[(k, s.label) for k, s in SCALES.items()], required=False
    )
    scale_min = serializers.FloatField(required=False)
    scale_max = serializers.FloatField(required=False)
    unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    help = serializers.CharField(max_length=500, required=False, allow_blank=True)
    levels = LevelSerializer(many=True, required=False)
    reversed = serializers.BooleanField(required=False)


class ScoringModelSerializer(Input):
    """`criteria` in their order, of the methods `weighted` and `formula`; the others have factors of their own.

    `formula` is a text over the keys of the criteria, such as `value / effort`, for the method `formula`.
    """

    product = serializers.CharField(max_length=10)
    name = serializers.CharField(max_length=80)
    method = serializers.ChoiceField(choices=METHODS)
    criteria = CriterionSerializer(many=True, required=False)
    formula = serializers.CharField(required=False)
    confidence = serializers.ChoiceField(
        choices=CONFIDENCES, required=False, help_text="How RICE's confidence counts."
    )
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class ScoringModelChangeSerializer(Input):
    name = serializers.CharField(max_length=80, required=False)
    criteria = CriterionSerializer(many=True, required=False)
    formula = serializers.CharField(required=False)
    confidence = serializers.ChoiceField(
        choices=CONFIDENCES, required=False, help_text="How RICE's confidence counts."
    )
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


@extend_schema_field(
    {
        "oneOf": [
            {"type": "number"},
            {
                "type": "object",
                "required": ["low", "likely", "high"],
                "additionalProperties": False,
                "properties": {
                    "low": {"type": "number"}, "likely": {"type": "number"}, "high": {"type": "number"},
                    "shape": {"type": "string", "enum": [name for name, _ in SHAPES], "default": PERT},
                    "meaning": {"type": "string", "enum": [name for name, _ in MEANINGS], "default": P10_P90},
                },
            },
            {"type": "null"},
        ],
        "examples": [500, {"low": 200, "likely": 500, "high": 900}],
    }
)  # fmt: skip
class InputField(serializers.Field[Any, Any, Any, Any]):
    """A number, or a range with its meaning. What is wrong with it the service says, factor by factor."""

    def to_internal_value(self, data: Any) -> Any:
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class ManyInputField(InputField):
    """The same for many items at once. That they are numbers is asked here, as there may be no item for which the service
    could ask it."""

    def to_internal_value(self, data: Any) -> Any:
        points = (
            [data[name] for name in POINTS if name in data] if isinstance(data, dict) else [data]
        )
        if any(isinstance(one, bool) or not isinstance(one, int | float) for one in points):
            raise serializers.ValidationError(
                "Give a number such as 500, or low, likely and high as numbers, such as 200, 500 and 900."
            )
        return data


class AssessmentSerializer(Input):
    """`values` by the keys of the factors; null takes a value away, what is left out stays."""

    values = serializers.DictField(child=InputField(allow_null=True))
    model = serializers.UUIDField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class AssessmentBulkSerializer(Input):
    product = serializers.CharField(max_length=10)
    model = serializers.UUIDField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    items = serializers.ListField(
        child=free_form(
            {
                "description": "{item, values}; a row that is wrong is reported, the others are written.",
                "examples": [{"item": "ATL-128", "values": {"reach": 500}}],
            }
        )
    )


class FactorChangeSerializer(Input):
    """`value` is a number or a range to set, a number to multiply by or to add; a share where the factor is one."""

    product = serializers.CharField(max_length=10)
    items = serializers.ListField(
        child=serializers.CharField(max_length=24), min_length=1, max_length=BULK_LIMIT,
        help_text="References of the items.",
    )  # fmt: skip
    factor = serializers.CharField(max_length=40)
    how = serializers.ChoiceField(choices=HOWS)
    value = ManyInputField(required=False, allow_null=True)
    model = serializers.UUIDField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class FactorChangeRow(serializers.Serializer[Any]):
    reference = serializers.CharField()
    status = serializers.ChoiceField(choices=("changed", "unchanged", "error"))
    detail = serializers.CharField(help_text="Why it was left as it was; else empty.")
    before = InputField()
    after = InputField()


class FactorChangeAnswer(serializers.Serializer[Any]):
    rows = FactorChangeRow(many=True)
    failed = serializers.IntegerField()


class PinSerializer(Input):
    """A place from 1 on, or the reference of the item to stand behind."""

    rank = serializers.IntegerField(required=False, allow_null=True)
    after = serializers.CharField(max_length=40, required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000)


class UnpinSerializer(Input):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class CriterionChoice(serializers.Serializer[Any]):
    value = serializers.FloatField()
    label = serializers.CharField()  # type: ignore[assignment]  # declared fields leave the class


class LevelAnswer(serializers.Serializer[Any]):
    value = serializers.FloatField()
    text = serializers.CharField()


class CriterionAnswer(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # likewise
    weight = serializers.FloatField()
    share = serializers.FloatField()
    scale_min = serializers.FloatField(allow_null=True)
    scale_max = serializers.FloatField(allow_null=True)
    reversed = serializers.BooleanField()
    scale = serializers.CharField()
    unit = serializers.CharField()
    help = serializers.CharField()
    levels = LevelAnswer(many=True)
    choices = CriterionChoice(many=True)


class ScoringModelAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    product = serializers.CharField()
    name = serializers.CharField()
    method = serializers.ChoiceField(choices=METHODS)
    active = serializers.BooleanField()
    version = serializers.IntegerField(min_value=1)
    formula = serializers.CharField(allow_blank=True)
    formula_says = serializers.CharField()
    confidence = serializers.ChoiceField(
        choices=CONFIDENCES,
        allow_null=True,
        help_text="How RICE's confidence counts; null of other methods.",
    )
    criteria = CriterionAnswer(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PartAnswer(serializers.Serializer[Any]):
    key = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    counted = serializers.FloatField(allow_null=True)
    share = serializers.FloatField(allow_null=True)
    adds = serializers.FloatField(allow_null=True)


class ExplanationAnswer(serializers.Serializer[Any]):
    score = serializers.FloatField(allow_null=True)
    model = serializers.CharField()
    model_version = serializers.IntegerField(min_value=1)
    formula = serializers.CharField()
    parts = PartAnswer(many=True)


class KeptInputAnswer(serializers.Serializer[Any]):
    """What is kept of a value beside the number: its range, and where it came from (`hand` or a source of data)."""

    low = serializers.FloatField(required=False)
    high = serializers.FloatField(required=False)
    shape = serializers.ChoiceField(choices=SHAPES, required=False)
    meaning = serializers.ChoiceField(choices=MEANINGS, required=False)
    source = serializers.CharField()  # type: ignore[assignment]  # declared fields leave the class
    at = serializers.DateTimeField()


class JudgedAnswer(serializers.Serializer[Any]):
    """`score` is that of these values, or `no_score` says why there is none; `item_score` and `rank` are the item's under the active model."""

    item = serializers.CharField()
    model = serializers.UUIDField()
    model_name = serializers.CharField()
    model_version = serializers.IntegerField(min_value=1)
    active = serializers.BooleanField()
    values = serializers.DictField(child=serializers.FloatField(allow_null=True))
    missing = serializers.ListField(child=serializers.CharField())
    no_score = serializers.CharField(allow_blank=True)
    score = serializers.FloatField(allow_null=True)
    item_score = serializers.FloatField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    rank_pinned = serializers.IntegerField(allow_null=True)
    inputs = serializers.DictField(child=KeptInputAnswer())
    assessed_by = Member(allow_null=True)
    assessed_at = serializers.DateTimeField(allow_null=True)
    explanation = ExplanationAnswer(allow_null=True)


class RankAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    rank = serializers.IntegerField(allow_null=True)
    rank_pinned = serializers.IntegerField(allow_null=True)


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
        "formula": definition.text,
        "formula_says": definition.says,
        "confidence": definition.confidence if model.method == RICE else None,
        "criteria": [
            {
                "key": f.key, "label": f.label, "weight": f.weight, "share": share, "scale_min": f.low,
                "scale_max": f.high, "reversed": f.backward, "scale": f.scale, "unit": f.unit, "help": f.help,
                "levels": [{"value": value, "text": text} for value, text in f.levels],
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
        "no_score": definition.reason(values),
        "score": definition.score(values),
        "item_score": item.score,
        "rank": item.rank,
        "rank_pinned": item.rank_pinned,
        "inputs": {
            key: {k: v for k, v in one.items() if k != "by"}
            for key, one in (kept.inputs if kept else {}).items()
            if key in values
        },
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
