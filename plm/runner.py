"""Doing work: claim a job with a lease, run its handler, finish it with its effects, retry it, park it.

A worker claims a job by a conditional UPDATE and marks it done in the same transaction as its effects, so that a
worker that dies leaves nothing half done and nothing undone. Times are the database's, not the worker's.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from plm.errors import LeaseLost
from plm.events import unit_of_work
from plm.models.job import DEAD, DONE, QUEUED, RETRYING, RUNNING, Job

log = logging.getLogger("plm.jobs")


@dataclass(frozen=True, slots=True)
class Handler:
    kind: str
    function: Callable[[Run], Mapping[str, Any] | None]
    atomic: bool


_handlers: dict[str, Handler] = {}


def job_handler(kind: str, *, atomic: bool = True) -> Callable[[Any], Any]:
    """Register the function that does jobs of `kind`. It gets a Run and may return a result to keep.

    With `atomic` the whole job and its mark "done" are one transaction. Without, the function works in
    `run.step()`s, each one transaction that also renews the lease; it must find out itself where it stood.
    """

    def register(function: Callable[[Run], Mapping[str, Any] | None]) -> Any:
        _handlers[kind] = Handler(kind, function, atomic)
        return function

    return register


DUE = Q(state__in=[QUEUED, RETRYING], run_after__lte=Now()) | Q(
    state=RUNNING, lease_until__lt=Now()
)


def due_job_ids(limit: int = 100) -> list[int]:
    """Jobs that wait and are due, or whose worker let the lease run out; longest due first."""
    return list(
        Job.objects.filter(DUE).order_by("run_after", "pk").values_list("pk", flat=True)[:limit]
    )


def claim(job_id: int) -> Run | None:
    """Take the job for one lease, or None if it is not due, is taken, or another job of its key runs."""
    token = uuid.uuid4()
    try:
        with transaction.atomic():
            taken = Job.objects.filter(DUE, pk=job_id).update(
                state=RUNNING,
                lease_token=token,
                lease_until=Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS),
                attempts=F("attempts") + 1,
            )
    except IntegrityError:  # a job of the same key is running
        return None
    return Run(Job.objects.get(pk=job_id), token) if taken else None


@dataclass
class Run:
    """One attempt at one job, under one lease."""

    job: Job
    token: uuid.UUID

    @property
    def payload(self) -> dict[str, Any]:
        return dict(self.job.payload)

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, lease_token=self.token, state=RUNNING)

    def _hold(self, **values: Any) -> None:
        """Renew the lease and store values. Raises LeaseLost when another worker has the job."""
        until = Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
        if not self._mine().update(lease_until=until, **values):
            raise LeaseLost

    @contextmanager
    def step(self, *, progress: int | None = None, total: int | None = None) -> Iterator[None]:
        """One transaction of a long job: its effects, the progress and the renewed lease, or nothing.

        A step further than any before makes the tries count anew: a long job may lose its worker more often than
        it may fail at one place.
        """
        values = {"progress": progress, "total": total}
        further = (progress or 0) > self.job.progress
        if further:
            values["attempts"] = 1
        with unit_of_work():
            self._hold(**{k: v for k, v in values.items() if v is not None})
            yield
        if further:
            self.job.progress, self.job.attempts = progress or 0, 1

    def finish(self, result: Mapping[str, Any] | None) -> None:
        done = self._mine().update(
            state=DONE, finished_at=Now(), lease_until=None, result=dict(result or {}), error=""
        )
        if not done:
            raise LeaseLost

    def fail(self, error: str) -> None:
        """Put the job back with a growing pause, or park it as dead after the last try."""
        last = self.job.attempts >= settings.JOB_ATTEMPTS
        pause = timedelta(seconds=min(600, 2**self.job.attempts))
        self._mine().update(
            state=DEAD if last else RETRYING,
            run_after=Now() + pause,
            finished_at=Now() if last else None,
            lease_until=None,
            error=error[:4000],
        )
        log.error(
            "job %s: %s", "parked" if last else "will be retried", error,
            extra={"job": self.job.pk, "kind": self.job.kind, "attempts": self.job.attempts},
        )  # fmt: skip


def run_job(job_id: int) -> bool:
    """Claim the job and do it. False when there was nothing to do here."""
    run = claim(job_id)
    if run is None:
        return False
    handler = _handlers.get(run.job.kind)
    if handler is None:
        run.fail(f"No handler for jobs of kind {run.job.kind!r}.")
        return True
    if run.job.attempts > settings.JOB_ATTEMPTS:
        run.fail(f"The worker died {settings.JOB_ATTEMPTS} times while doing this.")
        return True
    try:
        _do(handler, run)
    except LeaseLost:
        log.warning("lease lost", extra={"job": job_id, "kind": run.job.kind})
    except Exception as error:  # the one boundary: whatever a handler raises is kept on the job
        log.debug("job failed", exc_info=True)
        run.fail(f"{type(error).__name__}: {error}")
    return True


def _do(handler: Handler, run: Run) -> None:
    if not handler.atomic:
        result = handler.function(run)
        with transaction.atomic():
            run.finish(result)
        return
    with unit_of_work():
        run.finish(handler.function(run))


def run_due_jobs(limit: int = 100) -> int:
    """Do what is due, here and now; how many were done. The sweep of a worker, and what tests call."""
    done = 0
    for _ in range(limit):
        ids = due_job_ids(20)
        ran = [run_job(job_id) for job_id in ids]
        done += sum(ran)
        if not any(ran):
            break
    return done
