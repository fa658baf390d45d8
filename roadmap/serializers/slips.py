"""How often and how far plans moved, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference


class ItemSlipAnswer(serializers.Serializer[Any]):
    """An item whose planned end moved."""

    reference = reference()
    title = serializers.CharField()
    first = serializers.DateField(help_text="The end that was planned first.")
    last = serializers.DateField(help_text="The end that was planned last.")
    days = serializers.IntegerField(help_text="From the first to the last: more than 0 is later.")
    later = serializers.IntegerField(help_text="How often it moved to a later day.")
    earlier = serializers.IntegerField(help_text="How often it moved to an earlier day.")


class ReleaseSlipAnswer(serializers.Serializer[Any]):
    """A release and the items that were ever planned for it."""

    reference = reference()
    title = serializers.CharField()
    day = serializers.DateField(allow_null=True)
    ever = serializers.IntegerField(help_text="Items that were ever planned for it.")
    left = serializers.IntegerField(help_text="Those of them that are planned elsewhere now.")
    joined = serializers.IntegerField(help_text="Those that were planned elsewhere before.")


class SlipsAnswer(serializers.Serializer[Any]):
    """How often and how far plans moved."""

    planned = serializers.IntegerField(help_text="Items that ever had a planned end.")
    moved = serializers.IntegerField(help_text="Those of them whose planned end moved.")
    read_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When a job read the plans, of a product with very many changes; null where they are of now.",
    )
    waiting = serializers.BooleanField(
        help_text="The job has not read them yet, so nothing is told."
    )
    items = ItemSlipAnswer(many=True)
    releases = ReleaseSlipAnswer(many=True)
