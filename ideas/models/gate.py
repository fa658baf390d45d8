"""Stage gates: criteria written beforehand, and the decision with the evidence it was made on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from ideas.finance.gate import DECISIONS, Verdict, verdict
from ideas.models.case import BusinessCase
from ideas.models.idea import Idea
from ideas.models.rows import RowRecord
from ideas.rowsets import Column, RowSet
from plm.lifecycle import State, Workflow
from plm.models import RecordQuerySet

GATE_WORKFLOW = Workflow(
    states=(
        State("open", "Open", "active", "discovery"),
        State("go", "Go", "done", "shipped"),
        State("hold", "On hold", "open"),
        State("recycle", "To be worked over", "active", "planned"),
        State("kill", "Killed", "closed"),
    ),
    moves={
        "open": ("go", "hold", "recycle", "kill"),
        "go": (),
        "hold": ("open",),
        "recycle": ("open",),
        "kill": (),
    },
)
MUST = RowSet(
    "must",
    "Must be met",
    "must-meet criterion",
    (
        Column("text", "Criterion", required=True),
        Column("met", "Met", "yes_no"),
        Column("note", "Note", "text", most=1000),
    ),
    "What has to be true, whatever else speaks for it? One failure is enough to stop.",
)
SHOULD = RowSet(
    "should",
    "Should be met",
    "should-meet criterion",
    (
        Column("text", "Criterion", required=True),
        Column(
            "weight",
            "Weight",
            "number",
            required=True,
            least=0.01,
            most=100,
            help="Such as 1, or 2 for twice as much.",
        ),
        Column("score", "Score, 0 to 10", "number", least=0, most=10),
        Column("note", "Note", "text", most=1000),
    ),
    "What makes one idea better than another? Each is scored from 0 to 10 and counts by its weight.",
)
KILLS = RowSet(
    "kills",
    "Kill criteria",
    "kill criterion",
    (
        Column("metric", "Metric", required=True, help="What will be measured."),
        Column(
            "when",
            "Stop when it",
            "choice",
            required=True,
            choices=(("below", "stays below"), ("above", "rises above")),
        ),
        Column("threshold", "Threshold", "number", required=True),
        Column("by", "On the day", "day", required=True),
        Column("true", "Has it come true", "yes_no"),
        Column("written_on", "Written on", "day", kept=True),
    ),
    "What result, by which day, would make you stop? Write it down now, while nobody is in love with the answer.",
)


class GateQuerySet(RecordQuerySet):
    """Reads of gates."""


class Gate(RowRecord):
    """One decision about an idea, prepared. `threshold` is the least weighted score of the should-meet criteria.

    `decisions` is append-only: decision, by, at, reason, advice, and the evidence as it stood, frozen.
    """

    kind: ClassVar[str] = "gate"
    workflow: ClassVar[Workflow] = GATE_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("idea", "case")
    rowsets: ClassVar[Mapping[str, RowSet]] = {"must": MUST, "should": SHOULD, "kills": KILLS}

    idea = models.ForeignKey(
        Idea, null=True, blank=True, on_delete=models.PROTECT, related_name="gates"
    )
    case = models.ForeignKey(
        BusinessCase, null=True, blank=True, on_delete=models.PROTECT, related_name="gates"
    )
    threshold = models.FloatField(default=6.0)
    must = models.JSONField(default=list, blank=True)
    should = models.JSONField(default=list, blank=True)
    kills = models.JSONField(default=list, blank=True)
    decisions = models.JSONField(default=list, blank=True, editable=False)

    objects: ClassVar = GateQuerySet.as_manager()

    class Meta(RowRecord.Meta):
        constraints: ClassVar = [
            *RowRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=GATE_WORKFLOW.names()), name="gate_state_known"
            ),
            models.CheckConstraint(
                condition=Q(threshold__gte=0, threshold__lte=10), name="gate_threshold_on_scale"
            ),
        ]

    @property
    def is_decided(self) -> bool:
        return self.state in {"go", "kill"}

    @property
    def verdict(self) -> Verdict:
        return verdict(
            [row["met"] for row in self.must],
            [(row["weight"], row["score"]) for row in self.should],
            [row["true"] for row in self.kills],
            self.threshold,
        )

    @property
    def advice_label(self) -> str:
        return dict(DECISIONS).get(self.verdict.advice, "Not answered yet")

    @property
    def last_decision(self) -> dict[str, Any] | None:
        return self.decisions[-1] if self.decisions else None
