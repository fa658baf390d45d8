"""Dependencies of the roadmap, and what moves behind a move, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference
from plm.api.serializers import Input


class TiedAnswer(serializers.Serializer[Any]):
    """An unfinished placed item with dates that blocks another or is blocked."""

    item = reference()
    title = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    slack = serializers.IntegerField(
        min_value=0, help_text="Days it can slip before the end of what it is linked with slips; 0 is critical."
    )  # fmt: skip


class BlockAnswer(serializers.Serializer[Any]):
    blocker = reference()
    blocked = reference()


class ClashAnswer(BlockAnswer):
    """A blocker that ends when or after what it blocks begins."""

    days = serializers.IntegerField(min_value=0, help_text="From the begin to the blocker's end.")
    text = serializers.CharField()


class CriticalPathAnswer(serializers.Serializer[Any]):
    ends_on = serializers.DateField()
    items = serializers.ListField(child=reference())


class DependenciesAnswer(serializers.Serializer[Any]):
    """`conflicts` has the 30 worst, `conflict_count` says how many there are; `rings` name items that block one another."""

    items = TiedAnswer(many=True)
    blocks = BlockAnswer(many=True)
    conflicts = ClashAnswer(many=True)
    conflict_count = serializers.IntegerField(min_value=0)
    rings = serializers.ListField(child=serializers.ListField(child=reference()))
    critical_paths = CriticalPathAnswer(many=True)


class PassedAnswer(serializers.Serializer[Any]):
    """A day that the item would end after and does not now: of its release, of a milestone, or told to an audience."""

    kind = serializers.ChoiceField(choices=["release", "milestone", "promise"])
    name = serializers.CharField()
    on = serializers.DateField()


class ShiftStepAnswer(serializers.Serializer[Any]):
    item = reference()
    title = serializers.CharField()
    starts_on = serializers.DateField(help_text="As it stands.")
    ends_on = serializers.DateField(help_text="As it stands.")
    would_start_on = serializers.DateField()
    would_end_on = serializers.DateField()
    days = serializers.IntegerField(help_text="How far its begin would move.")
    passes = PassedAnswer(many=True)


class OverloadAnswer(serializers.Serializer[Any]):
    """A team with more than it can do in a release, where what would end after its release goes out with the next one."""

    team = serializers.CharField()
    release = reference()
    load = serializers.FloatField()
    limit = serializers.FloatField()
    unit = serializers.CharField()


class ShiftPlanAnswer(serializers.Serializer[Any]):
    """What a move would do; nothing is moved. `stays` would have to follow and belongs to other products."""

    moves = ShiftStepAnswer(many=True)
    overloads = OverloadAnswer(many=True)
    stays = serializers.ListField(child=reference())
    seen = serializers.CharField(
        help_text="Send it with the move, which then does exactly this or answers 412 with what changed; empty if nothing"
        " would move."
    )


class ShiftInput(Input):
    """Items behind which others move, and what was `seen` of it; or the `back` of such a move, which takes it back for a
    day."""

    behind = serializers.ListField(
        child=serializers.CharField(max_length=24), required=False, max_length=200
    )
    seen = serializers.CharField(required=False, max_length=200_000)
    back = serializers.CharField(required=False, max_length=200_000)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ShiftedAnswer(serializers.Serializer[Any]):
    item = reference()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    days = serializers.IntegerField(help_text="How far its begin moved.")
    error = serializers.CharField(help_text="Why it was left as it is; empty where it moved.")


class ShiftAnswer(serializers.Serializer[Any]):
    moved = ShiftedAnswer(many=True)
    back = serializers.CharField(help_text="Send it to take this back; empty if nothing moved.")
