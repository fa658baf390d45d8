"""Objectives, key results, releases, milestones and places in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from ideas.models import Research
from plm.api.answers import Member, reference
from plm.api.serializers import Input, LinkField, RecordSerializer, ReferenceField
from roadmap.grains import DAY, GRAINS, why_no_day
from roadmap.models import Objective, Release
from roadmap.models.objective import HUES
from roadmap.models.placement import BUCKETS, COMMITMENTS, HEALTH
from roadmap.models.release import MILESTONE_TYPES
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


class ProgressField(_FromFigures):
    """Progress 0..1."""

    reads: ClassVar[Mapping[str, Any]] = {"type": "number", "minimum": 0, "maximum": 1}

    def shape(self, *values: Any) -> Any:
        start, target, current = values
        return key_result_progress(start, target, current)


class DirectionField(_FromFigures):
    """Whether the figure shall rise or fall."""

    reads: ClassVar[Mapping[str, Any]] = {"type": "string", "enum": ["up", "down"]}

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
    due_on = serializers.DateField(required=False, allow_null=True)
    weight = serializers.FloatField(required=False, min_value=0, max_value=100)
    confidence = serializers.IntegerField(read_only=True, allow_null=True)
    checked_at = serializers.DateTimeField(read_only=True, allow_null=True)
    direction = DirectionField()
    progress = ProgressField()


class PersonaSerializer(RecordSerializer):
    role = serializers.CharField(max_length=160, required=False, allow_blank=True)
    tasks = serializers.CharField(max_length=3000, required=False, allow_blank=True)
    pains = serializers.CharField(max_length=3000, required=False, allow_blank=True)
    quote = serializers.CharField(max_length=300, required=False, allow_blank=True)
    research = ReferenceField(model=Research, required=False, allow_null=True)


class ReleaseSerializer(RecordSerializer):
    cycle_begins = serializers.DateField(required=False, allow_null=True)
    freeze_on = serializers.DateField(required=False, allow_null=True)
    release_on = serializers.DateField(required=False, allow_null=True)
    released_on = serializers.DateField(required=False, allow_null=True)


class MilestoneSerializer(RecordSerializer):
    on = serializers.DateField()
    type = serializers.ChoiceField(choices=MILESTONE_TYPES, required=False)
    release = ReferenceField(model=Release, required=False, allow_null=True)


class CheckInInput(Input):
    """A reading of a key result. Without `at` it is taken now."""

    value = serializers.FloatField()
    confidence = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=100
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    at = serializers.DateTimeField(required=False)


class DayField(serializers.DateField):
    """A date that says of a day that does not exist why it does not."""

    def to_internal_value(self, value: Any) -> Any:
        try:
            return super().to_internal_value(value)
        except serializers.ValidationError:
            if why := why_no_day(str(value)):
                raise serializers.ValidationError(why, code="invalid") from None
            raise


class SortInput(Input):
    """Where a card goes: into a column, below the card `after`, or on top."""

    bucket = serializers.ChoiceField(choices=BUCKETS)
    after = serializers.CharField(
        max_length=24, required=False, help_text="Reference of an item in that column."
    )


class PlacementInput(Input):
    """A place on the roadmap, whole: what is left out goes back to its default."""

    starts_on = DayField(required=False, allow_null=True, default=None)
    ends_on = DayField(required=False, allow_null=True, default=None)
    grain = serializers.ChoiceField(
        choices=GRAINS, default=DAY, help_text="Other than `day`, the dates are widened to whole months, quarters or halves."
    )  # fmt: skip
    bucket = serializers.ChoiceField(choices=BUCKETS, default="later")
    objective = ReferenceField(model=Objective, required=False, allow_null=True, default=None)
    release = ReferenceField(model=Release, required=False, allow_null=True, default=None)
    commitment = serializers.ChoiceField(choices=COMMITMENTS, default="planned")
    health = serializers.ChoiceField(choices=HEALTH, allow_blank=True, default="")
    health_note = serializers.CharField(
        required=False, allow_blank=True, max_length=500,
        help_text="A written update; asked for when the health gets at risk or off track. Left out, the latest stays.",
    )  # fmt: skip
    hidden = serializers.BooleanField(default=False)
    public_title = serializers.CharField(max_length=200, allow_blank=True, default="")
    public_note = serializers.CharField(max_length=2000, allow_blank=True, default="")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class CheckInAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    value = serializers.FloatField()
    confidence = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    author = Member(allow_null=True)


class PlacementAnswer(serializers.Serializer[Any]):
    item = reference()
    title = serializers.CharField()
    state = serializers.CharField()
    progress = serializers.FloatField(min_value=0, max_value=1)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    grain = serializers.ChoiceField(choices=GRAINS)
    bucket = serializers.ChoiceField(choices=BUCKETS)
    objective = serializers.CharField(allow_null=True)
    release = serializers.CharField(allow_null=True)
    commitment = serializers.ChoiceField(choices=COMMITMENTS)
    health = serializers.ChoiceField(choices=HEALTH, allow_blank=True)
    health_note = serializers.CharField(help_text="The latest update on the health.")
    health_at = serializers.DateTimeField(allow_null=True, help_text="When it was given.")
    hidden = serializers.BooleanField()
    public_title = serializers.CharField()
    public_note = serializers.CharField()
    version = serializers.IntegerField(min_value=1)
    updated_at = serializers.DateTimeField()


class KeyResultBrief(serializers.Serializer[Any]):
    reference = reference()
    title = serializers.CharField()
    metric = serializers.CharField()
    unit = serializers.CharField()
    start = serializers.FloatField()
    target = serializers.FloatField()
    current = serializers.FloatField(allow_null=True)
    due_on = serializers.DateField(
        allow_null=True, help_text="Its own day, else the end of its goal."
    )
    progress = serializers.FloatField(allow_null=True)


class GoalBrief(serializers.Serializer[Any]):
    reference = reference()
    title = serializers.CharField()
    state = serializers.CharField()
    period = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    progress = serializers.FloatField(allow_null=True)
    at_risk = serializers.BooleanField()
    key_results = KeyResultBrief(many=True)


class ReleaseBrief(serializers.Serializer[Any]):
    reference = reference()
    title = serializers.CharField()
    state = serializers.CharField()
    cycle_begins = serializers.DateField(allow_null=True)
    freeze_on = serializers.DateField(allow_null=True)
    release_on = serializers.DateField(allow_null=True)
    released_on = serializers.DateField(allow_null=True)


class MilestoneBrief(serializers.Serializer[Any]):
    reference = reference()
    title = serializers.CharField()
    state = serializers.CharField()
    on = serializers.DateField()
    type = serializers.ChoiceField(choices=MILESTONE_TYPES)


class VisionBrief(serializers.Serializer[Any]):
    vision = serializers.CharField()
    mission = serializers.CharField()
    customers = serializers.CharField()
    positioning = serializers.CharField()
    strategy = serializers.CharField()


class RoadmapAnswer(serializers.Serializer[Any]):
    product = serializers.CharField()
    vision = VisionBrief()
    objectives = GoalBrief(many=True)
    releases = ReleaseBrief(many=True)
    milestones = MilestoneBrief(many=True)
    placements = PlacementAnswer(many=True)
