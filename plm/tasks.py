"""The two Celery tasks of the whole product (do one job; look what time it is), and the kernel's own jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from plm.importing.running import take_back, work
from plm.jobs import wake
from plm.models import IdempotencyKey, Job, Slot
from plm.models.job import DONE
from plm.runner import Run, due_job_ids, job_handler, run_job
from plm.services.clock import every, slots_open

every(3600, "plm.housekeeping")


@shared_task(name="plm.run_job")  # type: ignore[untyped-decorator]
def job_run(job_id: int) -> None:
    """A wake-up: do this job if it is still to be done."""
    run_job(job_id)


@shared_task(name="plm.tick")  # type: ignore[untyped-decorator]
def tick() -> None:
    """Time has passed: open the slots that are due, and wake workers for every due job nobody took."""
    slots_open()
    wake(due_job_ids())


@job_handler("plm.housekeeping")
def housekeeping(run: Run) -> dict[str, int]:
    """Forget what has served: answers a day old, finished jobs a month old, slots a week old."""
    now = timezone.now()
    answers, _ = IdempotencyKey.objects.filter(created_at__lt=now - timedelta(days=1)).delete()
    jobs, _ = Job.objects.filter(
        workspace_id=run.job.workspace_id, state=DONE, finished_at__lt=now - timedelta(days=30)
    ).delete()
    slots, _ = Slot.objects.filter(taken_at__lt=now - timedelta(days=7)).delete()
    return {"answers": answers, "jobs": jobs, "slots": slots}


@job_handler("import.check", atomic=False)
def import_check(run: Run) -> dict[str, Any]:
    """Try every row of a file and keep nothing but the report."""
    return work(run, trial=True)


@job_handler("import.run", atomic=False)
def import_run(run: Run) -> dict[str, Any]:
    """Write the rows of a file, chunk by chunk."""
    return work(run, trial=False)


@job_handler("import.undo")
def import_take_back(run: Run) -> dict[str, Any]:
    """Archive what an import made."""
    return take_back(run)
