"""What items do for other goals than that of their place on the roadmap."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from backlog.models import BacklogItem
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet
from roadmap.models.objective import Objective


class ContributionQuerySet(TenantedQuerySet["Contribution"]):
    """Reads of contributions."""


class Contribution(Tenanted):
    """So many percent of the work on an item serve this goal. What all of them leave serves the goal that the item's
    place names, if there is one: that is never a row here.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey(
        BacklogItem, on_delete=models.CASCADE, related_name="contributions", db_index=False
    )
    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="contributions")
    percent = models.PositiveSmallIntegerField("share of the work")

    objects: ClassVar = ContributionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "objective"], name="contribution_once"),
            models.CheckConstraint(
                condition=Q(percent__gte=1, percent__lte=100), name="contribution_percent_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent}% of {self.item_id} for {self.objective_id}"
