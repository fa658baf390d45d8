"""R0, the ceiling: bare WSGI, psycopg2 and orjson. No login, no rights, no limit, no tags, no framework."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import orjson
import psycopg2  # type: ignore[import-untyped]

COLUMNS = (
    "uuid::text", "number", "title", "description", "state", "type", "priority", "estimate::float", "due_on", "score",
    "rank", "progress_done", "progress_total", "started_at", "done_at", "version", "created_at", "updated_at",
    "external_id", "custom", "id",
)  # fmt: skip
NAMES = [column.partition("::")[0] for column in COLUMNS]
SELECT = f"SELECT {', '.join(COLUMNS)} FROM backlog_backlogitem WHERE product_id = %s"
FIRST = f"{SELECT} AND score IS NOT NULL ORDER BY score DESC, id DESC LIMIT 51"
AFTER = f"{SELECT} AND (score, id) < (%s, %s) ORDER BY score DESC, id DESC LIMIT 51"
GET = f"{SELECT} AND number = %s"
CREATE = (
    "INSERT INTO bench_item (workspace_id, product_id, title, description, state, type, priority, created_at)"
    " VALUES (1, %s, %s, %s, 'backlog', %s, %s, now()) RETURNING id"
)
JSON_HEADERS = [("Content-Type", "application/json")]
connection = psycopg2.connect(
    os.environ["DATABASE_URL"], options="-c jit=off -c random_page_cost=1.1"
)
connection.autocommit = True

Start = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    query = parse_qs(environ["QUERY_STRING"])
    product = int(query.get("product", ["0"])[0])
    with connection.cursor() as cursor:
        if path == "/list":
            body: Any = _page(cursor, product, query)
        elif path == "/get":
            cursor.execute(GET, [product, int(query["number"][0])])
            body = dict(zip(NAMES, cursor.fetchone(), strict=True))
        elif path == "/create":
            given = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            values = [given[name] for name in ("title", "description", "type", "priority")]
            cursor.execute(CREATE, [product, *values])
            body = {"id": cursor.fetchone()[0], **given}
        else:
            body = {}
    start_response("200 OK", JSON_HEADERS)
    return [orjson.dumps(body)]


def _page(cursor: Any, product: int, query: dict[str, list[str]]) -> dict[str, Any]:
    if "score" in query:
        cursor.execute(AFTER, [product, float(query["score"][0]), int(query["id"][0])])
    else:
        cursor.execute(FIRST, [product])
    rows = [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]
    return {"results": rows[:50], "next": [rows[-1]["score"], rows[-1]["id"]]}
