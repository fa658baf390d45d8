"""Django's PostgreSQL backend, cheaper for short requests: see docs/adr/0007.

Connections are looked at before a request without asking the server, and statements that every call makes are parsed
and planned once a connection.
"""

from __future__ import annotations

import select
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import orjson
import psycopg2
from django.conf import settings
from django.db.backends.postgresql import base
from django.db.utils import DatabaseError, OperationalError
from psycopg2 import errorcodes
from psycopg2.extensions import AsIs, new_type, register_type

MOST_PREPARED = 200
ASK_AFTER = 30.0
"""Seconds after which the server is asked whether it is there: no news reaches us of a cable that was pulled."""

GONE = frozenset(
    {
        errorcodes.FEATURE_NOT_SUPPORTED,  # A migration changed what the statement gives.
        errorcodes.INVALID_SQL_STATEMENT_NAME,
        errorcodes.DUPLICATE_PREPARED_STATEMENT,
    }
)
"""What the server says when a prepared statement is no longer what we think it is."""

# For rows that go straight into JSON: JSON is passed on unread.
_JSON_AS_IS = new_type(
    (114, 3802), "JSON_AS_IS", lambda value, _: None if value is None else orjson.Fragment(value)
)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection, with the statements that it holds prepared, the one used last at the end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepared: OrderedDict[tuple[str, Sequence[Any]], str] = OrderedDict()
        self._names = 0
        self._asked_at = 0.0

    def connect(self) -> None:
        self._prepared.clear()
        self._asked_at = time.monotonic()
        super().connect()

    def is_usable(self) -> bool:
        """A server that ended the connection has told our socket so; only silence for long is worth a question."""
        now = time.monotonic()
        if not self.errors_occurred and now - self._asked_at < ASK_AFTER and self._is_quiet():
            return True
        self._asked_at = now
        return bool(super().is_usable())

    def _is_quiet(self) -> bool:
        try:
            if self.connection.closed:
                return False
            poll = select.poll()
            poll.register(self.connection.fileno(), select.POLLIN | select.POLLHUP)
            return not poll.poll(0)
        except (OSError, ValueError, psycopg2.Error):
            return False

    def fetch_prepared(
        self, sql: str, layout: Sequence[Any], values: Sequence[Any], *, as_json: bool = False
    ) -> list[tuple[Any, ...]]:
        """The rows of `sql`, whose marks (%s) `layout` fills: an int n stands for `values[n]`, a one-tuple for what it
        holds, which becomes part of the statement.

        `as_json` leaves JSON as `orjson.Fragment`.
        """
        if not settings.PREPARED_STATEMENTS:
            return self.fetch_planned(sql, layout, values, as_json=as_json)
        # First the connection: one that was lost took its statements along.
        self.close_if_health_check_failed()
        if self.connection is None:
            self.ensure_connection()
        try:
            return self._fetch_prepared(sql, layout, values, as_json=as_json)
        except DatabaseError as error:
            if getattr(error.__cause__, "pgcode", None) not in GONE:
                raise
            self._prepared.clear()
            if self.in_atomic_block:  # The transaction is lost. The next one prepares anew.
                raise OperationalError(str(error)) from error
            with self.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")
            return self._fetch_prepared(sql, layout, values, as_json=as_json)

    def fetch_planned(
        self, sql: str, layout: Sequence[Any], values: Sequence[Any], *, as_json: bool = False
    ) -> list[tuple[Any, ...]]:
        """The same, planned for these very values and not kept."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        given = [values[part] if isinstance(part, int) else part[0] for part in layout]
        return self._fetch(sql, given, as_json=as_json)

    def _fetch_prepared(
        self, sql: str, layout: Sequence[Any], values: Sequence[Any], *, as_json: bool
    ) -> list[tuple[Any, ...]]:
        # Statements of the same text may differ in the values that are part of them.
        execute = self._prepared.get((sql, layout))
        if execute is None:
            execute = self._prepare(sql, layout, len(values))
        else:
            self._prepared.move_to_end((sql, layout))
        return self._fetch(execute, values, as_json=as_json)

    def _prepare(self, sql: str, layout: Sequence[Any], count: int) -> str:
        """Prepare it, and give up the statement that rested longest where there are too many."""
        self._names += 1
        name = f"plm_{self._names}"
        marks = [AsIs(f"${part + 1}") if isinstance(part, int) else part[0] for part in layout]
        # Once a connection and no part of what a call asks, so whoever counts its statements does not meet it.
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            if len(self._prepared) >= MOST_PREPARED:
                _, old = self._prepared.popitem(last=False)
                cursor.execute(f"DEALLOCATE {old.split()[1]}")
            cursor.execute(f"PREPARE {name} AS {sql}", marks)
        given = f" ({', '.join(['%s'] * count)})" if count else ""
        self._prepared[sql, layout] = execute = f"EXECUTE {name}{given}"
        return execute

    def _fetch(self, sql: str, values: Sequence[Any], *, as_json: bool) -> list[tuple[Any, ...]]:
        if self.execute_wrappers or self.queries_logged:
            with self.cursor() as cursor:
                return self._run(cursor, cursor.cursor, sql, values, as_json=as_json)
        # Nobody counts statements: the driver's cursor without the wrappers, which cost more than it does. It makes the
        # zones of moments itself, where Django's would be asked for each; they are those of the connection, UTC.
        self.validate_no_broken_transaction()
        with self.wrap_database_errors, self.connection.cursor() as cursor:
            return self._run(cursor, cursor, sql, values, as_json=as_json)

    @staticmethod
    def _run(
        cursor: Any, inner: Any, sql: str, values: Sequence[Any], *, as_json: bool
    ) -> list[tuple[Any, ...]]:
        if as_json:
            register_type(_JSON_AS_IS, inner)
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
