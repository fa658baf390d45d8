"""Fixtures of the analytics tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from plm.models import Job
from plm.runner import run_due_jobs


@pytest.fixture
def work() -> Any:
    """`work()` does every job that waits, as if its pause were over."""

    def run() -> None:
        for _ in range(20):
            Job.objects.exclude(state__in=("done", "dead")).update(
                run_after=timezone.now() - timedelta(seconds=1)
            )
            if not run_due_jobs():
                break
        assert not Job.objects.filter(state__in=("dead", "retrying")).exists(), list(
            Job.objects.values_list("kind", "error")
        )

    return run
