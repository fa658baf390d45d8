"""R0 for a filtered page, a whole backlog, a page of the portal and a vote: bare WSGI, psycopg2 and orjson. No login, no rights, no tags."""

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
PORTAL = (
    "SELECT number, title, description, state, votes_count, created_at FROM ideas_idea WHERE product_id = %s AND public"
    " AND archived_at IS NULL ORDER BY votes_count DESC, id DESC LIMIT 21"
)
VOTE = (
    "WITH gone AS (DELETE FROM ideas_vote WHERE idea_id = %(idea)s AND person_id = %(person)s RETURNING id),"
    " made AS (INSERT INTO ideas_vote (workspace_id, idea_id, person_id, importance, unproved, created_at)"
    " SELECT workspace_id, %(idea)s, %(person)s, 1, false, now() FROM ideas_idea WHERE id = %(idea)s"
    " AND NOT EXISTS (SELECT FROM gone) ON CONFLICT DO NOTHING RETURNING id)"
    " UPDATE ideas_idea SET votes_count = votes_count + (SELECT count(*) FROM made) - (SELECT count(*) FROM gone)"
    " WHERE id = %(idea)s RETURNING votes_count"
)
connection = psycopg2.connect(
    os.environ["DATABASE_URL"], options="-c jit=off -c random_page_cost=1.1"
)
connection.autocommit = True


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    start_response("200 OK", JSON_HEADERS)
    if environ["PATH_INFO"] == "/pull":
        return _lines(int(query["product"]))
    if environ["PATH_INFO"] == "/filter":
        return [orjson.dumps(_page(query))]
    if environ["PATH_INFO"] == "/portal":
        return [orjson.dumps(_portal(int(query["product"])))]
    if environ["PATH_INFO"] == "/vote":
        return [orjson.dumps(_vote(query))]
    return [b"{}"]


def _portal(product: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(PORTAL, [product])
        return list(cursor.fetchall())


def _vote(query: dict[str, str]) -> int:
    """Give a vote, or take it back where it stands."""
    with connection.cursor() as cursor:
        cursor.execute(VOTE, {"idea": int(query["idea"]), "person": int(query["person"])})
        return int(cursor.fetchone()[0])


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
