"""Counts that stop: how many rows there are, up to a thousand. Beyond, nobody reads the figure and everybody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import update_wrapper
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from plm.composed import Filled, composed
from plm.permissions import Actor

MOST = 1000


class Capped(int):
    """A count that may have stopped: then `more` holds, and as text it is "1,000+"."""

    more: bool

    def __new__(cls, count: int, most: int = MOST) -> Capped:
        made = super().__new__(cls, min(count, most))
        made.more = count > most
        return made

    def __str__(self) -> str:
        return f"{int(self):,}{'+' if self.more else ''}"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def capped_counts(querysets: Sequence[QuerySet[Any]], most: int = MOST) -> list[Capped]:
    """How many rows each of them has, in one statement that reads at most `most` + 1 rows for each."""
    sql, params = _counting(querysets, most)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Capped(count, most) for count in cursor.fetchone()]


def _counting(querysets: Sequence[QuerySet[Any]], most: int) -> tuple[str, list[Any]]:
    parts: list[str] = []
    params: list[Any] = []
    for place, rows in enumerate(querysets):
        try:
            limited = rows.order_by().values("pk")[: most + 1]
            sql, given = limited.query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            parts.append("0")
            continue
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS part{place})")  # noqa: S608 - the compiler's SQL
        params += given
    return f"SELECT {', '.join(parts)}", params


class Figures:
    """A function from an actor and a subject to QuerySets, whose rows are counted when it is called, as
    `capped_counts` does it. Composed once for all actors with the same roles."""

    def __init__(
        self, compose: Callable[[Actor, Any], Sequence[QuerySet[Any]]], most: int = MOST
    ) -> None:
        update_wrapper(self, compose)
        self._compose, self.most = compose, most

    def _made(self, actor: Actor, subject: Any) -> Filled:
        return Filled.of(*_counting(self._compose(actor, subject), self.most))

    def __call__(self, actor: Actor, subject: Any) -> list[Capped]:
        filled, keys = composed(self._made, actor, subject)
        return [Capped(count, self.most) for count in filled.rows(keys, {})[0]]
