"""Mail to a product: its address, and every message that came there."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from ideas.models.customer import Person
from ideas.models.idea import Idea
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet

WAITING, TAKEN, IGNORED, FAILED, PASSED = "waiting", "taken", "ignored", "failed", "passed"
STATES = (
    (WAITING, "Waits"),
    (TAKEN, "Became an idea"),
    (IGNORED, "Left out"),
    (FAILED, "Could not be taken"),
    (PASSED, "Went on to the product that follows"),
)


class Intake(Tenanted):
    """The address to which a product takes ideas by mail; none without a row. The token is a secret that its managers
    read, because they give the address away; a new one makes the old one worthless."""

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    token = models.CharField(max_length=64, unique=True)
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Intake of {self.product_id}"


class InboundMessageQuerySet(TenantedQuerySet["InboundMessage"]):
    """Reads of messages."""

    def troubled(self) -> Self:
        """Those that a person should look at, and those that still wait."""
        return self.filter(state__in=(WAITING, FAILED))


class InboundMessage(Tenanted):
    """One mail that came in. `key` is made of its Message-ID, or of all of it where it has none, so that it is taken
    once. `raw` is the mail itself as it came. `sender` is what the mail claims, which nobody has proved.
    `came_from` is the message to a product that had ended, whose place this one took."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    raw = models.FileField(max_length=200)
    size = models.PositiveBigIntegerField()
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=8, choices=STATES, default=WAITING)
    error = models.TextField(blank=True)
    idea = models.ForeignKey(
        Idea, null=True, blank=True, on_delete=models.SET_NULL, related_name="mails"
    )
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    came_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="went_on_as"
    )
    received_at = models.DateTimeField()

    objects = InboundMessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "key"], name="inbound_message_once"),
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _ in STATES]), name="inbound_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "-received_at"], name="inbound_of_product"),
            models.Index(fields=["product", "sender", "-received_at"], name="inbound_of_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.state})"
