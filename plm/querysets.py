"""The reading door: every QuerySet of a tenanted model can be cut down to what an actor may see.

And the statement of a QuerySet, compiled once, for the reads that every call makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from django.db import connection
from django.db.models import Field, Model, Q, QuerySet, Value

from plm.permissions import Actor, Grant, may

M = TypeVar("M", bound=Model)


def visibility(actor: Actor, action: str, *, product_field: str = "product_id") -> Q:
    """The rows an actor may do `action` on, as a condition on `workspace_id` and a product column.

    An empty `product_field` judges by the workspace alone.
    """
    allowed = Q(pk__in=[])
    if not actor.has_scope(action):
        return allowed
    for workspace_id, grant in actor.grants.items():
        within = _within(actor, workspace_id, grant, action, product_field)
        if within is not None:
            allowed |= Q(workspace_id=workspace_id) & within
    return allowed


def _within(
    actor: Actor, workspace_id: int, grant: Grant, action: str, product_field: str
) -> Q | None:
    """What of one workspace, or None for nothing of it."""
    if not product_field:
        return Q() if may(actor.role_in(workspace_id), action) else None
    if actor.bound_product is not None:
        bound = actor.role_in(workspace_id, actor.bound_product)
        return Q(**{product_field: actor.bound_product}) if may(bound, action) else None
    if may(grant.role, action):
        hidden = [p for p, role in grant.products.items() if not may(role, action)]
        return ~Q(**{f"{product_field}__in": hidden}) if hidden else Q()
    shown = [p for p, role in grant.products.items() if may(role, action)]
    return Q(**{f"{product_field}__in": shown}) if shown else None


class TenantedQuerySet(QuerySet[M]):
    """Rows that belong to a workspace, and mostly to one of its products."""

    product_field = "product_id"

    def visible_to(self, actor: Actor, action: str = "record.view") -> Self:
        """Only what the actor may see (or do `action` on); nothing for a visitor."""
        if actor.system:
            return self.all()
        if actor.is_anonymous or not actor.grants:
            return self.none()
        return self.filter(visibility(actor, action, product_field=self.product_field))


class Slot(Value):
    """Stands in a filter for a value that is given when the statement runs."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(name, output_field=field)
        self.name, self.holds = name, field

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        del compiler, connection
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a `values_list` of plain columns compiles to. Running it again spares the compilation, which costs more
    than the database takes for a page."""

    sql: str
    params: tuple[Any, ...]
    converters: tuple[tuple[int, Any, Any], ...]
    """(place in the row, function, expression) of columns that the driver does not read as the model does."""

    @classmethod
    def of(cls, rows: QuerySet[Any, Any]) -> Statement:
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        readers = compiler.get_converters([column for column, *_ in compiler.select])
        flat = [(place, f, e) for place, (found, e) in readers.items() for f in found]
        return cls(sql, tuple(params), tuple(flat))

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run with `values` in the slots."""
        params = [
            p.holds.get_db_prep_value(values[p.name], connection) if isinstance(p, Slot) else p
            for p in self.params
        ]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return self._converted(found) if self.converters else found

    def _converted(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        rows = [list(row) for row in found]
        for place, convert, expression in self.converters:
            for row in rows:
                row[place] = convert(row[place], expression, connection)
        return [tuple(row) for row in rows]
