"""Pages in a browser (Chromium), as a signed-in person sees them."""

from __future__ import annotations

import shutil
import statistics
from typing import Any

from django.conf import settings

from plm.models import User
from tests.bench.data import Data
from tests.bench.load import Target, described, median, rounds
from tests.bench.report import Row
from tests.bench.servers import Server
from tests.run import BROWSERS
from tests.world import make_session

VISITS = 7
LARGEST_PAINT = """
() => new Promise(done => {
  let last = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) last = entry.startTime })
    .observe({type: 'largest-contentful-paint', buffered: true});
  setTimeout(() => {
    const page = performance.getEntriesByType('navigation')[0];
    done({paint: last, first: page.responseStart - page.requestStart});
  }, 400);
})"""


PLACES = {
    "home": "", "backlog": "backlog/", "prioritization": "prioritize/", "board": "delivery/board",
    "roadmap": "roadmap/", "ideas": "ideas/",
}  # fmt: skip


def cookie_header(user: User) -> dict[str, str]:
    """Signs a client of pages in."""
    return {"Cookie": f"{settings.SESSION_COOKIE_NAME}={make_session(user)}"}


def run(data: Data, ours: Server, count: int, seconds: float) -> list[Row]:
    """First bytes with four clients at once, then what a browser shows."""
    home, headers = f"/bench/{data.middle.key}/", cookie_header(data.user)
    targets = {name: Target(ours, home + path, headers) for name, path in PLACES.items()}
    found = rounds(targets, count, seconds)
    rows = [
        Row(
            f"11 {name} with {data.middle.size:,} items, 4 clients", described(readings), "", "", "p95 <= 100 ms",
            median(readings, "p95") <= 100,
        )
        for name, readings in found.items()
    ]  # fmt: skip
    return rows + _seen(data, ours)


def _seen(data: Data, ours: Server) -> list[Row]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        return [Row("11 pages", "left out: no Chromium (apt install chromium)")]
    from playwright.sync_api import sync_playwright

    base = f"{ours.url}/bench/{data.middle.key}/"
    addresses = {name: base + path for name, path in PLACES.items()}
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": make_session(data.user),
        "url": ours.url,
    }
    rows = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, address in addresses.items():
            visits = [_visit(browser, cookie, address) for _ in range(VISITS)]
            rows.append(_row(name, visits, data.middle.size))
        browser.close()
    return rows


def _visit(browser: Any, cookie: dict[str, str], address: str) -> tuple[float, float, int]:
    """(first byte in ms, largest paint in ms, bytes of JavaScript as sent) of a visit with an empty cache."""
    context = browser.new_context()
    context.add_cookies([cookie])
    page = context.new_page()
    scripts: list[int] = []

    def note(request: Any) -> None:
        if request.resource_type == "script":
            scripts.append(request.sizes()["responseBodySize"])

    page.on("requestfinished", note)
    answer = page.goto(address)
    if answer.status != 200:
        raise SystemExit(f"{address}: {answer.status}")
    found = page.evaluate(LARGEST_PAINT)
    context.close()
    return found["first"], found["paint"], sum(scripts)


def _row(name: str, visits: list[tuple[float, float, int]], size: int) -> Row:
    first = max(visit[0] for visit in visits[1:])
    paint = statistics.median(visit[1] for visit in visits[1:])
    script = max(visit[2] for visit in visits) / 1024
    return Row(
        f"11 {name} with {size:,} items",
        f"first byte {first:.0f} ms (slowest of {len(visits) - 1}), largest paint {paint:.0f} ms, JS {script:.0f} KB",
        goal="<= 100 ms, <= 1000 ms, <= 60 KB",
        met=first <= 100 and paint <= 1000 and script <= 60,
    )
