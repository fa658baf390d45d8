"""Monthly figures for the life of a product and the use of its items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from analytics.models import Metric, Rollup
from analytics.selectors.zones import today_of
from plm.models import Product
from plm.permissions import Actor
from roadmap.phases import Series

MOST_METRICS = 6
MOST_MONTHS = 60


def product_figures(actor: Actor, product: Product) -> list[Series]:
    """What grows with the product: featured metrics that count events or actors, sum values or are money, and of which
    more is better. Six of them, those in money and of actors first. Three statements."""
    growing = Q(aggregation__in=("count", "actors", "sum")) | Q(format="money")
    metrics = (
        Metric.objects.visible_to(actor, "metric.view")
        .featured()
        .filter(growing, product=product, item=None, direction="up")
        .exclude(format="percent")
        .order_by("number")
    )
    found = sorted(metrics, key=lambda m: (m.format != "money", m.aggregation != "actors"))
    return list(_series(product, found[:MOST_METRICS]).values())


def item_figures(actor: Actor, product: Product) -> dict[int, list[Series]]:
    """The use of items, by primary key: metrics of theirs that count events or actors or sum readings. Three statements."""
    metrics = list(
        Metric.objects.visible_to(actor, "metric.view")
        .watched()
        .filter(
            product=product,
            item__isnull=False,
            direction="up",
            aggregation__in=("count", "actors", "sum"),
        )
        .order_by("number")
    )
    found: dict[int, list[Series]] = defaultdict(list)
    series = _series(product, metrics)
    for metric in metrics:
        if metric.item_id is not None:
            found[metric.item_id].append(series[metric.pk])
    return dict(found)


def _series(product: Product, metrics: Iterable[Metric]) -> dict[int, Series]:
    """Complete months of each metric. A month without a row is 0 where nothing means nothing, else it is left out."""
    this_month = today_of(product).replace(day=1)
    known = {metric.pk: metric for metric in metrics}
    values: dict[int, dict[date, float]] = defaultdict(dict)
    rows = Rollup.objects.filter(metric__in=known, period="month", start__lt=this_month)
    for pk, start, value in rows.values_list("metric_id", "start", "value"):
        values[pk][start] = float(value)
    found = {}
    for pk, metric in known.items():
        metric.product = product
        months = _months(values[pk], this_month, fill=metric.empty_is_zero)
        found[pk] = Series(
            metric.title, metric.get_absolute_url(), metric.unit, tuple(months),
            tuple(values[pk].get(month, 0.0) for month in months),
        )  # fmt: skip
    return found


def _months(values: dict[date, float], end: date, *, fill: bool) -> list[date]:
    if not fill or not values:
        return sorted(values)[-MOST_MONTHS:]
    first, months = min(values), []
    while first < end:
        months.append(first)
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return months[-MOST_MONTHS:]
