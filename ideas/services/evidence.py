"""Writes on research, trends and feasibility, and on the rows inside any record that holds some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from ideas.models.rows import RowRecord
from ideas.rowsets import RowProblem, RowSet, cleaned
from ideas.services.origins import check_origins
from plm.errors import Invalid, NotVisible
from plm.events import service
from plm.models import Product
from plm.permissions import Actor
from plm.services.records import record_create, record_update

R = TypeVar("R", bound=RowRecord)


def rows_cleaned(model: type[RowRecord], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their lists of rows in stored form. Raises Invalid, a message for each row and column."""
    given = dict(values)
    problems: dict[str, str] = {}
    for field, rowset in model.rowsets.items():
        if field in given:
            try:
                given[field] = cleaned(rowset, given[field])
            except RowProblem as problem:
                problems |= problem.fields
    if problems:
        raise Invalid("Some rows need another look.", fields=problems)
    return given


@service
def evidence_create(
    model: type[R],
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> R:
    """Write down a record of `model`, its rows among the values. Emits `<kind>.created`."""
    check_origins(model, product.pk, values)
    return record_create(
        model, actor=actor, product=product, values=rows_cleaned(model, values), tags=tags, custom=custom, reason=reason
    )  # fmt: skip


@service
def evidence_update(
    *,
    actor: Actor,
    record: R,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> R:
    """Change it; a list of rows among the values is the whole list. Emits `<kind>.updated`."""
    check_origins(type(record), record.product_id, values)
    return record_update(
        record, actor=actor, version=version, values=rows_cleaned(type(record), values), tags=tags, custom=custom,
        reason=reason,
    )  # fmt: skip


def rowset_of(record: Any, field: str) -> RowSet:
    """What a row of that list is. Raises NotVisible where the record has no such list."""
    rowset = record.rowsets.get(field) if isinstance(record, RowRecord) else None
    if rowset is None:
        raise NotVisible
    return rowset


def rows_with(
    record: RowRecord, field: str, position: int, row: Mapping[str, Any] | None
) -> list[Any]:
    """The list with one row put at `position` (its length adds one), or taken out for None. Raises NotVisible."""
    rows = list(getattr(record, field))
    if not 0 <= position <= len(rows) - (row is None):
        raise NotVisible
    rows[position : position + 1] = (
        [] if row is None else [{**(rows[position] if position < len(rows) else {}), **row}]
    )
    return rows
