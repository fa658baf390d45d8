"""What is known before anybody builds: research, trends of the market, feasibility."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ideas.models.idea import Idea
from ideas.models.rows import RowRecord
from ideas.rowsets import Column, RowSet
from plm.lifecycle import State, Workflow
from plm.models import RecordQuerySet

RESEARCH_TYPES = (
    ("market", "Market"),
    ("user", "Users"),
    ("competitor", "Competitors"),
    ("feasibility", "Feasibility"),
)
CONFIDENCES = (("low", "Low"), ("medium", "Medium"), ("high", "High"))
RESEARCH_WORKFLOW = Workflow(
    states=(
        State("planned", "Planned", "open"),
        State("running", "Running", "active", "discovery"),
        State("done", "Done", "done", "shipped"),
        State("dropped", "Dropped", "closed"),
    ),
)
SOURCES = RowSet(
    "sources",
    "Sources",
    "source",
    (
        Column("title", "What it is", required=True),
        Column("url", "Address", "url"),
        Column("on", "Of the day", "day", help="When it was published or asked."),
    ),
    "Where does this come from? Without a source nobody can check it.",
)
FINDINGS = RowSet(
    "findings",
    "Findings",
    "finding",
    (
        Column("text", "What was found", "text", required=True, most=2000),
        Column("quote", "In somebody's words", "text", most=2000),
        Column("who", "Whose words", help="A role or a kind of customer is enough."),
    ),
    "What did you learn that you did not know before?",
)


class ResearchQuerySet(RecordQuerySet):
    """Reads of research."""


class Research(RowRecord):
    """A question, how it was answered, and what came out. After `valid_until` its findings are shown as stale."""

    kind: ClassVar[str] = "research"
    workflow: ClassVar[Workflow] = RESEARCH_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ()
    rowsets: ClassVar[Mapping[str, RowSet]] = {"findings": FINDINGS, "sources": SOURCES}

    type = models.CharField(max_length=12, choices=RESEARCH_TYPES, default="user")
    question = models.TextField(blank=True)
    method = models.CharField(max_length=250, blank=True)
    confidence = models.CharField(max_length=8, choices=CONFIDENCES, default="medium")
    valid_until = models.DateField(null=True, blank=True)
    sources = models.JSONField(default=list, blank=True)
    findings = models.JSONField(default=list, blank=True)

    objects: ClassVar = ResearchQuerySet.as_manager()

    class Meta(RowRecord.Meta):
        verbose_name_plural = "research"
        constraints: ClassVar = [
            *RowRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(type__in=[n for n, _ in RESEARCH_TYPES], confidence__in=[n for n, _ in CONFIDENCES]),
                name="research_choices_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RESEARCH_WORKFLOW.names()), name="research_state_known"
            ),
        ]  # fmt: skip

    @property
    def is_stale(self) -> bool:
        return self.valid_until is not None and self.valid_until < timezone.localdate()


DIRECTIONS = (("rising", "Rising"), ("steady", "Steady"), ("falling", "Falling"))
TREND_WORKFLOW = Workflow(
    states=(
        State("watched", "Watched", "active", "discovery"),
        State("acted_on", "Acted on", "done", "shipped"),
        State("over", "Over", "closed"),
    ),
)
EVIDENCE = RowSet(
    "evidence",
    "Evidence",
    "piece of evidence",
    (
        Column("text", "What shows it", "text", required=True, most=2000),
        Column("url", "Address", "url"),
        Column("on", "Of the day", "day"),
    ),
    "One observation is an anecdote, three are a trend. Note the first.",
)


class TrendQuerySet(RecordQuerySet):
    """Reads of trends."""


class Trend(RowRecord):
    """A movement of the market. `segments` are the names of the groups of customers it touches."""

    kind: ClassVar[str] = "trend"
    workflow: ClassVar[Workflow] = TREND_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ()
    rowsets: ClassVar[Mapping[str, RowSet]] = {"evidence": EVIDENCE}

    direction = models.CharField(max_length=8, choices=DIRECTIONS, default="rising")
    segments = models.JSONField(default=list, blank=True)
    evidence = models.JSONField(default=list, blank=True)

    objects: ClassVar = TrendQuerySet.as_manager()

    class Meta(RowRecord.Meta):
        constraints: ClassVar = [
            *RowRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(direction__in=[n for n, _ in DIRECTIONS]), name="trend_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=TREND_WORKFLOW.names()), name="trend_state_known"
            ),
        ]


ASPECTS = (
    ("technical", "Technical"),
    ("operational", "Operational"),
    ("legal", "Legal"),
    ("financial", "Financial"),
)
RATINGS = (
    ("feasible", "Feasible"),
    ("doubtful", "Doubtful"),
    ("blocked", "Not feasible"),
    ("unknown", "Not known yet"),
)
FEASIBILITY_WORKFLOW = Workflow(
    states=(
        State("open", "Being looked into", "active", "discovery"),
        State("done", "Answered", "done", "shipped"),
    ),
)
ASPECT_ROWS = RowSet(
    "aspects",
    "Aspects",
    "aspect",
    (
        Column("aspect", "Aspect", "choice", required=True, choices=ASPECTS),
        Column("rating", "Rating", "choice", required=True, choices=RATINGS),
        Column("reason", "Reason", "text", required=True, most=2000),
        Column("questions", "Open questions", "text", most=2000),
    ),
    "Rate each of the four: technical, operational, legal, financial. The weakest decides.",
    once="aspect",
)


class FeasibilityQuerySet(RecordQuerySet):
    """Reads of feasibility."""


class Feasibility(RowRecord):
    """Whether an idea can be done: each aspect rated, with its reason and what is still open."""

    kind: ClassVar[str] = "feasibility"
    workflow: ClassVar[Workflow] = FEASIBILITY_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("idea",)
    rowsets: ClassVar[Mapping[str, RowSet]] = {"aspects": ASPECT_ROWS}

    idea = models.ForeignKey(
        Idea, null=True, blank=True, on_delete=models.PROTECT, related_name="feasibilities"
    )
    aspects = models.JSONField(default=list, blank=True)

    objects: ClassVar = FeasibilityQuerySet.as_manager()

    class Meta(RowRecord.Meta):
        verbose_name_plural = "feasibility"
        constraints: ClassVar = [
            *RowRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=FEASIBILITY_WORKFLOW.names()), name="feasibility_state_known"
            ),
        ]

    @property
    def verdict(self) -> str:
        """The rating of the weakest aspect; unknown while one of the four is not rated."""
        rated = {row["aspect"]: row["rating"] for row in self.aspects}
        found = set(rated.values()) | ({"unknown"} if len(rated) < len(ASPECTS) else set())
        return next(r for r in ("blocked", "unknown", "doubtful", "feasible") if r in found)

    @property
    def verdict_label(self) -> str:
        return dict(RATINGS)[self.verdict]
