"""Stage gates in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ideas.finance.gate import DECISIONS
from ideas.models import BusinessCase, Idea
from ideas.models.gate import KILLS, MUST, SHOULD
from ideas.serializers.rows import rows_field
from plm.api.serializers import RecordSerializer, ReferenceField


class GateDecisionSerializer(serializers.Serializer[Any]):
    """One decision; `evidence` is what it stood on, as it was."""

    decision = serializers.ChoiceField(choices=DECISIONS)
    by = serializers.CharField()
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    advice = serializers.CharField(allow_blank=True)
    evidence = serializers.DictField()


class GateSerializer(RecordSerializer):
    idea = ReferenceField(model=Idea, required=False, allow_null=True)
    case = ReferenceField(model=BusinessCase, required=False, allow_null=True)
    threshold = serializers.FloatField(min_value=0, max_value=10, required=False)
    must = rows_field(MUST, "MustCriterion")
    should = rows_field(SHOULD, "ShouldCriterion")
    kills = rows_field(KILLS, "KillCriterion")
    decisions = GateDecisionSerializer(many=True, read_only=True)


class DecideSerializer(serializers.Serializer[Any]):
    decision = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(max_length=5000)
