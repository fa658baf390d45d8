"""The Celery app. Messages only wake workers up; what is to be done stands in the Job table."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plm.config.settings")

app = Celery("plm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

if not settings.REDIS_URL:
    for name in ("queue", "control"):
        # Whoever cannot write there is told so by the command that was called, not by this import.
        with suppress(OSError):
            Path(settings.DATA_DIR, name).mkdir(parents=True, exist_ok=True)
