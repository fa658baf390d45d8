"""Wires the kernel: checks, triggers, tasks."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.db import reset_queries
from django.db.models.signals import post_migrate, pre_migrate


class PlmConfig(AppConfig):
    name = "plm"
    verbose_name = "Product lifecycle"

    def ready(self) -> None:
        from plm import checks, tasks, tenancy  # noqa: F401
        from plm.web import shell

        pre_migrate.connect(tenancy.remove, sender=self, dispatch_uid="plm.tenancy")
        post_migrate.connect(tenancy.install, sender=self, dispatch_uid="plm.tenancy")
        if not settings.DEBUG:
            # Only in debug mode are queries kept, and no cache of ours holds anything open for a request.
            request_started.disconnect(reset_queries)
            request_finished.disconnect(close_caches)
        shell.add_nav(shell.NavEntry("Plan", "Decisions", "stamp", "decisions", order=45))
