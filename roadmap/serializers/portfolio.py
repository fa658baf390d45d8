"""The roadmaps of a workspace in figures, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference


class NextReleaseAnswer(serializers.Serializer[Any]):
    """The release that goes out next."""

    reference = reference()
    title = serializers.CharField()
    day = serializers.DateField()


class RollUpAnswer(serializers.Serializer[Any]):
    """What the placed items of a product come to."""

    product = serializers.CharField(help_text="Its key.")
    name = serializers.CharField()
    phase = serializers.CharField()
    placed = serializers.IntegerField(help_text="Items on the roadmap, cancelled ones left out.")
    done = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Open after their planned end.")
    risky = serializers.IntegerField(help_text="Open and said to be at risk or off track.")
    next_release = NextReleaseAnswer(allow_null=True)
