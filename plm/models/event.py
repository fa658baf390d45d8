"""Facts: one append-only row each."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf

from plm.models.product import Product
from plm.models.record import Reference
from plm.models.workspace import Tenanted
from plm.permissions import Actor
from plm.querysets import TenantedQuerySet, visibility

FOUND_FIRST = (
    "title", "state", "owner", "team", "component", "archived_at", "estimate", "type",
    "priority", "tags", "parent", "sprint", "due_on", "ideas",
    "bucket", "starts_on", "ends_on", "grain", "objective", "release", "commitment", "health", "health_note", "hidden",
)  # fmt: skip
"""Fields whose value of an earlier moment is asked of thousands of records at once, so that the first change after it
has to be found without reading the others (docs/adr/0024)."""

EXPLAINED = "explained"
"""What the verb ends with of a fact that gives the reason of another one (`plm/services/reasons.py`)."""
PLAN_VERBS = ("placement.made", "placement.moved", "placement.removed")
"""Facts of which the course of a plan is made."""


class EventQuerySet(TenantedQuerySet["Event"]):
    def visible_to(self, actor: Actor, action: str = "record.view") -> Self:
        """What happened to the groups of products is for those who keep the tree: a name tells of what is below it."""
        rows = super().visible_to(actor, action)
        if actor.system:
            return rows
        keeps = visibility(actor, "product_group.view", product_field="")
        return rows.filter(~models.Q(kind="product_group") | keeps)

    def with_why(self) -> Self:
        """Each with `why`: its reason, or the one that was given for it afterwards, or nothing."""
        named = Cast(KeyTextTransform("of", "data"), models.BigIntegerField())
        said = (
            Event.objects.filter(
                record_id=models.OuterRef("record_id"), verb__endswith=f".{EXPLAINED}"
            )
            .filter(sequence__gt=models.OuterRef("sequence"))
            .annotate(of=named)
            .filter(of=models.OuterRef("sequence"))
            .values("reason")[:1]
        )
        own = NullIf("reason", models.Value(""))
        return self.annotate(
            why=Coalesce(
                own, models.Subquery(said), models.Value(""), output_field=models.TextField()
            )
        )

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
    why: str
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
            models.Index(
                fields=["product", "created_at"],
                name="event_of_removal",
                condition=models.Q(verb="placement.removed"),
            ),
            models.Index(
                fields=["product", "sequence"],
                name="event_of_plan",
                condition=models.Q(verb__in=PLAN_VERBS),
            ),
            models.Index(
                fields=["product", "created_at"],
                name="event_of_scores",
                condition=models.Q(verb="scores.recomputed"),
            ),
            models.Index(
                fields=["record", "created_at", "sequence"],
                name="event_of_assessment",
                condition=models.Q(verb="item.assessed"),
            ),
            *(
                models.Index(
                    fields=["record", "created_at", "sequence"],
                    name=f"event_first_{name}",
                    condition=models.Q(changes__has_key=name),
                )
                for name in FOUND_FIRST
            ),
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
