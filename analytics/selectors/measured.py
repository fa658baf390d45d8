"""What metrics say of backlog items, for pages of earlier stages."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import OuterRef, Subquery

from analytics.models import Metric, Reading
from backlog.selectors.overrides import Measured
from plm.permissions import Actor


def measured_of(actor: Actor, items: Sequence[int]) -> dict[int, list[Measured]]:
    """The newest reading of each metric of these items that the actor sees, in two statements."""
    metrics = Metric.objects.visible_to(actor, "metric.view").filter(
        item__in=items, archived_at=None
    )
    newest = (
        Reading.objects.filter(metric=OuterRef("metric")).order_by("-at", "-pk").values("pk")[:1]
    )
    readings = Reading.objects.filter(metric__in=metrics, pk=Subquery(newest))
    latest = {r.metric_id: r for r in readings}
    found: dict[int, list[Measured]] = {}
    for metric in metrics.select_related("product__workspace").order_by("number") if latest else ():
        reading = latest.get(metric.pk)
        if reading is None or metric.item_id is None:
            continue
        baseline, target = metric.baseline, metric.target_value
        found.setdefault(metric.item_id, []).append(
            Measured(
                metric.title, metric.get_absolute_url(), float(reading.value), metric.unit, reading.at,
                None if baseline is None else float(baseline), None if target is None else float(target),
            )
        )  # fmt: skip
    return found
