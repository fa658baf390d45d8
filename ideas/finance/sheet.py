"""The lines of a business case as a table: one row a line, three columns for each estimate. What is written is read again as the same."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideas.finance.lines import ESTIMATES, LABELS, MOST_LINES, OPTIONAL, LineProblem, cleaned
from plm.numerals import is_plain
from plm.tabular import Row, Table, Unreadable, cell_text, csv_line, read_table

POINTS = ("low", "likely", "high")
COLUMNS = (
    "name", "type", "first", "last", "growth", *(f"{name}_{point}" for name in LABELS for point in POINTS),
)  # fmt: skip
SHORT = {"period": "first and last at once", **{name: f"{name}_likely" for name in LABELS}}
"""Columns that may be given instead, and what they stand for."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in which cell and what would be right; lines count as in the file, where the header is line 1."""

    line: int
    column: str
    text: str


class WrongSheet(ValueError):
    """A table that is not taken, with all that is wrong in it."""

    def __init__(self, problems: Sequence[Wrong]) -> None:
        super().__init__(f"{len(problems)} cells are wrong.")
        self.problems = list(problems)


def written(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The stored lines as CSV, with a header."""
    yield csv_line(COLUMNS)
    for line in lines:
        cells = {name: line[name] for name in ("name", "type", "first", "last")}
        cells["growth"] = _number(line["growth"])
        for name in LABELS:
            values = line.get(name) or ()
            cells |= {f"{name}_{p}": _number(v) for p, v in zip(POINTS, values, strict=False)}
        yield csv_line(cells.get(column, "") for column in COLUMNS)


def _number(value: float) -> str:
    """The shortest text that reads as the very same number."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def read(data: bytes, name: str, *, periods: int) -> list[dict[str, Any]]:
    """The lines that a CSV or XLSX file holds, in their stored form. Raises WrongSheet with every problem of every cell."""
    try:
        table = read_table(data, name)
    except Unreadable as error:
        raise WrongSheet([Wrong(error.row or 1, "", error.message)]) from None
    named = {column: "_".join(column.casefold().split()) for column in table.names}
    problems = list(_header(table, named))
    if problems:
        raise WrongSheet(problems)
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    for row in table.rows():
        if row.problem:
            problems.append(Wrong(row.number, "", row.problem))
        numbers.append(row.number)
        rows.append(_line(row, named, problems))
    try:
        found = cleaned(rows, periods=periods)
    except LineProblem as problem:
        unread = {(wrong.line, _field(wrong.column)) for wrong in problems}
        said = [_placed(where, text, numbers) for where, text in problem.fields.items()]
        problems += [wrong for wrong in said if (wrong.line, wrong.column) not in unread]
    if problems:
        raise WrongSheet(sorted(problems, key=lambda wrong: wrong.line))
    return found


def _header(table: Table, named: Mapping[str, str]) -> Iterator[Wrong]:
    if table.count > MOST_LINES:
        text = f"A case has at most {MOST_LINES} lines; these are {table.count}. Put some together."
        yield Wrong(MOST_LINES + 2, "", text)
    known = {*COLUMNS, *SHORT}
    for column, name in named.items():
        if name not in known:
            yield Wrong(1, column, f"Unknown column. Name it one of: {', '.join(COLUMNS)}.")
    for name in ("name", "type"):
        if name not in named.values():
            yield Wrong(1, name, "This column is missing. Add it, with a value in each line.")
    if not {"first", "period"} & set(named.values()):
        yield Wrong(1, "first", "This column is missing. Add first and last, or period alone.")


def _line(row: Row, named: Mapping[str, str], problems: list[Wrong]) -> dict[str, Any]:
    given = {name: cell_text(row.values.get(column)).strip() for column, name in named.items()}
    found: dict[str, Any] = {"name": given["name"], "type": given["type"].casefold()}
    if given.get("period"):
        given = {"first": given["period"], "last": given["period"], **_without_blanks(given)}
    for name in ("first", "last"):
        text = given.get(name) or (given.get("first", "") if name == "last" else "")
        value = _read(text)
        if value is None or value != int(value):
            said = f"Give a whole number, 0 for now; {_shown(text)}."
            problems.append(Wrong(row.number, name if given.get(name) else "first", said))
            value = 0.0
        found[name] = int(value)
    found["growth"] = _growth(row.number, given.get("growth", ""), problems)
    for name in LABELS:
        found[name] = _estimate(row.number, name, given, problems)
        if (
            name in ESTIMATES.get(found["type"], ())
            and name not in OPTIONAL
            and not _said(given, name)
        ):
            text = f"This cell is empty. A line of type {found['type']} needs a number here."
            problems.append(Wrong(row.number, f"{name}_likely", text))
    return found


def _without_blanks(given: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in given.items() if text}


def _growth(number: int, text: str, problems: list[Wrong]) -> float:
    share = text.endswith("%")
    value = _read(text.removesuffix("%").strip()) if text else 0.0
    if value is None:
        said = f"Give a fraction a period such as 0.02, or 2 %; {_shown(text)}."
        problems.append(Wrong(number, "growth", said))
        return 0.0
    return value / 100 if share else value


def _estimate(
    number: int, name: str, given: Mapping[str, str], problems: list[Wrong]
) -> list[float] | None:
    """[low, likely, high]; low and high are the likely value where they are left out, None where all are."""
    texts = _said(given, name)
    if not texts:
        return None
    if not texts[1]:
        problems.append(Wrong(number, f"{name}_likely", "Give the likely value; low and high may be left out."))  # fmt: skip
        return None
    values = [_read(text or texts[1]) for text in texts]
    for point, text, value in zip(POINTS, texts, values, strict=True):
        if text and value is None:
            said = (
                f"Give a number with a point before its decimals, such as 1250.5; {_shown(text)}."
            )
            problems.append(Wrong(number, f"{name}_{point}", said))
    known = [value for value in values if value is not None]
    return known if len(known) == len(POINTS) else None


def _said(given: Mapping[str, str], name: str) -> list[str]:
    """The texts of the three cells of an estimate, empty where all of them are."""
    texts = [given.get(f"{name}_{point}", "") for point in POINTS]
    texts[1] = texts[1] or given.get(name, "")
    return texts if any(texts) else []


def _read(text: str) -> float | None:
    value = float(text) if is_plain(text) else math.nan
    return value if math.isfinite(value) else None


def _shown(text: str) -> str:
    return f"{text[:40]!r} is none" if text else "this cell is empty"


def _placed(where: str, text: str, numbers: Sequence[int]) -> Wrong:
    """A problem of `lines.3.amount` at the line of the file that it came from."""
    _, _, rest = where.partition(".")
    position, _, field = rest.partition(".")
    if not position:
        return Wrong(1, "", text)
    return Wrong(numbers[int(position)], field, text)


def _field(column: str) -> str:
    """The field of a line that a column is a part of."""
    return next((name for name in LABELS if column.startswith(f"{name}_")), column)
