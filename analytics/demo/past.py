"""Records of the past in bulk: their numbers, register rows, rows and facts, in the same order as services would."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from plm.events import plain
from plm.models import Event, Reference, StageRecord, Workspace
from plm.permissions import Actor
from plm.services.records import numbers_take

BATCH = 2000


@dataclass(frozen=True, slots=True)
class Past:
    """A fact of the past."""

    at: datetime
    verb: str
    actor: Actor
    record: StageRecord
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def records_write(records: Sequence[StageRecord]) -> None:
    """Store new records of one kind and product, in their order. Each gets its number and its key."""
    if not records:
        return
    model, product = type(records[0]), records[0].product
    number = numbers_take(product.pk, len(records))
    rows = []
    for place, record in enumerate(records):
        record.number = number + place
        rows.append(
            Reference(
                workspace_id=product.workspace_id, product=product, number=record.number,
                kind=model.kind, title=record.title, text=record.description[:4000], state=record.state,
            )
        )  # fmt: skip
    Reference.objects.bulk_create(rows, batch_size=BATCH)
    for record, row in zip(records, rows, strict=True):
        record.reference_row = row
    model.objects.bulk_create(records, batch_size=BATCH)


def facts_write(workspace: Workspace, facts: Iterable[Past]) -> None:
    """Store facts of the past in the order of their times, numbered behind those that are there."""
    ordered = sorted(facts, key=lambda fact: fact.at)
    if not ordered:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE plm_workspace SET last_event = last_event + %s WHERE id = %s RETURNING last_event",
            [len(ordered), workspace.pk],
        )
        first = int(cursor.fetchone()[0]) - len(ordered) + 1
    Event.objects.bulk_create(
        (
            Event(
                workspace_id=workspace.pk, sequence=first + place, product_id=fact.record.product_id,
                record_id=fact.record.pk, kind=fact.record.kind, verb=fact.verb, actor_id=fact.actor.user_id,
                actor_name=fact.actor.name, data={k: plain(v) for k, v in fact.data.items()}, reason=fact.reason,
                changes={k: [plain(old), plain(new)] for k, (old, new) in fact.changes.items()},
                created_at=fact.at,
            )
            for place, fact in enumerate(ordered)
        ),
        batch_size=BATCH,
    )  # fmt: skip
