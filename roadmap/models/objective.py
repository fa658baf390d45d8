"""Objectives, the key results that show whether they are reached, and the readings of those."""

from __future__ import annotations

import uuid
from datetime import date
from math import isfinite
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from plm.lifecycle import State, Workflow
from plm.models import RecordQuerySet, StageRecord, Tenanted
from roadmap.progress import key_result_progress

HUES = (
    ("teal", "Teal"),
    ("violet", "Violet"),
    ("blue", "Blue"),
    ("amber", "Amber"),
    ("rose", "Rose"),
    ("green", "Green"),
    ("indigo", "Indigo"),
    ("gray", "Gray"),
)

OBJECTIVE_WORKFLOW = Workflow(
    states=(
        State("planned", "Planned", "open", "planned"),
        State("active", "Active", "active", "building"),
        State("achieved", "Achieved", "done", "shipped"),
        State("missed", "Missed", "closed"),
        State("cancelled", "Cancelled", "closed"),
    ),
)

KEY_RESULT_WORKFLOW = Workflow(
    states=(
        State("open", "Open", "active", "building"),
        State("reached", "Reached", "done", "shipped"),
        State("missed", "Missed", "closed"),
        State("cancelled", "Cancelled", "closed"),
    ),
)


def dates_message(first: str, second: str) -> dict[str, str]:
    """What a form says at the end date when it lies before the beginning."""
    return {second: f"This lies before {first}. Choose the same day or a later one."}


class ObjectiveQuerySet(RecordQuerySet):
    """Reads of objectives."""

    def pursued(self) -> Self:
        """Objectives that are planned or under way."""
        return self.live().filter(state__in=("planned", "active"))


class Objective(StageRecord):
    """Something the product wants to bring about in a period, measured by its key results."""

    kind: ClassVar[str] = "objective"
    workflow: ClassVar[Workflow] = OBJECTIVE_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ()

    period = models.CharField("period", max_length=40, blank=True)
    cycle = models.PositiveIntegerField("cycle of the loop", null=True, blank=True)
    starts_on = models.DateField("begins", null=True, blank=True)
    ends_on = models.DateField("ends", null=True, blank=True)
    weight = models.FloatField(default=1.0)
    hue = models.CharField("colour", max_length=8, choices=HUES, default="teal")
    target_share = models.PositiveSmallIntegerField("share of the work", null=True, blank=True)

    objects: ClassVar = ObjectiveQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(fields=["product", "starts_on", "reference_row"], name="objective_starts"),
        ]
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=OBJECTIVE_WORKFLOW.names()), name="objective_state_known"
            ),
            models.CheckConstraint(
                condition=Q(hue__in=[name for name, _ in HUES]), name="objective_hue_known"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(starts_on__lte=F("ends_on")),
                name="objective_dates_ordered",
            ),
            models.CheckConstraint(
                condition=Q(weight__gte=0) & Q(weight__lte=100), name="objective_weight_range"
            ),
            models.CheckConstraint(
                condition=Q(target_share=None) | Q(target_share__lte=100),
                name="objective_share_range",
            ),
        ]

    def clean(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError(dates_message("the beginning", "ends_on"))
        if not 0 <= self.weight <= 100:
            raise ValidationError({"weight": "A weight lies between 0 and 100."})
        if self.target_share is not None and self.target_share > 100:
            raise ValidationError({"target_share": "A share lies between 0 and 100 percent."})


class KeyResultQuerySet(RecordQuerySet):
    """Reads of key results."""


class KeyResult(StageRecord):
    """A figure that has to go from `start` to `target`. `current` is what the latest check-in says."""

    kind: ClassVar[str] = "key_result"
    workflow: ClassVar[Workflow] = KEY_RESULT_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("objective",)

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="key_results")
    metric = models.CharField("metric", max_length=120)
    unit = models.CharField("unit", max_length=24, blank=True)
    start = models.FloatField("start value")
    target = models.FloatField("target value")
    current = models.FloatField("current value")
    confidence = models.PositiveSmallIntegerField(null=True, editable=False)
    weight = models.FloatField(default=1.0)
    due_on = models.DateField("to be reached by", null=True, blank=True)
    checked_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = KeyResultQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        verbose_name = "key result"
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=KEY_RESULT_WORKFLOW.names()), name="key_result_state_known"
            ),
            models.CheckConstraint(condition=~Q(start=F("target")), name="key_result_has_a_way"),
            models.CheckConstraint(
                condition=Q(weight__gte=0) & Q(weight__lte=100), name="key_result_weight_range"
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__lte=100),
                name="key_result_confidence_range",
            ),
        ]

    def clean(self) -> None:
        for name in ("start", "target", "current", "weight"):
            if not isfinite(getattr(self, name)):
                raise ValidationError({name: "Enter a finite number."})
        if self.start == self.target:
            raise ValidationError({"target": "The target must differ from the start."})
        if not 0 <= self.weight <= 100:
            raise ValidationError({"weight": "A weight lies between 0 and 100."})
        begins = self.objective.starts_on
        if self.due_on and begins and self.due_on < begins:
            raise ValidationError({"due_on": f"Its goal begins on {begins}. Choose a later day."})

    @property
    def progress(self) -> float:
        return key_result_progress(self.start, self.target, self.current)

    @property
    def progress_percent(self) -> int:
        return round(100 * self.progress)

    @property
    def due(self) -> date | None:
        """The day it is to be reached by: its own, else the end of its objective."""
        return self.due_on or self.objective.ends_on

    @property
    def direction(self) -> str:
        """`up` or `down`, as target and start say."""
        return "up" if self.target > self.start else "down"


class KeyResultCheckIn(Tenanted):
    """One reading of a key result: the value, and in percent how sure people are that the target will be reached."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key_result = models.ForeignKey(KeyResult, on_delete=models.CASCADE, related_name="check_ins")
    at = models.DateTimeField()
    value = models.FloatField()
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True, max_length=4000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["key_result", "-at"], name="check_in_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__lte=100),
                name="check_in_confidence_range",
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} at {self.at:%Y-%m-%d}"
