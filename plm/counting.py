"""Counts that stop: how many rows there are, up to a thousand. Beyond, nobody reads the figure and everybody waits for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

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
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        return [Capped(count, most) for count in cursor.fetchone()]
