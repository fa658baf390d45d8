"""Business cases in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from ideas.finance.lines import LARGEST, MOST_LINES, TYPES
from ideas.finance.ranges import SHAPES
from ideas.models import Idea
from ideas.models.case import MOST_PERIODS, PERIODS
from plm.api.serializers import RecordSerializer, ReferenceField
from plm.scoring.ranges import MEANINGS


def _estimate() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=LARGEST),
        min_length=3,
        max_length=3,
        required=False,
    )


@extend_schema_serializer(component_name="CaseLine")
class LineSerializer(serializers.Serializer[Any]):
    """A line of a case; estimates are [low, likely, high]. Income and cost have an amount, sales volume and price."""

    name = serializers.CharField(max_length=120)
    type = serializers.ChoiceField(choices=TYPES)
    first = serializers.IntegerField(min_value=0, max_value=MOST_PERIODS, required=False)
    last = serializers.IntegerField(min_value=0, max_value=MOST_PERIODS, required=False)
    growth = serializers.FloatField(min_value=-1, max_value=10, required=False)
    amount = _estimate()
    volume = _estimate()
    price = _estimate()
    unit_cost = _estimate()


class CaseSerializer(RecordSerializer):
    idea = ReferenceField(model=Idea, required=False, allow_null=True)
    currency = serializers.RegexField(r"^[A-Z]{3}$", required=False)
    period = serializers.ChoiceField(choices=PERIODS, required=False)
    periods = serializers.IntegerField(min_value=1, max_value=MOST_PERIODS, required=False)
    annual_rate = serializers.FloatField(min_value=-0.99, max_value=10, required=False)
    finance_rate = serializers.FloatField(min_value=-0.99, max_value=10, required=False)
    reinvest_rate = serializers.FloatField(min_value=-0.99, max_value=10, required=False)
    shape = serializers.ChoiceField(choices=SHAPES, required=False)
    meaning = serializers.ChoiceField(choices=MEANINGS, required=False)
    lines: Any = LineSerializer(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    npv = serializers.FloatField(read_only=True)
    npv_p10 = serializers.FloatField(read_only=True)
    npv_p50 = serializers.FloatField(read_only=True)
    npv_p90 = serializers.FloatField(read_only=True)
    loss = serializers.FloatField(read_only=True)
    irr = serializers.FloatField(read_only=True, allow_null=True)
    payback = serializers.FloatField(read_only=True, allow_null=True)


class BreakEvenAnswer(serializers.Serializer[Any]):
    units = serializers.IntegerField()
    revenue = serializers.FloatField()


class SpreadAnswer(serializers.Serializer[Any]):
    """NPV over 10,000 draws; `counts` are draws per bin between `edges`."""

    p10 = serializers.FloatField()
    p50 = serializers.FloatField()
    p90 = serializers.FloatField()
    mean = serializers.FloatField()
    loss = serializers.FloatField()
    edges = serializers.ListField(child=serializers.FloatField())
    counts = serializers.ListField(child=serializers.IntegerField())


class InternalAnswer(serializers.Serializer[Any]):
    """Annual rates at which the case is worth nothing. Several, or none: there is no single internal rate."""

    roots = serializers.ListField(child=serializers.FloatField())
    sign_changes = serializers.IntegerField()


class AppraisalAnswer(serializers.Serializer[Any]):
    flows = serializers.ListField(child=serializers.FloatField())
    npv = serializers.FloatField()
    internal = InternalAnswer()
    mirr = serializers.FloatField(allow_null=True)
    payback = serializers.FloatField(allow_null=True)
    discounted_payback = serializers.FloatField(allow_null=True)
    break_even = BreakEvenAnswer(allow_null=True)
    curve = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    )
    spread = SpreadAnswer()
