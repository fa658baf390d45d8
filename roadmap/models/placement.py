"""An item's place on the roadmap."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_noop

from backlog.models import BacklogItem
from plm.models import Product, Tenanted, User
from plm.querysets import TenantedQuerySet
from roadmap.grains import DAY, GRAINS, label
from roadmap.models.objective import Objective
from roadmap.models.release import Release

BUCKETS = (
    ("now", gettext_noop("Now")),
    ("next", gettext_noop("Next")),
    ("later", gettext_noop("Later")),
)
COMMITMENTS = (("committed", "Committed"), ("planned", "Planned"), ("exploring", "Exploring"))
HEALTH = (("on_track", "On track"), ("at_risk", "At risk"), ("off_track", "Off track"))
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 12, 31)
"""What the timeline can show."""


class PlacementQuerySet(TenantedQuerySet["Placement"]):
    """Reads of placements."""

    def live(self) -> Self:
        """Places of items that are not archived."""
        return self.filter(item__archived_at=None)

    def with_links(self) -> Self:
        """With all that a bar, a card or a panel prints, in the same query."""
        return self.select_related("item", "item__team", "item__owner", "objective", "release")

    def dated(self, first: date, last: date) -> Self:
        """Places of which at least one day lies in first..last."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class Placement(Tenanted):
    """Where an item stands on the roadmap: in a column, and if known on days. Each item has at most one place.

    Where `grain` is not `day`, the two dates are the first and the last day of whole months, quarters or halves.
    `health_note` is the latest written update on the health, `health_at` and `health_by` when and whose.
    `position` sorts the column by hand. Readers outside see `public_title` in the place of the item's title where it is
    given, and `public_note` beside it; `hidden` keeps the item out of every shared view.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    item = models.OneToOneField(BacklogItem, on_delete=models.CASCADE, related_name="placement")
    starts_on = models.DateField("begins", null=True, blank=True)
    ends_on = models.DateField("ends", null=True, blank=True)
    grain = models.CharField("planned to", max_length=8, choices=GRAINS, default=DAY)
    bucket = models.CharField("column", max_length=8, choices=BUCKETS, default="later")
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.SET_NULL, related_name="placements"
    )
    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="placements"
    )
    commitment = models.CharField(max_length=10, choices=COMMITMENTS, default="planned")
    health = models.CharField(max_length=10, choices=HEALTH, blank=True)
    health_note = models.CharField("update on the health", max_length=500, blank=True)
    health_at = models.DateTimeField(null=True, blank=True, editable=False)
    health_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    hidden = models.BooleanField("leave out of shared views", default=False)
    public_title = models.CharField("title for readers outside", max_length=200, blank=True)
    public_note = models.TextField("note for readers outside", max_length=2000, blank=True)
    position = models.BigIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar = PlacementQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["product", "bucket", "position"], name="placement_column"),
            models.Index(fields=["product", "starts_on", "ends_on"], name="placement_dates"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on=None, ends_on=None)
                | Q(starts_on__isnull=False, ends_on__isnull=False, starts_on__lte=F("ends_on")),
                name="placement_dates_ordered",
            ),
            models.CheckConstraint(
                condition=Q(bucket__in=[name for name, _ in BUCKETS]), name="placement_bucket_known"
            ),
            models.CheckConstraint(
                condition=Q(commitment__in=[name for name, _ in COMMITMENTS]),
                name="placement_commitment_known",
            ),
            models.CheckConstraint(
                condition=Q(health__in=["", *(name for name, _ in HEALTH)]),
                name="placement_health_known",
            ),
            models.CheckConstraint(
                condition=Q(grain__in=[name for name, _ in GRAINS]), name="placement_grain_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.bucket}"

    @property
    def when(self) -> str:
        """The dates in the words of the grain, such as Q3 2027; empty without dates, and where days are planned."""
        return (
            label(self.grain, self.starts_on, self.ends_on)
            if self.starts_on and self.ends_on
            else ""
        )

    @property
    def percent(self) -> int:
        """Progress of the item: of what is below it, or all or nothing by its state."""
        below: int | None = self.item.progress_percent
        if below is not None and self.item.state != "done":
            return below
        return 100 if self.item.state == "done" else 0
