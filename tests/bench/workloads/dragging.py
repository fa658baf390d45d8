"""Scrolling the timeline of 2,000 placed items and dragging a bar of it: how long the browser is busy at a stretch."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.db import connection

from plm.models import Product, Team
from tests.bench.data import Data
from tests.bench.report import Row
from tests.bench.servers import Server
from tests.run import BROWSERS
from tests.world import make_session

TEAMS, STEPS, MOST_MS = 40, 60, 100
# Chromium reports what keeps it busy for 50 ms or more.
WATCH = """() => {
  window.busy = [];
  new PerformanceObserver((list) => list.getEntries().forEach((one) => window.busy.push(one.duration)))
    .observe({ type: "longtask" });
}"""
BLOCK = "() => { setTimeout(() => { const end = performance.now() + 120; while (performance.now() < end); }); }"
LONGEST = "() => { const found = Math.max(0, ...window.busy); window.busy = []; return found; }"
VIEWS = {"one year": "lanes=team", "one lane opened": "lanes=team&open=none"}


def moved_by_hand(data: Data, ours: Server, product: Product) -> list[Row]:
    """One row a view. Chromium has to report a block that is made for it first; else it fails. Half of the items go to 40 teams, so that there are as many lanes as a timeline has."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        return [Row("dragging on the timeline", "left out: no Chromium (apt install chromium)")]
    from playwright.sync_api import sync_playwright

    _teams(product)
    session = make_session(data.user)
    home = f"{ours.url}/bench/{product.key}/roadmap/"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": ours.url}]
        )
        page = context.new_page()
        rows = [_row(page, name, f"{home}?{query}") for name, query in VIEWS.items()]
        browser.close()
    return rows


def _teams(product: Product) -> None:
    made = Team.objects.bulk_create(
        Team(workspace_id=product.workspace_id, name=f"Team {n}") for n in range(TEAMS)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE backlog_backlogitem SET team_id = (%s::bigint[])[1 + number %% %s] WHERE product_id = %s"
            " AND number %% 2 = 0",
            [[team.pk for team in made], TEAMS, product.pk],
        )


def _row(page: Any, name: str, url: str) -> Row:
    page.goto(url, wait_until="networkidle")
    bars = page.locator(".rb[data-move-url]")
    count = bars.count()
    page.evaluate(WATCH)
    page.evaluate(BLOCK)
    page.wait_for_function(f"() => window.busy.some((one) => one >= {MOST_MS})")
    page.wait_for_timeout(300)
    page.evaluate(LONGEST)
    scrolled = _scrolled(page)
    dragged, dropped = _dragged(page, bars)
    longest = max(scrolled, dragged, dropped)
    return Row(
        f"dragging on the timeline, {name}",
        f"{count} bars; longest task scrolling {scrolled:.0f} ms, dragging {dragged:.0f} ms, dropping {dropped:.0f} ms",
        "0 is below 50 ms", goal=f"<= {MOST_MS} ms", met=longest <= MOST_MS,
    )  # fmt: skip


def _scrolled(page: Any) -> float:
    page.mouse.move(700, 500)
    for way in (400, -400):
        for _ in range(STEPS // 2):
            page.mouse.wheel(0, way)
            page.wait_for_timeout(16)
    page.wait_for_timeout(300)
    return float(page.evaluate(LONGEST))


def _dragged(page: Any, bars: Any) -> tuple[float, float]:
    """The longest task while a bar is moved by hand, and while it is let go, sent and the view drawn anew."""
    boxes = (bars.nth(at).bounding_box() for at in range(bars.count()))
    box = next(
        b for b in boxes if b and 350 < b["x"] < 900 and 150 < b["y"] < 800 and b["width"] > 40
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(STEPS):
        page.mouse.move(x + step * 4, y)
        page.wait_for_timeout(8)
    dragged = float(page.evaluate(LONGEST))
    with page.expect_response(lambda answer: answer.url.endswith("/place/dates")):
        page.mouse.up()
    page.wait_for_timeout(2000)
    return dragged, float(page.evaluate(LONGEST))
