"""Readings of metrics, taken by hand, pasted, or sent in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from analytics.models import Metric, Reading
from analytics.selectors.zones import zone_of
from analytics.services.rollups import metric_mark
from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require

MAX_READINGS = 1000


@dataclass(frozen=True, slots=True)
class NewReading:
    """A reading before it is stored; the same moment and source key again replaces the figure."""

    at: datetime
    value: Decimal
    note: str = ""
    source_key: str = ""


@service
def readings_put(
    *, actor: Actor, metric: Metric, readings: Sequence[NewReading], source: str
) -> tuple[int, int]:
    """Store readings, replacing those of the same moment and source key; (added, replaced).

    Emits `metric.measured`. Metrics that come from product events take none.
    """
    require(actor, "reading.create", metric.product)
    if metric.source != "readings":
        raise Conflict(f"{metric.reference} is computed from product events; it takes no readings.")
    if not 1 <= len(readings) <= MAX_READINGS:
        raise Invalid(fields={"readings": f"Send 1 to {MAX_READINGS} readings."})
    wanted = {(reading.at, reading.source_key): reading for reading in readings}
    known = set(
        Reading.objects.filter(metric=metric, at__in=[at for at, _ in wanted]).values_list(
            "at", "source_key"
        )
    )
    Reading.objects.bulk_create(
        [
            Reading(
                workspace_id=metric.workspace_id, metric=metric, at=r.at, value=r.value, note=r.note,
                source=source, source_key=r.source_key, created_at=timezone.now(),
            )
            for r in wanted.values()
        ],
        update_conflicts=True,
        unique_fields=["metric", "at", "source_key"],
        update_fields=["value", "note", "source"],
        batch_size=500,
    )  # fmt: skip
    zone = zone_of(metric.product)
    metric_mark(metric=metric, days={at.astimezone(zone).date() for at, _ in wanted})
    replaced = len(wanted.keys() & known)
    emit(
        "metric.measured", actor=actor, record=metric, added=len(wanted) - replaced, replaced=replaced,
        last=max(at for at, _ in wanted),
    )  # fmt: skip
    return len(wanted) - replaced, replaced


@service
def reading_delete(*, actor: Actor, metric: Metric, at: datetime, source_key: str) -> None:
    """Take a reading away. Emits `metric.reading_removed`."""
    require(actor, "reading.edit", metric.product)
    rows = Reading.objects.filter(metric=metric, at=at, source_key=source_key)
    old = rows.values_list("value", flat=True).first()
    if old is None:
        return
    rows.delete()
    metric_mark(metric=metric, days=[at.astimezone(zone_of(metric.product)).date()])
    emit("metric.reading_removed", actor=actor, record=metric, at=at, value=old)
