"""The communication plan and status updates, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from roadmap.cadence import CADENCES
from roadmap.models.communication import CHANNELS, DELIVERY_STATES, PUBLIC, UPDATE_STATES, WORDS
from roadmap.models.placement import HEALTH

Answer = serializers.Serializer[Any]


class PlanLineInput(serializers.Serializer[Any]):
    """Who is told, where and how often. `to` holds mail addresses, one on a line, or the address of a hook."""

    audience = serializers.CharField(max_length=120)
    channel = serializers.ChoiceField(choices=CHANNELS)
    to = serializers.CharField(max_length=8000, required=False, default="", allow_blank=True)
    cadence = serializers.ChoiceField(choices=CADENCES, default="weekly")
    weekday = serializers.IntegerField(min_value=0, max_value=6, default=4)
    day = serializers.IntegerField(min_value=1, max_value=31, default=1)
    owner = serializers.UUIDField(required=False, allow_null=True, default=None)
    template = serializers.CharField(
        max_length=20_000, required=False, default="", allow_blank=True,
        help_text="Markdown. {product}, {period} and {changes} are filled in.",
    )  # fmt: skip
    words = serializers.ChoiceField(
        choices=WORDS, default=PUBLIC, help_text="What the changes are told in.",
    )  # fmt: skip
    share = serializers.UUIDField(
        required=False, allow_null=True, default=None,
        help_text="The shared view whose items and fields the audience is told of.",
    )  # fmt: skip


class PlanLineChange(serializers.Serializer[Any]):
    """What of a line is to be another; what is left out stays."""

    audience = serializers.CharField(max_length=120, required=False)
    channel = serializers.ChoiceField(choices=CHANNELS, required=False)
    to = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    cadence = serializers.ChoiceField(choices=CADENCES, required=False)
    weekday = serializers.IntegerField(min_value=0, max_value=6, required=False)
    day = serializers.IntegerField(min_value=1, max_value=31, required=False)
    owner = serializers.UUIDField(required=False, allow_null=True)
    template = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    words = serializers.ChoiceField(choices=WORDS, required=False)
    share = serializers.UUIDField(required=False, allow_null=True)


class PlanLineAnswer(Answer):
    id = serializers.UUIDField()
    audience = serializers.CharField()
    channel = serializers.ChoiceField(choices=CHANNELS)
    to = serializers.CharField()
    cadence = serializers.ChoiceField(choices=CADENCES)
    weekday = serializers.IntegerField(help_text="0 is Monday.")
    day = serializers.IntegerField(help_text="Of the month.")
    owner = serializers.UUIDField(allow_null=True)
    words = serializers.ChoiceField(choices=WORDS)
    share = serializers.UUIDField(allow_null=True)
    template = serializers.CharField()
    version = serializers.IntegerField()
    last_sent_at = serializers.DateTimeField(allow_null=True)
    overdue_since = serializers.DateTimeField(allow_null=True)


class UpdateBeginInput(serializers.Serializer[Any]):
    """A draft for a line of the plan, with what changed since it was told last."""

    line = serializers.UUIDField()


class UpdateInput(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=200, required=False)
    body = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    health = serializers.ChoiceField(choices=HEALTH, required=False, allow_blank=True)


class UpdateSendInput(serializers.Serializer[Any]):
    """To which lines of the plan it goes."""

    lines = serializers.ListField(child=serializers.UUIDField(), max_length=50)


class DeliveryAnswer(Answer):
    id = serializers.UUIDField()
    audience = serializers.CharField()
    to = serializers.CharField()
    delivery = serializers.ChoiceField(choices=DELIVERY_STATES)
    problem = serializers.CharField()


class StatusUpdateAnswer(Answer):
    """A status update. Where it went is for those who send them."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    body = serializers.CharField()
    health = serializers.ChoiceField(choices=HEALTH, allow_blank=True)
    words = serializers.ChoiceField(choices=WORDS)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    status = serializers.ChoiceField(choices=UPDATE_STATES)
    sent_at = serializers.DateTimeField(allow_null=True)
    deliveries = DeliveryAnswer(many=True)
