"""Rollups kept up to date: what a mark names is computed anew from the raw figures, nothing is added up.

So a figure depends only on what is stored, not on the order in which it came or on how often a job ran, and the
result equals a computation from zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from analytics.models import DirtyDay, EventName, Metric, Reading, Rollup
from analytics.selectors.zones import zone_of
from analytics.services.intake import rollups_ask
from analytics.stats.periods import (
    PERIODS,
    bounds,
    period_start,
    starts_between,
    starts_of,
)
from plm.events import service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require

NOTES_AT_ONCE = 5000
STARTS_AT_ONCE = 300
SIXTH = Decimal("0.000001")
Key = tuple[int, str, date]
Figures = dict[Key, tuple[Decimal, int]]
Days = set[date]


@dataclass(slots=True)
class Outdated:
    """What marks name: days by event name, days by metric, and metrics to compute from the beginning."""

    names: dict[str, Days]
    metrics: dict[int, Days]
    whole: set[int]


@service
def metric_mark(*, metric: Metric, days: Iterable[date] | None = None) -> None:
    """Note that a metric's figures of these days, or all of them, are to be computed anew, and ask for it."""
    marks = [None] if days is None else sorted(set(days))
    DirtyDay.objects.bulk_create(
        DirtyDay(
            workspace_id=metric.workspace_id, product_id=metric.product_id, metric=metric, day=day
        )
        for day in marks
    )
    rollups_ask(metric.workspace_id, metric.product_id)


@service
def metric_recompute(*, actor: Actor, metric: Metric) -> None:
    """Have all figures of a metric computed from zero."""
    require(actor, "metric.edit", metric.product)
    metric_mark(metric=metric)


@service
def rollups_catch_up(*, product_id: int) -> int:
    """Compute anew what up to 5000 marks name and remove those marks; how many there were.

    The marks are read first: every event whose mark is seen is then seen as well, because both were committed
    together. Marks that come meanwhile stay.
    """
    notes = list(
        DirtyDay.objects.filter(product_id=product_id)
        .order_by("pk")
        .values_list("pk", "metric_id", "name", "day")[:NOTES_AT_ONCE]
    )
    if not notes:
        return 0
    product = Product.objects.select_related("workspace").get(pk=product_id)
    outdated = _outdated(notes)
    _names_note(product, outdated.names)
    _compute(product, outdated)
    DirtyDay.objects.filter(pk__in=[note[0] for note in notes]).delete()
    return len(notes)


def _outdated(notes: Iterable[tuple[int, int | None, str, date | None]]) -> Outdated:
    found = Outdated(defaultdict(set), defaultdict(set), set())
    for _, metric_id, name, day in notes:
        if metric_id is None:
            if day is not None:
                found.names[name].add(day)
        elif day is None:
            found.whole.add(metric_id)
        else:
            found.metrics[metric_id].add(day)
    return found


def _names_note(product: Product, names: Mapping[str, Days]) -> None:
    """Keep the register of event names and the days they span."""
    known = {row.name: row for row in EventName.objects.filter(product=product, name__in=names)}
    made: list[EventName] = []
    for name, days in names.items():
        first, last = min(days), max(days)
        row = known.get(name)
        if row is None:
            made.append(
                EventName(
                    workspace_id=product.workspace_id, product=product, name=name, first_day=first, last_day=last
                )
            )  # fmt: skip
        elif first < row.first_day or last > row.last_day:
            row.first_day, row.last_day = min(first, row.first_day), max(last, row.last_day)
            row.save(update_fields=["first_day", "last_day"])
    EventName.objects.bulk_create(made)


