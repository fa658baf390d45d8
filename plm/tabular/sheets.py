"""XLSX: the first sheet, values only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from plm.tabular.table import MAX_COLUMNS, Row, Unreadable, header_names, shaped

MAX_UNPACKED = 200 * 1024 * 1024


def checked(data: bytes) -> None:
    """Refuse what unpacks to far more than it says, before unpacking it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        raise Unreadable("The file ends like XLSX but is none. Save it again, or as CSV.") from None
    if size > MAX_UNPACKED:
        raise Unreadable("The sheet unpacks to more than 200 MB. Split it, or save it as CSV.")
    if "xl/workbook.xml" not in names:
        raise Unreadable("This archive holds no spreadsheet. Send XLSX, CSV or JSON.")


def sheet_rows(data: bytes) -> tuple[list[str], list[str], Iterator[Row]]:
    """(column names, notices, rows) of the first sheet."""
    checked(data)
    try:
        # Here: it brings 25 MB with it, which no process needs that reads no sheet.
        from openpyxl import load_workbook  # noqa: PLC0415

        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
    except (ValueError, KeyError, TypeError, OSError, IndexError, SyntaxError) as error:
        raise Unreadable(f"The spreadsheet cannot be read: {error}.") from None
    found = _cells(sheet)
    first = next(found, None)
    if first is None:
        raise Unreadable("The first sheet is empty.")
    names, notices = header_names(first[1])
    if len(book.worksheets) > 1:
        notices.append(f"Only the first sheet, {sheet.title!r}, is read.")
    return names, notices, (shaped(number, names, cells) for number, cells in found)


def _cells(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    rows = sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS + 1)
    for number, row in enumerate(rows, start=1):
        cells = [_plain(cell) for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        if cells:
            yield number, cells


def _plain(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell
