"""Metrics from product events: the dashboard, read from rollups, and what one more day costs."""

from __future__ import annotations

import statistics
import time
from typing import Any

from django.db import connection

from analytics.models import DirtyDay
from analytics.services.rollups import rollups_catch_up
from plm.events import unit_of_work
from plm.models import Product
from plm.selectors import actor_of
from tests import make
from tests.bench.data import Data
from tests.bench.load import Target, described, median, rounds
from tests.bench.report import Row
from tests.bench.servers import Server
from tests.bench.workloads.pages import cookie_header

EVENTS, DAYS, NAMES = 1_000_000, 90, ("opened", "paid", "shared")
FILL = """
    INSERT INTO analytics_productevent (product_id, event_id, name, actor, company, at, received_at, currency, properties)
    SELECT %(product)s, gen_random_uuid(), (%(names)s::text[])[1 + n %% 3], 'user-' || n::bigint * 7919 %% 20000, '',
           now() - (n %% %(days)s) * interval '1 day' - (n %% 1000) * interval '1 second', now(), '', '{}'
    FROM generate_series(1, %(events)s) n"""
MARKS = """
    INSERT INTO analytics_dirtyday (workspace_id, product_id, name, day)
    SELECT %s, %s, name, current_date - day FROM unnest(%s::text[]) name, generate_series(0, %s) day"""


def run(data: Data, ours: Server, count: int, seconds: float) -> list[Row]:
    product = data.middle.product
    _fill(data, product)
    began = time.perf_counter()
    _catch_up(product)
    whole = time.perf_counter() - began
    days = [_day(product) for _ in range(count)]
    page = f"/bench/{product.key}/analytics/"
    found = rounds({"page": Target(ours, page, cookie_header(data.user))}, count, seconds)
    p95, day = median(found["page"], "p95"), statistics.median(days)
    return [
        Row(
            f"10 dashboard from rollups, {EVENTS:,} events", described(found["page"]), "", "", "p95 <= 50 ms", p95 <= 50
        ),
        Row("10 one more day of these events", f"{day:.2f} s", "", "", "<= 1 s", day <= 1),
        Row(f"10 all {DAYS} days from zero", f"{whole:.1f} s"),
    ]  # fmt: skip


def _fill(data: Data, product: Product) -> None:
    actor = actor_of(data.user)
    for name in NAMES:
        for counted in ("count", "actors"):
            values = {"source": "events", "event_name": name, "aggregation": counted}
            make.make_metric(actor, product, f"{name} {counted}", **values)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        given: Any = {"product": product.pk, "names": list(NAMES), "days": DAYS, "events": EVENTS}
        cursor.execute(FILL, given)
        cursor.execute("ANALYZE analytics_productevent")
    _mark(product, DAYS)


def _mark(product: Product, days: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MARKS, [product.workspace_id, product.pk, list(NAMES), days])


def _day(product: Product) -> float:
    _mark(product, 0)
    began = time.perf_counter()
    _catch_up(product)
    return time.perf_counter() - began


def _catch_up(product: Product) -> None:
    """As the job does it, until no mark is left."""
    while DirtyDay.objects.filter(product=product).exists():
        with unit_of_work():
            rollups_catch_up(product_id=product.pk)
