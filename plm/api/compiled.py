"""The reads clients make most, with their statements compiled once: a product's plain list, one record, and lists
narrowed by the usual filters.

The doors stay where they are: the caller has been judged for the product before a plain list runs, one record is
judged by the product that comes back with it, and a narrowed list passes `visible_to` while it is composed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BigIntegerField, CharField, QuerySet, Subquery, TextField, UUIDField
from django.db.models.functions import Cast
from django.http import QueryDict

from plm.kinds import Kind, kind_named
from plm.models import Product, Workspace
from plm.paging import Compose, Ordering, Read, composed_reader, ordering_for, part_of
from plm.permissions import Actor
from plm.querysets import Slot, Statement

PK = BigIntegerField()


@lru_cache(maxsize=256)
def list_ordering(kind: str, asked: str) -> Ordering:
    """An ordering of a kind's list. Raises InvalidQuery."""
    named = kind_named(kind)
    return ordering_for(named.model, asked, named.orders)


@lru_cache(maxsize=1024)
def list_statement(
    kind: str, columns: tuple[str, ...], ordering: Ordering, part: str, limit: int
) -> Statement:
    """One part of the list of a product's records that are not archived."""
    model = kind_named(kind).model
    rows = model.objects.filter(product_id=Slot("product", PK), archived_at=None)
    cut = part_of(rows, ordering, part, Slot("value", ordering.field), Slot("pk", PK))[:limit]
    return Statement.of(cut.values_list(*_told(columns)), as_json=True)


@lru_cache(maxsize=256)
def record_statement(kind: str, columns: tuple[str, ...], by: str) -> Statement:
    """A record of a workspace, by `number` (with the product's key) or by `uuid`."""
    rows: QuerySet[Any] = kind_named(kind).model.objects.filter(workspace_id=Slot("workspace", PK))
    if by == "number":
        rows = rows.filter(product__key=Slot("key", CharField()), number=Slot("number", PK))
    else:
        rows = rows.filter(uuid=Slot("uuid", UUIDField()))
    return Statement.of(rows.values_list(*_told(columns)), as_json=True)


def _told(columns: tuple[str, ...]) -> list[Any]:
    """Ids as PostgreSQL writes them, which is how JSON does: cheaper than reading each and writing it again."""
    if connection.vendor != "postgresql":
        return list(columns)
    return [
        Cast(name, TextField()) if name.rpartition("__")[2] == "uuid" else name for name in columns
    ]


class Narrowing(NamedTuple):
    """The filters of a call, without the texts: those are what differs from one call to the next."""

    values: tuple[tuple[str, tuple[str, ...]], ...]
    texts: tuple[str, ...]


def narrowing_of(kind: Kind, params: QueryDict) -> tuple[Narrowing, dict[str, str]] | None:
    """The call's filters and its texts; None where it has a filter, or a text, that not many calls have."""
    names = params.keys() & kind.filters.base_filters.keys()  # type: ignore[attr-defined] # made by its metaclass
    if not names <= kind.filters.recurring:
        return None
    texts = {
        name: clean(str(params[name]).strip())
        for name, clean in kind.filters.texts.items()
        if name in names
    }
    if not all(texts.values()):  # It is refused, or no filter at all.
        return None
    values = ((name, tuple(params.getlist(name))) for name in sorted(names - texts.keys()))
    return Narrowing(tuple(values), tuple(texts)), texts


def narrowed_reader(
    kind: str,
    columns: tuple[str, ...],
    ordering: Ordering,
    asked: tuple[Narrowing, dict[str, str]],
    actor: Actor,
    workspace_id: int,
    product_id: int | None,
) -> Read:
    """Reads the parts of a list that is composed once for all callers with the same roles and filters.

    Raises InvalidQuery for a value that no filter takes.
    """
    narrowing, texts = asked
    model: Any = Workspace if product_id is None else Product
    keys = {"id": workspace_id if product_id is None else product_id}
    if product_id is not None:
        keys["workspace_id"] = workspace_id
    subject = model.from_db(DEFAULT_DB_ALIAS, list(keys), list(keys.values()))
    return composed_reader(_narrowed(kind, columns, narrowing), actor, subject, ordering, **texts)


@lru_cache(maxsize=512)
def _narrowed(kind: str, columns: tuple[str, ...], narrowing: Narrowing) -> Compose:
    named = kind_named(kind)
    given = QueryDict(mutable=True)
    for name, values in narrowing.values:
        given.setlist(name, list(values))
    for name in narrowing.texts:  # Any text, so that the filter is asked: the slot stands for it.
        given[name] = name
    slots = {name: Slot(name, CharField()) for name in narrowing.texts}

    def rows(actor: Actor, subject: Any) -> QuerySet[Any]:
        of_product = isinstance(subject, Product)
        product_id: int | None = subject.pk if of_product else None
        workspace_id: int = subject.workspace_id if of_product else subject.pk
        found = visible_list(named, actor, workspace_id, product_id)
        filtered = named.filters(
            given, found, actor=actor, workspace_id=workspace_id, product_id=product_id, slots=slots
        )
        return filtered.checked().values_list(*read_from(columns, product_id))

    return rows


def visible_list(
    kind: Kind, actor: Actor, workspace_id: int, product_id: int | None
) -> QuerySet[Any]:
    """The kind's records of the workspace, or of one product in it, that the actor may see."""
    rows = kind.model.objects.visible_to(actor, f"{kind.name}.view")
    rows = rows.filter(workspace_id=workspace_id)
    return rows if product_id is None else rows.filter(product_id=product_id)


def read_from(columns: tuple[str, ...], product_id: int | None) -> list[Any]:
    """The columns of a filtered list. A join with the one product makes PostgreSQL expect one row from a filter by tag,
    and choose its plan for that."""
    if product_id is None:
        return list(columns)
    key = Subquery(Product.objects.filter(pk=product_id).values("key")[:1])
    return [key if name == "product__key" else name for name in columns]
