"""Wires the kernel: checks, triggers, tasks."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class PlmConfig(AppConfig):
    name = "plm"
    verbose_name = "Product lifecycle"

    def ready(self) -> None:
        from plm import checks, tasks, tenancy  # noqa: F401

        pre_migrate.connect(tenancy.remove, sender=self, dispatch_uid="plm.tenancy")
        post_migrate.connect(tenancy.install, sender=self, dispatch_uid="plm.tenancy")
