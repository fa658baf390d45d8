"""Reviews of specifications, their sign-offs, and what a product asks of both."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from backlog.models.spec import Spec, SpecVersion
from backlog.readiness import CONDITIONS
from plm.models import Product, Tenanted

VERDICTS = (
    ("asked", "Asked"),
    ("approved", "Approved"),
    ("changes", "Requested changes"),
)


def all_conditions() -> list[str]:
    """What a product asks for before it says otherwise: every condition."""
    return [condition.name for condition in CONDITIONS]


class SpecPolicy(Tenanted):
    """What a product asks of its specifications: approvals, reminders, the definition of ready."""

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="+")
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    remind_after_days = models.PositiveSmallIntegerField(default=3)
    conditions = models.JSONField(default=all_conditions, blank=True)
    gates = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(approvals_needed__lte=20), name="spec_policy_approvals"
            ),
            models.CheckConstraint(
                condition=Q(remind_after_days__gte=1, remind_after_days__lte=90),
                name="spec_policy_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.approvals_needed} approvals"


class SpecReview(Tenanted):
    """One person who is asked to review a specification, and their last answer.

    `number` is the version they answered to. An approval counts for that version alone; a request for changes stands
    until the same person approves or is no longer asked.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=VERDICTS, default="asked")
    reason = models.TextField(blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["spec", "reviewer"], name="spec_review_once"),
            models.CheckConstraint(
                condition=Q(verdict__in=[name for name, _ in VERDICTS]),
                name="spec_review_verdict_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id}: {self.verdict}"


class SpecSignOff(Tenanted):
    """A version that was agreed on: who said so, when, and on which approvals. A reopened one stays to be read."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, related_name="sign_offs")
    version = models.ForeignKey(SpecVersion, on_delete=models.CASCADE, related_name="+")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    signed_at = models.DateTimeField()
    approvals = models.JSONField(default=list)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-signed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["spec"], condition=Q(reopened_at=None), name="spec_signed_off_once"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.version_id}"
