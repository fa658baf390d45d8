"""Cells of CSV that spreadsheets would run as formulas: marked on the way out, unmarked on the way in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

from plm.tabular.table import cell_text

_RISKY = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def escaped(value: Any) -> str:
    """The text of a cell, with `'` before it if a spreadsheet would take it for a formula. Numbers stay numbers.

    A text that begins with `'` before such a character gets one more, so that `unescaped` gives back the very text.
    """
    text = cell_text(value)
    if _RISKY.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unescaped(text: str) -> str:
    """What `escaped` was given."""
    return text[1:] if text.startswith("'") and _RISKY.match(text[1:]) else text


def csv_line(cells: Iterable[Any]) -> str:
    """One line of CSV (RFC 4180), its cells escaped."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([escaped(cell) for cell in cells])
    return buffer.getvalue()
