"""Keyset pages: a page costs the same at any depth, and rows that come or go meanwhile shift nothing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from django.core import signing
from django.db.models import BigIntegerField, Field, Model, Q, QuerySet
from django.utils.encoding import force_bytes

from plm import composed
from plm.errors import InvalidQuery
from plm.permissions import Actor
from plm.querysets import Slot

DEFAULT_SIZE = 50
MAX_SIZE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `next_cursor` is empty on the last one."""

    rows: list[Any]
    next_cursor: str
    order: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """A lawful ordering: the public name as asked for (`-score`), its column, its direction. Nulls come last."""

    name: str
    column: str
    descending: bool
    field: Field[Any, Any]


def ordering_for(
    rows: QuerySet[Any] | type[Model], asked: str, orders: Mapping[str, str]
) -> Ordering:
    """The ordering of that name. Raises InvalidQuery that lists what there is."""
    descending = asked.startswith("-")
    column = orders.get(asked.lstrip("-"))
    if column is None or asked.count("-") > 1:
        known = ", ".join(sorted(orders))
        raise InvalidQuery(
            f"Order by one of: {known}; put - before it for descending.",
            fields={"order": "Unknown ordering."},
        )
    model: type[Model] = rows.model if isinstance(rows, QuerySet) else rows
    return Ordering(asked, column, descending, model._meta.get_field(column))  # type: ignore[arg-type]


def page_size(asked: str | None) -> int:
    """How many rows: 1 to 200, 50 unless asked. Raises InvalidQuery."""
    if not asked:
        return DEFAULT_SIZE
    if not asked.isascii() or not asked.isdecimal() or not 1 <= int(asked[:9]) <= MAX_SIZE:
        raise InvalidQuery(f"A page has 1 to {MAX_SIZE} rows.", fields={"size": "Out of range."})
    return int(asked)


FIRST, AFTER, BLANK, BLANK_AFTER = "first", "after", "blank", "blank after"
"""Parts of a list: from the top, beyond a row, the rows without a value (they come last), those beyond a row."""

Read = Callable[[str, Any, Any, int], Sequence[Any]]
"""(part, order value and primary key of the row to go on after, how many) to rows."""


def paginate(
    queryset: QuerySet[Any],
    *,
    ordering: Ordering,
    cursor: str = "",
    size: int = DEFAULT_SIZE,
    binding: str = "",
    fetch: Callable[[QuerySet[Any]], Sequence[Any]] = list,
    key: Callable[[Any], tuple[Any, Any]] | None = None,
) -> Page:
    """The page after `cursor`. `binding` is what the cursor is good for (the filters); another is refused.

    `fetch` runs the query, `key` gives (order value, primary key) of a row; by default rows are model instances.
    A nullable order column takes a second statement on the page where the nulls begin.
    """

    def read(part: str, value: Any, pk: Any, limit: int) -> Sequence[Any]:
        return fetch(part_of(queryset, ordering, part, value, pk)[:limit])

    return page_of(
        read,
        ordering=ordering,
        cursor=cursor,
        size=size,
        binding=binding,
        key=key or key_by(ordering),
    )


def page_of(
    read: Read,
    *,
    ordering: Ordering,
    cursor: str,
    size: int,
    binding: str,
    key: Callable[[Any], tuple[Any, Any]],
) -> Page:
    """The same where `read` knows how to fetch a part of the list."""
    value, pk = _decode(cursor, ordering, binding) if cursor else (None, None)
    beyond = pk is not None
    rows: list[Any] = []
    if not beyond or value is not None:
        rows = list(read(AFTER if beyond else FIRST, value, pk, size + 1))
    if ordering.field.null and len(rows) <= size:
        part = BLANK_AFTER if beyond and value is None else BLANK
        rows += read(part, None, pk, size + 1 - len(rows))
    more = len(rows) > size
    rows = rows[:size]
    next_cursor = cursor_for(key(rows[-1]), ordering, binding) if more else ""
    return Page(rows, next_cursor, ordering.name)


Compose = Callable[[Any, Any], QuerySet[Any]]
"""A list before it is ordered, of an actor and a product, as `plm.composed` takes it."""


