"""Django's command, quicker on an empty database."""

from __future__ import annotations

from typing import Any

from django.core.management.commands.migrate import Command as DjangoCommand
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from plm.migrating import rendering_alone


class Command(DjangoCommand):
    """All migrations, in their order, as Django runs them; see `rendering_alone` for what is left out."""

    def handle(self, *args: Any, **options: Any) -> None:
        recorder = MigrationRecorder(connections[options["database"]])
        if recorder.has_table() and recorder.applied_migrations():
            super().handle(*args, **options)
            return
        with rendering_alone():
            super().handle(*args, **options)
