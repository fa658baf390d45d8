"""What tiles and the metric page show, from rollups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import F, QuerySet

from analytics.models import IntakeWarning, Metric, Rollup
from analytics.selectors.zones import today_of
from analytics.stats import kpi
from analytics.stats.periods import earlier_start, last_complete, period_label, period_start
from analytics.stats.words import change_words, figure
from plm.composed import Read
from plm.models import Product
from plm.permissions import Actor
from plm.querysets import Slot, Statement, among, keys_given
from roadmap.models import KeyResult

TILE_DAYS = {"day": 40, "week": 20 * 7, "month": 20 * 31}
FEATURED = 6
SOME = 12
CHART = {"day": 60, "week": 52, "month": 24}


@dataclass(frozen=True, slots=True)
class MetricTile:
    """One metric as a tile prints it; `state` is good, bad or unknown against the target."""

    metric: Metric
    standing: kpi.Standing
    value: str
    bare: str
    delta: str
    good: bool
    note: str
    course: list[float | None]
    state: str
    period: str
    target: str
    expected: str


def target_of(metric: Metric) -> kpi.Target:
    """What the metric is to reach, counted from its baseline on the day it was made."""
    return kpi.Target(
        metric.target_value,
        metric.target_date,
        metric.baseline,
        metric.created_at.date(),
        metric.direction,
    )


def shown(metric: Metric, value: Decimal | None) -> str:
    """A value of this metric with its unit."""
    currency = metric.currency or metric.product.workspace.currency
    return figure(value, form=metric.format, unit=metric.unit, currency=currency)


def bare(metric: Metric, value: Decimal | None) -> str:
    """The same without the unit in words, for where there is little room."""
    currency = metric.currency or metric.product.workspace.currency
    return figure(value, form=metric.format, currency=currency)


def metric_tiles(product: Product, metrics: Sequence[Metric]) -> list[MetricTile]:
    """The tiles of these metrics of one product: one statement for all their figures, one more for metrics with old ones
    only."""
    if not metrics:
        return []
    for metric in metrics:
        metric.product = product
    today = today_of(product)
    earliest = today - timedelta(days=max(TILE_DAYS.values()))
    values: dict[int, dict[date, Decimal]] = defaultdict(dict)
    keys = keys_given(metric.pk for metric in metrics)
    given = {"metrics": keys, "earliest": earliest.isoformat()}
    for metric_id, start, value in _figures().rows(given):
        values[metric_id][start] = value
    older = [metric.pk for metric in metrics if not values[metric.pk]]
    if older:
        _add_latest(values, older)
    return [_tile(metric, values[metric.pk], today) for metric in metrics]


@lru_cache(maxsize=1)
def _figures() -> Statement:
    """The figures of some metrics since a day, each by the period of its tile."""
    rows = Rollup.objects.filter(
        metric__in=among(Slot("metrics", None)),
        period=F("metric__period"),
        start__gte=Slot("earliest", None),
    )
    return Statement.of(rows.values_list("metric_id", "start", "value"))


def _add_latest(values: dict[int, dict[date, Decimal]], metric_ids: list[int]) -> None:
    """For metrics that stood still for long: what there is, so that the tile can say so."""
    rows = Rollup.objects.filter(metric__in=metric_ids, period=F("metric__period"))
    for metric_id, start, value in rows.order_by("-start").values_list(
        "metric_id", "start", "value"
    )[: 12 * len(metric_ids)]:
        values[metric_id][start] = value


def _tile(metric: Metric, values: dict[date, Decimal], today: date) -> MetricTile:
    standing = kpi.tile(
        values,
        period=metric.period,
        today=today,
        target=target_of(metric),
        empty_is_zero=metric.empty_is_zero,
    )
    state = {None: "unknown", True: "bad", False: "good"}[standing.off_target]
    better = standing.better is not False
    return MetricTile(
        metric=metric,
        standing=standing,
        value=shown(metric, standing.value),
        bare=bare(metric, standing.value),
        delta=change_words(standing.change, standing.share, form=metric.format),
        good=better,
        note=_note(metric, standing),
        course=[None if v is None else float(v) for v in standing.course]
        if any(v is not None for v in standing.course)
        else [],
        state=state,
        period=period_label(standing.start, metric.period),
        target=shown(metric, metric.target_value),
        expected=shown(metric, standing.expected),
    )


def _note(metric: Metric, standing: kpi.Standing) -> str:
    if standing.value is None:
        return standing.why
    if metric.target_value is not None:
        return f"target {shown(metric, metric.target_value)}"
    return f"{metric.unit} vs. the {metric.period} before".strip()


@Read
def watched_metrics(actor: Actor, product: Product) -> QuerySet[Metric]:
    """The metrics of the product's dashboard, in the order in which they were defined."""
    rows: QuerySet[Metric] = Metric.objects.visible_to(actor).filter(product=product).watched()
    return rows.select_related("owner").order_by("number")


