"""Measures a recomputation through the real job against the best single statement, in the same round.

`python -m tests.backlog.measure_scores 100000` on the database of DATABASE_URL or PLM_DATA_DIR (a scratch one: it is
filled). Prints seconds: medians of interleaved rounds.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plm.config.settings")

REFERENCE = """
    UPDATE backlog_backlogitem AS item SET score = r.score, rank = r.rank FROM (
        SELECT i.id, a.v1 * a.v2 * a.v3 / a.v4 AS score,
               row_number() OVER (ORDER BY a.v1 * a.v2 * a.v3 / a.v4 DESC, i.id) AS rank
        FROM backlog_backlogitem i JOIN backlog_assessment a ON a.item_id = i.id AND a.scoring_model_id = %s
        WHERE i.product_id = %s) AS r
    WHERE r.id = item.id"""


def fill(size: int) -> tuple[int, int]:
    """A product of its own with so many judged items; its key and that of its RICE model."""
    from django.utils import timezone

    from backlog.models import Assessment, BacklogItem, ScoringModel
    from backlog.services.scoring_models import scoring_models_ensure
    from plm.models import Reference
    from tests.world import make_product, make_workspace

    workspace, _ = make_workspace(f"w{uuid.uuid4().hex[:12]}")
    product = make_product(workspace, "BIG")
    scoring_models_ensure(product=product)
    ScoringModel.objects.filter(product=product).update(active=False)
    ScoringModel.objects.filter(product=product, method="rice").update(active=True)
    model = ScoringModel.objects.get(product=product, active=True)
    now = timezone.now()
    common = {"workspace_id": workspace.pk, "product_id": product.pk}
    for start in range(1, size + 1, 5000):
        numbers = range(start, min(start + 5000, size + 1))
        names = Reference.objects.bulk_create(
            [Reference(**common, number=n, kind="item", title=f"Item {n}") for n in numbers]
        )
        items = BacklogItem.objects.bulk_create(
            [
                BacklogItem(
                    **common, reference_row=ref, number=ref.number, title=ref.title, state="backlog",
                    created_at=now, updated_at=now, description="What it is about. " * 8,
                )
                for ref in names
            ]
        )  # fmt: skip
        Assessment.objects.bulk_create(
            [
                Assessment(
                    **common, item=item, scoring_model=model, assessed_at=now, v1=(item.number * 7919) % 9973,
                    v2=(3, 2, 1, 0.5, 0.25)[item.number % 5], v3=(1, 0.8, 0.5)[item.number % 3],
                    v4=0.5 + item.number % 17,
                )
                for item in items
            ]
        )  # fmt: skip
    return product.pk, model.pk


def timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def forget(product: int) -> None:
    from django.db import connection

    from backlog.models import BacklogItem

    BacklogItem.objects.filter(product_id=product).update(score=None, rank=0)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE backlog_backlogitem")
            cursor.execute("VACUUM ANALYZE backlog_assessment")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def statement(product: int, model: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET work_mem = '128MB'")
        cursor.execute(REFERENCE, [model, product])
        if connection.vendor == "postgresql":
            cursor.execute("RESET work_mem")


def main(size: int, rounds: int = 3) -> None:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from backlog.models import Assessment, BacklogItem
    from plm.events import enqueue, unit_of_work
    from plm.jobs import JobRequest
    from plm.models import Job, Product
    from plm.runner import run_job

    call_command("migrate", verbosity=0)
    product, model = fill(size)
    workspace = Product.objects.get(pk=product).workspace_id

    def job() -> int:
        with unit_of_work():
            enqueue(
                JobRequest(
                    "backlog.scores_recompute", f"measure:{product}", workspace, product, {"product": product}
                )
            )  # fmt: skip
        made = Job.objects.filter(key=f"measure:{product}").latest("pk")
        run_job(made.pk)
        made.refresh_from_db()
        return int(made.result["items"])

    def one_changed() -> None:
        item = BacklogItem.objects.filter(product_id=product, rank=size // 2).get()
        Assessment.objects.filter(item=item).update(v1=9_999)
        job()

    works = {
        "best single statement": (True, lambda: statement(product, model)),
        "job, all changed": (True, job),
        "job, nothing changed": (False, job),
        "job, one item from the middle to the top": (False, one_changed),
    }
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, (fresh, work) in works.items():
            if fresh:
                forget(product)
            found[name].append(timed(work))
    report(connection.vendor, size, found)


def report(vendor: str, size: int, found: dict[str, list[float]]) -> None:
    medians = {name: statistics.median(seconds) for name, seconds in found.items()}
    sys.stdout.write(
        f"{vendor}, {size:,} items, medians of {len(next(iter(found.values())))} rounds\n"
    )
    for name, seconds in medians.items():
        sys.stdout.write(f"  {name:42} {seconds:8.3f} s\n")
    ratio = medians["job, all changed"] / medians["best single statement"]
    sys.stdout.write(f"  job / statement {ratio:.2f}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
