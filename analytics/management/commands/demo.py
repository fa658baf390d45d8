"""The demo product: a workspace to look around in, or to measure with."""

from __future__ import annotations

import gc
from argparse import ArgumentParser
from datetime import UTC, date, datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from analytics.demo.build import UNFINISHED, demo_build
from analytics.demo.wipe import workspace_wipe
from plm.errors import PlmError
from plm.management.demo_logins import LOGINS
from plm.models import Event, Reference, Workspace

LEAST, MOST = 60, 100_000


def _end(day: date | None) -> datetime:
    """Now, or in the afternoon of the day."""
    now = timezone.now()
    return now if day is None else min(now, datetime.combine(day, time(15), tzinfo=UTC))


class Command(BaseCommand):
    help = "Load the demo product: two years of a believable life. Does nothing when its workspace is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--items", type=int, default=300, help=f"backlog items, {LEAST} to {MOST:,}"
        )
        parser.add_argument(
            "--seed", type=int, default=1, help="the same seed tells the same story"
        )
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            help="day on which the story ends; today if not given",
        )
        parser.add_argument("--workspace", default="demo", help="address of the workspace")
        parser.add_argument(
            "--reset",
            action="store_true",
            help="delete that workspace first, with all that is in it",
        )

    def handle(self, *_args: object, **options: Any) -> None:
        if not LEAST <= options["items"] <= MOST:
            raise CommandError(f"--items takes {LEAST} to {MOST:,}.")
        slug = options["workspace"]
        found = Workspace.objects.filter(slug=slug).first()
        unfinished = found is not None and found.name.endswith(UNFINISHED)
        if found is not None and not options["reset"] and not unfinished:
            self._say(options, f"The workspace {slug} is there already; --reset makes it anew.")
            return
        if found is not None:
            self._clear(found)
        wake, settings.JOB_WAKE_UP = settings.JOB_WAKE_UP, False
        collecting = gc.isenabled()
        gc.disable()  # Much is made and little thrown away: looking for rings takes a fifth of the time.
        try:
            telling = demo_build(
                slug=slug, items=options["items"], seed=options["seed"], now=_end(options["as_of"])
            )
        except PlmError as error:
            raise CommandError(f"{error.message} {error.fields or ''}".strip()) from None
        finally:
            settings.JOB_WAKE_UP = wake
            if collecting:
                gc.enable()
        records = Reference.objects.filter(workspace=telling.workspace).count()
        self._say(options, f"{telling.product.name} is there, with {records:,} records: /{slug}/")
        self._say(
            options, f"Its roadmap for the board, without login: /share/{telling.share_secret}/"
        )
        for what, email, password in LOGINS:
            self._say(options, f"  {what:<20} {email:<28} {password}")

    def _clear(self, workspace: Workspace) -> None:
        """Only what this command made may be deleted."""
        mine = [email for what, email, _ in LOGINS if what == "Admin"]
        founded = Event.objects.filter(
            workspace=workspace, verb="workspace.created", actor__email__in=mine
        )
        if not founded.exists():
            raise CommandError(f"The workspace {workspace.slug} is no demo; it is left alone.")
        workspace_wipe(workspace=workspace)

    def _say(self, options: dict[str, Any], text: str) -> None:
        if options["verbosity"]:
            self.stdout.write(text)
