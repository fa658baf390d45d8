"""Making items, and taking product events in."""

from __future__ import annotations

import io
import json
import os
import statistics
import time
import uuid
from collections.abc import Mapping

import psycopg2  # type: ignore[import-untyped]

from tests.bench.counting import statements
from tests.bench.data import Data
from tests.bench.load import Target, described, median, ratio, rounds
from tests.bench.report import Row
from tests.bench.servers import Server

BATCH = 100
COPY_ROWS = 50_000
COPY = "COPY analytics_productevent (product_id, event_id, name, actor, at, received_at, currency, properties) FROM STDIN"


def creating(data: Data, servers: Mapping[str, Server], count: int, seconds: float) -> list[Row]:
    def target(key: str) -> Target:
        given = {
            "product": key, "title": "A new item", "description": "What it is about. " * 11, "type": "story",
            "priority": "high",
        }  # fmt: skip
        return Target(servers["ours"], "/api/v1/items/", data.headers, json.dumps(given))

    middle, small, large = data.middle, data.by_size[0], data.by_size[-1]
    bare = json.dumps({"title": "A new item", "description": "What it is about. " * 11, "type": "story", "priority": "high"})  # fmt: skip
    targets = {
        "create": target(middle.key),
        "create R0": Target(servers["r0"], f"/create?product={middle.product.pk}", {}, bare),
        "small": target(small.key),
        "large": target(large.key),
    }
    found = rounds(targets, count, seconds)
    made = statements(data, "/api/v1/items/", targets["create"].body)
    to_bare, growth = ratio(found, "create", "create R0"), ratio(found, "large", "small", "p95")
    return [
        Row(
            f"6 create an item, {middle.size:,} present", f"{described(found['create'])}, {made} statements",
            f"R0 {described(found['create R0'])}", f"{to_bare:.2f}", ">= 0.10 of R0, <= 8 statements",
            to_bare >= 0.10 and made <= 8,
        ),
        Row(
            f"6 create at {large.size:,} beside {small.size:,}", f"p95 {median(found['large'], 'p95'):.1f} ms",
            f"p95 {median(found['small'], 'p95'):.1f} ms", f"{growth:.2f}", "<= 1.2 of the p95", growth <= 1.2,
        ),
    ]  # fmt: skip


def events(data: Data, servers: Mapping[str, Server], count: int, seconds: float) -> list[Row]:
    product = data.middle.product
    targets = {
        "events": Target(servers["ours"], "/api/v1/events/", data.headers, _batch(product.key)),
        "events R2": Target(servers["django"], "/events/", {}, _batch(product.pk)),
    }
    found = rounds(targets, count, seconds)
    copied = statistics.median(_copy(product.pk) for _ in range(count))
    to_bulk = ratio(found, "events", "events R2")
    per_second = median(found["events"], "per_second") * BATCH
    to_copy = per_second / copied
    bulk = median(found["events R2"], "per_second") * BATCH
    return [
        Row(
            f"9 events over HTTP, {BATCH} a batch", f"{per_second:,.0f} events/s, {described(found['events'])}",
            f"R2 {bulk:,.0f} events/s, {described(found['events R2'])}", f"{to_bulk:.2f}", ">= 3 x R2", to_bulk >= 3,
        ),
        Row(
            "9 the same beside COPY", f"{per_second:,.0f} events/s", f"R3 {copied:,.0f} events/s", f"{to_copy:.2f}",
            ">= 0.30 of COPY", to_copy >= 0.30,
        ),
    ]  # fmt: skip


def _batch(product: str | int) -> str:
    """A batch whose ids begin with what wrk puts in for each request."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    rows = [
        {
            "id": f"@PREFIX@-0000-4000-8000-{number:012d}", "name": ("opened", "paid", "shared")[number % 3], "at": now,
            "actor": f"user-{number}", "properties": {"plan": "team", "seats": number},
        }
        for number in range(BATCH)
    ]  # fmt: skip
    return json.dumps({"product": product, "events": rows})


def _copy(product: int) -> float:
    """Rows a second of one COPY of text that is ready to send."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    lines = (
        f'{product}\t{uuid.uuid4()}\topened\tuser-{n}\t{at}\t{at}\t\t{{"plan": "team", "seats": {n}}}\n'
        for n in range(COPY_ROWS)
    )
    text = io.StringIO("".join(lines))
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        began = time.perf_counter()
        with connection, connection.cursor() as cursor:
            cursor.copy_expert(COPY, text)
        return COPY_ROWS / (time.perf_counter() - began)
    finally:
        connection.close()
