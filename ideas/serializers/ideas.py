"""Ideas in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ideas.models.idea import SOURCES
from plm.api.serializers import RecordSerializer


class IdeaSerializer(RecordSerializer):
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment] # a field named like an attribute of fields
    public = serializers.BooleanField(required=False)
    votes_count = serializers.IntegerField(read_only=True)
    demand_people = serializers.IntegerField(read_only=True)
    demand_companies = serializers.IntegerField(read_only=True)
    demand_revenue = serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True)


class VotesAnswer(serializers.Serializer[Any]):
    votes_count = serializers.IntegerField(min_value=0)
