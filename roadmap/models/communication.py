"""The communication plan of a product, the status updates that are written for it, and where each went."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet
from roadmap.cadence import CADENCES, WEEKDAYS, overdue
from roadmap.models.placement import HEALTH
from roadmap.models.share import Share

CHANNELS = (
    ("mail", "Mail"), ("page", "Page of updates"), ("webhook", "Webhook"), ("slack", "Slack-compatible webhook"),
)  # fmt: skip
PUBLIC, WITH_REASONS, INSIDE = "public", "reasons", "inside"
WORDS = (
    (PUBLIC, "Public words only"), (WITH_REASONS, "Public words, and the reasons given inside"),
    (INSIDE, "The words used inside, with reasons"),
)  # fmt: skip
"""How much of the inside a text holds, the least first."""
UPDATE_STATES = (("draft", "Draft"), ("sent", "Sent"))
READY, SENDING, SENT, UNSURE, FAILED = "ready", "sending", "sent", "unsure", "failed"
DELIVERY_STATES = (
    (READY, "On its way"), (SENDING, "Is being sent"), (SENT, "Sent"), (UNSURE, "Perhaps sent"), (FAILED, "Not sent"),
)  # fmt: skip


class CommunicationLineQuerySet(TenantedQuerySet["CommunicationLine"]):
    """Reads of the plan."""

    def live(self) -> Self:
        return self.filter(archived_at=None)


class CommunicationLine(Tenanted):
    """Who is told, where, how often and by whom. `to` holds mail addresses, one on a line, or the address of a hook.

    `template` is Markdown in which {product}, {period} and {changes} are filled in: the changes in the words that `words`
    says, and of what `share` shows where the audience has a view of its own.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    audience = models.CharField(max_length=120)
    channel = models.CharField(max_length=8, choices=CHANNELS, default="mail")
    to = models.TextField("where to", max_length=8000, blank=True)
    cadence = models.CharField("how often", max_length=8, choices=CADENCES, default="weekly")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS, default=4)
    day = models.PositiveSmallIntegerField(default=1)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    template = models.TextField(max_length=20_000, blank=True)
    words = models.CharField(max_length=8, choices=WORDS, default=PUBLIC)
    share = models.ForeignKey(
        Share, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    last_sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = CommunicationLineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["audience", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(channel__in=[name for name, _ in CHANNELS]), name="line_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(cadence__in=[name for name, _ in CADENCES]), name="line_cadence_known"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, day__gte=1, day__lte=31), name="line_time_known"
            ),
            models.CheckConstraint(
                condition=Q(words__in=[name for name, _ in WORDS]), name="line_words_known"
            ),
        ]

    def __str__(self) -> str:
        return self.audience

    @property
    def when(self) -> dict[str, Any]:
        """When it is due, as `roadmap.cadence` takes it: by the end of the working day, in the workspace's zone."""
        zone = self.product.workspace.time_zone
        return {"cadence": self.cadence, "hour": 17, "zone": zone, "weekday": self.weekday, "day": self.day}  # fmt: skip

    def overdue_since(self, now: datetime) -> datetime | None:
        """Since when an update has been due, None where none is."""
        return overdue(self.last_sent_at, now, self.created_at, **self.when)


class StatusUpdateQuerySet(TenantedQuerySet["StatusUpdate"]):
    """Reads of status updates."""

    def on_page(self) -> Self:
        """Those for everybody who sees the product."""
        return self.filter(state="sent", on_page=True)


class StatusUpdate(Tenanted):
    """A status written once and sent to where the plan says. `line` is the one it was begun for; `on_page` says that it
    went to the page of updates, where everybody who sees the product reads it. `words` says with what it was begun."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    line = models.ForeignKey(
        CommunicationLine, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    title = models.CharField(max_length=200)
    body = models.TextField(max_length=20_000, blank=True)
    health = models.CharField(max_length=10, choices=HEALTH, blank=True)
    words = models.CharField(max_length=8, choices=WORDS, default=PUBLIC, editable=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=UPDATE_STATES, default="draft")
    on_page = models.BooleanField(default=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = StatusUpdateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _ in UPDATE_STATES]),
                name="update_state_known",
            ),
            models.CheckConstraint(
                condition=Q(health__in=["", *(name for name, _ in HEALTH)]),
                name="update_health_known",
            ),
            models.CheckConstraint(
                condition=Q(words__in=[name for name, _ in WORDS]), name="update_words_known"
            ),
            models.CheckConstraint(condition=Q(since__lte=F("until")), name="update_time_ordered"),
        ]

    def __str__(self) -> str:
        return self.title


class Delivery(Tenanted):
    """One sending of an update to one address. Hooks are tried again and carry the uuid, by which they know a second
    call; a mail of which nobody knows whether it went is not sent again."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    update = models.ForeignKey(StatusUpdate, on_delete=models.CASCADE, related_name="deliveries")
    line = models.ForeignKey(CommunicationLine, on_delete=models.CASCADE, related_name="deliveries")
    to = models.CharField(max_length=1000, blank=True)
    state = models.CharField(max_length=8, choices=DELIVERY_STATES, default=READY)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["update", "line", "to"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _ in DELIVERY_STATES]),
                name="delivery_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.update_id} to {self.line_id}: {self.state}"
