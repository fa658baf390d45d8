"""Digests of what changed on the roadmap: who wants which, and each one that was made."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q

from plm.models import Product, Team, Tenanted
from plm.permissions import Actor
from plm.querysets import TenantedQuerySet
from roadmap.cadence import CADENCES, WEEKDAYS, next_due
from roadmap.models.objective import Objective
from roadmap.models.release import Release

READY, SENDING, SENT, UNSURE, FAILED, DROPPED = (
    "ready", "sending", "sent", "unsure", "failed", "dropped",
)  # fmt: skip
DIGEST_STATES = (
    (READY, "On its way"),
    (SENDING, "Is being sent"),
    (SENT, "Sent"),
    (UNSURE, "Perhaps sent"),
    (FAILED, "Not sent"),
    (DROPPED, "Not sent: no access"),
)


class DigestSubscriptionQuerySet(TenantedQuerySet["DigestSubscription"]):
    """Reads of subscriptions: each is the business of its reader alone."""

    def own(self, actor: Actor) -> Self:
        """Those of the actor, in products they may see."""
        rows = self.visible_to(actor, "digest.view")
        return rows.filter(user_id=actor.person_key, product__archived_at=None)

    def due(self, now: datetime) -> Self:
        """Those whose time has come."""
        return self.filter(parked_at=None, due_at__lte=now)


class DigestSubscription(Tenanted):
    """Somebody who wants to be told what changed on the roadmap, or in a part of it.

    The part is what belongs to a goal, a release, a team, or to a saved view of the backlog, of which the filters are
    copied (`query`, with the `view` it came from). `seen_at` is the moment up to which the reader was told, `due_at`
    when they are told next. `seen_items` are the items that the filters let through then, by primary key; None where
    that is not known. A parked one waits for its reader: they lost access, or its filters fit no more.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    objective = models.ForeignKey(
        Objective, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    view = models.CharField(max_length=60, blank=True)
    query = models.CharField(max_length=1000, blank=True)
    cadence = models.CharField(max_length=8, choices=CADENCES, default="weekly")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS, default=0)
    day = models.PositiveSmallIntegerField(default=1)
    hour = models.PositiveSmallIntegerField(default=8)
    time_zone = models.CharField(max_length=64, default="UTC")
    seen_at = models.DateTimeField()
    seen_items = models.JSONField(null=True, blank=True, editable=False)
    due_at = models.DateTimeField()
    parked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = DigestSubscriptionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(parked_at=None), name="digest_due"),
            models.Index(fields=["user", "product"], name="digest_of_reader"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cadence__in=[name for name, _ in CADENCES]), name="digest_cadence_known"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=6, day__gte=1, day__lte=31, hour__lte=23),
                name="digest_time_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} about {self.product}: {self.part}"

    @property
    def part(self) -> str:
        """Which part of the roadmap it is about, in words."""
        if self.view:
            return f"the view {self.view}"
        found = [
            f"{word} {part.name if isinstance(part, Team) else part.title}"
            for word, part in (("goal", self.objective), ("release", self.release), ("team", self.team))
            if part is not None
        ]  # fmt: skip
        return ", ".join(found) or "the whole roadmap"

    @property
    def due_words(self) -> str:
        """When it is due next, by the clock of the reader's zone."""
        return in_words(self.due_at, self.time_zone)

    def next_after(self, moment: datetime) -> datetime:
        """When it is due next after a moment."""
        return next_due(
            moment, self.cadence, hour=self.hour, zone=self.time_zone, weekday=self.weekday, day=self.day
        )  # fmt: skip


def in_words(moment: datetime, zone: str) -> str:
    """A moment as the pages write it, by the clock of a time zone."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%b %Y, %H:%M}"


class Digest(Tenanted):
    """What a reader is told of the time from `since` to `until`. Made together with moving the subscription on.

    States: `ready` to be sent; `sending` was committed before the mail went; `sent`. `unsure`: the worker died between
    the two, so the mail may have gone and is not sent again, the next one names that time (docs/adr/0021).
    `failed`: it did not go, and its time is told with the next one. `dropped`: its reader had lost access. The text is
    not kept: it is made when it goes, of what its reader may see then. `left` are the items that had left the view that
    it is about, by primary key. `named_by` is the digest that named an unsure one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subscription = models.ForeignKey(
        DigestSubscription, on_delete=models.CASCADE, related_name="digests"
    )
    due_at = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, choices=DIGEST_STATES, default=READY)
    changes = models.PositiveIntegerField(default=0)
    left = models.JSONField(default=list, blank=True, editable=False)
    problem = models.CharField(max_length=200, blank=True)
    named_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="names"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-due_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "due_at"], name="digest_once"),
            models.UniqueConstraint(
                fields=["subscription"],
                condition=Q(state__in=(READY, SENDING)),
                name="digest_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _ in DIGEST_STATES]),
                name="digest_state_known",
            ),
            models.CheckConstraint(
                condition=Q(since__lte=models.F("until")), name="digest_time_ordered"
            ),
        ]

    @property
    def span_words(self) -> str:
        """The time it tells of, by the clock of the reader's zone."""
        zone = self.subscription.time_zone
        return f"{in_words(self.since, zone)} to {in_words(self.until, zone)}"

    def __str__(self) -> str:
        return f"{self.subscription_id} until {self.until}: {self.state}"
