"""How many SQL statements a request takes: asked once in this process, with every statement counted."""

from __future__ import annotations

import logging
from typing import Any

from django.db import connection
from django.test import Client

from tests.bench.data import Data


def statements(data: Data, path: str, body: str = "") -> int:
    """The second of two equal requests is counted: the first one may note the token's day of use."""
    logging.disable(logging.INFO)
    client = Client(headers=data.headers, SERVER_NAME="127.0.0.1")
    count = 0

    def counted(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    for _ in range(2):
        count = 0
        with connection.execute_wrapper(counted):
            given: Any = {
                "data": body.replace("@PREFIX@", f"ffff{count:04x}"),
                "content_type": "application/json",
            }
            answer = client.post(path, **given) if body else client.get(path)
        if answer.status_code >= 400:
            raise SystemExit(f"{path}: {answer.status_code} {answer.content[:400]!r}")
    return count
