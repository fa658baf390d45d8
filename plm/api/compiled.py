"""The two reads clients make most, with their statements compiled once: a product's plain list, and one record.

Both doors stay where they are: the caller has been judged for the product before a list runs, and one record is
judged by the product that comes back with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, CharField, QuerySet, UUIDField

from plm.kinds import kind_named
from plm.paging import Ordering, part_of
from plm.querysets import Slot, Statement

PK = BigIntegerField()


@lru_cache(maxsize=1024)
def list_statement(
    kind: str, columns: tuple[str, ...], ordering: Ordering, part: str, limit: int
) -> Statement:
    """One part of the list of a product's records that are not archived."""
    model = kind_named(kind).model
    rows = model.objects.filter(product_id=Slot("product", PK), archived_at=None)
    cut = part_of(rows, ordering, part, Slot("value", ordering.field), Slot("pk", PK))[:limit]
    return Statement.of(cut.values_list(*columns), as_json=True)


@lru_cache(maxsize=256)
def record_statement(kind: str, columns: tuple[str, ...], by: str) -> Statement:
    """A record of a workspace, by `number` (with the product's key) or by `uuid`."""
    rows: QuerySet[Any] = kind_named(kind).model.objects.filter(workspace_id=Slot("workspace", PK))
    if by == "number":
        rows = rows.filter(product__key=Slot("key", CharField()), number=Slot("number", PK))
    else:
        rows = rows.filter(uuid=Slot("uuid", UUIDField()))
    return Statement.of(rows.values_list(*columns), as_json=True)
