"""Product events in: checked, made unique, stored, and their days marked, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from analytics.models import IntakeWarning, ProductEvent
from analytics.selectors.intake import job_waits
from analytics.selectors.zones import zone_of
from analytics.stats.intake import MAX_EVENTS, Refused, Taken, take, take_all
from plm.errors import Conflict, Invalid
from plm.events import enqueue, service
from plm.jobs import JobRequest
from plm.models import Product
from plm.permissions import Actor
from plm.querysets import Statement
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
        report.accepted = _store(product, placed, now)
        report.duplicates = len(placed) - report.accepted
        if report.duplicates:
            report.flagged += _changed_bodies(product.pk, placed)
    _warn(actor, product, report, rows, now)
    return report


Placed = Sequence[tuple[int, Taken]]


def _sift(rows: Sequence[Any], report: IntakeReport, now: datetime, zone: tzinfo) -> Placed:
    """The good events with their places in the batch; the others go into the report.

    Sorted by id, so that two batches with the same ids never wait for each other in a ring.
    """
    whole = take_all(rows, now=now, zone=zone)
    placed: list[tuple[int, Taken]] = list(enumerate(whole or ()))
    for position, row in enumerate(rows if whole is None else ()):
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


# One statement: what is new is stored, its days are marked, and whether the job that follows waits already is told.
TAKE_POSTGRESQL = """
WITH stored AS (
  INSERT INTO analytics_productevent
    (product_id, event_id, name, actor, company, at, received_at, value, currency, properties)
  SELECT %s, e.i, e.n, e.a, e.c, e.t, %s, e.v, e.u, e.p
  FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::numeric[], %s::text[],
              %s::jsonb[]) AS e (i, n, a, c, t, v, u, p)
  ON CONFLICT DO NOTHING RETURNING 1
), marked AS (
  INSERT INTO analytics_dirtyday (workspace_id, product_id, name, day)
  SELECT %s, %s, m.name, m.day FROM unnest(%s::text[], %s::date[]) AS m (name, day)
  WHERE EXISTS (SELECT 1 FROM stored)
)
SELECT (SELECT count(*) FROM stored), EXISTS (SELECT 1 FROM plm_job WHERE key = %s AND state = 'queued')
"""
SLOTS = (
    "product", "received", "ids", "names", "actors", "companies", "moments", "values", "currencies", "properties",
    "workspace", "product", "marked_names", "marked_days", "job",
)  # fmt: skip

INSERT_SQLITE = """
INSERT INTO analytics_productevent
  (product_id, event_id, name, actor, company, at, received_at, value, currency, properties)
SELECT %s, value->>'i', value->>'n', value->>'a', value->>'c', value->>'t', %s, value->>'v', value->>'u', value->'p'
FROM json_each(%s) WHERE true
ON CONFLICT DO NOTHING
"""


@lru_cache(maxsize=1)
def _taking() -> Statement:
    return Statement.written(TAKE_POSTGRESQL, *SLOTS)


def _store(product: Product, placed: Placed, now: datetime) -> int:
    """Store the events that are not there yet and mark their days; how many those were."""
    events = [event for _, event in placed]
    marks = sorted({(event.name, event.day) for event in events})
    key = rollups_key(product.pk)
    if connection.vendor == "postgresql":
        accepted, waits = _store_postgresql(product, events, marks, now)
    else:
        accepted = _store_sqlite(product.pk, events, now)
        if accepted:
            _mark_days(product, marks)
        waits = not accepted or job_waits(key)
    if accepted and not waits:
        rollups_enqueue(product.workspace_id, product.pk)
    return accepted


Marks = Sequence[tuple[str, date]]


def _store_postgresql(
    product: Product, events: Sequence[Taken], marks: Marks, now: datetime
) -> tuple[int, bool]:
    ids, names, moments, _, actors, companies, values, currencies, properties, _ = zip(
        *events, strict=True
    )
    marked_names, marked_days = zip(*marks, strict=True)
    given = {
        "product": product.pk, "workspace": product.workspace_id, "received": now, "ids": _array(ids),
        "names": _array(names), "actors": _array(actors), "companies": _array(companies), "moments": _array(moments),
        "values": _array(values), "currencies": _array(currencies), "properties": _array(properties),
        "marked_names": _array(marked_names), "marked_days": _array(marked_days), "job": rollups_key(product.pk),
    }  # fmt: skip
    accepted, waits = _taking().rows(given)[0]
    return int(accepted), bool(waits)


def _array(values: Sequence[Any]) -> str:
    """An array as PostgreSQL writes it. Both quote with " and escape with \\, and none of our texts holds a control
    character, so it is a JSON list in braces."""
    return f"{{{orjson.dumps(values)[1:-1].decode()}}}"


def _store_sqlite(product_id: int, events: Sequence[Taken], now: datetime) -> int:
    rows = [
        {
            "i": e.event_id.replace("-", ""), "n": e.name, "a": e.actor, "c": e.company, "v": e.value, "u": e.currency,
            "p": orjson.Fragment(e.properties), "t": str(e.at.replace(tzinfo=None)),
        }
        for e in events
    ]  # fmt: skip
    received = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(INSERT_SQLITE, [product_id, received, orjson.dumps(rows).decode()])
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


def _mark_days(product: Product, marks: Marks) -> None:
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(marks))
    params: list[Any] = []
    for name, day in marks:
        params += [product.workspace_id, product.pk, name, day.isoformat()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO analytics_dirtyday (workspace_id, product_id, name, day) VALUES {rows}",  # noqa: S608 - only marks
            params,
        )


def rollups_key(product_id: int) -> str:
    """The key of the product's waiting job."""
    return f"analytics.rollups:{product_id}"


def rollups_ask(workspace_id: int, product_id: int) -> None:
    """Ask for the product's rollups, unless that job waits already.

    A waiting job that starts before this transaction commits misses its marks; the sweep finds those. Bumping the
    waiting row instead would make every batch of a product wait for the one before.
    """
    if not job_waits(rollups_key(product_id)):
        rollups_enqueue(workspace_id, product_id)


def rollups_enqueue(workspace_id: int, product_id: int) -> None:
    """Ask for them, waiting or not."""
    enqueue(
        JobRequest(
            kind="analytics.rollups", key=rollups_key(product_id), workspace_id=workspace_id, product_id=product_id,
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
