"""Records as they were: what stands now, with every later change taken back.

Nothing is copied for this. A field has the value that the first later event names as its old one, or the value of now
where no event names it. So it holds for whatever was written by a service, however the record came to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from plm.errors import InvalidQuery
from plm.events import plain
from plm.models import StageRecord, Tagging
from plm.models.event import FOUND_FIRST
from plm.querysets import Statement, among_keys, keys_given

OWN_BOOKKEEPING = {
    "workspace", "product", "created_by", "created_at", "updated_at", "version", "external_source", "external_id",
}  # fmt: skip
"""Editable fields that say where a row belongs and when it was written, not what the record says."""

EARLIEST_YEAR = 1900
POSTGRESQL = """
    SELECT DISTINCT ON (e.record_id, c.key) e.record_id, c.key, (c.value -> 0)::text
    FROM plm_event e CROSS JOIN LATERAL jsonb_each(e.changes) c
    WHERE e.record_id {among} AND e.created_at > %s AND e.verb NOT LIKE '%%.created'
    ORDER BY e.record_id, c.key, e.created_at, e.sequence"""
SQLITE = """
    SELECT record_id, name, old FROM (
        SELECT e.record_id AS record_id, c.key AS name, json_quote(json_extract(c.value, '$[0]')) AS old,
            row_number() OVER (PARTITION BY e.record_id, c.key ORDER BY e.created_at, e.sequence) AS place
        FROM plm_event e, json_each(e.changes) c
        WHERE e.record_id {among} AND e.created_at > %s AND e.verb NOT LIKE '%%.created'
    ) WHERE place = 1"""
FIRST = {
    "postgresql": (
        "WITH k AS MATERIALIZED (SELECT unnest(%s::bigint[]) AS value)",
        """SELECT k.value, '{name}', first.old FROM k CROSS JOIN LATERAL (
            SELECT (e.changes -> '{name}' -> 0)::text AS old FROM plm_event e
            WHERE e.record_id = k.value AND e.changes ? '{name}' AND e.created_at > %s AND e.verb NOT LIKE '%%.created'
            ORDER BY e.created_at, e.sequence LIMIT 1) first""",
    ),
    "sqlite": (
        "WITH k AS MATERIALIZED (SELECT value FROM json_each(%s))",
        """SELECT k.value, '{name}', (
            SELECT json_quote(json_extract(e.changes, '$.{name}[0]')) FROM plm_event e
            WHERE e.record_id = k.value AND JSON_TYPE(e.changes, '$."{name}"') IS NOT NULL AND e.created_at > %s
                AND e.verb NOT LIKE '%%.created'
            ORDER BY e.created_at, e.sequence LIMIT 1) FROM k""",
    ),
}
"""The keys that are given, and the old value of the first change of one field: the index of that field leads to it."""


@dataclass(frozen=True, slots=True)
class Past:
    """A record at a moment. `values` are as JSON keeps them, links by reference or name; `changed` names the fields
    that have another value now, which is in `now`."""

    moment: datetime
    values: dict[str, Any]
    now: dict[str, Any]
    changed: tuple[str, ...]


def moment_asked(text: str, name: str = "at") -> datetime:
    """The moment somebody asks for in the field `name`: an ISO moment, or a day, of which the end is meant. Raises InvalidQuery."""
    moment = _moment(text.strip())
    if moment is None or moment.year < EARLIEST_YEAR:
        raise InvalidQuery(
            "Give a day such as 2026-05-31, or a moment such as 2026-05-31T12:00:00+02:00.",
            fields={name: "A day or a moment as ISO 8601 writes it."},
        )
    now = timezone.now()
    if moment > now:
        if timezone.localdate(moment) > timezone.localdate(now):
            raise InvalidQuery(
                "That moment is still to come.", fields={name: "Choose today or an earlier day."}
            )
        return now
    return moment


def _moment(text: str) -> datetime | None:
    try:
        if len(text) == 10:
            end = datetime.combine(date.fromisoformat(text), time.max)
            return timezone.make_aware(end)
        moment = datetime.fromisoformat(text)
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except (ValueError, OverflowError):
        return None


def values_before(
    keys: Iterable[int], moment: datetime, names: Iterable[str] | None = None
) -> dict[int, dict[str, Any]]:
    """By primary key of a record, the fields that have changed since `moment`, each with its value then. One statement.

    With `names`, some of FOUND_FIRST, only these, and no event is read but the ones that answer.
    """
    given, at = keys_given(keys), connection.ops.adapt_datetimefield_value(moment)
    if names is not None:
        return _first(given, at, tuple(names))
    sql = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    found: dict[int, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql.format(among=among_keys()), [given, at])
        for key, name, old in cursor.fetchall():
            found.setdefault(key, {})[name] = None if old is None else orjson.loads(old)
    return found


def _first(keys: str, at: Any, names: tuple[str, ...]) -> dict[int, dict[str, Any]]:
    if unknown := set(names) - set(FOUND_FIRST):
        raise ValueError(f"No index leads to the first change of {', '.join(sorted(unknown))}.")
    found: dict[int, dict[str, Any]] = {}
    for key, name, old in first_statement(names).rows({"keys": keys, "at": at}):
        if old is not None:
            found.setdefault(key, {})[name] = orjson.loads(old)
    return found


@cache
def first_statement(names: tuple[str, ...]) -> Statement:
    """Composed once, and on PostgreSQL planned once a connection: pages ask for few different sets of fields."""
    keys, first = FIRST[connection.vendor]
    each = " UNION ALL ".join(first.format(name=name) for name in names)
    return Statement.written(f"{keys} {each}", "keys", *("at" for _ in names))


def record_at(record: StageRecord, moment: datetime) -> Past | None:
    """What the record said at `moment`, or None where it did not exist yet.

    Of its own fields, its tags and its custom fields; computed figures and rows of other tables are not among them.
    """
    if record.created_at > moment:
        return None
    now = _values(record)
    before = values_before([record.pk], moment).get(record.pk, {})
    values = {name: before.get(name, value) for name, value in now.items()}
    changed = tuple(name for name in now if values[name] != now[name])
    return Past(moment, values, now, changed)


def _values(record: StageRecord) -> dict[str, Any]:
    """What the record says now, as its events write it."""
    names = [
        field.name
        for field in record._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in OWN_BOOKKEEPING
    ]
    found = {name: plain(getattr(record, name)) for name in names}
    tags = Tagging.objects.filter(record_id=record.pk).order_by("tag__name")
    return {**found, "tags": list(tags.values_list("tag__name", flat=True))}
