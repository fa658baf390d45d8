"""Competitors, and how their capabilities compare with ours."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from plm.lifecycle import State, Workflow
from plm.models import Product, RecordQuerySet, Reference, StageRecord, Tenanted
from plm.querysets import TenantedQuerySet

COMPETITOR_WORKFLOW = Workflow(
    states=(
        State("watched", "Watched", "active", "discovery"),
        State("gone", "Gone from the market", "closed"),
    ),
)
RATINGS = ((0, "Missing"), (1, "Basic"), (2, "Good"), (3, "Best in class"))


class CompetitorQuerySet(RecordQuerySet):
    """Reads of competitors."""


class Competitor(StageRecord):
    """Somebody customers could choose instead. The description is the profile; strengths and weaknesses are texts."""

    kind: ClassVar[str] = "competitor"
    workflow: ClassVar[Workflow] = COMPETITOR_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ()

    website = models.URLField(max_length=500, blank=True)
    positioning = models.TextField(blank=True)
    strengths = models.JSONField(default=list, blank=True)
    weaknesses = models.JSONField(default=list, blank=True)

    objects: ClassVar = CompetitorQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=COMPETITOR_WORKFLOW.names()), name="competitor_state_known"
            ),
        ]


class CapabilityQuerySet(TenantedQuerySet["Capability"]):
    """Reads of capabilities."""


class Capability(Tenanted):
    """Something customers compare products by. `record` is what we have or plan for it, where there is one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    record = models.ForeignKey(
        Reference, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = CapabilityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "capabilities"
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "product", Lower("name"), condition=Q(archived_at=None), name="capability_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CapabilityRating(Tenanted):
    """How well one of them (or we, where `competitor` is empty) does it, as seen on a day. Never changed: a new view is
    a new row, so that changes over time can be told."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="ratings")
    competitor = models.ForeignKey(
        Competitor, null=True, blank=True, on_delete=models.CASCADE, related_name="ratings"
    )
    rating = models.PositiveSmallIntegerField(choices=RATINGS)
    evidence = models.TextField(blank=True)
    url = models.URLField(max_length=2000, blank=True)
    on = models.DateField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-on", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["capability", "competitor", "-on", "-id"], name="rating_latest")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(rating__in=[value for value, _ in RATINGS]), name="rating_known"
            )
        ]

    def __str__(self) -> str:
        return self.get_rating_display()
