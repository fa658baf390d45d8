"""Which part of the work, or of the value, a group of items is to have."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from plm.models import Product, Tenanted


class ShareTargets(Tenanted):
    """The target shares of a product: {grouping: {key of the group: percent}}. What has no target is left out.

    Shares of goals are kept with the goals (`Objective.target_share`).
    """

    product = models.OneToOneField(Product, on_delete=models.CASCADE, related_name="+")
    targets = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural: ClassVar[str] = "share targets"

    def __str__(self) -> str:
        return f"{self.product_id}: {self.targets}"
