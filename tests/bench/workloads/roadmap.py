"""The timeline of 2,000 placed items, now and as of a year ago, beside 1,000,000 events; what a browser shows of it."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from plm.models import Product
from plm.selectors import actor_of
from roadmap import timeline as geometry
from roadmap.selectors.chart import Asked, placed_rows, timeline_of
from roadmap.selectors.past import timeline_as_of
from tests.bench.data import Data, one_more
from tests.bench.load import Target, median, rounds
from tests.bench.report import Row
from tests.bench.servers import Server
from tests.bench.workloads.dragging import moved_by_hand
from tests.bench.workloads.pages import LARGEST_PAINT, cookie_header
from tests.run import BROWSERS
from tests.world import make_session

PLACED, EVENTS, ITEMS, VISITS = 2_000, 1_000_000, 10_000, 7
PLACEMENTS = """
    INSERT INTO roadmap_placement (
        uuid, workspace_id, product_id, item_id, starts_on, ends_on, grain, bucket, commitment, health, health_note, hidden,
        public_title, public_note, position, version, created_at, updated_at)
    SELECT gen_random_uuid(), %(workspace)s, %(product)s, %(base)s + n, current_date - 400 + (n %% 700)::int,
           current_date - 340 + (n %% 700)::int, 'day', (ARRAY['now', 'next', 'later'])[1 + n %% 3], 'planned', '', '',
           false, '', '', n, 1, now(), now()
    FROM generate_series(1, %(placed)s) n"""
# Over 600 days; every fiftieth fact is a move of a planned end.
HISTORY = """
    INSERT INTO plm_event (
        uuid, workspace_id, sequence, product_id, record_id, kind, verb, actor_name, changes, data, reason, request_id,
        created_at)
    SELECT gen_random_uuid(), %(workspace)s, %(last)s + n, %(product)s, %(base)s + 1 + n %% %(size)s, 'item',
           CASE WHEN n %% 50 = 0 THEN 'placement.moved' ELSE 'item.updated' END, 'Boss',
           CASE WHEN n %% 50 = 0
                THEN jsonb_build_object('ends_on', jsonb_build_array(current_date - 7, current_date))
                ELSE '{"title": ["Before", "After"], "priority": ["low", "high"]}' END,
           '{}', '', '', now() - interval '600 days' + n * interval '600 days' / %(events)s
    FROM generate_series(1, %(events)s) n"""


def run(data: Data, ours: Server, count: int, seconds: float) -> list[Row]:
    big = one_more(data, ITEMS)
    product = big.product
    _fill(product, big.base)
    actor = actor_of(data.user)
    today = timezone.localdate()
    shown = geometry.window(today.year, 52, 1)
    year_ago = timezone.now() - timedelta(days=365)
    past = geometry.window(year_ago.year, 52, 1)
    asked = Asked("team")
    times = _in_turn(
        {
            "now": lambda: timeline_of(product, placed_rows(actor, product), shown, asked),
            "then": lambda: timeline_as_of(actor, product, year_ago, past, asked),
            "as many": lambda: timeline_as_of(actor, product, year_ago, shown, asked),
        },
        count * 5,
    )
    now, then, as_many = (statistics.median(times[name]) for name in ("now", "then", "as many"))
    ratio, wide = (
        statistics.median(b / a for a, b in zip(times["now"], times[name], strict=True))
        for name in ("then", "as many")
    )
    home = f"/bench/{product.key}/roadmap/"
    headers = cookie_header(data.user)
    at = year_ago.date().isoformat()
    targets = {
        "now": Target(ours, f"{home}?lanes=team", headers),
        "then": Target(ours, f"{home}?lanes=team&at={at}", headers),
    }
    found = rounds(targets, count, seconds)
    page = {name: median(readings, "p50") for name, readings in found.items()}
    return [
        Row(
            f"timeline of {PLACED:,} placed items, selectors", f"as of a year ago {then * 1000:.0f} ms",
            f"now {now * 1000:.0f} ms", f"{ratio:.2f}", f"<= 2 beside {EVENTS:,} events", ratio <= 2,
        ),
        Row(
            "the plan of this year as it was a year ago, as many bars as now", f"{as_many * 1000:.0f} ms",
            f"now {now * 1000:.0f} ms", f"{wide:.2f}", f"<= 2 beside {EVENTS:,} events", wide <= 2,
        ),
        Row(
            "its page, 4 clients", f"{page['now']:.0f} ms", f"as of a year ago {page['then']:.0f} ms",
            f"{page['then'] / page['now']:.2f}", "median <= 200 ms", page["now"] <= 200,
        ),
        *_seen(data, ours, home),
        *moved_by_hand(data, ours, product),
    ]  # fmt: skip


def _fill(product: Product, base: int) -> None:
    values = {
        "workspace": product.workspace_id, "product": product.pk, "base": base, "placed": PLACED, "events": EVENTS,
        "size": ITEMS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE backlog_backlogitem SET created_at = now() - interval '600 days' WHERE product_id = %s",
            [product.pk],
        )
        cursor.execute(PLACEMENTS, values)
        cursor.execute("SELECT last_event FROM plm_workspace WHERE id = %s", [product.workspace_id])
        cursor.execute(HISTORY, {**values, "last": cursor.fetchone()[0]})
        cursor.execute(
            "UPDATE plm_workspace SET last_event = last_event + %s WHERE id = %s",
            [EVENTS, product.workspace_id],
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE plm_event, roadmap_placement, backlog_backlogitem")


def _in_turn(works: dict[str, Callable[[], object]], count: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(count + 1):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            if turn:  # The first one warms up.
                times[name].append(time.perf_counter() - began)
    return times


def _seen(data: Data, ours: Server, home: str) -> list[Row]:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        return [Row("timeline in a browser", "left out: no Chromium (apt install chromium)")]
    from playwright.sync_api import sync_playwright

    session = make_session(data.user)
    paints, usable = [], []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for _ in range(VISITS):
            context = browser.new_context()
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": ours.url}]
            )
            page = context.new_page()
            page.goto(f"{ours.url}{home}?lanes=team")
            paints.append(page.evaluate(LARGEST_PAINT)["paint"])
            usable.append(
                page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
            )
            context.close()
        browser.close()
    paint, ready = statistics.median(paints[1:]), statistics.median(usable[1:])
    return [
        Row(
            "timeline in Chromium", f"largest paint {paint:.0f} ms, usable after {ready:.0f} ms",
            goal="<= 1000 ms", met=max(paint, ready) <= 1000,
        )
    ]  # fmt: skip
