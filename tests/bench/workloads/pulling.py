"""A filtered page, and a whole backlog pulled by one client: as a stream, and page by page."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import orjson

from tests.bench.data import Data
from tests.bench.load import Target, described, median, ratio, rounds
from tests.bench.report import Row
from tests.bench.servers import Server
from tests.bench.workloads.reading import FIELDS

STATE, TAG, TEXT = "todo", "tag 1", "Item 99"
PAGE = 200


def filtered(data: Data, servers: Mapping[str, Server], count: int, seconds: float) -> list[Row]:
    big = data.middle
    asked = f"state={STATE}&tag={TAG}&q={TEXT}".replace(" ", "%20")
    path = f"/api/v1/items/?product={big.key}&order=-score&fields={FIELDS}&{asked}"
    targets = {
        "ours": Target(servers["ours"], path, data.headers),
        "r0": Target(servers["r0 more"], f"/filter?product={big.product.pk}&{asked}"),
    }
    found = rounds(targets, count, seconds)
    share, p95 = ratio(found, "ours", "r0"), median(found["ours"], "p95")
    return [
        Row(
            f"2 list of {big.size:,} filtered by state, tag and text", described(found["ours"]),
            f"R0 {described(found['r0'])}", f"{share:.2f}", ">= 0.15 of R0, p95 <= 30 ms",
            share >= 0.15 and p95 <= 30,
        )
    ]  # fmt: skip


def pulled(data: Data, servers: Mapping[str, Server], count: int) -> list[Row]:
    big, ours = data.middle, servers["ours"]
    stream = f"/api/v1/items/export/?product={big.key}"
    bare = f"/pull?product={big.product.pk}"
    _stream(ours, stream, data.headers)
    before = ours.worker_mb()
    speeds: dict[str, list[float]] = {"stream": [], "bare": [], "pages": []}
    for _ in range(count):
        speeds["bare"].append(_timed(lambda: _stream(servers["r0 more"], bare, {})))
        speeds["stream"].append(_timed(lambda: _stream(ours, stream, data.headers)))
    grown = ours.worker_mb() - before
    speeds["pages"].append(_timed(lambda: _pages(ours, big.key, data.headers)))
    middle = {name: statistics.median(found) for name, found in speeds.items()}
    shares = zip(speeds["stream"], speeds["bare"], strict=True)
    share = statistics.median(a / b for a, b in shares)
    return [
        Row(
            f"7 all {big.size:,} items as NDJSON, one client", f"{middle['stream']:,.0f} items/s, worker +{grown:.0f} MB",
            f"R0 {middle['bare']:,.0f} items/s", f"{share:.2f}", ">= 15,000 items/s, <= 20 MB",
            middle["stream"] >= 15_000 and grown <= 20,
        ),
        Row(
            f"7 the same in pages of {PAGE}", f"{middle['pages']:,.0f} items/s", "", "", ">= 15,000 items/s",
            middle["pages"] >= 15_000,
        ),
    ]  # fmt: skip


def _timed(work: Callable[[], int]) -> float:
    """Items a second."""
    began = time.perf_counter()
    return work() / (time.perf_counter() - began)


def _connection(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=300)


def _stream(server: Server, path: str, headers: Mapping[str, str]) -> int:
    """How many lines the whole answer has."""
    connection = _connection(server)
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    lines = 0
    while part := answer.read(1 << 18):
        lines += part.count(b"\n")
    connection.close()
    return lines


def _pages(server: Server, key: str, headers: Mapping[str, str]) -> int:
    """How many items come when `next` is followed to the end."""
    connection, items = _connection(server), 0
    path: str | None = f"/api/v1/items/?product={key}&order=number&size={PAGE}"
    while path:
        connection.request("GET", path, headers=dict(headers))
        answer = connection.getresponse()
        body = orjson.loads(answer.read())
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {body}")
        items += len(body["results"])
        following = urlsplit(body["next"] or "")
        path = f"{following.path}?{following.query}" if body["next"] else None
    connection.close()
    return items
