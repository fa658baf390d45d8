"""Scores and ranks of a whole product through the real job, beside the best single statement."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from django.db import connection

from backlog.models import ScoringModel
from plm.events import enqueue, unit_of_work
from plm.jobs import JobRequest
from plm.models import Job, Product
from plm.runner import run_job
from tests.bench.data import Data
from tests.bench.report import Row

R3 = """
    UPDATE {table} AS item SET score = r.score, rank = r.rank FROM (
        SELECT i.id, a.v1 * a.v2 * a.v3 / a.v4 AS score,
               row_number() OVER (ORDER BY a.v1 * a.v2 * a.v3 / a.v4 DESC, i.id) AS rank
        FROM {table} i JOIN backlog_assessment a ON a.item_id = i.id AND a.scoring_model_id = %s
        WHERE i.product_id = %s) AS r
    WHERE r.id = item.id"""
BARE = "bench_wide"


def run(data: Data, count: int) -> list[Row]:
    big = data.by_size[-1]
    product = big.product
    model = ScoringModel.objects.get(product=product, active=True).pk
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            f"CREATE TABLE {BARE} AS SELECT * FROM backlog_backlogitem WHERE product_id = %s",
            [product.pk],
        )
        cursor.execute(f"ALTER TABLE {BARE} ADD PRIMARY KEY (id)")
    times: dict[str, list[float]] = {"job": [], "same": [], "bare": [], "still": []}
    written = -1
    for _ in range(count):
        for name, table in (("same", "backlog_backlogitem"), ("bare", BARE)):
            _forget(product, table)
            times[name].append(_timed(lambda table=table: _statement(table, model, product.pk)))  # type: ignore[misc]
        _forget(product, "backlog_backlogitem")
        times["job"].append(_timed(lambda: _job(product)))
        times["still"].append(_timed(lambda: _job(product)))
        written = _job(product)
    middle = {name: statistics.median(seconds) for name, seconds in times.items()}
    pairs = zip(times["job"], times["same"], strict=True)
    ratio = statistics.median(job / best for job, best in pairs)
    bare = statistics.median(a / b for a, b in zip(times["job"], times["bare"], strict=True))
    shown = f"{middle['job']:.2f} s"
    return [
        Row(
            f"8 scores and ranks of {big.size:,} items, all new", shown, f"R3 {middle['same']:.2f} s, same table",
            f"{ratio:.2f}", "<= 1.3 of R3", ratio <= 1.3,
        ),
        Row("8 beside a copy of the table without indexes", shown, f"R3 {middle['bare']:.2f} s", f"{bare:.2f}"),
        Row(
            "8 the same again, nothing changed", f"{middle['still']:.2f} s, {written} rows written", "", "",
            "0 rows", written == 0,
        ),
    ]  # fmt: skip


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _forget(product: Product, table: str) -> None:
    """All scores gone, and the dead rows of it too, so that each run writes into a table in the same condition."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            f"UPDATE {table} SET score = NULL, rank = 0 WHERE product_id = %s", [product.pk]
        )
        cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")


def _statement(table: str, model: int, product: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '128MB'")
        cursor.execute(R3.format(table=table), [model, product])
        cursor.execute("RESET work_mem")


def _job(product: Product) -> int:
    """Ask for the job as a change does and do it as a worker does; how many rows it wrote."""
    key = f"bench:{product.pk}"
    with unit_of_work():
        enqueue(
            JobRequest(
                "backlog.scores_recompute", key, product.workspace_id, product.pk, {"product": product.pk}
            )
        )  # fmt: skip
    made = Job.objects.filter(key=key).latest("pk")
    run_job(made.pk)
    made.refresh_from_db()
    if made.state != "done":
        raise SystemExit(f"The job failed: {made.error}")
    return int(made.result["items"])
