"""Talk about passages of a specification in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.services.threads import LONGEST_QUOTE
from plm.api.answers import CommentAnswer
from plm.api.serializers import Input

LONGEST_BODY = 20_000


class ThreadAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    quote = serializers.CharField()
    resolved = serializers.BooleanField()
    gone = serializers.BooleanField(help_text="Whether the words are no longer found.")
    part = serializers.CharField(help_text="The part in which the passage stands now.")
    now = serializers.CharField(help_text="How it reads now; empty where it reads as quoted.")
    comments = CommentAnswer(many=True)


class ThreadInput(Input):
    quote = serializers.CharField(max_length=LONGEST_QUOTE)
    body = serializers.CharField(max_length=LONGEST_BODY)
    before = serializers.CharField(
        required=False, allow_blank=True, max_length=1000, help_text="The words before it."
    )
    after = serializers.CharField(
        required=False, allow_blank=True, max_length=1000, help_text="The words after it."
    )


class ThreadReplyInput(Input):
    thread = serializers.UUIDField()
    body = serializers.CharField(max_length=LONGEST_BODY)


class ThreadResolveInput(Input):
    thread = serializers.UUIDField()
    resolved = serializers.BooleanField()