def _compute(product: Product, outdated: Outdated) -> None:
    zone = zone_of(product)
    spans = {
        name: (first, last)
        for name, first, last in EventName.objects.filter(product=product).values_list(
            "name", "first_day", "last_day"
        )
    }
    groups: dict[tuple[str, str], list[Metric]] = defaultdict(list)
    for metric in Metric.objects.filter(product=product):
        if metric.source == "events":
            groups[metric.event_name, metric.currency].append(metric)
        elif metric.pk in outdated.whole or metric.pk in outdated.metrics:
            _readings_compute(metric, outdated, zone)
    for (name, currency), metrics in groups.items():
        days = outdated.names.get(name, set()) if name else set().union(*outdated.names.values())
        names = [name] if name else sorted(spans)
        scope = Scope(product.pk, names, currency, zone)
        usual = [m for m in metrics if m.pk not in outdated.whole]
        if usual and days:
            _events_compute(usual, scope, {p: starts_of(days, p) for p in PERIODS})
        whole = [m for m in metrics if m.pk in outdated.whole]
        if whole:
            _events_compute(
                whole, scope, _all_starts(whole, [spans[n] for n in names if n in spans])
            )


def _all_starts(
    metrics: Sequence[Metric], spans: Sequence[tuple[date, date]]
) -> dict[str, list[date]]:
    """Every period in which there may be a figure, or is one that may have to go."""
    found: dict[str, set[date]] = {period: set() for period in PERIODS}
    if spans:
        first, last = min(s[0] for s in spans), max(s[1] for s in spans)
        for period in PERIODS:
            found[period] |= set(starts_between(first, last, period))
    for period, start in Rollup.objects.filter(metric__in=metrics).values_list("period", "start"):
        found[period].add(start)
    return {period: sorted(starts) for period, starts in found.items()}


# --- Events --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Scope:
    """Which events are counted: those of these names, in this currency if one is given."""

    product_id: int
    names: Sequence[str]
    currency: str
    zone: tzinfo


def _events_compute(
    metrics: Sequence[Metric], scope: Scope, starts: Mapping[str, Sequence[date]]
) -> None:
    asked = {metric.aggregation for metric in metrics}
    for period, wanted in starts.items():
        for first in range(0, len(wanted), STARTS_AT_ONCE):
            part = wanted[first : first + STARTS_AT_ONCE]
            figures: Figures = {}
            for start, count, actors, total in _aggregate(scope, period, part, asked):
                for metric in metrics:
                    value = {"count": count, "actors": actors, "sum": total}[metric.aggregation]
                    figures[metric.pk, period, start] = (_decimal(value), count)
            _store(metrics, period, part, figures)


# Both say: for each period, its range of the index. Neither leaves the planner a choice, since its statistics are
# old just when a lot has come in.
LATERAL = (
    "WITH p(place, low, high) AS (VALUES {rows}) SELECT p.place, x.* FROM p CROSS JOIN LATERAL"
    " (SELECT {figures} FROM analytics_productevent e WHERE {where}) x WHERE x.events > 0"
)
# Different actors are the groups of a hash: PostgreSQL sorts all events for a COUNT(DISTINCT), which takes longer than
# reading them.
BY_ACTOR = (
    "WITH p(place, low, high) AS (VALUES {rows}) SELECT p.place, x.* FROM p CROSS JOIN LATERAL"
    " (SELECT SUM(g.events)::bigint AS events, COUNT(*) AS actors, SUM(g.total) AS total FROM"
    " (SELECT COUNT(*) AS events, {total} AS total FROM analytics_productevent e WHERE {where} GROUP BY e.actor) g"
    ") x WHERE x.events > 0"
)
GROUPED = (
    "WITH p(place, low, high) AS (VALUES {rows}) SELECT p.place, {figures} FROM p"
    " CROSS JOIN analytics_productevent e WHERE {where} GROUP BY p.place"
)


