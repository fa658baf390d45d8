"""Reviews, sign-offs and the definition of ready in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.models.review import VERDICTS
from backlog.readiness import CONDITIONS
from backlog.services.reviews import LONGEST_REASON, MOST_REVIEWERS
from plm.api.answers import Member
from plm.api.serializers import Input

STATES = (*VERDICTS, ("older", "Approved an older version"))
NAMES = [(condition.name, condition.label) for condition in CONDITIONS]


def reason(*, required: bool) -> serializers.CharField:
    """Why, in words."""
    return serializers.CharField(
        required=required, allow_blank=not required, max_length=LONGEST_REASON
    )


class ReviewRowAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    reviewer = Member()
    state = serializers.ChoiceField(choices=STATES)
    number = serializers.IntegerField(
        allow_null=True, help_text="The version that the answer was about."
    )
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    reminded_at = serializers.DateTimeField(allow_null=True)


class ApprovalAnswer(serializers.Serializer[Any]):
    name = serializers.CharField()
    at = serializers.CharField()


class SignOffAnswer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    signed_by = serializers.CharField(allow_null=True)
    signed_at = serializers.DateTimeField()
    approvals = ApprovalAnswer(many=True)
    reopened_by = serializers.CharField(allow_null=True)
    reopened_at = serializers.DateTimeField(allow_null=True)
    reopened_reason = serializers.CharField()


class ReviewAnswer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="The version that stands.")
    approvals = serializers.IntegerField()
    needed = serializers.IntegerField()
    lacks = serializers.CharField(
        help_text="What stands between this and a sign-off; empty where nothing does."
    )
    reviews = ReviewRowAnswer(many=True)
    sign_offs = SignOffAnswer(many=True)


class ReviewAskInput(Input):
    reviewers = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=MOST_REVIEWERS
    )


class ReviewWithdrawInput(Input):
    review = serializers.UUIDField()


class ReviewAnswerInput(Input):
    verdict = serializers.ChoiceField(choices=VERDICTS[1:])
    number = serializers.IntegerField(
        min_value=1, max_value=1_000_000, help_text="The version you read."
    )
    reason = reason(required=False)


class SignOffInput(Input):
    reason = reason(required=False)


class ReopenInput(Input):
    reason = reason(required=True)


class ConditionAnswer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(choices=NAMES)
    label = serializers.CharField()  # type: ignore[assignment] # a field named like a property of serializers
    met = serializers.BooleanField()
    text = serializers.CharField(help_text="What is missing; empty where it is met.")


class ReadinessAnswer(serializers.Serializer[Any]):
    specification = serializers.CharField(
        allow_null=True, help_text="Null for an item without a specification: nothing is asked."
    )
    ready = serializers.BooleanField()
    gates = serializers.BooleanField(help_text="Whether it keeps the item out of delivery.")
    conditions = ConditionAnswer(many=True)


class SpecPolicyInput(Input):
    approvals_needed = serializers.IntegerField(min_value=0, max_value=20)
    remind_after_days = serializers.IntegerField(min_value=1, max_value=90)
    conditions = serializers.ListField(
        child=serializers.ChoiceField(choices=NAMES), max_length=len(NAMES)
    )
    gates = serializers.BooleanField()


class SpecPolicyAnswer(SpecPolicyInput):
    product = serializers.CharField()
