"""Metrics, and the readings people and clients take by hand."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from analytics.stats.periods import DAY, MONTH, WEEK
from backlog.models import BacklogItem
from plm.lifecycle import State, Workflow
from plm.models import RecordQuerySet, StageRecord, Tenanted
from plm.querysets import TenantedQuerySet
from roadmap.models import KeyResult

DIRECTIONS = (("up", "More is better"), ("down", "Less is better"))
FORMATS = (("number", "Number"), ("percent", "Percent"), ("money", "Money"))
SOURCES = (("readings", "Readings taken by hand or sent in"), ("events", "Product events"))
AGGREGATIONS = (
    ("count", "How many events"),
    ("actors", "How many different actors"),
    ("sum", "Sum of the values"),
    ("last", "The last reading"),
    ("mean", "Mean of the readings"),
)
OF_EVENTS = ("count", "actors", "sum")
OF_READINGS = ("last", "sum", "mean")
PERIOD_CHOICES = ((DAY, "Day"), (WEEK, "Week"), (MONTH, "Month"))
# A change of one of these makes every rollup of the metric wrong.
DEFINITION = ("source", "event_name", "aggregation", "currency")

WORKFLOW = Workflow(
    states=(
        State("tracked", "Tracked", "active", "green"),
        State("planned", "Planned", "open", "blue"),
        State("paused", "Paused", "open"),
        State("retired", "Retired", "closed"),
    ),
)


class MetricQuerySet(RecordQuerySet):
    """Reads of metrics."""

    def watched(self) -> MetricQuerySet:
        """Metrics that stand on dashboards."""
        return self.live().filter(state__in=("tracked", "planned"))

    def featured(self) -> MetricQuerySet:
        """Metrics that stand on the product's overview."""
        return self.watched().filter(featured=True)


class Metric(StageRecord):
    """Something that is measured over time, and what it should become.

    `parent` is the metric that this one drives, up to the North Star, which drives none and of which a product has one
    at most.
    `source` says where its figures come from: product events (`event_name`, blank for any event; only those in
    `currency`, when given, are summed) or readings. `period` is what its tile shows the last complete one of.
    A percentage is kept as the figure people say: 44.1 means 44.1 %.
    """

    kind: ClassVar[str] = "metric"
    workflow: ClassVar[Workflow] = WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("item", "key_result")
    PERIODS: ClassVar = PERIOD_CHOICES

    key = models.CharField(
        max_length=60,
        validators=[
            RegexValidator(
                r"^[a-z][a-z0-9_-]{0,59}$",
                "Use small letters, digits, hyphens and underscores, beginning with a letter.",
            )
        ],
    )
    item = models.ForeignKey(
        BacklogItem, null=True, blank=True, on_delete=models.PROTECT, related_name="metrics"
    )
    key_result = models.ForeignKey(
        KeyResult, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="inputs"
    )
    north_star = models.BooleanField("North Star", default=False)
    unit = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=4, choices=DIRECTIONS, default="up")
    format = models.CharField(max_length=8, choices=FORMATS, default="number")
    period = models.CharField(max_length=5, choices=PERIOD_CHOICES, default=WEEK)
    source = models.CharField(max_length=8, choices=SOURCES, default="readings")
    event_name = models.CharField(max_length=200, blank=True)
    aggregation = models.CharField(max_length=6, choices=AGGREGATIONS, default="last")
    currency = models.CharField(
        max_length=3,
        blank=True,
        validators=[RegexValidator("^[A-Z]{3}$", "Use three capital letters, such as EUR.")],
    )
    baseline = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    target_value = models.DecimalField(max_digits=20, decimal_places=6, null=True, blank=True)
    target_date = models.DateField(null=True, blank=True)
    featured = models.BooleanField("on the overview", default=True)

    objects: ClassVar = MetricQuerySet.as_manager()

    class Meta(StageRecord.Meta):
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.UniqueConstraint(fields=["product", "key"], name="metric_key_once"),
            models.CheckConstraint(
                condition=Q(state__in=WORKFLOW.names()), name="metric_state_known"
            ),
            models.CheckConstraint(
                condition=Q(source="events", aggregation__in=OF_EVENTS)
                | Q(source="readings", aggregation__in=OF_READINGS, event_name=""),
                name="metric_definition_fits",
            ),
            models.CheckConstraint(
                condition=Q(direction__in=[n for n, _ in DIRECTIONS])
                & Q(format__in=[n for n, _ in FORMATS])
                & Q(period__in=[n for n, _ in PERIOD_CHOICES]),
                name="metric_choices_known",
            ),
            models.UniqueConstraint(
                fields=["product"], condition=Q(north_star=True), name="metric_north_star_once"
            ),
            models.CheckConstraint(
                condition=Q(parent=None)
                | (Q(north_star=False) & ~Q(parent=models.F("reference_row"))),
                name="metric_star_on_top",
            ),
            models.CheckConstraint(
                condition=Q(target_date=None) | Q(target_value__isnull=False),
                name="metric_date_has_target",
            ),
        ]
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(fields=["product", "event_name"], name="metric_event"),
        ]

    def clean(self) -> None:
        """How the fields of the definition fit together."""
        wrong: dict[str, str] = {}
        fitting = OF_EVENTS if self.source == "events" else OF_READINGS
        if self.aggregation not in fitting:
            words = dict(AGGREGATIONS)
            known = ", ".join(words[name].lower() for name in fitting)
            wrong["aggregation"] = f"A metric from {self.source} can be: {known}."
        if self.source == "readings" and self.event_name:
            wrong["event_name"] = "Only a metric from product events has an event name."
        if self.target_date is not None and self.target_value is None:
            wrong["target_value"] = "Give the target that should be reached by that date."
        if wrong:
            raise ValidationError(wrong)

    @property
    def empty_is_zero(self) -> bool:
        """Whether a period in which nothing came is a zero rather than unknown."""
        return self.aggregation in {"count", "actors", "sum"}


class ReadingQuerySet(TenantedQuerySet["Reading"]):
    product_field = "metric__product_id"


class Reading(Tenanted):
    """One figure of a metric at one moment. `source_key` tells series apart that report the same moment."""

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="readings")
    at = models.DateTimeField()
    value = models.DecimalField(max_digits=20, decimal_places=6)
    note = models.CharField(max_length=500, blank=True)
    source = models.CharField(
        max_length=4, choices=(("form", "Form"), ("csv", "CSV"), ("api", "API")), default="form"
    )
    source_key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["metric", "at", "source_key"], name="reading_once"),
            models.CheckConstraint(
                condition=Q(source__in=["form", "csv", "api"]), name="reading_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric_id} {self.at:%Y-%m-%d}: {self.value}"
