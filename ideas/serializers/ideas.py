"""Ideas in JSON."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from ideas.models import Board, Idea
from ideas.models.idea import SIZES, SOURCES, TYPES
from plm.api.serializers import Input, RecordSerializer, ReferenceField, UuidLinkField


class BoardLinkField(UuidLinkField):
    """A board of the idea's product, by its id."""

    refusal = "Give the id of a board of this product, or null."

    def rows(self) -> QuerySet[Any]:
        return Board.objects.filter(workspace_id=self.workspace_id)


class IdeaSerializer(RecordSerializer):
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment] # a field named like an attribute of fields
    type = serializers.ChoiceField(choices=TYPES, required=False, allow_blank=True)
    size = serializers.ChoiceField(choices=SIZES, required=False, allow_blank=True)
    board = BoardLinkField(required=False, allow_null=True)
    public = serializers.BooleanField(required=False)
    snoozed_until = serializers.DateField(read_only=True, allow_null=True)
    duplicate_of = ReferenceField(model=Idea, read_only=True, allow_null=True)
    split_from = ReferenceField(model=Idea, read_only=True, allow_null=True)
    response = serializers.CharField(read_only=True)
    responded_at = serializers.DateTimeField(read_only=True, allow_null=True)
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


AT_ONCE = ("accept", "decline", "snooze", "undo")
"""What can be decided about several at once."""


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


class SplitBody(serializers.Serializer[Any]):
    """`move` names what goes to the new idea: ids of comments, files and quotes, and of persons for `votes`. All else
    stays. `everything` names the kinds of which all goes, such as votes. `both` are persons who want both: their vote counts for each. `tags` are those of the new idea."""

    title = serializers.CharField(max_length=250)
    description = serializers.CharField(
        max_length=100_000, required=False, allow_blank=True, default=""
    )
    public = serializers.BooleanField(required=False)
    move = serializers.DictField(
        child=serializers.ListField(child=serializers.UUIDField(), max_length=10_000), default=dict
    )
    everything = serializers.ListField(
        child=serializers.CharField(max_length=20), max_length=20, default=list
    )
    both = serializers.ListField(child=serializers.UUIDField(), max_length=10_000, default=list)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=40), max_length=30, default=list
    )
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ResponseBody(serializers.Serializer[Any]):
    """`body` is Markdown; empty takes the official response back."""

    body = serializers.CharField(max_length=10_000, allow_blank=True)


class TriageSelection(serializers.Serializer[Any]):
    """`reason` goes with decline, `until` with snooze; both hold for all of them."""

    ideas = serializers.ListField(
        child=serializers.CharField(max_length=24), min_length=1, max_length=200
    )
    decision = serializers.ChoiceField(choices=[d for d in DECISIONS if d[0] in AT_ONCE])
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    until = serializers.DateField(required=False)


class TriageReport(serializers.Serializer[Any]):
    """`decided` are the references of those that were; `refused` says for each other one why not."""

    decided = serializers.ListField(child=serializers.CharField())
    refused = serializers.DictField(child=serializers.CharField())


class UnmergeBody(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