@lru_cache(maxsize=512)
def _composed_part(
    compose: Compose, ordering: Ordering, part: str, limit: int
) -> composed.Read[Any]:
    value, pk = Slot("value", ordering.field), Slot("pk", BigIntegerField())

    def rows(actor: Any, subject: Any) -> QuerySet[Any]:
        return part_of(compose(actor, subject), ordering, part, value, pk)[:limit]

    return composed.Read(rows)


def composed_reader(
    compose: Compose, actor: Actor, subject: Any, ordering: Ordering, **values: Any
) -> Read:
    """Reads the parts of a list that nobody has narrowed, each composed once. `values` fill the slots of the list."""

    def read(part: str, value: Any, pk: Any, limit: int) -> Sequence[Any]:
        found = _composed_part(compose, ordering, part, limit)
        return found(actor, subject, value=value, pk=pk, **values)

    return read


def key_by(ordering: Ordering) -> Callable[[Any], tuple[Any, Any]]:
    """What a cursor remembers of a record."""
    return lambda row: (getattr(row, ordering.column), row.pk)


def part_of(
    queryset: QuerySet[Any], ordering: Ordering, part: str, value: Any, pk: Any
) -> QuerySet[Any]:
    """The rows of one part, in order."""
    sign = "-" if ordering.descending else ""
    if part in {BLANK, BLANK_AFTER}:
        blank = queryset.filter(**{f"{ordering.column}__isnull": True})
        if part == BLANK_AFTER:
            blank = blank.filter(**{"pk__lt" if ordering.descending else "pk__gt": pk})
        return blank.order_by(sign + "pk")
    if ordering.field.null:
        queryset = queryset.filter(**{f"{ordering.column}__isnull": False})
    if part == AFTER:
        queryset = queryset.filter(_beyond(ordering, value, pk))
    return queryset.order_by(sign + ordering.column, sign + "pk")


def _beyond(ordering: Ordering, value: Any, pk: Any) -> Q:
    """Rows after (value, pk), written so that an index on (column, pk) starts there."""
    strict, loose = ("lt", "lte") if ordering.descending else ("gt", "gte")
    column = ordering.column
    return Q(**{f"{column}__{loose}": value}) & (
        Q(**{f"{column}__{strict}": value}) | Q(**{f"pk__{strict}": pk})
    )


def cursor_for(key: tuple[Any, Any], ordering: Ordering, binding: str) -> str:
    """The signed cursor of the page after the row with (order value, primary key) `key`."""
    value, pk = key
    if isinstance(value, datetime | date):
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = str(value)
    body = orjson.dumps([value, pk]).decode()
    return _signer(ordering, binding).sign_object(body)


class CursorSigner(signing.Signer):
    """Django's signatures; what they are made with is derived once, not for each."""

    def __init__(self, salt: str) -> None:
        super().__init__(salt=salt)
        self._derived = hashlib.sha256(
            force_bytes(f"{salt}signer") + force_bytes(self.key)
        ).digest()

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        if key not in {None, self.key}:  # A former one.
            return super().signature(value, key)
        digest = hmac.digest(self._derived, force_bytes(value), "sha256")
        return signing.b64_encode(digest).decode()


@lru_cache(maxsize=256)
def _signer(ordering: Ordering, binding: str) -> CursorSigner:
    """What a cursor is signed for. A query string may hold halves of characters, which no bytes stand for."""
    text = f"cursor:{ordering.field.model._meta.db_table}:{ordering.name}:{binding}"
    return CursorSigner(text.encode(errors="backslashreplace").decode())


def _decode(cursor: str, ordering: Ordering, binding: str) -> tuple[Any, Any]:
    try:
        body = _signer(ordering, binding).unsign_object(cursor)
        value, pk = orjson.loads(body)
    except (signing.BadSignature, ValueError, TypeError):
        raise InvalidQuery(
            "This cursor belongs to another list. Begin without one.",
            fields={"cursor": "Not valid here."},
        ) from None
    return (None if value is None else ordering.field.to_python(value)), pk
