"""CSV in the dialects that occur: comma, semicolon, tab, bar; any line ending; quotes around what needs them."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from plm.tabular.cells import unescaped
from plm.tabular.table import MAX_CELL, Row, Unreadable, header_names, shaped

DELIMITERS = (",", ";", "\t", "|")
LOOK_AT = 30


def sniffed(text: str) -> str:
    """The delimiter that cuts the first rows into the most columns most evenly; a comma if none does."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = _widths(text[:200_000], delimiter)
        if not widths or widths[0] < 2:
            continue
        even = Counter(widths).most_common(1)[0]
        score = even[1] / len(widths) * (10 if even[0] == widths[0] else 1) + min(even[0], 50) / 100
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _widths(text: str, delimiter: str) -> list[int]:
    widths = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if cells:
                widths.append(len(cells))
            if len(widths) == LOOK_AT:
                break
    except csv.Error:
        pass
    return widths


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line where it begins, cells) of every row that is not blank. Raises Unreadable that names the row."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begin = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(_explained(str(error), begin), row=begin) from None
        if any(cell.strip() for cell in cells):
            yield begin, cells
        begin = reader.line_num + 1


def _explained(error: str, row: int) -> str:
    if "unexpected end" in error:
        return f'A quote opened in row {row} is never closed. Close it, or write "" for a quote inside a text.'
    if "field limit" in error:
        return f"A cell in row {row} has more than {MAX_CELL:,} characters, or a quote is never closed."
    return f'Row {row} has text after a closing quote. Write "" for a quote inside a text.'


def csv_rows(text: str, delimiter: str) -> tuple[list[str], list[str], Iterator[Row]]:
    """(column names, notices, rows)."""
    found = records(text, delimiter)
    first = next(found, None)
    if first is None:
        raise Unreadable("The file is empty.")
    names, notices = header_names(first[1])
    return names, notices, _rows(names, found)


def _rows(names: list[str], found: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    for number, cells in found:
        yield shaped(number, names, [unescaped(cell) for cell in cells])
