"""What pages, API and importer need to know of metrics."""

from __future__ import annotations

from typing import Any

from analytics.filters import MetricFilter
from analytics.forms import MetricForm, ReadingForm, ReadingsForm
from analytics.models import Metric
from analytics.selectors.tiles import course_of, metric_tiles, shown
from analytics.serializers import MetricSerializer
from analytics.services.metrics import metric_create, metric_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind, default_columns
from plm.permissions import Actor
from plm.stages import ANALYTICS


def metric_page(actor: Actor, metric: Metric) -> dict[str, Any]:
    """What the page of a metric shows beyond what every record shows."""
    product = metric.product
    takes = metric.source == "readings"
    may = takes and actor.may("reading.create", metric.workspace_id, metric.product_id)
    return {
        "tile": metric_tiles(product, [metric])[0],
        "course": course_of(metric, metric.period, product),
        "takes_readings": takes,
        "may_measure": may,
        "reading_form": ReadingForm() if may else None,
        "readings_form": ReadingsForm(product=product) if may else None,
    }


def _properties(metric: Metric) -> list[tuple[str, Any, str]]:
    item, result, parent = metric.item, metric.key_result, metric.parent
    return [
        ("Target", shown(metric, metric.target_value), ""),
        ("By", metric.target_date, ""),
        ("Baseline", shown(metric, metric.baseline), ""),
        ("Direction", metric.get_direction_display(), ""),
        ("Source", metric.get_source_display(), ""),
        ("Computed as", metric.get_aggregation_display(), ""),
        *([("Event name", metric.event_name or "any", "")] if metric.source == "events" else []),
        ("Key", metric.key, ""),
        *(
            [("North Star", "Yes", f"{metric.product.get_absolute_url()}analytics/tree")]
            if metric.north_star
            else []
        ),
        *([("Drives", parent.title, parent.get_absolute_url())] if parent else []),
        *([("Measures", item.reference, item.get_absolute_url())] if item else []),
        *([("Key result", result.title, result.get_absolute_url())] if result else []),
    ]


METRIC = Kind(
    name="metric",
    label="Metric",
    plural="Metrics",
    path="analytics/metrics",
    icon="chart-line",
    stage=ANALYTICS,
    model=Metric,
    form=MetricForm,
    filters=MetricFilter,
    serializer=MetricSerializer,
    create=metric_create,
    update=metric_update,
    columns=default_columns(
        Column("aggregation", "Computed as"),
        Column("event_name", "Event"),
        Column("target_value", "Target", numeric=True),
        Column("period", "Shown by"),
    ),
    orders={**DEFAULT_ORDERS, "key": "key"},
    default_order="number",
    detail=metric_page,
    detail_template="analytics/metric_detail.html",
    properties=_properties,
    related=(
        "item__product__workspace",
        "key_result__product__workspace",
        "parent__product__workspace",
    ),
    tabs=(
        ("Dashboard", "analytics/"),
        ("Metrics", "analytics/metrics/"),
        ("Metric tree", "analytics/tree"),
        ("Intake", "analytics/intake"),
    ),
    empty_text="A metric says what success looks like: engagement, retention, revenue. Define the first one.",
)
