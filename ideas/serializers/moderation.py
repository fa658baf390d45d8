"""What customers sent in, and the rules by which it waits, in JSON for clients of the team."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ideas.models.portal_people import POST_STATES, POSTS, SHOWN_AS
from plm.api.serializers import Input

DECISIONS = (("publish", "Publish"), ("reject", "Reject"))


class ModerationSerializer(Input):
    """`publish_at_once`: ideas of whoever had one published before need nobody; `hold_first`: first posts wait."""

    publish_at_once = serializers.BooleanField(required=False)
    hold_first = serializers.BooleanField(required=False)
    posts_per_hour = serializers.IntegerField(min_value=1, max_value=100, required=False)
    blocked_words = serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, max_length=200
    )
    version = serializers.IntegerField(read_only=True)


class PostSerializer(serializers.Serializer[Any]):
    """`why` says what held it; `shown_as` and `name` how a comment is signed, empty for no name."""

    id = serializers.UUIDField(source="uuid")
    kind = serializers.ChoiceField(choices=POSTS)
    state = serializers.ChoiceField(choices=POST_STATES, source="stands")
    why = serializers.CharField()
    idea = serializers.CharField(source="idea.reference")
    title = serializers.CharField(source="idea.title")
    body = serializers.CharField(source="text")
    person = serializers.UUIDField(source="person.uuid")
    person_name = serializers.CharField(source="person.name")
    shown_as = serializers.ChoiceField(choices=SHOWN_AS)
    name = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.UUIDField(source="decided_by.uuid", allow_null=True, default=None)


class DecisionBody(Input):
    """`reason` stands in the history, for the team alone."""

    posts = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    decision = serializers.ChoiceField(choices=DECISIONS)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class DecisionAnswer(serializers.Serializer[Any]):
    """How many were decided; what somebody decided in the meantime is not among them."""

    decided = serializers.IntegerField(min_value=0)
