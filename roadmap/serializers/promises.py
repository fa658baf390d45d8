"""What was promised to whom, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference
from roadmap.models.placement import BUCKETS
from roadmap.models.share import GRAINS
from roadmap.models.shown import PHASES
from roadmap.promises import Line

MOVES = ("later", "earlier", "dated", "undated", "gone", "back")


class ShownAnswer(serializers.Serializer[Any]):
    """What was shown of an item from a moment on. What the audience did not see is null, or empty."""

    at = serializers.DateTimeField()
    title = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    grain = serializers.ChoiceField(choices=GRAINS)
    column = serializers.ChoiceField(choices=BUCKETS, allow_blank=True)
    state = serializers.ChoiceField(choices=PHASES, allow_blank=True)
    gone = serializers.BooleanField()


class ShownItemAnswer(ShownAnswer):
    """The same with the item it is about."""

    item = reference()


class PromiseMoveAnswer(serializers.Serializer[Any]):
    """One move: `days` is how far the end moved, null where there is no telling."""

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=[(name, name) for name in MOVES])
    days = serializers.IntegerField(allow_null=True)


class PromiseAnswer(serializers.Serializer[Any]):
    """An item as one audience was told of it: first, now, and each move in between."""

    share = serializers.UUIDField()
    audience = serializers.CharField()
    item = reference()
    first = ShownAnswer()
    now = ShownAnswer()
    moved = serializers.IntegerField(help_text="How often it became later or earlier.")
    days = serializers.IntegerField(help_text="By how many days in all; positive is later.")
    moves = PromiseMoveAnswer(many=True)


def line_json(line: Line) -> dict[str, Any]:
    return {
        "at": line.at, "title": line.title, "starts_on": line.start, "ends_on": line.end, "grain": line.grain,
        "column": line.column, "state": line.state, "gone": line.gone,
    }  # fmt: skip
