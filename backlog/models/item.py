"""Backlog items: epics, features, stories, tasks and bugs in one table."""

from __future__ import annotations

import time
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from backlog.models.sprint import Sprint
from ideas.models import Idea
from plm.lifecycle import State, Workflow
from plm.models import Component, RecordQuerySet, StageRecord, Tenanted

TYPES = (
    ("epic", "Epic"),
    ("feature", "Feature"),
    ("story", "Story"),
    ("task", "Task"),
    ("bug", "Bug"),
)

ICONS = {"epic": "layers", "feature": "box", "story": "bookmark", "task": "square-check", "bug": "bug"}  # fmt: skip

# Which types may stand above which. The table has no ring, so neither has the tree of items.
PARENT_TYPES: dict[str, tuple[str, ...]] = {
    "epic": (),
    "feature": ("epic",),
    "story": ("epic", "feature"),
    "bug": ("epic", "feature", "story"),
    "task": ("epic", "feature", "story", "bug"),
}

PRIORITIES = (
    ("urgent", "Urgent"),
    ("high", "High"),
    ("medium", "Medium"),
    ("low", "Low"),
    ("none", "None"),
)

ITEM_WORKFLOW = Workflow(
    states=(
        State("backlog", "Backlog", "open"),
        State("todo", "To do", "open", "planned"),
        State("in_progress", "In progress", "active", "building"),
        State("in_review", "In review", "active", "beta"),
        State("done", "Done", "done", "shipped"),
        State("cancelled", "Cancelled", "closed"),
    ),
)

ACTIVE_STATES = ITEM_WORKFLOW.names("active")
FINISHED_STATES = ITEM_WORKFLOW.names("done", "closed")


def board_end() -> float:
    """Where a new card stands in its column: below all that are there. Seconds since 1970, with fractions."""
    return time.time()


class ItemQuerySet(RecordQuerySet):
    """Reads of backlog items."""

    def unfinished(self) -> ItemQuerySet:
        """Items that are neither done nor cancelled."""
        return self.live().exclude(state__in=FINISHED_STATES)

    def late(self) -> ItemQuerySet:
        """Unfinished items whose day has passed. What is done has its day of that; an index holds the others."""
        return self.unfinished().filter(done_at=None, due_on__lt=timezone.localdate())

    def ranked(self) -> ItemQuerySet:
        """Items that have a place in the product's ranked list, the first one first."""
        return self.live().filter(rank__gt=0).order_by("rank", "pk")

    def cards(self) -> ItemQuerySet:
        """Items that are worked on themselves: those with nothing countable below them, epics aside."""
        return self.live().filter(progress_total=0).exclude(type="epic")

    def below(self, pk: int) -> ItemQuerySet:
        """The direct children of an item."""
        return self.live().filter(parent_id=pk).order_by("board_order", "pk")


class BacklogItem(StageRecord):
    """Work to be done, from epic to task, in one ranked list.

    `rank` is its place in the product's list (1 = first, 0 = not ranked yet), `rank_pinned` the place a person has
    set by hand. `progress_done` of `progress_total` counts the leaves below it; an item without children counts
    nothing. `board_order` sorts the cards of a board's column.
    """

    kind: ClassVar[str] = "item"
    workflow: ClassVar[Workflow] = ITEM_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("idea_links.idea", "parent")

    type = models.CharField(max_length=12, choices=TYPES, default="feature")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", db_index=False
    )  # fmt: skip
    priority = models.CharField(max_length=8, choices=PRIORITIES, default="none")
    estimate = models.DecimalField(
        "estimate in points", max_digits=8, decimal_places=2, null=True, blank=True
    )
    sprint = models.ForeignKey(
        Sprint, null=True, blank=True, on_delete=models.SET_NULL, related_name="items", db_index=False
    )  # fmt: skip
    component = models.ForeignKey(
        Component, null=True, blank=True, on_delete=models.PROTECT, related_name="items", db_index=False
    )  # fmt: skip
    due_on = models.DateField("due", null=True, blank=True)
    score = models.FloatField(null=True, editable=False)
    rank = models.BigIntegerField(default=0, editable=False)
    rank_pinned = models.BigIntegerField(null=True, editable=False)
    progress_done = models.PositiveIntegerField(default=0, editable=False)
    progress_total = models.PositiveIntegerField(default=0, editable=False)
    board_order = models.FloatField(default=board_end, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = ItemQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        verbose_name = "backlog item"
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(fields=["product", "-score", "-reference_row"], name="item_score"),
            models.Index(fields=["product", "rank", "reference_row"], name="item_rank"),
            models.Index(fields=["product", "state", "board_order"], name="item_board"),
            models.Index(
                fields=["product", "due_on", "reference_row"],
                condition=Q(done_at=None, due_on__isnull=False),
                name="item_due",
            ),
            models.Index(
                fields=["product", "state", "-done_at", "-reference_row"],
                condition=Q(done_at__isnull=False),
                name="item_done",
            ),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="item_parent"),
            models.Index(fields=["sprint"], condition=Q(sprint__isnull=False), name="item_sprint"),
            models.Index(
                fields=["component"], condition=Q(component__isnull=False), name="item_component"
            ),
        ]
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(type__in=[name for name, _ in TYPES]), name="item_type_known"
            ),
            models.CheckConstraint(
                condition=Q(priority__in=[name for name, _ in PRIORITIES]),
                name="item_priority_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ITEM_WORKFLOW.names()), name="item_state_known"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("reference_row")), name="item_not_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(type="epic"), name="item_epic_on_top"
            ),
            models.CheckConstraint(
                condition=Q(estimate=None) | Q(estimate__gte=0), name="item_estimate_positive"
            ),
            models.CheckConstraint(
                condition=Q(progress_done__lte=F("progress_total")), name="item_progress_fits"
            ),
            models.CheckConstraint(condition=Q(rank__gte=0), name="item_rank_positive"),
        ]

    @property
    def icon(self) -> str:
        """The icon of its type."""
        return ICONS.get(self.type, "square-check")

    @property
    def progress_percent(self) -> int | None:
        """Share of its leaves that is done, or None where there is nothing below."""
        if not self.progress_total:
            return None
        return round(100 * self.progress_done / self.progress_total)

    @property
    def late(self) -> bool:
        """Its day has passed and it is not finished."""
        due = self.due_on
        return due is not None and due < timezone.localdate() and self.state not in FINISHED_STATES


class IdeaLink(Tenanted):
    """One idea that became (part of) one item. An idea may become several items, an item come from several ideas."""

    item = models.ForeignKey(BacklogItem, on_delete=models.CASCADE, related_name="idea_links")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="item_links")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "idea"], name="idea_link_once")
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} became {self.item_id}"
