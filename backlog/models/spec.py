"""Specifications of features, their requirements, and their versions."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.html import strip_tags

from backlog.models.item import BacklogItem
from backlog.models.spec_rows import DECISIONS, DEPENDENCIES, QUESTIONS, RISKS
from ideas.models import RowRecord, Segment
from ideas.rowsets import RowSet
from plm.lifecycle import State, Workflow
from plm.markdown import render
from plm.models import RecordQuerySet, Tenanted

SPEC_WORKFLOW = Workflow(
    states=(
        State("draft", "Draft", "open"),
        State("in_review", "In review", "active", "discovery"),
        State("approved", "Approved", "done", "shipped"),
        State("superseded", "Superseded", "closed"),
    ),
)

REQUIREMENT_TYPES = (
    ("functional", "Functional"),
    ("quality", "Quality"),
    ("constraint", "Constraint"),
)

MOSCOW = (
    ("must", "Must"),
    ("should", "Should"),
    ("could", "Could"),
    ("wont", "Won't"),
)

REQUIREMENT_STATES = (
    ("open", "Open"),
    ("agreed", "Agreed"),
    ("met", "Met"),
    ("dropped", "Dropped"),
)


class SpecQuerySet(RecordQuerySet):
    """Reads of specifications."""

    def standing(self) -> SpecQuerySet:
        """The specifications that count: neither archived nor superseded."""
        return self.live().exclude(state="superseded")


class Spec(RowRecord):
    """What a feature or epic shall do, for whom, and how success will show. The description is its background.

    `goals` and `non_goals` are lists of texts, `rowsets` says what the other lists hold. A feature has one standing
    specification; superseded ones stay.
    """

    kind: ClassVar[str] = "spec"
    workflow: ClassVar[Workflow] = SPEC_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("item",)
    markdown_fields: ClassVar[tuple[str, ...]] = ("description", "problem")
    rowsets: ClassVar[Mapping[str, RowSet]] = {
        rowset.field: rowset for rowset in (QUESTIONS, DECISIONS, RISKS, DEPENDENCIES)
    }

    item = models.ForeignKey(BacklogItem, on_delete=models.PROTECT, related_name="specs")
    problem = models.TextField(blank=True)
    audience = models.TextField("who for", blank=True)
    goals = models.JSONField(default=list, blank=True)
    non_goals = models.JSONField(default=list, blank=True)
    questions = models.JSONField("open questions", default=list, blank=True)
    decisions = models.JSONField(default=list, blank=True)
    risks = models.JSONField(default=list, blank=True)
    dependencies = models.JSONField(default=list, blank=True)
    success_metric = models.CharField(max_length=250, blank=True)
    success_unit = models.CharField(max_length=24, blank=True)
    success_baseline = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    success_target = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    success_due = models.DateField(null=True, blank=True)

    objects: ClassVar = SpecQuerySet.as_manager()

    class Meta(RowRecord.Meta):
        verbose_name = "specification"
        constraints: ClassVar = [
            *RowRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=SPEC_WORKFLOW.names()), name="spec_state_known"
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(archived_at=None) & ~Q(state="superseded"),
                name="spec_stands_once",
            ),
        ]

    @property
    def problem_plain(self) -> str:
        """The problem without its Markdown marks, for a preview."""
        return strip_tags(render(self.problem))


class Requirement(Tenanted):
    """One thing the feature must, should, could or will not do.

    `acceptance` is a list of {"text", "met"}, with "given", "when" and "then" where a criterion is said in three parts.
    `version` counts the changes of this row, so that two people meet only where they change the same one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, related_name="requirements")
    position = models.PositiveIntegerField(default=0)
    text = models.TextField()
    type = models.CharField(max_length=12, choices=REQUIREMENT_TYPES, default="functional")
    moscow = models.CharField(max_length=8, choices=MOSCOW, default="must")
    acceptance = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=8, choices=REQUIREMENT_STATES, default="open")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    estimate = models.DecimalField(
        "estimate in points", max_digits=8, decimal_places=2, null=True, blank=True
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(type__in=[name for name, _ in REQUIREMENT_TYPES]),
                name="requirement_type_known",
            ),
            models.CheckConstraint(
                condition=Q(moscow__in=[name for name, _ in MOSCOW]),
                name="requirement_moscow_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _ in REQUIREMENT_STATES]),
                name="requirement_state_known",
            ),
            models.CheckConstraint(
                condition=Q(estimate=None) | Q(estimate__gte=0),
                name="requirement_estimate_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def met_count(self) -> int:
        return sum(1 for criterion in self.acceptance if criterion.get("met"))


class SpecSegment(Tenanted):
    """A group of customers a specification is for."""

    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, related_name="segment_links")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["spec", "segment"], name="spec_segment_once")
        ]

    def __str__(self) -> str:
        return f"{self.spec_id} for {self.segment_id}"


class SpecVersion(Tenanted):
    """A specification as it once stood: all its content in one snapshot. Versions are never changed."""

    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["spec", "number"], name="spec_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
