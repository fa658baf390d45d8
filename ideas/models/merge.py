"""What was merged into what, with all that moved, so that it can be taken back exactly."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ideas.models.idea import Idea
from plm.models import Tenanted
from plm.querysets import TenantedQuerySet


class MergeQuerySet(TenantedQuerySet["Merge"]):
    """Reads of merges."""

    product_field = "source__product_id"

    def standing(self) -> MergeQuerySet:
        return self.filter(undone_at=None)


class Merge(Tenanted):
    """One idea that became a part of another. `moved` names the rows that went along, by carrier; what the other idea
    had already stays with the source. `custom` are the values the other idea lacked, `before` what the source was."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="merged_in")
    moved = models.JSONField(default=dict)
    custom = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(undone_at=None), name="merged_into_one"
            ),
            models.CheckConstraint(condition=~Q(source=F("target")), name="merged_into_another"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.target_id}"
