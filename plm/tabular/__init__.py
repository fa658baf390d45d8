"""Tables in files: CSV, JSON, JSON lines and XLSX in, CSV out. Knows nothing of records."""

from plm.tabular.cells import csv_line, escaped, unescaped
from plm.tabular.dates import parsed_date
from plm.tabular.reading import read_rows, read_table
from plm.tabular.table import (
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    Column,
    Row,
    Table,
    Unreadable,
    cell_text,
)

__all__ = [
    "MAX_BYTES", "MAX_CELL", "MAX_COLUMNS", "MAX_ROWS", "Column", "Row", "Table", "Unreadable", "cell_text",
    "csv_line", "escaped", "parsed_date", "read_rows", "read_table", "unescaped",
]  # fmt: skip
