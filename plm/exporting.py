"""Records of a kind as a stream: CSV for people, NDJSON for programs. A chunk in memory at a time, whatever the length."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db.models import QuerySet

from plm.errors import InvalidQuery
from plm.kinds import Kind
from plm.models import CustomField
from plm.tabular import cell_text, csv_line

CHUNK = 1000
LINE = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
FORMS = {"csv": "text/csv; charset=utf-8", "ndjson": "application/x-ndjson"}


def export_form(asked: str) -> str:
    """`csv` or `ndjson`. Raises InvalidQuery."""
    if asked not in FORMS:
        raise InvalidQuery("Formats are: csv, ndjson.", fields={"format": "Unknown format."})
    return asked


def exported(
    kind: Kind, rows: QuerySet[Any], form: str, *, product_id: int | None = None
) -> Iterator[str | bytes]:
    """The rows, oldest first. With a product its own fields get a column each."""
    reader = kind.serializer.reader(kind.name)
    if form == "ndjson":
        for found in _chunks(reader, rows, product_id):
            yield b"".join(orjson.dumps(row, default=str, option=LINE) for row in found)
        return
    fields = CustomField.objects.none()
    if product_id is not None:
        fields = CustomField.objects.for_kind(product_id, kind.name)
    own = list(fields.values_list("name", flat=True))
    names = _columns(kind, own)
    yield csv_line(names)
    for found in _chunks(reader, rows, product_id):
        yield "".join(csv_line(_cells(row, names)) for row in found)


def _chunks(
    reader: Any, rows: QuerySet[Any], product_id: int | None
) -> Iterator[list[dict[str, Any]]]:
    """By number within a product, else by key: each chunk begins where an index leads to."""
    by, last = ("number" if product_id is not None else "pk"), 0
    while True:
        cut = rows.filter(**{f"{by}__gt": last}).order_by(by)
        found = list(cut.values_list(*reader.columns, by)[:CHUNK])
        if not found:
            return
        last = found[-1][-1]
        yield reader.dicts(found)
        if len(found) < CHUNK:
            return


def _columns(kind: Kind, own: list[str]) -> list[str]:
    """As the API names them; a person becomes two columns, the product's own fields one each."""
    names: list[str] = []
    for name, field in kind.serializer().fields.items():
        if field.write_only:
            continue
        if name == "custom":
            names += [f"custom.{own_name}" for own_name in own]
        elif getattr(field, "holds", "") == "person":
            names += [f"{name}.id", f"{name}.name"]
        else:
            names.append(name)
    return names


def _cells(row: dict[str, Any], names: list[str]) -> list[str]:
    return [_text(_at(row, name)) for name in names]


def _at(row: dict[str, Any], name: str) -> Any:
    if name in row:
        return row[name]
    outer, _, inner = name.partition(".")
    within = row.get(outer)
    return within.get(inner) if isinstance(within, dict) else None


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return orjson.dumps(value, default=str).decode()
    if isinstance(value, list | tuple):
        return _list_text(value)
    return cell_text(value)


def _list_text(values: Any) -> str:
    """Joined by semicolons, or as JSON where a part would be cut in two on the way back."""
    parts = [cell_text(part) for part in values]
    if any(isinstance(part, dict | list) for part in values):
        return orjson.dumps(values, default=str).decode()
    if any(set(part) & set(",;\n[") for part in parts):
        return orjson.dumps(parts).decode()
    return "; ".join(parts)
