"""Cut the font and collect the static files, as an image is built or after a source changed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from plm.management import assets


class Command(BaseCommand):
    help = "Build the font and collect the static files, if one of their sources changed."
    requires_system_checks: list[str] = []

    def handle(self, *_args: object, **_options: Any) -> None:
        if assets.stale():
            assets.collect()