def dashboard(actor: Actor, product: Product) -> dict[str, Any]:
    """What the analytics page of a product shows: every metric with a figure; of those without, a few, and how many more."""
    found = metric_tiles(product, watched_metrics(actor, product))
    quiet = [tile for tile in found if tile.standing.value is None]
    measured = len(found) - len(quiet)
    left_out = {tile.metric.pk for tile in quiet[max(0, SOME - measured) :]}
    tiles = [tile for tile in found if tile.metric.pk not in left_out]
    return {
        "tiles": tiles,
        "left_out": len(left_out),
        "off": [tile for tile in tiles if tile.state == "bad"],
        "warnings": actor.may("record.view", product.workspace_id, product.pk)
        and bool(_warned().rows({"product": product.pk})),
    }


@lru_cache(maxsize=1)
def _warned() -> Statement:
    """A row if something about the product's events was odd."""
    rows = IntakeWarning.objects.filter(product_id=Slot("product", None))
    return Statement.of(rows.values_list("pk")[:1])


def analytics_tile(actor: Actor, product: Product) -> tuple[int, str, bool]:
    """(metrics, how many are off their target, needs attention)."""
    tiles = metric_tiles(product, watched_metrics(actor, product))
    off = sum(tile.state == "bad" for tile in tiles)
    if off:
        return len(tiles), f"{off} off target", True
    measured = sum(tile.standing.value is not None for tile in tiles)
    return len(tiles), f"{measured} with a figure" if tiles else "nothing measured yet", False


@Read
def _featured(actor: Actor, product: Product) -> QuerySet[Metric]:
    rows: QuerySet[Metric] = Metric.objects.visible_to(actor).filter(product=product).featured()
    return rows.order_by("number")[:FEATURED]


def key_metrics_panel(actor: Actor, product: Product) -> dict[str, Any] | None:
    """The tiles of the overview, or nothing when no metric is featured."""
    metrics = _featured(actor, product)
    if not metrics:
        return None
    return {
        "tiles": metric_tiles(product, metrics),
        "more_url": f"{product.get_absolute_url()}analytics/",
        "more_label": "All metrics",
    }


def metrics_of(actor: Actor, result: KeyResult) -> dict[str, Any] | None:
    """The tiles of the metrics that measure a key result, or nothing when none does."""
    rows = Metric.objects.visible_to(actor).filter(key_result=result, archived_at=None)
    metrics = list(rows.with_people().order_by("number")[:FEATURED])
    return {"tiles": metric_tiles(result.product, metrics)} if metrics else None


def course_of(metric: Metric, period: str, product: Product) -> dict[str, Any]:
    """Chart and table of one metric by day, week or month, up to the running period, which is marked as such."""
    today = today_of(product)
    running = period_start(today, period)
    stored: dict[date, Any] = {
        row["start"]: row
        for row in Rollup.objects.filter(metric=metric, period=period)
        .order_by("-start")
        .values("start", "value", "count")[: CHART[period]]
    }
    starts = _chart_starts(stored, last_complete(today, period), running, period)
    rows = [_row(metric, stored.get(s), s, period, running=s >= running) for s in starts]
    return {
        "period": period,
        "labels": [row["label"] for row in rows if not row["running"]],
        "values": [row["number"] for row in rows if not row["running"]],
        "rows": list(reversed(rows)),
        "target": None if metric.target_value is None else float(metric.target_value),
    }


def _chart_starts(stored: Iterable[date], complete: date, running: date, period: str) -> list[date]:
    """The periods on the chart: from the first stored to the last complete one, at most as many as fit."""
    known = sorted(stored)
    if not known:
        return []
    last = max(known[-1], complete if known[-1] >= _far_back(complete, period) else known[-1])
    starts = [last]
    while starts[-1] > known[0] and len(starts) < CHART[period]:
        starts.append(earlier_start(starts[-1], period))
    found = list(reversed(starts))
    return [s for s in found if s <= running] or found


def _far_back(complete: date, period: str) -> date:
    return complete - timedelta(days=TILE_DAYS[period])


def _row(
    metric: Metric, stored: dict[str, Any] | None, start: date, period: str, *, running: bool
) -> dict[str, Any]:
    value = stored["value"] if stored else Decimal(0) if metric.empty_is_zero else None
    return {
        "start": start,
        "label": period_label(start, period),
        "value": shown(metric, value),
        "number": None if value is None else float(value),
        "count": stored["count"] if stored else 0,
        "running": running,
    }
