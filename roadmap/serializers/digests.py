"""Digests of what changed, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference
from roadmap.cadence import CADENCES, zones

Answer = serializers.Serializer[Any]


class DigestInput(serializers.Serializer[Any]):
    """Which part of the roadmap, and when. At most a saved view, or any of goal, release and team."""

    objective = serializers.CharField(required=False, max_length=24, help_text="Reference of a goal.")  # fmt: skip
    release = serializers.CharField(required=False, max_length=24, help_text="Reference of a release.")  # fmt: skip
    team = serializers.UUIDField(required=False)
    view = serializers.UUIDField(required=False, help_text="A saved view of the backlog.")
    cadence = serializers.ChoiceField(choices=CADENCES, default="weekly")
    weekday = serializers.IntegerField(
        min_value=0, max_value=6, default=0, help_text="0 is Monday. For weekly."
    )
    day = serializers.IntegerField(min_value=1, max_value=31, default=1, help_text="For monthly.")
    hour = serializers.IntegerField(min_value=0, max_value=23, default=8)
    time_zone = serializers.ChoiceField(choices=zones(), required=False)


class DigestSubscriptionAnswer(Answer):
    """What the caller is told, and when."""

    id = serializers.UUIDField()
    part = serializers.CharField(help_text="Which part of the roadmap, in words.")
    objective = serializers.CharField(allow_null=True)
    release = serializers.CharField(allow_null=True)
    team = serializers.UUIDField(allow_null=True)
    view = serializers.CharField(help_text="Name of the saved view; empty where it is none.")
    cadence = serializers.ChoiceField(choices=CADENCES)
    weekday = serializers.IntegerField()
    day = serializers.IntegerField()
    hour = serializers.IntegerField()
    time_zone = serializers.CharField()
    seen_at = serializers.DateTimeField(help_text="Up to when the caller was told.")
    due_at = serializers.DateTimeField()
    parked = serializers.BooleanField(help_text="It waits: `problem` says for what.")
    problem = serializers.CharField()


class TellLineAnswer(Answer):
    reference = reference()
    title = serializers.CharField()
    change = serializers.CharField()
    said = serializers.CharField()
    details = serializers.ListField(child=serializers.CharField())
    reasons = serializers.ListField(child=serializers.CharField())
    by = serializers.CharField()


class AskAnswer(Answer):
    reference = reference()
    title = serializers.CharField()
    why = serializers.CharField()
    said = serializers.ListField(child=serializers.CharField())
    reasons = serializers.ListField(child=serializers.CharField())


class ToldAnswer(Answer):
    """What the next digest says so far."""

    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    count = serializers.IntegerField(help_text="Items that changed, those left out included.")
    changes = TellLineAnswer(many=True)
    asks = AskAnswer(many=True)
