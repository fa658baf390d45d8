"""Figures per period, and which of them are to be computed anew."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from analytics.models.metric import PERIOD_CHOICES, Metric
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet


class RollupQuerySet(TenantedQuerySet["Rollup"]):
    product_field = "metric__product_id"


class Rollup(Tenanted):
    """The value of a metric in one period, from `count` events or readings. No row: nothing came in that period."""

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="rollups")
    period = models.CharField(max_length=5, choices=PERIOD_CHOICES)
    start = models.DateField()
    value = models.DecimalField(max_digits=26, decimal_places=6)
    count = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = RollupQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["metric", "period", "start"], name="rollup_once"),
            models.CheckConstraint(
                condition=models.Q(period__in=[name for name, _ in PERIOD_CHOICES]),
                name="rollup_period_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.period} {self.start}: {self.value}"


class DirtyDay(Tenanted):
    """A note that figures of a day are out of date, written in the transaction that made them so.

    Either events of `name` came for `day`, or readings of `metric`; a metric without a day is to be computed
    from the beginning. Notes are only added and removed, never shared: writers do not wait for each other, and a job
    removes exactly the notes whose events it has seen.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    metric = models.ForeignKey(Metric, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    day = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.product_id} {self.metric_id or self.name} {self.day or 'all'}"
