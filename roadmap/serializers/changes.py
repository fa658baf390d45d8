"""The roadmap as it was, and what changed on it, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.models import BacklogItem
from plm.api.answers import OPEN, reference
from plm.api.parameters import free_form
from roadmap.changes import ORDER
from roadmap.grains import GRAINS
from roadmap.models.placement import BUCKETS, COMMITMENTS, HEALTH


class ScopeChangeAnswer(serializers.Serializer[Any]):
    """What became of the requirements of an item: each as one text, its priority first, its criteria below."""

    added = serializers.ListField(child=serializers.CharField())
    removed = serializers.ListField(child=serializers.CharField())
    reworded = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2),
        help_text="[before, after] of each.",
    )


class RoadmapChangeAnswer(serializers.Serializer[Any]):
    """One item that is different."""

    reference = reference()
    title = serializers.CharField(help_text="As it is now.")
    change = serializers.ChoiceField(choices=ORDER)
    days = serializers.IntegerField(
        allow_null=True, help_text="How far its end moved: more than 0 is later."
    )
    fields = free_form({**OPEN, "description": "Field to [old, new]."})  # type: ignore[assignment] # named like a property of serializers
    requirements = ScopeChangeAnswer(
        allow_null=True, help_text="Null where the specification asks for the same."
    )
    reasons = serializers.ListField(
        child=serializers.CharField(), help_text="Given in that time, the latest first."
    )
    by = serializers.CharField(help_text="Who changed it last in that time.")


class PastPlaceAnswer(serializers.Serializer[Any]):
    """A placed item as it was."""

    reference = reference()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=BacklogItem.workflow.choices)
    team = serializers.CharField(allow_null=True)
    owner = serializers.CharField(allow_null=True)
    bucket = serializers.ChoiceField(choices=BUCKETS)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    grain = serializers.ChoiceField(choices=GRAINS)
    commitment = serializers.ChoiceField(choices=COMMITMENTS)
    health = serializers.ChoiceField(choices=HEALTH, allow_blank=True)
    objective = serializers.CharField(allow_null=True, help_text="The title it has now.")
    release = serializers.CharField(allow_null=True, help_text="The title it has now.")
