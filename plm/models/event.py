"""Facts: one append-only row each."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models

from plm.models.product import Product
from plm.models.record import Reference
from plm.models.workspace import Tenanted
from plm.querysets import TenantedQuerySet


class EventQuerySet(TenantedQuerySet["Event"]):
    def of_record(self, pk: int) -> Self:
        """The history of one record, newest first."""
        return self.filter(record_id=pk).order_by("-sequence")


class Event(Tenanted):
    """What happened: history, activity feed, audit log and change feed in one row.

    `sequence` runs per workspace and follows commit order: whoever has read up to n misses nothing after n.
    `changes` maps a field to [old, new]. Rows are never changed; a trigger refuses it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.BigIntegerField()
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    record = models.ForeignKey(Reference, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, blank=True)
    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=120, blank=True)
    token_id = models.BigIntegerField(null=True)
    changes = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "sequence"], name="event_sequence_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["record", "-sequence"], name="event_of_record"),
            models.Index(fields=["product", "-sequence"], name="event_of_product"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb}"


class EventDoor(Tenanted):
    """Lets the trigger of append-only events accept one new text of one event: personal data is being erased.

    A door is opened and closed within one transaction, so nobody else ever finds it open (docs/adr/0009).
    """

    event = models.OneToOneField(
        Event, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )

    def __str__(self) -> str:
        return f"door of {self.event_id}"
