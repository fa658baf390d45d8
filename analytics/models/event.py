"""Product events as they come in, and what was odd about them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from plm.models import Product, Tenanted
from plm.permissions import Actor
from plm.querysets import TenantedQuerySet


class ProductEventQuerySet(models.QuerySet["ProductEvent"]):
    """Reads of events: an event is where its product is."""

    def visible_to(self, actor: Actor, action: str = "record.view") -> ProductEventQuerySet:
        return self.filter(product__in=Product.objects.visible_to(actor, action))


class ProductEvent(models.Model):
    """Something an actor did in the product. Never changed; the first event of an id stands.

    It has no workspace of its own: it is where its product is, so no link can lead to another workspace and no
    trigger has to look. Its key is (product, event id), which makes the same event twice one row. The link to the
    product is not checked row by row: intake has just read the product, and products are never deleted.
    """

    pk = models.CompositePrimaryKey("product_id", "event_id")
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    event_id = models.UUIDField()
    name = models.CharField(max_length=200)
    actor = models.CharField(max_length=200)
    company: Any = models.CharField(max_length=200, null=True)  # noqa: DJ001 - null: none was named
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    currency = models.CharField(max_length=3, blank=True)
    properties = models.JSONField(default=dict)

    objects = ProductEventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["product", "name", "at"], name="productevent_name_at")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"


class EventNameQuerySet(TenantedQuerySet["EventName"]):
    pass


class EventName(Tenanted):
    """A name of events that a product has sent, noted when its days are rolled up."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    first_day = models.DateField()
    last_day = models.DateField()

    objects = EventNameQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "name"], name="event_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class IntakeWarningQuerySet(TenantedQuerySet["IntakeWarning"]):
    def of_product(self, product: Product) -> IntakeWarningQuerySet:
        """What was odd about this product's events, newest first."""
        return self.filter(product=product).order_by("-pk")


class IntakeWarning(Tenanted):
    """An event (or a whole batch) that was refused, or was taken and looks odd.

    `row` is its place in the batch, None for the batch as a whole; `sample` the beginning of what was sent.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    received_at = models.DateTimeField()
    refused = models.BooleanField()
    row = models.PositiveIntegerField(null=True)
    event_id = models.CharField(max_length=60, blank=True)
    errors = models.JSONField(default=dict)
    sample = models.CharField(max_length=500, blank=True)
    sent_by = models.CharField(max_length=150, blank=True)

    objects = IntakeWarningQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["product", "-id"], name="intakewarning_newest")]

    def __str__(self) -> str:
        return f"{'refused' if self.refused else 'flagged'} {self.event_id or 'batch'}"
