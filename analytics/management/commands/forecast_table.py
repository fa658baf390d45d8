"""How good probabilistic dates are on the history of Kubernetes."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.management.kubernetes.forecasts import (
    HORIZONS,
    SHARES,
    Made,
    line_of,
    walk,
    windows_of,
)
from analytics.management.kubernetes.history import History, read

SINCE = date(2023, 1, 1)


class Command(BaseCommand):
    help = "Walk through a folder's feature history, forecast with what was known on each day, and print how it went."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="holds feature_history.jsonl, features.jsonl, releases.json"
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, default=SINCE, help="first day of a forecast"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            history = read(options["folder"])
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"The folder cannot be read: {error}") from None
        if options["since"] > history.end:
            raise CommandError(f"The history ends on {history.end}. Give an earlier day.")
        monthly, when_made = walk(history, options["since"])
        self.stdout.write(f"Forecasts from {options['since']} to {history.end}.")
        self._table("Every open plan on the first of each month", history, monthly)
        self._table("Every plan on the day it was made or moved", history, when_made)
        self.stdout.write("\nLeft out, or read as something else:")
        for words, count in history.notes.most_common():
            self.stdout.write(f"{count:>7}  {words}")
        later = sum(
            1 for look in history.made(options["since"]) if look.minor not in history.releases.days
        )
        self.stdout.write(f"{later:>7}  plans for releases after the last known one, not judged")

    def _table(self, title: str, history: History, made: Sequence[Made]) -> None:
        plans = len({(m.look.feature.number, m.look.stage, m.look.minor) for m in made})
        self.stdout.write(f"\n{title}: {len(made)} forecasts of {plans} plans")
        self.stdout.write(
            "  planned day +      n  predicted  observed  error (of a perfect one)   Brier  base rate  as planned"
        )
        for days in HORIZONS:
            line = line_of(history, made, days)
            if line is not None:
                self.stdout.write(
                    f"  {days:>8} days {line.count:>6}  {line.chance:>9.3f}  {line.came:>8.3f}"
                    f"  {line.error:>5.3f} ({line.floor:.3f})            {line.brier:>9.4f}"
                    f"  {line.base:>9.4f}  {line.naive:>10.4f}"
                )
        for share in SHARES:
            found = windows_of(history, made, share)
            if found is not None:
                self.stdout.write(
                    f"  P{share * 100:.0f}: {found.count} windows over, {found.covered:.1%} kept (promised"
                    f" {found.promised:.1%}), median {found.width:.0f} days after the plan; {found.none} with no such"
                    f" day (may never), {found.pending} still to come"
                )
