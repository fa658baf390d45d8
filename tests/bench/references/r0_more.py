"""R0 for a filtered page and for a whole backlog: bare WSGI, psycopg2 and orjson. No login, no rights, no tags."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs

import orjson
import psycopg2  # type: ignore[import-untyped]

from tests.bench.references.r0_bare import JSON_HEADERS, NAMES, SELECT, Start

CHUNK = 1000
FILTERED = (
    f"{SELECT} AND state = %s AND title ILIKE %s AND id IN (SELECT g.record_id FROM plm_tagging g"
    " JOIN plm_tag t ON t.id = g.tag_id WHERE t.name = %s AND t.product_id = %s)"
    " AND score IS NOT NULL ORDER BY score DESC, id DESC LIMIT 51"
)
CHUNKS = f"{SELECT} AND number > %s ORDER BY number LIMIT {CHUNK}"
connection = psycopg2.connect(os.environ["DATABASE_URL"], options="-c jit=off")
connection.autocommit = True


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    start_response("200 OK", JSON_HEADERS)
    if environ["PATH_INFO"] == "/pull":
        return _lines(int(query["product"]))
    if environ["PATH_INFO"] == "/filter":
        return [orjson.dumps(_page(query))]
    return [b"{}"]


def _page(query: dict[str, str]) -> dict[str, Any]:
    product = int(query["product"])
    with connection.cursor() as cursor:
        cursor.execute(
            FILTERED, [product, query["state"], f"%{query['q']}%", query["tag"], product]
        )
        rows = [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]
    return {"results": rows[:50]}


def _lines(product: int) -> Iterator[bytes]:
    number = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(CHUNKS, [product, number])
            rows = cursor.fetchall()
        yield b"".join(orjson.dumps(dict(zip(NAMES, row, strict=True))) + b"\n" for row in rows)
        if len(rows) < CHUNK:
            return
        number = rows[-1][1]
