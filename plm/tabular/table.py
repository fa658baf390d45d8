"""What a table is, how big it may be, and how one is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 100
MAX_CELL = 32_768
DISTINCT = 60


class Unreadable(Exception):
    """The file is no table we can read. `row` counts as a spreadsheet does: the header is row 1."""

    def __init__(self, message: str, *, row: int | None = None) -> None:
        super().__init__(message)
        self.message, self.row = message, row


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file, its values by column name, and what is wrong with its shape, if anything."""

    number: int
    values: dict[str, Any]
    problem: str = ""


@dataclass(slots=True)
class Column:
    """A column and what was seen in it. `distinct` counts values until there are too many to list."""

    name: str
    filled: int = 0
    samples: list[str] = field(default_factory=list)
    distinct: Counter[str] | None = field(default_factory=Counter)

    def see(self, value: Any) -> None:
        text = cell_text(value)
        if text == "":
            return
        self.filled += 1
        if len(self.samples) < 3 and text[:80] not in self.samples:
            self.samples.append(text[:80])
        if self.distinct is not None:
            self.distinct[text[:200]] += 1
            if len(self.distinct) > DISTINCT:
                self.distinct = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read through once: its form, its columns, how many rows; `rows()` reads them again."""

    form: str
    encoding: str
    delimiter: str
    columns: list[Column]
    count: int
    notices: list[str]
    rows: Callable[[], Iterator[Row]]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def cell_text(value: Any) -> str:
    """A cell as a person would read it; lists joined by semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(cell_text(part) for part in value)
    return str(value)


def header_names(cells: Sequence[Any]) -> tuple[list[str], list[str]]:
    """Usable column names of a header row, and notices of what had to be named anew."""
    if len(cells) > MAX_COLUMNS:
        raise Unreadable(
            f"The header has {len(cells):,} columns; at most {MAX_COLUMNS} are read.", row=1
        )
    names: list[str] = []
    notices: list[str] = []
    for position, cell in enumerate(cells, start=1):
        base = " ".join(cell_text(cell).split())[:120] or f"Column {position}"
        if cell_text(cell).strip() == "":
            notices.append(f"Column {position} has no name; it is called {base!r} here.")
        name, copy = base, 2
        while name in names:
            name, copy = f"{base} ({copy})", copy + 1
        if name != base:
            notices.append(f"Two columns are called {base!r}; the later one is {name!r} here.")
        names.append(name)
    return names, notices


def shaped(number: int, names: Sequence[str], cells: Sequence[Any]) -> Row:
    """Cells put under their names; a row of the wrong width or with an oversized cell says so."""
    values = dict(zip(names, cells, strict=False))
    if len(cells) > len(names) and any(cell_text(c) for c in cells[len(names) :]):
        return Row(
            number,
            values,
            f"The row has {len(cells)} cells, the header {len(names)}. A delimiter inside a text needs quotes.",
        )
    if len(cells) < len(names):
        values |= dict.fromkeys(names[len(cells) :], "")
    return Row(number, values, oversized(values))


def oversized(values: dict[str, Any]) -> str:
    for name, value in values.items():
        if isinstance(value, str) and len(value) > MAX_CELL:
            return f"The cell in {name!r} has {len(value):,} characters; at most {MAX_CELL:,} are read."
    return ""
