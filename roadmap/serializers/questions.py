"""Questions and answers, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from roadmap.models.question import MAIL_STATES, QUESTION_KINDS
from roadmap.services.questions import LONGEST

Answer = serializers.Serializer[Any]


class GuestInput(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    email = serializers.EmailField(max_length=254)


class QuestionInput(serializers.Serializer[Any]):
    """What is asked, whom, and what they see of the record: the title and the description given here, nothing else."""

    kind = serializers.ChoiceField(choices=QUESTION_KINDS)
    text = serializers.CharField(max_length=LONGEST["text"])
    title = serializers.CharField(
        max_length=LONGEST["title"], required=False, help_text="That of the record unless given."
    )
    about = serializers.CharField(
        max_length=LONGEST["about"], required=False, default="", allow_blank=True
    )
    options = serializers.ListField(
        child=serializers.CharField(max_length=120), max_length=10, required=False, default=list
    )
    members = serializers.ListField(
        child=serializers.UUIDField(), max_length=50, required=False, default=list
    )
    guests = GuestInput(many=True, required=False, default=list)
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class QuestionReplyInput(serializers.Serializer[Any]):
    """The caller's answer: `verdict` is yes or no, or one of the options."""

    verdict = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    comment = serializers.CharField(
        max_length=LONGEST["comment"], required=False, default="", allow_blank=True
    )


class AskedPersonAnswer(Answer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    mail = serializers.ChoiceField(choices=MAIL_STATES)
    verdict = serializers.CharField()
    comment = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)


class QuestionAnswer(Answer):
    """A question with its answers."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=QUESTION_KINDS)
    text = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    due_on = serializers.DateField(allow_null=True)
    asked_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    people = AskedPersonAnswer(many=True)
