"""Releases and milestones."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from plm.lifecycle import State, Workflow
from plm.models import RecordQuerySet, StageRecord
from roadmap.models.objective import dates_message

RELEASE_WORKFLOW = Workflow(
    states=(
        State("planned", "Planned", "open", "planned"),
        State("in_progress", "In progress", "active", "building"),
        State("released", "Released", "done", "shipped"),
        State("cancelled", "Cancelled", "closed"),
    ),
)

MILESTONE_TYPES = (("release", "Release"), ("gate", "Gate"), ("event", "Event"))

MILESTONE_WORKFLOW = Workflow(
    states=(
        State("planned", "Planned", "open", "planned"),
        State("reached", "Reached", "done", "shipped"),
        State("missed", "Missed", "closed"),
        State("cancelled", "Cancelled", "closed"),
    ),
)


class ReleaseQuerySet(RecordQuerySet):
    """Reads of releases."""

    def open(self) -> Self:
        """Releases that still take items."""
        return self.live().filter(state__in=("planned", "in_progress"))


class Release(StageRecord):
    """A version that goes out on a day. `release_on` is the plan, `released_on` what came.

    An item leads here through its placement, so a release's origins are the items placed in it.
    """

    kind: ClassVar[str] = "release"
    workflow: ClassVar[Workflow] = RELEASE_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("placements.item",)

    cycle_begins = models.DateField("work begins", null=True, blank=True)
    freeze_on = models.DateField("freeze", null=True, blank=True)
    release_on = models.DateField("planned for", null=True, blank=True)
    released_on = models.DateField("released on", null=True, blank=True)

    objects: ClassVar = ReleaseQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(fields=["product", "release_on", "reference_row"], name="release_planned"),
        ]
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=RELEASE_WORKFLOW.names()), name="release_state_known"
            ),
            models.CheckConstraint(
                condition=Q(cycle_begins=None)
                | Q(release_on=None)
                | Q(cycle_begins__lte=F("release_on")),
                name="release_dates_ordered",
            ),
            models.CheckConstraint(
                condition=Q(freeze_on=None)
                | Q(release_on=None)
                | Q(freeze_on__lte=F("release_on")),
                name="release_freeze_before",
            ),
        ]

    def clean(self) -> None:
        if self.release_on and self.cycle_begins and self.release_on < self.cycle_begins:
            raise ValidationError(dates_message("the begin of work", "release_on"))
        if self.release_on and self.freeze_on and self.release_on < self.freeze_on:
            raise ValidationError(dates_message("the freeze", "release_on"))

    @property
    def day(self) -> date | None:
        """The day it went out, or is planned to."""
        return self.released_on or self.release_on


class MilestoneQuerySet(RecordQuerySet):
    """Reads of milestones."""


class Milestone(StageRecord):
    """A day by which something has to have happened."""

    kind: ClassVar[str] = "milestone"
    workflow: ClassVar[Workflow] = MILESTONE_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("release",)

    on = models.DateField("date")
    type = models.CharField(max_length=8, choices=MILESTONE_TYPES, default="event")
    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="milestones"
    )

    objects: ClassVar = MilestoneQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(fields=["product", "on", "reference_row"], name="milestone_on"),
        ]
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=MILESTONE_WORKFLOW.names()), name="milestone_state_known"
            ),
            models.CheckConstraint(
                condition=Q(type__in=[name for name, _ in MILESTONE_TYPES]),
                name="milestone_type_known",
            ),
        ]
