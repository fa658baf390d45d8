"""Research, trends and feasibility in JSON."""

from __future__ import annotations

from rest_framework import serializers

from ideas.models import Idea
from ideas.models.research import (
    ASPECT_ROWS,
    CONFIDENCES,
    DIRECTIONS,
    EVIDENCE,
    FINDINGS,
    RESEARCH_TYPES,
    SOURCES,
)
from ideas.serializers.rows import rows_field
from plm.api.serializers import RecordSerializer, ReferenceField


class ResearchSerializer(RecordSerializer):
    type = serializers.ChoiceField(choices=RESEARCH_TYPES, required=False)
    question = serializers.CharField(required=False, allow_blank=True, max_length=5000)
    method = serializers.CharField(required=False, allow_blank=True, max_length=250)
    confidence = serializers.ChoiceField(choices=CONFIDENCES, required=False)
    valid_until = serializers.DateField(required=False, allow_null=True)
    findings = rows_field(FINDINGS, "ResearchFinding")
    sources = rows_field(SOURCES, "ResearchSource")  # fmt: skip


class TrendSerializer(RecordSerializer):
    direction = serializers.ChoiceField(choices=DIRECTIONS, required=False)
    segments = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=50
    )
    evidence = rows_field(EVIDENCE, "TrendEvidence")  # fmt: skip


class FeasibilitySerializer(RecordSerializer):
    idea = ReferenceField(model=Idea, required=False, allow_null=True)
    aspects = rows_field(ASPECT_ROWS, "FeasibilityAspect", 4)  # fmt: skip
