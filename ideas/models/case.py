"""Business cases: what an idea would cost and bring."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from ideas.finance.ranges import SHAPES
from ideas.models.idea import Idea
from plm.kinds import Money
from plm.lifecycle import State, Workflow
from plm.models import RecordQuerySet, StageRecord
from plm.scoring.ranges import MEANINGS

CASE_WORKFLOW = Workflow(
    states=(
        State("draft", "Draft", "open"),
        State("in_review", "In review", "active", "discovery"),
        State("agreed", "Agreed", "done", "shipped"),
        State("rejected", "Rejected", "closed"),
    ),
)
PERIODS = (("month", "Months"), ("quarter", "Quarters"), ("year", "Years"))
MOST_PERIODS = 120
currency_validator = RegexValidator(r"^[A-Z]{3}$", "Give the three letters of a currency: EUR.")


class CaseQuerySet(RecordQuerySet):
    """Reads of business cases."""


class BusinessCase(StageRecord):
    """What an idea would cost and bring over `periods` periods after now, and how sure that is.

    Rates are annual fractions (0.08). `lines` are as `ideas.finance.lines` says. The `npv` columns, `irr` (annual, empty
    where there is none or more than one), `payback` (in periods) and `loss` (the share of draws with an NPV below 0)
    are reckoned by the service with every change, so that lists and priorities can use them.
    """

    kind: ClassVar[str] = "business_case"
    workflow: ClassVar[Workflow] = CASE_WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("idea",)

    idea = models.ForeignKey(
        Idea, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    currency = models.CharField(max_length=3, default="EUR", validators=[currency_validator])
    period = models.CharField(max_length=8, choices=PERIODS, default="year")
    periods = models.PositiveSmallIntegerField(default=5)
    annual_rate = models.FloatField("discount rate", default=0.1)
    finance_rate = models.FloatField(default=0.1)
    reinvest_rate = models.FloatField(default=0.1)
    shape = models.CharField(max_length=12, choices=SHAPES, default="pert")
    meaning = models.CharField("low and high are", max_length=8, choices=MEANINGS, default="ends")
    lines = models.JSONField(default=list, blank=True)
    npv = models.FloatField("net present value", default=0.0, editable=False)
    npv_p10 = models.FloatField("value in the worst tenth (P10)", default=0.0, editable=False)
    npv_p50 = models.FloatField("value in the middle (P50)", default=0.0, editable=False)
    npv_p90 = models.FloatField("value in the best tenth (P90)", default=0.0, editable=False)
    loss = models.FloatField("chance of a loss", default=0.0, editable=False)
    irr = models.FloatField("internal rate of return", null=True, editable=False)
    payback = models.FloatField("periods until paid back", null=True, editable=False)

    objects: ClassVar = CaseQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        verbose_name = "business case"
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(fields=["product", "-npv", "-reference_row"], name="case_npv"),
        ]
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=CASE_WORKFLOW.names()), name="case_state_known"
            ),
            models.CheckConstraint(
                condition=Q(period__in=[name for name, _ in PERIODS]), name="case_period_known"
            ),
            models.CheckConstraint(
                condition=Q(periods__gte=1, periods__lte=MOST_PERIODS), name="case_periods_bounded"
            ),
            models.CheckConstraint(
                condition=Q(annual_rate__gt=-1, finance_rate__gt=-1, reinvest_rate__gt=-1),
                name="case_rates_lawful",
            ),
            models.CheckConstraint(
                condition=Q(shape__in=[n for n, _ in SHAPES], meaning__in=[n for n, _ in MEANINGS]),
                name="case_estimates_known",
            ),
            models.CheckConstraint(
                condition=Q(npv_p10__lte=F("npv_p90"), loss__gte=0, loss__lte=1),
                name="case_spread_lawful",
            ),
        ]

    @property
    def npv_money(self) -> Money:
        return Money(self.npv, self.currency)

    @property
    def loss_share(self) -> str:
        return f"{self.loss:.0%}"
