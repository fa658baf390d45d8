"""Work to do, written in the same transaction as the change that asks for it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from plm.models.product import Product
from plm.models.workspace import Tenanted
from plm.querysets import TenantedQuerySet

QUEUED, RUNNING, RETRYING, DONE, DEAD = "queued", "running", "retrying", "done", "dead"
JOB_STATES = [(s, s.capitalize()) for s in (QUEUED, RUNNING, RETRYING, DONE, DEAD)]


class JobQuerySet(TenantedQuerySet["Job"]):
    pass


class Job(Tenanted):
    """One piece of work. The Celery message that names it is only a wake-up; this row is the truth.

    Of one `key` at most one waits and one runs: ten changes make one recomputation, and a change during a run
    makes one more. `progress` of `total` is what the progress bar shows.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JOB_STATES, default=QUEUED)
    requests = models.PositiveIntegerField(default=1)
    attempts = models.PositiveIntegerField(default=0)
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(state=QUEUED), name="job_waits_once"
            ),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state=RUNNING), name="job_runs_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _ in JOB_STATES]), name="job_state_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["run_after"],
                condition=Q(state__in=[QUEUED, RETRYING, RUNNING]),
                name="job_unfinished",
            ),
            models.Index(fields=["workspace", "-created_at"], name="job_of_workspace"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} ({self.state})"

    @property
    def percent(self) -> int:
        return 100 if self.state == DONE else min(99, 100 * self.progress // max(self.total, 1))

    @property
    def is_over(self) -> bool:
        return self.state in {DONE, DEAD}


class Slot(models.Model):
    """One tick of one periodic task. Unique, so that any number of clocks make each tick happen once."""

    task = models.CharField(max_length=60)
    slot = models.BigIntegerField()
    taken_at = models.DateTimeField(auto_now_add=True)
    jobs_written = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "slot"], name="slot_taken_once")
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.slot}"


class IdempotencyKey(models.Model):
    """The answer that was given to a POST, committed together with its effect, replayed when the POST is sent again."""

    owner = models.CharField(max_length=60)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_once")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key
