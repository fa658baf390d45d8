"""A file taken in: looked through, a mapping proposed, kept. And opened again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from plm.errors import Invalid, TooLarge
from plm.events import service
from plm.importing.mapping import clean_mapping, clean_options
from plm.importing.proposing import proposed, proposed_options, unknown_values
from plm.importing.targets import Rows, Targets, importable_named, targets_of
from plm.importing.writing import row_key
from plm.kinds import Kind
from plm.models import ImportBatch, Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.imports import import_create, import_map
from plm.tabular import MAX_BYTES, Column, Row, Table, Unreadable, csv_line, read_table


@service
def import_open(
    *,
    actor: Actor,
    product: Product,
    kind: Kind | Rows,
    data: bytes,
    name: str,
    mapping: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> ImportBatch:
    """Take a file in. Without a mapping one is proposed. Raises Invalid (field `file`) for what is no table."""
    require(actor, "import.run", product)
    if len(data) > MAX_BYTES:
        raise TooLarge(
            "A file to import has at most 20 MB.", fields={"file": "Split it into smaller files."}
        )
    try:
        table = read_table(data, name)
    except Unreadable as error:
        raise Invalid(error.message, fields={"file": error.message}) from None
    targets = targets_of(kind, product)
    shown = proposed(targets, table.columns)
    chosen = proposed_options(shown, targets, table.columns)
    if mapping is not None:
        shown = clean_mapping(targets, table.names, mapping)
    if options is not None:
        chosen |= clean_options({**chosen, **options})
    return import_create(
        actor=actor, product=product, kind=kind.name, data=data, name=name, shape=_shape(table),
        mapping=shown, options=chosen,
    )  # fmt: skip


def _shape(table: Table) -> dict[str, Any]:
    return {
        "form": table.form,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "rows": table.count,
        "notices": table.notices,
        "columns": [
            {
                "name": column.name, "filled": column.filled, "samples": column.samples,
                "distinct": dict(column.distinct.most_common()) if column.distinct is not None else None,
            }
            for column in table.columns
        ],
    }  # fmt: skip


def columns_of(batch: ImportBatch) -> list[Column]:
    return [
        Column(c["name"], c["filled"], c["samples"], None if c["distinct"] is None else Counter(c["distinct"]))
        for c in batch.shape["columns"]
    ]  # fmt: skip


def targets_for(batch: ImportBatch) -> Targets:
    return targets_of(importable_named(batch.kind), batch.product)


def import_remap(
    *,
    actor: Actor,
    batch: ImportBatch,
    mapping: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    version: int | None = None,
) -> ImportBatch:
    """Change how a file is read. What is not given stays. Raises Invalid with one sentence per column."""
    targets = targets_for(batch)
    names = [column["name"] for column in batch.shape["columns"]]
    clean = batch.mapping if mapping is None else clean_mapping(targets, names, mapping)
    chosen = clean_options({**batch.options, **(options or {})})
    return import_map(actor=actor, batch=batch, mapping=clean, options=chosen, version=version)


def open_questions(batch: ImportBatch) -> dict[str, list[str]]:
    """Values per column that the mapping turns into nothing: each row with one is refused until it is translated."""
    targets, found = targets_for(batch), {}
    for column in columns_of(batch):
        entry = batch.mapping["columns"].get(column.name)
        if entry is None:
            continue
        unknown = unknown_values(targets[entry["field"]], column, entry)
        if unknown:
            found[column.name] = unknown
    return found


def batch_rows(batch: ImportBatch) -> Callable[[], Iterator[Row]]:
    """The rows of a kept file, each with an id made from what it says, as often as one asks."""
    with batch.file.open("rb") as stored:
        data = stored.read()
    table = read_table(data, batch.name)

    def rows() -> Iterator[Row]:
        times: dict[str, int] = {}
        for row in table.rows():
            plain = row_key(row.values, 0)
            times[plain] = times.get(plain, 0) + 1
            row.values["\x00key"] = row_key(row.values, times[plain])
            yield row

    return rows


def rows_as_file(rows: Any) -> bytes:
    """Rows that came as JSON, as a file like any other. Raises Invalid."""
    if not isinstance(rows, list) or not rows or len(rows) > 5000:
        raise Invalid(fields={"rows": "Send a list of 1 to 5,000 objects, or a file."})
    return orjson.dumps(rows)


def problems_csv(batch: ImportBatch, *, trial: bool) -> Iterator[str]:
    """The rows that did not go in, with what is wrong and what would be right, as CSV."""
    yield csv_line(["row", "title", "outcome", "column", "value", "problem", "hint"])
    for row in batch.rows.with_problems(trial=trial).iterator(chunk_size=500):
        for problem in row.problems or [{}]:
            yield csv_line(
                [
                    row.row, row.title, row.outcome, problem.get("column", ""), problem.get("value", ""),
                    problem.get("problem", ""), problem.get("hint", ""),
                ]
            )  # fmt: skip
