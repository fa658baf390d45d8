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


class FiguresAnswer(serializers.Serializer[Any]):
    """What placed items come to."""

    placed = serializers.IntegerField(help_text="Items on the roadmap, cancelled ones left out.")
    planned = serializers.IntegerField(help_text="Those nobody has begun.")
    building = serializers.IntegerField(help_text="Those that are worked on.")
    done = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Open after their planned end.")
    on_track = serializers.IntegerField(help_text="Open and said to be on track.")
    at_risk = serializers.IntegerField(help_text="Open and said to be at risk.")
    off_track = serializers.IntegerField(help_text="Open and said to be off track.")
    risky = serializers.IntegerField(help_text="Open and said to be at risk or off track.")


class RollUpAnswer(FiguresAnswer):
    """What the placed items of a product come to."""

    product = serializers.CharField(help_text="Its key.")
    name = serializers.CharField()
    phase = serializers.CharField()
    group = serializers.UUIDField(
        allow_null=True, help_text="The portfolio or product line it stands in."
    )
    next_release = NextReleaseAnswer(allow_null=True)


class TreeNodeAnswer(FiguresAnswer):
    """A node of the tree with what stands below it, as far as the caller may see it."""

    level = serializers.ChoiceField(choices=["portfolio", "line", "product", "component"])
    id = serializers.UUIDField()
    name = serializers.CharField()
    depth = serializers.IntegerField(
        min_value=0, help_text="0 at the top; a node follows what it stands in."
    )
    products = serializers.IntegerField(help_text="Products in it; 0 for a component.")
    phases = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many products are in each phase."
    )
    percent = serializers.IntegerField(allow_null=True, help_text="Done of those on the roadmap.")
    next_release = NextReleaseAnswer(allow_null=True)
