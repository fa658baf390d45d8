"""Product events in: checked, made unique, stored, and their days marked, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from analytics.models import IntakeWarning, ProductEvent
from analytics.selectors.intake import job_waits
from analytics.selectors.zones import zone_of
from analytics.stats.intake import MAX_EVENTS, Refused, Taken, take
from plm.errors import Conflict, Invalid
from plm.events import enqueue, service
from plm.jobs import JobRequest
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require

ROLLUP_DELAY = timedelta(seconds=2)
OTHER_BODY = "This id was sent before with another body; the first one stands."


@dataclass(slots=True)
class IntakeReport:
    """What became of a batch. `refused` and `flagged` name row, id and what is wrong or odd."""

    accepted: int = 0
    duplicates: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    flagged: list[dict[str, Any]] = field(default_factory=list)


@service
def events_ingest(*, actor: Actor, product: Product, rows: Sequence[Any]) -> IntakeReport:
    """Take up to 1000 events. Good ones are stored once per id, bad ones are reported and kept as warnings.

    Emits no fact: a batch changes no record, and the numbering of facts would make all batches of a workspace
    wait for each other. The marks of the days that changed are what follows from it.
    """
    require(actor, "events.ingest", product)
    if product.archived_at is not None:
        raise Conflict(f"{product.name} is archived. It takes no events.")
    if not 1 <= len(rows) <= MAX_EVENTS:
        raise Invalid(fields={"events": f"Send a list of 1 to {MAX_EVENTS} events."})
    report, now = IntakeReport(), timezone.now()
    placed = _sift(rows, report, now, zone_of(product))
    if placed:
        report.accepted = _insert(product.pk, [event for _, event in placed], now)
        report.duplicates = len(placed) - report.accepted
        if report.duplicates:
            report.flagged += _changed_bodies(product.pk, placed)
        if report.accepted:
            _mark_days(product, placed)
    _warn(actor, product, report, rows, now)
    return report


Placed = Sequence[tuple[int, Taken]]


def _sift(rows: Sequence[Any], report: IntakeReport, now: datetime, zone: tzinfo) -> Placed:
    """The good events with their places in the batch; the others go into the report.

    Sorted by id, so that two batches with the same ids never wait for each other in a ring.
    """
    placed: list[tuple[int, Taken]] = []
    for position, row in enumerate(rows):
        try:
            event = take(row, now=now, zone=zone)
        except Refused as refusal:
            report.refused.append(_entry(position, row, refusal.errors))
            continue
        placed.append((position, event))
        if event.remarks:
            report.flagged.append(_entry(position, row, event.remarks))
    placed.sort(key=lambda pair: pair[1].event_id)
    return placed


def _entry(position: int, row: Any, errors: Any) -> dict[str, Any]:
    given = row.get("id") if isinstance(row, dict) else None
    return {
        "row": position,
        "id": given[:60] if isinstance(given, str) else None,
        "errors": dict(errors),
    }


INSERT_POSTGRESQL = """
INSERT INTO analytics_productevent
  (product_id, event_id, name, actor, company, at, received_at, value, currency, properties)
SELECT %s, r.i, r.n, r.a, r.c, r.t, %s, r.v, r.u, r.p
FROM jsonb_to_recordset(%s::jsonb) AS r(i uuid, n text, a text, c text, t timestamptz, v numeric, u text, p jsonb)
ON CONFLICT DO NOTHING
"""

INSERT_SQLITE = """
INSERT INTO analytics_productevent
  (product_id, event_id, name, actor, company, at, received_at, value, currency, properties)
SELECT %s, value->>'i', value->>'n', value->>'a', value->>'c', value->>'t', %s, value->>'v', value->>'u', value->'p'
FROM json_each(%s) WHERE true
ON CONFLICT DO NOTHING
"""


def _insert(product_id: int, events: Sequence[Taken], now: datetime) -> int:
    """Store the events that are not there yet, in one statement; how many those were."""
    native = connection.vendor == "postgresql"
    rows = [
        {
            "i": e.event_id if native else e.event_id.replace("-", ""),
            "n": e.name, "a": e.actor, "c": e.company, "v": e.value, "u": e.currency, "p": e.properties,
            "t": e.at if native else str(e.at.replace(tzinfo=None)),
        }
        for e in events
    ]  # fmt: skip
    received = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_POSTGRESQL if native else INSERT_SQLITE,
            [product_id, received, orjson.dumps(rows).decode()],
        )
        return int(cursor.rowcount)


def _changed_bodies(product_id: int, placed: Placed) -> list[dict[str, Any]]:
    """The duplicates that say something else than what is stored under their id."""
    stored = {
        str(event_id): (name, actor, at)
        for event_id, name, actor, at in ProductEvent.objects.filter(
            product_id=product_id, event_id__in=[event.event_id for _, event in placed]
        ).values_list("event_id", "name", "actor", "at")
    }
    return [
        {"row": position, "id": e.event_id, "errors": {"id": OTHER_BODY}}
        for position, e in placed
        if stored.get(_hyphened(e.event_id)) != (e.name, e.actor, e.at)
    ]


def _hyphened(text: str) -> str:
    plain = text.replace("-", "")
    return f"{plain[:8]}-{plain[8:12]}-{plain[12:16]}-{plain[16:20]}-{plain[20:]}"


def _mark_days(product: Product, placed: Placed) -> None:
    marks = sorted({(event.name, event.day) for _, event in placed})
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(marks))
    params: list[Any] = []
    for name, day in marks:
        params += [product.workspace_id, product.pk, name, day.isoformat()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO analytics_dirtyday (workspace_id, product_id, name, day) VALUES {rows}",  # noqa: S608 - only marks
            params,
        )
    rollups_ask(product.workspace_id, product.pk)


def rollups_ask(workspace_id: int, product_id: int) -> None:
    """Ask for the product's rollups, unless that job waits already.

    A waiting job that starts before this transaction commits misses its marks; the sweep finds those. Bumping the
    waiting row instead would make every batch of a product wait for the one before.
    """
    key = f"analytics.rollups:{product_id}"
    if job_waits(key):
        return
    enqueue(
        JobRequest(
            kind="analytics.rollups", key=key, workspace_id=workspace_id, product_id=product_id,
            delay=ROLLUP_DELAY,
        )
    )  # fmt: skip


def _warn(
    actor: Actor, product: Product, report: IntakeReport, rows: Sequence[Any], now: datetime
) -> None:
    if not report.refused and not report.flagged:
        return
    IntakeWarning.objects.bulk_create(
        IntakeWarning(
            workspace_id=product.workspace_id,
            product_id=product.pk,
            received_at=now,
            refused=refused,
            row=entry["row"],
            event_id=entry["id"] or "",
            errors=entry["errors"],
            sample=_sample(rows[entry["row"]]) if entry["row"] is not None else "",
            sent_by=actor.name[:150],
        )
        for refused, entries in ((True, report.refused), (False, report.flagged))
        for entry in entries
    )


def _sample(row: Any) -> str:
    return orjson.dumps(row, default=str)[:500].decode(errors="ignore")


@service
def batch_refuse(*, actor: Actor, product: Product, why: str, sample: str = "") -> None:
    """Note that a whole batch was refused."""
    require(actor, "events.ingest", product)
    IntakeWarning.objects.create(
        workspace_id=product.workspace_id,
        product=product,
        received_at=timezone.now(),
        refused=True,
        errors={"batch": why},
        sample=sample[:500],
        sent_by=actor.name[:150],
    )
