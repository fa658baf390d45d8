"""Objectives, key results, releases, milestones, places and shared links in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from plm.api.serializers import LinkField, RecordSerializer, ReferenceField
from roadmap.models import Objective, Release
from roadmap.models.objective import HUES
from roadmap.models.placement import BUCKETS, COMMITMENTS, HEALTH
from roadmap.models.release import MILESTONE_TYPES
from roadmap.models.share import SHARED_LANES, VIEWS
from roadmap.progress import key_result_progress


class ObjectiveSerializer(RecordSerializer):
    period = serializers.CharField(max_length=40, required=False, allow_blank=True)
    cycle = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=10_000)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    weight = serializers.FloatField(required=False, min_value=0, max_value=100)
    hue = serializers.ChoiceField(choices=HUES, required=False)
    target_share = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=100
    )


class _FromFigures(LinkField):
    """Computed from a key result's figures."""

    paths = ("start", "target", "current")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)


@extend_schema_field({"type": "number", "minimum": 0, "maximum": 1})
class ProgressField(_FromFigures):
    """Progress 0..1."""

    def shape(self, *values: Any) -> Any:
        start, target, current = values
        return key_result_progress(start, target, current)


@extend_schema_field({"type": "string", "enum": ["up", "down"]})
class DirectionField(_FromFigures):
    """Whether the figure shall rise or fall."""

    def shape(self, *values: Any) -> Any:
        start, target, _ = values
        return "up" if target > start else "down"


class KeyResultSerializer(RecordSerializer):
    objective = ReferenceField(model=Objective)
    metric = serializers.CharField(max_length=120, required=False, allow_blank=True)
    unit = serializers.CharField(max_length=24, required=False, allow_blank=True)
    start = serializers.FloatField()
    target = serializers.FloatField()
    current = serializers.FloatField(required=False)
    weight = serializers.FloatField(required=False, min_value=0, max_value=100)
    confidence = serializers.IntegerField(read_only=True, allow_null=True)
    checked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    direction = DirectionField()
    progress = ProgressField()


class ReleaseSerializer(RecordSerializer):
    cycle_begins = serializers.DateField(required=False, allow_null=True)
    freeze_on = serializers.DateField(required=False, allow_null=True)
    release_on = serializers.DateField(required=False, allow_null=True)
    released_on = serializers.DateField(required=False, allow_null=True)


class MilestoneSerializer(RecordSerializer):
    on = serializers.DateField()
    type = serializers.ChoiceField(choices=MILESTONE_TYPES, required=False)
    release = ReferenceField(model=Release, required=False, allow_null=True)


class CheckInInput(serializers.Serializer[Any]):
    """A reading of a key result. Without `at` it is taken now."""

    value = serializers.FloatField()
    confidence = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=100
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    at = serializers.DateTimeField(required=False)


class PlacementInput(serializers.Serializer[Any]):
    """A place on the roadmap, whole: what is left out goes back to its default."""

    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    bucket = serializers.ChoiceField(choices=BUCKETS, default="later")
    objective = ReferenceField(model=Objective, required=False, allow_null=True, default=None)
    release = ReferenceField(model=Release, required=False, allow_null=True, default=None)
    commitment = serializers.ChoiceField(choices=COMMITMENTS, default="planned")
    health = serializers.ChoiceField(choices=HEALTH, allow_blank=True, default="")
    hidden = serializers.BooleanField(default=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ShareInput(serializers.Serializer[Any]):
    """A link for people without an account."""

    product = serializers.CharField(max_length=10)
    name = serializers.CharField(max_length=80)
    view = serializers.ChoiceField(choices=VIEWS, default="timeline")
    lanes = serializers.ChoiceField(choices=SHARED_LANES, default="objective")
    days = serializers.IntegerField(min_value=1, max_value=730, default=30)
