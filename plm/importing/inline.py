"""An import done here and now, for commands: the same services and the same job as from the page."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from plm.events import service
from plm.models import ImportBatch, ImportRow
from plm.models.job import DEAD
from plm.permissions import Actor
from plm.runner import run_job
from plm.services.guard import require
from plm.services.imports import import_ask

PAUSE = 0.5


def run_here(*, actor: Actor, batch: ImportBatch, trial: bool) -> ImportBatch:
    """Check or run a batch and wait for its end. A worker that was faster with the job is waited for."""
    import_ask(actor=actor, batch=batch, trial=trial)
    while True:
        current = ImportBatch.objects.select_related("product__workspace").get(pk=batch.pk)
        job = current.job
        if not current.is_working or job is None or job.state == DEAD:
            return current
        if not run_job(job.pk):
            time.sleep(PAUSE)


@service
def warnings_add(
    *,
    actor: Actor,
    batch: ImportBatch,
    warnings: Mapping[int, Iterable[Mapping[str, str]]],
    notices: Iterable[str],
) -> ImportBatch:
    """Put what was noticed about rows before they were mapped beside what the import itself found."""
    require(actor, "import.run", batch.product)
    current = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    known = {row.row: row for row in current.rows.filter(trial=False, outcome="warning")}
    met = current.rows.filter(trial=False, record__isnull=False)
    records: dict[int, Any] = dict(met.values_list("row", "record_id"))
    titles: dict[int, str] = dict(met.values_list("row", "title"))
    fresh = []
    for number, problems in warnings.items():
        row = known.get(number)
        if row is not None:
            row.problems = [*row.problems, *problems]
            row.save(update_fields=["problems"])
            continue
        fresh.append(
            ImportRow(
                workspace_id=current.workspace_id,
                batch=current,
                row=number,
                outcome="warning",
                title=titles.get(number, ""),
                record_id=records.get(number),
                problems=list(problems),
            )
        )
    ImportRow.objects.bulk_create(fresh, batch_size=500)
    current.shape = {**current.shape, "notices": [*current.shape["notices"], *notices]}
    current.counts = {**current.counts, "warning": len(known) + len(fresh)}
    current.save(update_fields=["shape", "counts"])
    return current
