"""Canvases and personas: whom the product is for, and how it is to hold its own."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ideas.models import Research
from plm.lifecycle import State, Workflow
from plm.models import Product, RecordQuerySet, StageRecord, Tenanted
from plm.querysets import TenantedQuerySet
from roadmap.canvases import CANVASES

PERSONA_WORKFLOW = Workflow(
    states=(
        State("assumed", "Assumed", "open", "amber"),
        State("confirmed", "Confirmed by research", "active", "green"),
        State("retired", "No longer served", "closed"),
    ),
)


class CanvasQuerySet(TenantedQuerySet["Canvas"]):
    """Reads of canvases."""


class Canvas(Tenanted):
    """A canvas of one product. `boxes` holds the texts by name of the box; empty ones are left out.

    The events `canvas.updated` are its history.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    type = models.CharField(max_length=12, choices=[(c.name, c.label) for c in CANVASES.values()])
    boxes = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(null=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects: ClassVar = CanvasQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "type"], name="canvas_once"),
            models.CheckConstraint(condition=Q(type__in=list(CANVASES)), name="canvas_type_known"),
        ]

    def __str__(self) -> str:
        return f"{self.type} of {self.product_id}"


class PersonaQuerySet(RecordQuerySet):
    """Reads of personas."""


class Persona(StageRecord):
    """A kind of person the product is for. `research` is what it rests on; without any it is assumed."""

    kind: ClassVar[str] = "persona"
    workflow: ClassVar[Workflow] = PERSONA_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("research",)

    role = models.CharField("who they are", max_length=160, blank=True)
    tasks = models.TextField("what they want to get done", blank=True, max_length=3000)
    pains = models.TextField("what is in their way", blank=True, max_length=3000)
    quote = models.CharField("in their words", max_length=300, blank=True)
    research = models.ForeignKey(
        Research, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar = PersonaQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=PERSONA_WORKFLOW.names()), name="persona_state_known"
            ),
        ]
