"""Places in the ranked list that people gave against the score, and what came of them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from backlog.models.item import BacklogItem
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet

PAID_OFF, DID_NOT, TOO_EARLY = "paid_off", "did_not", "too_early"
VERDICTS = ((PAID_OFF, "Paid off"), (DID_NOT, "Did not pay off"), (TOO_EARLY, "Too early to say"))
LIFTED, REPLACED = "lifted", "replaced"
ENDS = ((LIFTED, "lifted"), (REPLACED, "replaced by another place"))


class RankOverrideQuerySet(TenantedQuerySet["RankOverride"]):
    """Reads of overrides."""


class RankOverride(Tenanted):
    """One place that a person fixed, with the reason. It stays on record when it is lifted.

    `place` was given, `place_before` is where the item stood in the list, `place_by_score` where its score alone would
    have put it (None: not known of overrides older than this record). `verdict` is what a person says came of it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey(BacklogItem, on_delete=models.CASCADE, related_name="overrides")
    place = models.BigIntegerField()
    place_before = models.BigIntegerField(null=True)
    place_by_score = models.BigIntegerField(null=True)
    reason = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # fmt: skip
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=8, choices=ENDS, blank=True)
    verdict = models.CharField(max_length=9, choices=VERDICTS, blank=True)
    verdict_reason = models.TextField(blank=True)
    verdict_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # fmt: skip
    verdict_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = RankOverrideQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["product", "-made_at", "-id"], name="override_of_product")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(ended_at=None), name="override_stands_once"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", *(name for name, _ in VERDICTS)]),
                name="override_verdict_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} at {self.place}"
