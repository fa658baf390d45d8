"""Facts, and the unit of work that writes them.

A service is one unit: its changes, its events and the jobs they ask for are committed together or not at all.
`emit` only notes the fact. At the end of the unit the handlers map facts to jobs, then the jobs are written, then the
events get their numbers. The numbering row of the workspace is locked last and until the commit, which makes
the sequence follow commit order and keeps that lock short.
"""

from __future__ import annotations

import functools
import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from plm.jobs import JobRequest, wake, write_requests
from plm.logs import request_id
from plm.models import StageRecord
from plm.permissions import Actor
from plm.querysets import Statement

P = ParamSpec("P")
R = TypeVar("R")
RECORDED = "recorded_at"
"""In the data of an event that was told after the fact: when it was recorded."""


@dataclass(slots=True)
class Fact:
    """An event before it has a number."""

    verb: str
    actor: Actor
    workspace_id: int
    product_id: int | None = None
    record_id: int | None = None
    kind: str = ""
    changes: dict[str, list[Any]] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    at: datetime | None = None


@dataclass
class Unit:
    facts: list[Fact] = field(default_factory=list)
    jobs: dict[str, JobRequest] = field(default_factory=dict)

    def flush(self) -> None:
        for fact in self.facts:
            if fact.at is None:
                for handler in _reactions_to(fact.verb):
                    handler(fact)
        if self.jobs:
            ids = write_requests(list(self.jobs.values()))
            transaction.on_commit(functools.partial(wake, ids), robust=True)
        by_workspace: dict[int, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            by_workspace[fact.workspace_id].append(fact)
        for workspace_id in sorted(by_workspace):
            _write_events(workspace_id, by_workspace[workspace_id])


_current: ContextVar[Unit | None] = ContextVar("unit", default=None)
_past: ContextVar[datetime | None] = ContextVar("past", default=None)


@contextmanager
def happened_at(moment: datetime) -> Iterator[None]:
    """Facts emitted in the block are told after the fact: their events bear `moment`, and when they were recorded.

    Nobody is told of them and nothing reacts to them. Raises ValueError for a moment to come.
    """
    if moment > timezone.now():
        raise ValueError(f"{moment.isoformat()} is still to come.")
    token = _past.set(moment)
    try:
        yield
    finally:
        _past.reset(token)


@contextmanager
def unit_of_work() -> Iterator[Unit]:
    """The running unit, or a new one that commits at the end of the block."""
    running = _current.get()
    if running is not None:
        yield running
        return
    unit = Unit()
    with transaction.atomic():
        token = _current.set(unit)
        try:
            yield unit
            unit.flush()
        finally:
            _current.reset(token)


@contextmanager
def attempt() -> Iterator[None]:
    """Part of a unit that may fail alone: when the block raises, its writes and its facts are gone."""
    unit = _current.get()
    if unit is None:
        raise RuntimeError("attempt() belongs inside a unit of work.")
    facts, jobs = len(unit.facts), dict(unit.jobs)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        del unit.facts[facts:]
        unit.jobs = jobs
        raise


def service(function: Callable[P, R]) -> Callable[P, R]:
    """A write: everything in it is one unit of work with whatever called it."""

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> R:
        with unit_of_work():
            return function(*args, **kwargs)

    return inner


def emit(
    verb: str,
    *,
    actor: Actor,
    record: StageRecord | None = None,
    workspace_id: int | None = None,
    product_id: int | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
    **data: Any,
) -> None:
    """Note a fact, past tense and dotted (`idea.merged`). Outside a unit of work this is a programming error."""
    unit = _current.get()
    if unit is None:
        raise RuntimeError(f"{verb} was emitted outside a service.")
    if record is not None:
        workspace_id, product_id = record.workspace_id, record.product_id
    if workspace_id is None:
        raise RuntimeError(f"{verb} belongs to no workspace.")
    unit.facts.append(
        Fact(
            verb=verb,
            actor=actor,
            workspace_id=workspace_id,
            product_id=product_id,
            record_id=record.pk if record is not None else None,
            kind=record.kind if record is not None else verb.partition(".")[0],
            changes={k: [plain(old), plain(new)] for k, (old, new) in (changes or {}).items()},
            data={k: plain(v) for k, v in data.items()},
            reason=reason,
            at=_past.get(),
        )
    )


def enqueue(request: JobRequest) -> None:
    """Ask for work in the running unit. Called by handlers, and by services that owe the caller a job."""
    unit = _current.get()
    if unit is None:
        raise RuntimeError(f"Job {request.key} was asked for outside a service.")
    unit.jobs.setdefault(request.key, request)


_reactions: list[tuple[str, Callable[[Fact], None]]] = []


@lru_cache(maxsize=512)
def _reactions_to(verb: str) -> tuple[Callable[[Fact], None], ...]:
    return tuple(handler for pattern, handler in _reactions if fnmatchcase(verb, pattern))


def on(*patterns: str) -> Callable[[Callable[[Fact], None]], Callable[[Fact], None]]:
    """React to facts whose verb matches (`item.*`). A handler maps the fact to a job; it changes nothing itself."""

    def register(handler: Callable[[Fact], None]) -> Callable[[Fact], None]:
        _reactions.extend((pattern, handler) for pattern in patterns)
        _reactions_to.cache_clear()
        return handler

    return register


def plain(value: Any) -> Any:
    """A value as JSON keeps it and a person reads it."""
    if isinstance(value, StageRecord):
        return value.reference
    if isinstance(value, Model):
        return str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, list | tuple | set):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    return value


