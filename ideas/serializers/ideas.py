"""Ideas in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ideas.models import Board, Idea
from ideas.models.idea import SIZES, SOURCES, TYPES
from plm.api.serializers import UUID_SCHEMA, Input, LinkField, RecordSerializer, ReferenceField


class BoardLinkField(LinkField):
    """A board of the idea's product, by its id."""

    reads = UUID_SCHEMA

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.paths = (f"{self.source}__uuid",)

    def to_internal_value(self, data: Any) -> Any:
        try:
            uuid = serializers.UUIDField().run_validation(data)
        except serializers.ValidationError:
            uuid = None
        rows = Board.objects.filter(workspace_id=self.workspace_id, uuid=uuid)
        board = rows.first() if uuid else None
        if board is None:
            raise serializers.ValidationError("Give the id of a board of this product, or null.")
        return board


class IdeaSerializer(RecordSerializer):
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment] # a field named like an attribute of fields
    type = serializers.ChoiceField(choices=TYPES, required=False, allow_blank=True)
    size = serializers.ChoiceField(choices=SIZES, required=False, allow_blank=True)
    board = BoardLinkField(required=False, allow_null=True)
    public = serializers.BooleanField(required=False)
    snoozed_until = serializers.DateField(read_only=True, allow_null=True)
    duplicate_of = ReferenceField(model=Idea, read_only=True, allow_null=True)
    votes_count = serializers.IntegerField(read_only=True)
    demand_people = serializers.IntegerField(read_only=True)
    demand_companies = serializers.IntegerField(read_only=True)
    demand_revenue = serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True)
    demand_share = serializers.FloatField(read_only=True)
    demand_importance = serializers.FloatField(read_only=True)
    demand_weighted = serializers.FloatField(read_only=True)
    demand_low = serializers.FloatField(read_only=True)
    demand_high = serializers.FloatField(read_only=True)


class DemandOptionsSerializer(Input):
    """`half_life`: after so many days a voice counts half; null is never. `by_segment`: companies count as their
    segment's weight."""

    half_life = serializers.IntegerField(
        min_value=1, max_value=3650, required=False, allow_null=True
    )
    by_segment = serializers.BooleanField(required=False)


class VotesAnswer(serializers.Serializer[Any]):
    votes_count = serializers.IntegerField(min_value=0)


DECISIONS = (
    ("accept", "Take it under review"),
    ("decline", "Decline it, with a reason"),
    ("snooze", "Put it off until a day"),
    ("duplicate", "It is the same as another"),
    ("undo", "Bring it back to triage"),
)


class TriageBody(serializers.Serializer[Any]):
    """`reason` goes with decline, `until` with snooze, `other` (and `rank`, where it was suggested) with duplicate.

    Followers of a published idea that is accepted or declined get a mail with the reason, unless `quiet`."""

    decision = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    until = serializers.DateField(required=False)
    other = serializers.CharField(max_length=24, required=False)
    rank = serializers.IntegerField(min_value=0, max_value=100, default=0)
    quiet = serializers.BooleanField(default=False)


class MergeBody(serializers.Serializer[Any]):
    """`into` is the idea that stands for both afterwards, of the same product."""

    into = serializers.CharField(max_length=24)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class UnmergeBody(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
