"""The rows inside a record, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ideas.models.rows import RowRecord
from ideas.rowsets import Column, RowSet
from plm.models.record import record_url
from plm.permissions import Actor

NAMES = {True: "Yes", False: "No"}


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    position: int
    title: Cell
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class ShownRows:
    rowset: RowSet
    rows: list[ShownRow]


def _cell(column: Column, value: Any, slug: str) -> Cell:
    if column.type == "record":
        return Cell(column.label, value, record_url(slug, value))
    if column.type == "choice":
        return Cell(column.label, dict(column.choices).get(value, str(value)))
    if isinstance(value, bool):
        return Cell(column.label, NAMES[value])
    if column.type == "day":
        day = date.fromisoformat(value)
        return Cell(column.label, f"{day.day} {day:%b %Y}")
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return Cell(column.label, text, text if column.type == "url" else "")


def shown_rows(record: RowRecord) -> list[ShownRows]:
    """Each list of the record: its rows with what they hold, empty values left out."""
    slug = record.product.workspace.slug
    return [
        ShownRows(
            rowset,
            [
                ShownRow(
                    n,
                    _cell(rowset.title, row.get(rowset.title.name), slug),
                    [
                        _cell(column, row[column.name], slug)
                        for column in rowset.columns[1:]
                        if row.get(column.name) not in (None, "")
                    ],
                )
                for n, row in enumerate(getattr(record, field))
            ],
        )
        for field, rowset in record.rowsets.items()
    ]


def rows_page(actor: Actor, record: RowRecord) -> dict[str, Any]:
    """What the page of a record with rows shows beyond what every record shows."""
    return {
        "row_lists": shown_rows(record),
        "may_edit_rows": actor.may(f"{record.kind}.edit", record.workspace_id, record.product_id),
    }
