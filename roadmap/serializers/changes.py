"""What changed on the roadmap, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import OPEN, reference
from plm.api.parameters import free_form
from roadmap.changes import ORDER


class RoadmapChangeAnswer(serializers.Serializer[Any]):
    """One item that is different."""

    reference = reference()
    title = serializers.CharField(help_text="As it is now.")
    change = serializers.ChoiceField(choices=ORDER)
    days = serializers.IntegerField(
        allow_null=True, help_text="How far its end moved: more than 0 is later."
    )
    fields = free_form({**OPEN, "description": "Field to [old, new]."})  # type: ignore[assignment] # named like a property of serializers
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="Given in that time, the latest first."
    )
    by = serializers.CharField(help_text="Who changed it last in that time.")
