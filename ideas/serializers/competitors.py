"""Competitors and the comparison with them in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ideas.models.competitor import RATINGS
from plm.api.serializers import RecordSerializer


def _texts() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=500), required=False, max_length=100
    )


class CompetitorSerializer(RecordSerializer):
    website = serializers.URLField(max_length=500, required=False, allow_blank=True)
    positioning = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    strengths = _texts()
    weaknesses = _texts()


class RatingAnswer(serializers.Serializer[Any]):
    """How well `competitor` does it; null is us."""

    id = serializers.UUIDField(source="uuid")
    competitor = serializers.CharField(source="competitor.reference", allow_null=True, default=None)
    rating = serializers.ChoiceField(choices=RATINGS)
    evidence = serializers.CharField()
    url = serializers.CharField()
    on = serializers.DateField()
    created_at = serializers.DateTimeField()


class MarkAnswer(serializers.Serializer[Any]):
    competitor = serializers.CharField(allow_null=True)
    rating = serializers.IntegerField(allow_null=True, min_value=0, max_value=3)
    on = serializers.DateField(allow_null=True)


class CapabilityAnswer(serializers.Serializer[Any]):
    """A line of the comparison with the latest rating of each."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    record = serializers.CharField(allow_null=True)
    behind = serializers.BooleanField()
    ratings = MarkAnswer(many=True)


class ComparisonAnswer(serializers.Serializer[Any]):
    results = CapabilityAnswer(many=True)


class CapabilitySerializer(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=10)
    name = serializers.CharField(max_length=120)
    record = serializers.CharField(max_length=24, required=False, allow_null=True)


class RatingSerializer(serializers.Serializer[Any]):
    """`competitor` is a reference; leave it out for us."""

    competitor = serializers.CharField(max_length=24, required=False, allow_null=True)
    rating = serializers.ChoiceField(choices=RATINGS)
    on = serializers.DateField()
    evidence = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    url = serializers.URLField(max_length=2000, required=False, allow_blank=True)
