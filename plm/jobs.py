"""Asking for work: the request, its row in the ledger, and the wake-up of a worker.

The row is written in the transaction of the change that asks for it (`plm.events.enqueue`, flushed at the end of
the unit of work); `plm.runner` claims and does it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings
from django.db import connection
from django.utils import timezone

from plm.querysets import Statement

log = logging.getLogger("plm.jobs")


@dataclass(frozen=True, slots=True)
class JobRequest:
    """Work somebody asks for. Requests of one `key` that still wait become one job."""

    kind: str
    key: str
    workspace_id: int
    product_id: int | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    delay: timedelta = timedelta(0)
    requested_by: int | None = None


REQUEST = Statement.written(
    """
    INSERT INTO plm_job (uuid, workspace_id, product_id, kind, key, payload, state, requests, attempts,
                         run_after, progress, total, result, error, requested_by_id, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, 'queued', 1, 0, %s, 0, 0, '{}', '', %s, %s)
    ON CONFLICT (key) WHERE state = 'queued' DO UPDATE SET requests = plm_job.requests + 1
    RETURNING id, requests""",
    "uuid", "workspace", "product", "kind", "key", "payload", "run_after", "requested_by", "now",
)  # fmt: skip


def write_requests(requests: list[JobRequest]) -> list[int]:
    """Insert the requests, or bump the waiting job of the same key; the ids of new ones, which are to be woken for.

    The bump locks the waiting row until this transaction commits: a worker that claims it then sees this
    transaction's changes, so no change falls between two recomputations. Sorted, so that two transactions that ask
    for the same jobs never wait for each other in a ring.
    """
    # SQLite compares times as text and its clock counts in milliseconds: a little earlier is due at once.
    now = timezone.now() - timedelta(milliseconds=2)
    adapt = connection.ops.adapt_datetimefield_value
    ids: list[int] = []
    for request in sorted(requests, key=lambda r: r.key):
        given = {
            "uuid": _uuid(), "workspace": request.workspace_id, "product": request.product_id, "kind": request.kind,
            "key": request.key, "payload": orjson.dumps(dict(request.payload)).decode(),
            "run_after": adapt(now + request.delay), "requested_by": request.requested_by, "now": adapt(now),
        }  # fmt: skip
        job_id, asked = REQUEST.rows(given)[0]
        if asked == 1:
            ids.append(job_id)
    return ids


def _uuid() -> str:
    made = uuid.uuid4()
    return str(made) if connection.vendor == "postgresql" else made.hex


# --- waking workers ------------------------------------------------------------------------------

_BROKER_DOWN = "plm:broker-down"


def wake(job_ids: list[int]) -> None:
    """Tell the workers. Failure is no loss: the sweep finds every due job in the table."""
    if not settings.JOB_WAKE_UP or not job_ids:
        return
    from celery import current_app  # noqa: PLC0415 - the web process pays for Celery only when it sends
    from kombu.exceptions import KombuError  # noqa: PLC0415

    if settings.REDIS_URL and _circuit_open():
        return
    try:
        for job_id in job_ids:
            current_app.send_task("plm.run_job", [job_id], retry=False)
    except (KombuError, OSError) as error:
        _open_circuit()
        log.warning("The queue did not take a wake-up; the sweep will find the job: %s", error)


_circuit: dict[str, datetime] = {}


def _circuit_open() -> bool:
    return _circuit.get(_BROKER_DOWN, timezone.now()) > timezone.now()


def _open_circuit() -> None:
    _circuit[_BROKER_DOWN] = timezone.now() + timedelta(seconds=5)
