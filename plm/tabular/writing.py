"""A table out, as XLSX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

Cell = str | int | date | None


def sheet_bytes(title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a head. Text is text, whatever it begins with: nothing in it is a formula."""
    # Here and below: as in `sheets.py`, no process pays for it that writes no sheet.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    assert isinstance(sheet, WriteOnlyWorksheet)  # noqa: S101 - what create_sheet makes of such a book
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, bold=True) for name in names])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: Cell, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Font  # noqa: PLC0415

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value)[:32_767])
    cell.data_type = "s"  # It takes what begins with = for a formula.
    if bold:
        cell.font = Font(bold=True)
    return cell
