"""A file read as a table, whatever its form: once through to know it, then row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from plm.tabular.delimited import csv_rows, sniffed
from plm.tabular.objects import json_rows, keys_of, line_rows, row_of
from plm.tabular.sheets import sheet_rows
from plm.tabular.table import MAX_BYTES, MAX_ROWS, Column, Row, Table, Unreadable
from plm.tabular.texts import decoded

FORMS = {"csv": "CSV", "json": "JSON", "jsonl": "JSON lines", "xlsx": "XLSX"}


def form_of(data: bytes, name: str) -> str:
    """csv, json, jsonl or xlsx: by the bytes where they tell, by the name where they do not."""
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Unreadable("This is no table we read. Save it as XLSX, CSV or JSON.")
    ending = name.rpartition(".")[2].casefold()
    head = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if ending in {"jsonl", "ndjson"}:
        return "jsonl"
    if head == b"[":
        return "json"
    if head == b"{":
        return "jsonl" if _is_lines(data) else "json"
    if ending == "json":
        return "json"
    return "csv"


def _is_lines(data: bytes) -> bool:
    lines = [line.strip() for line in data[:100_000].splitlines()[:2]]
    return len(lines) == 2 and all(line.startswith(b"{") and line.endswith(b"}") for line in lines)


def read_table(data: bytes, name: str = "") -> Table:
    """Look through a whole file. Raises Unreadable with a sentence that names the row where it goes wrong."""
    if len(data) > MAX_BYTES:
        raise Unreadable(
            f"The file has {len(data) // 1048576} MB; at most 20 MB are read. Split it."
        )
    if not data.strip():
        raise Unreadable("The file is empty.")
    form = form_of(data, name)
    if form == "csv":
        text, encoding = decoded(data)
        if not text.strip():
            raise Unreadable("The file is empty.")
        delimiter = sniffed(text)
        return _known(form, encoding, delimiter, lambda: csv_rows(text, delimiter))
    if form == "xlsx":
        return _known(form, "", "", lambda: sheet_rows(data))
    text, encoding = decoded(data)
    return _keyed(form, encoding, text.encode())


def read_rows(items: Sequence[Any]) -> Table:
    """The same for rows that came as objects."""
    rows = [row_of(number, item) for number, item in enumerate(items, start=1)]
    return _counted("json", "utf-8", "", [], [], lambda: iter(rows))


def _keyed(form: str, encoding: str, data: bytes) -> Table:
    if form == "json":
        parsed = json_rows(data)
        return _counted(form, encoding, "", [], [], lambda: iter(parsed))
    return _counted(form, encoding, "", [], [], lambda: line_rows(data))


Opened = tuple[list[str], list[str], Iterator[Row]]


def _known(form: str, encoding: str, delimiter: str, opened: Callable[[], Opened]) -> Table:
    names, notices, _ = opened()
    return _counted(form, encoding, delimiter, names, notices, lambda: opened()[2])


def _counted(
    form: str,
    encoding: str,
    delimiter: str,
    names: list[str],
    notices: list[str],
    rows: Callable[[], Iterable[Row]],
) -> Table:
    """Read all rows once: count them, look at their values, learn the keys of objects on the way."""
    names = list(names)
    keyed = form in {"json", "jsonl"}
    columns = {name: Column(name) for name in names}
    count = 0
    for row in rows():
        count += 1
        if count > MAX_ROWS:
            raise Unreadable(f"The file has more than {MAX_ROWS:,} rows. Split it.", row=row.number)
        if keyed:
            keys_of(names, row)
        for name, value in row.values.items():
            columns.setdefault(name, Column(name)).see(value)
    if count == 0:
        raise Unreadable(
            "The file has a header, but no row below it." if names else "The file holds no rows."
        )
    return Table(
        form, encoding, delimiter, list(columns.values()), count, notices, lambda: iter(rows())
    )
