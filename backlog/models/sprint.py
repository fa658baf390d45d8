"""Sprints, and how much may be in work at once on the board."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from plm.lifecycle import State, Workflow
from plm.models import Product, RecordQuerySet, StageRecord, Tenanted

SPRINT_WORKFLOW = Workflow(
    states=(
        State("planned", "Planned", "open", "planned"),
        State("active", "Active", "active", "building"),
        State("completed", "Completed", "done", "shipped"),
    ),
    moves={"planned": ("active",), "active": ("completed", "planned"), "completed": ("active",)},
)

# Columns of the board that may have a limit: work that is begun or about to begin.
LIMITED_STATES = ("todo", "in_progress", "in_review")
RUNNING = "running_sprint"
"""Where the event of an item names a sprint that ran and holds something else by it."""


class SprintQuerySet(RecordQuerySet):
    """Reads of sprints."""

    def active(self) -> SprintQuerySet:
        """The sprints that run now: at most one a team."""
        return self.live().filter(state="active")

    def open(self) -> SprintQuerySet:
        """Sprints that still take items."""
        return self.live().exclude(state="completed")


class Sprint(StageRecord):
    """A stretch of days in which a team builds. The description is its goal, `capacity` what it can take in points."""

    kind: ClassVar[str] = "sprint"
    workflow: ClassVar[Workflow] = SPRINT_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ()

    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")
    capacity = models.DecimalField(
        "capacity in points", max_digits=8, decimal_places=2, null=True, blank=True
    )

    objects: ClassVar = SprintQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(fields=["product", "starts_on", "reference_row"], name="sprint_starts"),
        ]
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=SPRINT_WORKFLOW.names()), name="sprint_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="sprint_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gte=0), name="sprint_capacity_positive"
            ),
            models.UniqueConstraint(
                fields=["product", "team"],
                condition=Q(state="active", archived_at=None, team__isnull=False),
                name="sprint_active_once_a_team",
            ),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(state="active", archived_at=None, team=None),
                name="sprint_active_once_without_team",
            ),
        ]


class WipLimit(Tenanted):
    """How many items may stand in one column of a product's board. A hard limit refuses the next one."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=24)
    limit = models.PositiveIntegerField()
    hard = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "state"], name="wip_limit_once"),
            models.CheckConstraint(condition=Q(limit__gte=1), name="wip_limit_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.limit}"


def limits_mark(limits: Mapping[str, WipLimit]) -> str:
    """The limits of a board as one word, by which a form tells that others have changed them since."""
    rows = (limits[state] for state in LIMITED_STATES if state in limits)
    return " ".join(f"{row.state}:{row.limit}:{int(row.hard)}" for row in rows) or "none"
