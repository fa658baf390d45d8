"""Scenarios of a roadmap, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import OPEN, reference
from plm.api.parameters import free_form
from plm.api.serializers import Input, PersonField, ReferenceField, TeamField
from roadmap.changes import ORDER
from roadmap.grains import GRAINS
from roadmap.models import Objective, Release
from roadmap.models.placement import BUCKETS, COMMITMENTS
from roadmap.serializers.plan import DayField
from roadmap.services.scenarios import LONGEST

Answer = serializers.Serializer[Any]
STATES = ("open", "applied", "archived")


class RoadmapScenarioInput(Input):
    name = serializers.CharField(max_length=LONGEST["name"])
    question = serializers.CharField(
        min_length=3, max_length=LONGEST["question"], help_text="What it asks, in a line."
    )
    copy_of = serializers.UUIDField(
        required=False, allow_null=True, help_text="A scenario of the product to begin from; the plan unless given."
    )  # fmt: skip


class RoadmapScenarioChangeInput(Input):
    name = serializers.CharField(max_length=LONGEST["name"], required=False)
    question = serializers.CharField(min_length=3, max_length=LONGEST["question"], required=False)
    archived = serializers.BooleanField(required=False, help_text="Put it away, or bring it back.")


class ScenarioPlaceInput(Input):
    """Where an item is to stand in the scenario; what is left out stays as it is there. `out` takes it out."""

    out = serializers.BooleanField(required=False)
    starts_on = DayField(required=False, allow_null=True)
    ends_on = DayField(required=False, allow_null=True)
    grain = serializers.ChoiceField(choices=GRAINS, required=False)
    bucket = serializers.ChoiceField(choices=BUCKETS, required=False)
    objective = ReferenceField(model=Objective, required=False, allow_null=True)
    release = ReferenceField(model=Release, required=False, allow_null=True)
    commitment = serializers.ChoiceField(choices=COMMITMENTS, required=False)
    team = TeamField(required=False, allow_null=True, help_text="Of an item that the plan has.")
    owner = PersonField(required=False, allow_null=True, help_text="Of an item that the plan has.")


class ChosenInput(Input):
    item = serializers.CharField(max_length=40, help_text="Reference of an item.")
    mark = serializers.CharField(
        max_length=16, help_text="The `mark` of the difference you looked at: what the plan has of the item."
    )  # fmt: skip


class ScenarioApplyInput(Input):
    """`items` are those to apply, all unless given. Where the plan moved too, each item is among the `items`, and the
    scenario is right, or among those to `keep`, and the plan is."""

    reason = serializers.CharField(min_length=3, max_length=500)
    items = ChosenInput(many=True, required=False)
    keep = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=500, required=False, default=list
    )


class ThreeAnswer(Answer):
    """A field in conflict: what the plan had when the scenario said so, what it has now, what the scenario has."""

    field = serializers.CharField()
    base = serializers.CharField(allow_null=True)
    plan = serializers.CharField(allow_null=True)
    scenario = serializers.CharField(allow_null=True)


class ScenarioDifferenceAnswer(Answer):
    """An item that stands otherwise. `version` is that of the item in the scenario, 1 where it says nothing of it."""

    item = reference()
    title = serializers.CharField()
    change = serializers.ChoiceField(choices=ORDER)
    days = serializers.IntegerField(
        allow_null=True, help_text="How far its end moved: more than 0 is later."
    )
    fields = free_form({**OPEN, "description": "Field to [before, after]."})  # type: ignore[assignment] # named like a property of serializers
    conflict = ThreeAnswer(many=True)
    mark = serializers.CharField(help_text="What the plan has of the item, as applying asks for it.")  # fmt: skip
    version = serializers.IntegerField(min_value=1)
    outcome = serializers.ChoiceField(
        choices=[("applied", "Applied"), ("left", "Left as the plan has it")], allow_blank=True
    )
    chances = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1, allow_null=True), min_length=2, max_length=2,
        help_text="How likely it comes by its planned day before and after, null without a day or a history.",
    )  # fmt: skip


class RoadmapScenarioAnswer(Answer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    question = serializers.CharField()
    state = serializers.ChoiceField(choices=[(name, name) for name in STATES])
    changed = serializers.IntegerField(min_value=0, help_text="How many items it has otherwise.")
    version = serializers.IntegerField(min_value=1)
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    applied_by = serializers.CharField(allow_null=True)
    applied_reason = serializers.CharField()


class RoadmapScenarioWhole(RoadmapScenarioAnswer):
    """`gone` are items that it has otherwise and that are archived or cancelled since."""

    differences = ScenarioDifferenceAnswer(many=True)
    gone = serializers.ListField(child=serializers.CharField())


class FiguresAnswer(Answer):
    """`late` items end after their release; `overloads` is null where nobody said what teams can do. Of `forecast` items
    with a forecast about `in_time` come by their planned day."""

    name = serializers.CharField()
    items = serializers.IntegerField(min_value=0)
    last_end = serializers.DateField(allow_null=True)
    late = serializers.IntegerField(min_value=0)
    conflicts = serializers.IntegerField(min_value=0)
    overloads = serializers.ListField(child=serializers.CharField(), allow_null=True)
    forecast = serializers.IntegerField(min_value=0)
    in_time = serializers.FloatField(min_value=0, allow_null=True)


class ScenarioComparisonAnswer(Answer):
    """What `b`, the scenario, has otherwise than `a`."""

    a = FiguresAnswer()
    b = FiguresAnswer()
    differences = ScenarioDifferenceAnswer(many=True)


class ScenarioAppliedAnswer(Answer):
    applied = serializers.IntegerField(min_value=0)
    left = serializers.IntegerField(min_value=0)


class ScenarioTakenBackAnswer(Answer):
    back = serializers.IntegerField(min_value=0)
    left = serializers.ListField(
        child=serializers.CharField(), help_text="Items that were moved since and stay."
    )
