"""Where a record came from and what became of it, walked over the origins that each model declares.

Primary keys of records are unique over all kinds (they are the keys of `Reference`), so an edge is a pair of keys
and one statement per step finds the neighbours in all link tables at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Model

from plm.models import Reference, StageRecord
from plm.permissions import Actor
from plm.querysets import Statement

MAX_STEPS = 8
MAX_RECORDS = 400
MAX_LINKS = 100


@dataclass(frozen=True, slots=True)
class Edges:
    """A table that holds edges: the later record's key stands in `child`, the earlier one's in `parent`."""

    table: str
    child: str
    parent: str
    child_kind: str = ""
    parent_kind: str = ""
    """Which kinds of records stand at the ends; empty for any."""


@dataclass(frozen=True, slots=True)
class Relative:
    """One record on the strip; `distance` in steps, negative for what came before."""

    record: Reference
    distance: int


def record_models() -> list[type[StageRecord]]:
    """Every concrete kind of record, subclasses of subclasses included."""
    found: list[type[StageRecord]] = []
    pending: list[type[StageRecord]] = list(StageRecord.__subclasses__())
    while pending:
        model = pending.pop(0)
        pending += model.__subclasses__()
        if not model._meta.abstract:
            found.append(model)
    return found


def edges_of(model: type[StageRecord]) -> list[Edges]:
    """The edge tables a model declares: `field` on the model, or `links.field` over a link table.

    `origins` lead back to what the record came from, `leads_to` on to what came from it.
    """
    found = []
    for origin in model.origins:
        if "." in origin:
            table, own, other, kind = _link(model, origin)
            found.append(Edges(table, own, other, child_kind=model.kind, parent_kind=kind))
        else:
            field = model._meta.get_field(origin)
            key = _column(model._meta.pk)
            found.append(
                Edges(model._meta.db_table, key, _column(field), model.kind, _kind_at(field))
            )
    for result in model.leads_to:
        table, own, other, kind = _link(model, result)
        found.append(Edges(table, other, own, child_kind=kind, parent_kind=model.kind))
    return found


def _link(model: type[StageRecord], path: str) -> tuple[str, str, str, str]:
    """(table, column of this record, column of the other one, the other's kind) of `links.field`."""
    links, _, name = path.rpartition(".")
    relation = model._meta.get_field(links)
    through = relation.related_model
    if not isinstance(through, type) or not issubclass(through, Model):
        raise TypeError(f"{model.__name__}: {path!r} is no link table.")
    own = str(relation.field.column)  # type: ignore[union-attr]
    other = through._meta.get_field(name)
    return through._meta.db_table, own, _column(other), _kind_at(other)


def _kind_at(field: Any) -> str:
    """The kind of record a foreign key leads to; empty for any."""
    return str(getattr(field.related_model, "kind", "")) if field.related_model != Reference else ""


def _column(field: Any) -> str:
    return str(field.column)


def all_edges() -> list[Edges]:
    return [edges for model in record_models() for edges in edges_of(model)]


def _step(keys: set[int], *, back: bool) -> set[int]:
    """The neighbours of `keys`, one step back or forward, in one statement."""
    parts, params = [], []
    marks = ", ".join(["%s"] * len(keys))
    for edges in all_edges():
        near, far = (edges.child, edges.parent) if back else (edges.parent, edges.child)
        parts.append(
            f'SELECT "{far}" FROM "{edges.table}" WHERE "{near}" IN ({marks}) AND "{far}" IS NOT NULL'  # noqa: S608 - names from the models
        )
        params += list(keys)
    if not parts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), params)
        return {row[0] for row in cursor.fetchall()}


def _walk(start: int, *, back: bool, steps: int) -> dict[int, int]:
    seen: dict[int, int] = {start: 0}
    frontier = {start}
    for distance in range(1, steps + 1):
        frontier = _step(frontier, back=back) - seen.keys()
        if not frontier or len(seen) > MAX_RECORDS:
            break
        seen |= dict.fromkeys(frontier, distance)
    del seen[start]
    return seen


def trace(
    actor: Actor, record_id: int, *, steps: int = MAX_STEPS
) -> tuple[list[Relative], list[Relative]]:
    """(ancestors, descendants) of a record that the actor may see, nearest to it last and first respectively.

    At most two statements a step and one for the rows.
    """
    before = _walk(record_id, back=True, steps=steps)
    after = _walk(record_id, back=False, steps=steps)
    rows = {
        row.pk: row
        for row in Reference.objects.visible_to(actor)
        .filter(pk__in=[*before, *after])
        .select_related("product__workspace")
    }
    ancestors = [Relative(rows[pk], -d) for pk, d in before.items() if pk in rows]
    descendants = [Relative(rows[pk], d) for pk, d in after.items() if pk in rows]
    ancestors.sort(key=lambda r: (r.distance, r.record.number))
    descendants.sort(key=lambda r: (r.distance, r.record.number))
    return ancestors, descendants


def neighbours(actor: Actor, record_id: int, kind: str) -> dict[str, list[dict[str, Any]]]:
    """The records one step before and after a record of that kind, in one statement. At most 100 of a sort."""
    found: dict[str, list[dict[str, Any]]] = {"before": [], "after": []}
    statement = _neighbours(kind)
    rows = statement.rows({"record": record_id}) if statement else []
    seen = {
        there: actor.may("record.view", *there) for there in {(row[-1], row[-2]) for row in rows}
    }
    for side, kind_there, key, number, title, state, product_id, workspace_id in rows:
        if seen[workspace_id, product_id]:
            link = {
                "reference": f"{key}-{number}",
                "kind": kind_there,
                "title": title,
                "state": state,
            }
            found[side].append(link)
    return found


@lru_cache(maxsize=64)
def _neighbours(kind: str) -> Statement | None:
    """Only tables that can hold an edge of the kind; None where there is no such table."""
    parts = []
    for edges in all_edges():
        ends = (
            ("before", edges.child, edges.parent, edges.child_kind),
            ("after", edges.parent, edges.child, edges.parent_kind),
        )
        parts += [
            f'SELECT * FROM (SELECT "{far}" AS id, \'{side}\' AS side FROM "{edges.table}"'  # noqa: S608 - names from the models
            f' WHERE "{near}" = %s AND "{far}" IS NOT NULL LIMIT {MAX_LINKS}) AS e{n}'
            for n, (side, near, far, at) in enumerate(ends)
            if at in {"", kind}
        ]
    joined = " UNION ".join(parts)
    sql = (
        "SELECT d.side, r.kind, p.key, r.number, r.title, r.state, r.product_id, r.workspace_id"  # noqa: S608 - names from the models
        f" FROM ({joined}) AS d JOIN plm_reference r ON r.id = d.id JOIN plm_product p ON p.id = r.product_id"
        " ORDER BY r.number"
    )
    return Statement.written(sql, *["record"] * len(parts)) if parts else None
