"""Tables in files: CSV, JSON, JSON lines and XLSX in, CSV and XLSX out. Knows nothing of records."""

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
from plm.tabular.writing import sheet_bytes

__all__ = [
    "MAX_BYTES", "MAX_CELL", "MAX_COLUMNS", "MAX_ROWS", "Column", "Row", "Table", "Unreadable", "cell_text",
    "csv_line", "escaped", "parsed_date", "read_rows", "read_table", "sheet_bytes", "unescaped",
]  # fmt: skip