def _aggregate(
    scope: Scope, period: str, starts: Sequence[date], asked: Collection[str]
) -> Iterator[tuple[date, int, int, Any]]:
    """(start, events, different actors, sum of values) of each period in which there was an event; of the last two what
    is asked for.

    One index range per period: bounds are moments, so both databases agree about time zones.
    """
    if not scope.names:
        return
    moment = connection.ops.adapt_datetimefield_value
    params: list[Any] = []
    for place, start in enumerate(starts):
        low, high = bounds(start, period, scope.zone)
        params += [place, moment(low), moment(high)]
    rows = ", ".join(["(%s, %s, %s)"] * len(starts))
    marks = ", ".join(["%s"] * len(scope.names))
    distinct = "actors" in asked
    actors = "COUNT(DISTINCT e.actor)" if distinct else "0"
    total = "SUM(e.value)" if "sum" in asked else "CAST(NULL AS numeric)"
    currency = " AND e.currency = %s" if scope.currency else ""
    figures = f"COUNT(*) AS events, {actors} AS actors, {total} AS total"
    where = (
        f"e.product_id = %s AND e.name IN ({marks}) AND e.at >= p.low AND e.at < p.high{currency}"
    )
    shape = GROUPED
    if connection.vendor == "postgresql":
        shape = BY_ACTOR if distinct else LATERAL
    sql = shape.format(rows=rows, figures=figures, total=total, where=where)
    params += [scope.product_id, *scope.names, *([scope.currency] if scope.currency else [])]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for place, count, different, total in cursor.fetchall():
            yield starts[place], count, different, total


def _decimal(value: Any) -> Decimal:
    """A figure as it is stored. SQLite sums in floating point: far more digits than are kept."""
    if value is None:
        return Decimal(0)
    return (value if isinstance(value, Decimal) else Decimal(repr(value))).quantize(SIXTH)


# --- Readings ------------------------------------------------------------------------------------
def _readings_compute(metric: Metric, outdated: Outdated, zone: tzinfo) -> None:
    readings = Reading.objects.filter(metric=metric)
    if metric.pk in outdated.whole:
        ends = readings.order_by("at").first(), readings.order_by("at").last()
        spans = [tuple(r.at.astimezone(zone).date() for r in ends if r)] if all(ends) else []
        starts = _all_starts([metric], spans)  # type: ignore[arg-type]
    else:
        starts = {period: starts_of(outdated.metrics[metric.pk], period) for period in PERIODS}
    for period, wanted in starts.items():
        if not wanted:
            continue
        low = bounds(wanted[0], period, zone)[0]
        high = bounds(wanted[-1], period, zone)[1]
        by_start: dict[date, list[Decimal]] = defaultdict(list)
        rows: Iterable[tuple[datetime, Decimal]] = (
            readings.filter(at__gte=low, at__lt=high)
            .order_by("at", "pk")
            .values_list("at", "value")
        )
        for at, value in rows:
            by_start[period_start(at.astimezone(zone).date(), period)].append(value)
        figures: Figures = {
            (metric.pk, period, start): (_of_readings(metric.aggregation, values), len(values))
            for start, values in by_start.items()
            if start in set(wanted)
        }
        _store([metric], period, wanted, figures)


def _of_readings(aggregation: str, values: Sequence[Decimal]) -> Decimal:
    if aggregation == "last":
        return values[-1]
    total = sum(values, Decimal(0))
    return total if aggregation == "sum" else (total / len(values)).quantize(SIXTH)


# --- Storing -------------------------------------------------------------------------------------
def _store(
    metrics: Sequence[Metric], period: str, starts: Sequence[date], figures: Figures
) -> None:
    """Write the figures that differ from what stands, remove those that have no ground any more."""
    standing = {
        (row.metric_id, row.period, row.start): row
        for row in Rollup.objects.filter(metric__in=metrics, period=period, start__in=starts)
    }
    workspaces = {metric.pk: metric.workspace_id for metric in metrics}
    now = timezone.now()
    changed = []
    for key, (value, count) in figures.items():
        old = standing.get(key)
        if old is not None and (old.value, old.count) == (value, count):
            continue
        metric_id, _, start = key
        changed.append(
            Rollup(
                workspace_id=workspaces[metric_id], metric_id=metric_id, period=period, start=start, value=value,
                count=count, version=1 if old is None else old.version + 1, updated_at=now,
            )
        )  # fmt: skip
    Rollup.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["metric", "period", "start"],
        update_fields=["value", "count", "version", "updated_at"],
        batch_size=500,
    )
    gone = [row.pk for key, row in standing.items() if key not in figures]
    if gone:
        Rollup.objects.filter(pk__in=gone).delete()