COLUMNS = (
    "uuid", "product_id", "record_id", "kind", "verb", "actor_id", "actor_name", "token_id", "changes", "data", "reason",
    "request_id", "created_at",
)  # fmt: skip
TYPES = (
    "uuid", "bigint", "bigint", "text", "text", "bigint", "text", "bigint", "jsonb", "jsonb", "text", "text", "timestamptz",
)  # fmt: skip
AT_ONCE = 500
NUMBERS = "UPDATE plm_workspace SET last_event = last_event + %s WHERE id = %s RETURNING last_event"


@lru_cache(maxsize=1)
def _statement() -> Statement:
    """Stores events from JSON, however many they are; on PostgreSQL it numbers them as well."""
    names = ", ".join(COLUMNS)
    into = f"INSERT INTO plm_event (workspace_id, sequence, {names})"
    if connection.vendor == "postgresql":
        read = ", ".join(f"{name} {type_}" for name, type_ in zip(COLUMNS, TYPES, strict=True))
        sql = (
            f"WITH taken AS ({NUMBERS}) {into} SELECT %s::bigint, last_event - place, {names}"  # noqa: S608 - fixed names
            f" FROM taken, jsonb_to_recordset(%s) AS given (place bigint, {read}) RETURNING 1"
        )
        return Statement.written(sql, "count", "workspace", "workspace", "facts")
    read = ", ".join(f"json_extract(value, '$.{name}')" for name in COLUMNS)
    sql = f"{into} SELECT %s, %s + key, {read} FROM json_each(%s) RETURNING 1"  # noqa: S608 - fixed names
    return Statement.written(sql, "workspace", "first", "facts")


def _write_events(workspace_id: int, facts: list[Fact]) -> None:
    now = timezone.now()
    rows = [_row(fact, now) for fact in facts]
    if connection.vendor == "postgresql":
        for begin in range(0, len(rows), AT_ONCE):
            part = rows[begin : begin + AT_ONCE]
            for place, row in enumerate(reversed(part)):
                row["place"] = place
            given = {"count": len(part), "workspace": workspace_id, "facts": json.dumps(part)}
            if len(_statement().rows(given)) != len(part):
                raise RuntimeError(f"There is no workspace {workspace_id} to number events in.")
        return
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [len(rows), workspace_id])
        first = cursor.fetchone()[0] - len(rows) + 1
    for row in rows:
        row |= {"changes": json.dumps(row["changes"]), "data": json.dumps(row["data"])}
    _statement().rows({"workspace": workspace_id, "first": first, "facts": json.dumps(rows)})


def _row(fact: Fact, now: datetime) -> dict[str, Any]:
    """An event by its columns, without its number, as JSON and SQLite take it."""
    at = fact.at or now
    made = uuid.uuid4()
    return {
        "uuid": str(made) if connection.vendor == "postgresql" else made.hex,
        "product_id": fact.product_id,
        "record_id": fact.record_id,
        "kind": fact.kind,
        "verb": fact.verb,
        "actor_id": fact.actor.user_id,
        "actor_name": fact.actor.name,
        "token_id": fact.actor.token_id,
        "changes": fact.changes,
        "data": fact.data if fact.at is None else {**fact.data, RECORDED: now.isoformat()},
        "reason": fact.reason,
        "request_id": request_id.get(),
        "created_at": at.isoformat()
        if connection.vendor == "postgresql"
        else connection.ops.adapt_datetimefield_value(at),
    }
