"""Key results follow the metrics that measure them."""

from __future__ import annotations

from datetime import timedelta

from analytics.models import Metric, Rollup
from analytics.selectors.zones import today_of, zone_of
from analytics.stats.periods import local_midnight, next_start, period_label, period_start
from plm.events import service
from plm.models import Product
from roadmap.services.objectives import key_result_follow

MOST_PERIODS = 24


@service
def key_results_follow(*, product_id: int) -> int:
    """Bring the key results of a product up to the complete periods of their metrics; how many readings were noted.

    A key result that several metrics measure follows the first of them. A reading stands at the last moment of its
    period, so a check-in that a person made after it stays the latest.
    """
    metrics: dict[int, Metric] = {}
    rows = Metric.objects.watched().filter(product=product_id, key_result__isnull=False)
    for metric in rows.select_related("key_result__product__workspace").order_by("number"):
        metrics.setdefault(metric.key_result_id or 0, metric)
    if not metrics:
        return 0
    product = Product.objects.select_related("workspace").get(pk=product_id)
    return sum(_follow(product, metric) for metric in metrics.values())


def _follow(product: Product, metric: Metric) -> int:
    result, zone = metric.key_result, zone_of(product)
    if result is None or result.archived_at is not None or result.state != "open":
        return 0
    running = period_start(today_of(product), metric.period)
    rows = Rollup.objects.filter(metric=metric, period=metric.period, start__lt=running)
    latest = list(rows.order_by("-start").values_list("start", "value")[:MOST_PERIODS])
    return sum(
        key_result_follow(
            key_result=result, value=float(value), source=f"{product.key}-{metric.number}",
            at=local_midnight(next_start(start, metric.period), zone) - timedelta(seconds=1),
            note=f"From {product.key}-{metric.number} {metric.title}, {period_label(start, metric.period)}",
        )
        for start, value in reversed(latest)
    )  # fmt: skip
