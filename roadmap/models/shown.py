"""What was shown to whom: the ledger behind the promises."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Max, Q

from backlog.models import BacklogItem
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet
from roadmap.models.placement import BUCKETS
from roadmap.models.share import GRAINS, Share

PHASES = (("planned", "Planned"), ("building", "In progress"), ("shipped", "Shipped"))


class ShownQuerySet(TenantedQuerySet["Shown"]):
    """Reads of the ledger."""

    def standing(self, share: Share, at: datetime | None = None) -> Self:
        """The last line of each item of a share, of those up to a moment: what its readers saw then, and what is gone."""
        lines = self.filter(share=share)
        if at is not None:
            lines = lines.filter(at__lte=at)
        last = lines.order_by().values("item_id").annotate(last=Max("pk")).values("last")
        return self.filter(pk__in=last)


class Shown(Tenanted):
    """What readers of a share saw of one item from a moment on: a line is added only when it differs from the last.

    Dates are as coarse as they were shown, and empty like `column` and `state` where the share hides them. `gone` says
    that the item was shown before and is not any more. Lines are never changed (triggers refuse it; a title can be
    erased); the last ones up to a moment are what was shown then.
    """

    append_only: ClassVar[tuple[str, ...]] = (
        "share", "item", "at", "starts_on", "ends_on", "grain", "column", "state", "gone",
    )  # fmt: skip

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="shown")
    item = models.ForeignKey(BacklogItem, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    title = models.CharField(max_length=500, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    grain = models.CharField(max_length=8, choices=GRAINS, default="day")
    column = models.CharField(max_length=8, choices=BUCKETS, blank=True)
    state = models.CharField(max_length=8, choices=PHASES, blank=True)
    gone = models.BooleanField(default=False)

    objects: ClassVar = ShownQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["share", "item", "id"], name="shown_of_share"),
            models.Index(fields=["item", "id"], name="shown_of_item"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(grain__in=[name for name, _ in GRAINS]), name="shown_grain_known"
            ),
            models.CheckConstraint(
                condition=Q(column__in=["", *(name for name, _ in BUCKETS)]),
                name="shown_column_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["", *(name for name, _ in PHASES)]), name="shown_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} at {self.at:%Y-%m-%d}"

    @property
    def said(self) -> tuple[str, date | None, date | None, str, str, str, bool]:
        """What a reader could read, for comparing."""
        return (
            self.title, self.starts_on, self.ends_on, self.grain, self.column, self.state, self.gone,
        )  # fmt: skip
