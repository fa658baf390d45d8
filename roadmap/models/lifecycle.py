"""The life of a product: when phases are planned, the gates into them, and how something is brought to its end."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backlog.models import BacklogItem
from ideas.models import Gate
from plm.lifecycle import PHASES
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet


class PhasePlanQuerySet(TenantedQuerySet["PhasePlan"]):
    """Reads of planned phases."""


class PhasePlan(Tenanted):
    """When a product is to enter a phase, and the gate that has to say go before it may.

    When it did enter is in the events of the product.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    phase = models.CharField(max_length=16, choices=PHASES)
    planned_on = models.DateField(null=True, blank=True)
    gate = models.ForeignKey(
        Gate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar = PhasePlanQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "phase"], name="phase_plan_once"),
            models.CheckConstraint(
                condition=Q(phase__in=[name for name, _ in PHASES]), name="phase_plan_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phase} on {self.planned_on}"


class SunsetQuerySet(TenantedQuerySet["Sunset"]):
    """Reads of sunset plans."""


class Sunset(Tenanted):
    """How a product, or one feature of it (`item`), is brought to its end. `instead` says what customers move to."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    item = models.OneToOneField(
        BacklogItem, null=True, blank=True, on_delete=models.CASCADE, related_name="sunset"
    )
    reason = models.TextField("why it ends", max_length=3000)
    notice_on = models.DateField("customers are told on")
    read_only_on = models.DateField("read only from", null=True, blank=True)
    final_on = models.DateField("ends on")
    instead = models.TextField("what customers move to", blank=True, max_length=3000)
    successor = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar = SunsetQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product"], condition=Q(item=None), name="sunset_of_product_once"
            ),
            models.CheckConstraint(
                condition=Q(notice_on__lte=F("final_on"))
                & (
                    Q(read_only_on=None)
                    | Q(read_only_on__gte=F("notice_on"), read_only_on__lte=F("final_on"))
                ),
                name="sunset_dates_ordered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} ends on {self.final_on}"
