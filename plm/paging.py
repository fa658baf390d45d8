"""Keyset pages: a page costs the same at any depth, and rows that come or go meanwhile shift nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.core import signing
from django.db.models import Field, Q, QuerySet

from plm.errors import InvalidQuery

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


def ordering_for(queryset: QuerySet[Any], asked: str, orders: Mapping[str, str]) -> Ordering:
    """The ordering of that name. Raises InvalidQuery that lists what there is."""
    descending = asked.startswith("-")
    column = orders.get(asked.lstrip("-"))
    if column is None or asked.count("-") > 1:
        known = ", ".join(sorted(orders))
        raise InvalidQuery(
            f"Order by one of: {known}; put - before it for descending.",
            fields={"order": "Unknown ordering."},
        )
    field = queryset.model._meta.get_field(column)
    return Ordering(asked, column, descending, field)


def page_size(asked: str | None) -> int:
    """How many rows: 1 to 200, 50 unless asked. Raises InvalidQuery."""
    if not asked:
        return DEFAULT_SIZE
    if not asked.isascii() or not asked.isdecimal() or not 1 <= int(asked[:9]) <= MAX_SIZE:
        raise InvalidQuery(f"A page has 1 to {MAX_SIZE} rows.", fields={"size": "Out of range."})
    return int(asked)


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
    read_key = key or (lambda row: (getattr(row, ordering.column), row.pk))
    after = _decode(cursor, ordering, binding) if cursor else None
    sign = "-" if ordering.descending else ""
    rows: list[Any] = []
    nullable = ordering.field.null
    if after is None or after[0] is not None:
        known = queryset.filter(**{f"{ordering.column}__isnull": False}) if nullable else queryset
        if after is not None:
            known = known.filter(_beyond(ordering, *after))
        rows = list(fetch(known.order_by(sign + ordering.column, sign + "pk")[: size + 1]))
    if nullable and len(rows) <= size:
        blank = queryset.filter(**{f"{ordering.column}__isnull": True})
        if after is not None and after[0] is None:
            blank = blank.filter(**{"pk__lt" if ordering.descending else "pk__gt": after[1]})
        rows += fetch(blank.order_by(sign + "pk")[: size + 1 - len(rows)])
    more = len(rows) > size
    rows = rows[:size]
    next_cursor = _encode(read_key(rows[-1]), ordering, binding) if more else ""
    return Page(rows, next_cursor, ordering.name)


def _beyond(ordering: Ordering, value: Any, pk: Any) -> Q:
    """Rows after (value, pk), written so that an index on (column, pk) starts there."""
    strict, loose = ("lt", "lte") if ordering.descending else ("gt", "gte")
    column = ordering.column
    return Q(**{f"{column}__{loose}": value}) & (
        Q(**{f"{column}__{strict}": value}) | Q(**{f"pk__{strict}": pk})
    )


def _encode(key: tuple[Any, Any], ordering: Ordering, binding: str) -> str:
    value, pk = key
    if isinstance(value, datetime | date):
        value = value.isoformat()
    elif isinstance(value, Decimal):
        value = str(value)
    body = orjson.dumps([value, pk]).decode()
    return signing.Signer(salt=f"cursor:{ordering.name}:{binding}").sign_object(body)


def _decode(cursor: str, ordering: Ordering, binding: str) -> tuple[Any, Any]:
    try:
        body = signing.Signer(salt=f"cursor:{ordering.name}:{binding}").unsign_object(cursor)
        value, pk = orjson.loads(body)
    except (signing.BadSignature, ValueError, TypeError):
        raise InvalidQuery(
            "This cursor belongs to another list. Begin without one.",
            fields={"cursor": "Not valid here."},
        ) from None
    return (None if value is None else ordering.field.to_python(value)), pk
