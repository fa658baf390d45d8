"""Structured logs: one line a record, each with the id of the request it belongs to."""

from __future__ import annotations

import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

request_id: ContextVar[str] = ContextVar("request_id", default="")

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")
EXTRAS = ("method", "path", "status", "ms", "user", "job", "kind", "attempts")


def _fields(record: logging.LogRecord) -> dict[str, object]:
    given = vars(record)
    return {name: given[name] for name in EXTRAS if name in given}


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


class LineFormatter(logging.Formatter):
    """The same facts for a person at a terminal. Line breaks in values are escaped, so none can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, tz=UTC).strftime("%H:%M:%S")
        extras = " ".join(f"{name}={value}" for name, value in _fields(record).items())
        told = CONTROL.sub(lambda found: repr(found[0])[1:-1], f"{record.getMessage()} {extras}")
        line = f"{at} {record.levelname.lower():7} {record.name}: {told}".rstrip()
        if request_id.get():
            line += f" request={request_id.get()}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line
