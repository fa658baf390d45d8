"""The reading door: every QuerySet of a tenanted model can be cut down to what an actor may see.

And the statement of a QuerySet, compiled once, for the reads that every call makes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import (
    BooleanField,
    CharField,
    Field,
    FloatField,
    IntegerField,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.expressions import RawSQL

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

    def __init__(self, name: str, field: Field[Any, Any] | None) -> None:
        super().__init__(name, output_field=field)
        self.name, self.holds = name, field

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        del compiler, connection
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement that is compiled once, and on PostgreSQL parsed and planned once a connection: for short reads that
    costs more than reading."""

    sql: str
    layout: tuple[Any, ...]
    """What stands at each mark: the place of a slot, or a one-tuple with a value that is always the same."""
    slots: tuple[Slot, ...]
    converters: tuple[tuple[int, Any, Any], ...] = ()
    """(place in the row, function, expression) of columns that the driver does not read as the model does."""

    @classmethod
    def of(cls, rows: QuerySet[Any, Any], *, as_json: bool = False) -> Statement:
        """The statement of a `values_list` of plain columns. With `as_json` its rows are good for JSON only: on
        PostgreSQL JSON comes as a fragment."""
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        readers = compiler.get_converters([column for column, *_ in compiler.select])
        raw = as_json and _prepares()
        flat = [
            (place, f, e)
            for place, (found, e) in readers.items()
            for f in found
            if not (raw and getattr(f, "__name__", "") == "from_db_value")
        ]
        return cls(*_laid_out(sql, params), tuple(flat))

    @classmethod
    def written(cls, sql: str, *names: str) -> Statement:
        """A statement in SQL, with the name of what each of its marks stands for."""
        return cls(*_laid_out(sql, [Slot(name, None) for name in names]))

    @classmethod
    def laid_out(cls, sql: str, params: Iterable[Any], converters: tuple[Any, ...]) -> Statement:
        """A compiled statement with its parameters, some of which are slots."""
        return cls(*_laid_out(sql, params), converters)

    def rows(
        self, values: Mapping[str, Any], *, as_json: bool = False, prepared: bool = True
    ) -> list[tuple[Any, ...]]:
        """Run with `values` in the slots; not `prepared`, PostgreSQL plans it for these values."""
        database: Any = connections[DEFAULT_DB_ALIAS]
        given = [
            slot.holds.get_db_prep_value(values[slot.name], database)
            if slot.holds is not None
            else values[slot.name]
            for slot in self.slots
        ]
        if database.vendor == "postgresql":
            fetch = database.fetch_prepared if prepared else database.fetch_planned
            found = fetch(self.sql, self.layout, given, as_json=as_json)
        else:
            params = [given[part] if isinstance(part, int) else part[0] for part in self.layout]
            with connection.cursor() as cursor:
                cursor.execute(self.sql, params)
                found = cursor.fetchall()
        return self._converted(found) if self.converters else found

    def _converted(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        rows = [list(row) for row in found]
        for place, convert, expression in self.converters:
            for row in rows:
                row[place] = convert(row[place], expression, connection)
        return [tuple(row) for row in rows]


# Columns whose values the drivers take as they stand in a model.
AS_THEY_ARE = (CharField, TextField, IntegerField, FloatField, BooleanField)


def as_it_stands(field: Any) -> bool:
    """Whether the driver takes the field's value as a model holds it."""
    return isinstance(field, AS_THEY_ARE) or bool(field.is_relation)


def stored(field: Any, row: Model, database: Any) -> Any:
    """A new row's value of any other field, as the driver takes it."""
    return field.get_db_prep_save(field.pre_save(row, add=True), database)


@lru_cache(maxsize=128)
def _told_apart(model: type[Model]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """The fields whose values a new row gives as they stand, by name, and the other fields."""
    fields: Any = model._meta.concrete_fields
    plain = tuple(field.attname for field in fields if as_it_stands(field))
    return plain, tuple(field for field in fields if not as_it_stands(field))


def row_values(row: Model) -> dict[str, Any]:
    """A new row's values by the names of its fields, as the driver takes them."""
    plain, others = _told_apart(type(row))
    database = connections[DEFAULT_DB_ALIAS]
    values = {name: getattr(row, name) for name in plain}
    for field in others:
        values[field.attname] = stored(field, row, database)
    return values


@lru_cache(maxsize=128)
def _insertion(model: type[Model]) -> Statement:
    fields: Any = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks}) RETURNING 1'  # noqa: S608 - names of models
    return Statement.written(sql, *[field.attname for field in fields])


def insert(row: Model) -> None:
    """Store a new row whose key it holds already, as `save(force_insert=True)` does, by a statement composed once."""
    _insertion(type(row)).rows(row_values(row))
    row._state.adding = False  # noqa: SLF001 - as Django does it


def _prepares() -> bool:
    return connection.vendor == "postgresql"


def _laid_out(sql: str, params: Iterable[Any]) -> tuple[str, tuple[Any, ...], tuple[Slot, ...]]:
    """The layout of a statement: a slot that stands at several marks is given once."""
    slots: dict[str, Slot] = {}
    layout: list[Any] = []
    for param in params:
        if isinstance(param, Slot):
            slots.setdefault(param.name, param)
            layout.append(list(slots).index(param.name))
        else:
            layout.append((param,))
    return sql, tuple(layout), tuple(slots.values())


def among_keys() -> str:
    """SQL behind a column: its value is one of those in the mark, which `keys_given` fills."""
    return "= ANY (%s::bigint[])" if _prepares() else "IN (SELECT value FROM json_each(%s))"


def keys_given(keys: Iterable[int]) -> str:
    """Primary keys as one value for `among_keys`."""
    text = ",".join(map(str, keys))
    return f"{{{text}}}" if _prepares() else f"[{text}]"


def among(keys: Iterable[int] | Slot) -> RawSQL:
    """Primary keys for `pk__in`: one value however many, where a list would be as many marks to fill. A slot takes what
    `keys_given` makes of them."""
    rows = "SELECT unnest(%s::bigint[])" if _prepares() else "SELECT value FROM json_each(%s)"
    given = keys if isinstance(keys, Slot) else keys_given(keys)
    return RawSQL(rows, [given])  # noqa: S611 - the keys are a parameter
