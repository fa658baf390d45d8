"""JSON: a list of objects, an object that holds one, or one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from plm.tabular.table import MAX_COLUMNS, Row, Unreadable, oversized

DEPTH = 3


def flattened(item: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Objects inside an object become `outer.inner`; lists stay lists."""
    found: dict[str, Any] = {}
    for name, value in item.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and depth < DEPTH:
            found |= flattened(value, f"{path}.", depth + 1)
        else:
            found[path] = value
    return found


def json_rows(data: bytes) -> list[Row]:
    """Rows of a JSON document."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"The file is not valid JSON: {error}.", row=error.lineno) from None
    items = _list_in(found)
    if items is None:
        raise Unreadable(
            "The JSON holds no list of objects. Send [{…}, {…}], or one object a line."
        )
    return [row_of(number, item) for number, item in enumerate(items, start=1)]


def _list_in(found: Any) -> list[Any] | None:
    if isinstance(found, list):
        return found
    if isinstance(found, dict):
        lists = [v for v in found.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        return lists[0] if len(lists) == 1 else [found]
    return None


def line_rows(data: bytes) -> Iterator[Row]:
    """Rows of JSON lines."""
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            item = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Row(number, {}, f"The line is not valid JSON: {error}.")
            continue
        yield row_of(number, item)


def row_of(number: int, item: Any) -> Row:
    if not isinstance(item, dict):
        return Row(number, {}, "This is not an object. Write each row as {…}.")
    values = {name[:120]: value for name, value in flattened(item).items()}
    problem = oversized(values)
    if any(isinstance(value, str) and "\x00" in value for value in values.values()):
        problem = "A text holds a NUL character; remove it."
    return Row(number, values, problem)


def keys_of(names: list[str], row: Row) -> None:
    """Add the row's new keys to the columns. Raises Unreadable when they become too many."""
    for name in row.values:
        if name not in names:
            names.append(name)
    if len(names) > MAX_COLUMNS:
        raise Unreadable(
            f"By row {row.number} the objects have {len(names)} different keys; at most {MAX_COLUMNS} are read.",
            row=row.number,
        )
