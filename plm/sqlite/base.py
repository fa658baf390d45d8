"""Django's SQLite backend, whose threads of one process write one after the other.

SQLite lets one transaction write at a time. The others ask again and again, with pauses of up to a tenth of a second, and
no one knows how long they have waited: beside threads that write all the time one may ask for 20 s in vain and fail
("database is locked"). Here they wait in a line, as PostgreSQL has it for the lock of a row; only different processes
(the web and the worker) still meet at the file.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from plm.sqlite.waiting import WaitingLine

_lines: defaultdict[str, WaitingLine] = defaultdict(WaitingLine)
"""By file."""


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection. It is in the line from the beginning of a transaction until its end, however that comes."""

    _line: WaitingLine | None = None

    def _start_transaction_under_autocommit(self) -> None:
        line = _lines[str(self.settings_dict["NAME"])]
        if not line.take(self.settings_dict["OPTIONS"]["timeout"]):
            raise OperationalError("database is locked")
        self._line = line
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_line()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._leave_line()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_line()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._leave_line()

    def _leave_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.leave()
