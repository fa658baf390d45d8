"""Lists of like rows inside a record: sources of a research, criteria of a gate. One declaration makes the form of a row,
the check of what comes in, its shape in JSON and its words on the page."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

MOST_ROWS = 100
TYPES = ("line", "text", "url", "day", "number", "choice", "yes_no", "record")


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row. `type` is one of TYPES; an empty value is stored as None, or "" for line, text and record.

    A record is named by its reference; whether there is one, the record's service says.

    `least` and `most` bound a number, or `most` the characters of a text. `choices` are (stored, label). A `kept` value
    is set by the product; no form or client changes it.
    """

    name: str
    label: str
    type: str = "line"
    required: bool = False
    least: float = -1e12
    most: float = 1e12
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    kept: bool = False

    @property
    def length(self) -> int:
        return int(min(self.most, 250 if self.type == "line" else 5000))


@dataclass(frozen=True, slots=True)
class RowSet:
    """`field` is where the record keeps the rows; `one` names a row; `once` a column whose values never repeat."""

    field: str
    label: str
    one: str
    columns: tuple[Column, ...]
    empty: str
    once: str = ""

    @property
    def title(self) -> Column:
        """The column that stands for the row in messages and lists."""
        return self.columns[0]

    @property
    def typed(self) -> tuple[Column, ...]:
        """The columns that people and clients give."""
        return tuple(column for column in self.columns if not column.kept)


class RowProblem(ValueError):
    """`fields` says what is wrong where: {"sources.0.url": "…"}."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in fields.items()))
        self.fields = dict(fields)


def cleaned(rowset: RowSet, rows: Any) -> list[dict[str, Any]]:
    """The rows in their stored form, JSON values only. Raises RowProblem with every problem of every row."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RowProblem({rowset.field: "Give a list of objects."})
    if len(rows) > MOST_ROWS:
        raise RowProblem({rowset.field: f"At most {MOST_ROWS} of them; these are {len(rows)}."})
    problems: dict[str, str] = {}
    found = [_row(rowset, row, f"{rowset.field}.{n}.", problems) for n, row in enumerate(rows)]
    if rowset.once and not problems:
        seen: set[Any] = set()
        for n, row in enumerate(found):
            if row[rowset.once] in seen:
                problems[f"{rowset.field}.{n}.{rowset.once}"] = "This one is in the list already."
            seen.add(row[rowset.once])
    if problems:
        raise RowProblem(problems)
    return found


def _row(
    rowset: RowSet, row: Mapping[str, Any], at: str, problems: dict[str, str]
) -> dict[str, Any]:
    names = [column.name for column in rowset.columns]
    for unknown in sorted(set(map(str, row)) - set(names))[:5]:
        problems[at + unknown[:40]] = f"Unknown here. There are: {', '.join(names)}."
    found: dict[str, Any] = {}
    for column in rowset.columns:
        try:
            found[column.name] = value_of(column, row.get(column.name))
        except ValueError as error:
            problems[at + column.name] = str(error)
    return found


def value_of(column: Column, given: Any) -> Any:
    """The stored form of one value. Raises ValueError with a sentence for the person who gave it."""
    if given is None or given == "":
        if column.required:
            raise ValueError("This is needed.")
        return "" if column.type in {"line", "text", "record"} else None
    return CHECKS[column.type](column, given)


def _text(column: Column, given: Any) -> str:
    if not isinstance(given, str) or "\x00" in given:
        raise ValueError("Give a text.")
    text = given.strip() if column.type == "text" else " ".join(given.split())
    if len(text) > column.length:
        raise ValueError(f"Give at most {column.length:,} characters; these are {len(text):,}.")
    if column.required and not text:
        raise ValueError("This is needed.")
    return text


def _url(column: Column, given: Any) -> str:
    text = _text(column, given)
    try:
        address = urlsplit(text)
        fine = address.scheme in {"http", "https"} and bool(address.hostname)
    except ValueError:
        fine = False
    if not fine or len(text) > 2000:
        raise ValueError("Give an address that begins with https:// or http://.")
    return text


def _day(column: Column, given: Any) -> str:
    del column
    if isinstance(given, date):
        return given.isoformat()
    try:
        return date.fromisoformat(given).isoformat()
    except (TypeError, ValueError):
        raise ValueError("Give a day as 2026-03-31.") from None


def _number(column: Column, given: Any) -> float | int:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError("Give a number.")  # noqa: TRY004 - a problem of the value, not of the program
    if abs(given) > 1e300 or not math.isfinite(given) or not column.least <= given <= column.most:
        raise ValueError(f"Give a number from {column.least:g} to {column.most:g}.")
    return given


def _choice(column: Column, given: Any) -> str:
    names = [name for name, _ in column.choices]
    if given not in names:
        raise ValueError(f"Choose one of: {', '.join(names)}.")
    return str(given)


def _yes_no(column: Column, given: Any) -> bool:
    del column
    if not isinstance(given, bool):
        raise ValueError("Give true, false, or nothing.")  # noqa: TRY004 - a problem of the value, not of the program
    return given


def _record(column: Column, given: Any) -> str:
    text = _text(column, given).upper()
    if not re.fullmatch(r"[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,11}", text):
        raise ValueError("Give a reference, such as ATL-12.")
    return text


CHECKS = {
    "record": _record,
    "line": _text, "text": _text, "url": _url, "day": _day, "number": _number, "choice": _choice, "yes_no": _yes_no,
}  # fmt: skip
