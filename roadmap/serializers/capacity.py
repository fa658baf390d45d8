"""Planning to capacity in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference
from plm.api.serializers import Input
from roadmap.models.capacity import MOST_SCOPE
from roadmap.services.capacity import MOST_AMOUNT


class CapacityInput(Input):
    team = serializers.UUIDField()
    release = serializers.CharField(max_length=24)
    amount = serializers.FloatField(min_value=0, max_value=MOST_AMOUNT)


class CapacitiesInput(Input):
    """What is left out stays; an amount of 0 takes a capacity away."""

    scope = serializers.IntegerField(min_value=1, max_value=MOST_SCOPE, required=False)
    releases = serializers.ListField(
        child=serializers.CharField(max_length=24), required=False, max_length=8,
        help_text="References of open releases to fill; empty: the next four.",
    )  # fmt: skip
    shares = serializers.BooleanField(required=False)
    tolerance = serializers.IntegerField(min_value=0, max_value=100, required=False)
    capacities = CapacityInput(many=True, required=False)


class ApplyPlanInput(Input):
    number = serializers.IntegerField(
        min_value=1, max_value=2_000_000_000, help_text="The proposal you looked at."
    )
    reason = serializers.CharField(min_length=3, max_length=500)
    seen = serializers.CharField(
        max_length=64, required=False, help_text="`hand_mark` of that answer: refuses if the roadmap moved since."
    )  # fmt: skip
    items = serializers.ListField(
        child=serializers.CharField(max_length=24), required=False, max_length=1000,
        help_text="References of the items to move; all if left out.",
    )  # fmt: skip


class AskPlanInput(Input):
    """Nothing has to be said."""


class CapacityRow(serializers.Serializer[Any]):
    team = serializers.UUIDField()
    name = serializers.CharField()
    release = reference()
    amount = serializers.FloatField(min_value=0)


class CapacitiesAnswer(serializers.Serializer[Any]):
    product = serializers.CharField()
    unit = serializers.CharField(allow_blank=True)
    scope = serializers.IntegerField()
    releases = serializers.ListField(child=serializers.CharField())
    shares = serializers.BooleanField()
    tolerance = serializers.IntegerField()
    capacities = CapacityRow(many=True)


class MoveRow(serializers.Serializer[Any]):
    item = reference()
    title = serializers.CharField()
    move = serializers.ChoiceField(choices=["in", "moved", "stays", "out"])
    release = serializers.CharField(allow_null=True)
    before = serializers.CharField(allow_null=True)
    effort = serializers.FloatField()
    value = serializers.FloatField()


class LoadRow(serializers.Serializer[Any]):
    team = serializers.CharField()
    release = serializers.CharField()
    load = serializers.FloatField()
    limit = serializers.FloatField()
    full = serializers.BooleanField()
    price = serializers.FloatField(allow_null=True)
    proved = serializers.BooleanField()


class LeftOutRow(serializers.Serializer[Any]):
    item = reference()
    why = serializers.ChoiceField(choices=["score", "effort", "team", "capacity", "size", "needs"])
    other = serializers.CharField(allow_null=True)


class PlanAnswer(serializers.Serializer[Any]):
    """`number` 0: there is none yet. `fresh`: what it follows from still stands. `state`: of the job that plans, empty if
    none does. `stopped`: the search ended before the proof; no plan is worth more than `bound`."""

    product = serializers.CharField()
    number = serializers.IntegerField(min_value=0)
    state = serializers.CharField(allow_blank=True)
    problem = serializers.CharField(allow_blank=True)
    ring = serializers.ListField(child=serializers.CharField())
    fresh = serializers.BooleanField()
    computed_at = serializers.DateTimeField(allow_null=True)
    value = serializers.FloatField()
    bound = serializers.FloatField()
    stopped = serializers.BooleanField()
    hand_value = serializers.FloatField()
    hand_mark = serializers.CharField(allow_blank=True)
    hand_breaks = serializers.ListField(child=serializers.CharField())
    items = MoveRow(many=True)
    loads = LoadRow(many=True)
    left_out = LeftOutRow(many=True)


class AppliedAnswer(serializers.Serializer[Any]):
    placed = serializers.IntegerField(min_value=0)
    taken_out = serializers.IntegerField(min_value=0)
    broken = serializers.ListField(child=serializers.CharField())
