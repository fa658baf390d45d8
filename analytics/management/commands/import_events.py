"""Product events out of a CSV file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.services.bulk import Columns, FileReport, events_import
from plm.errors import PlmError
from plm.models import Product
from plm.permissions import SYSTEM


class Command(BaseCommand):
    help = (
        "Take product events out of a CSV file with a heading. Options name its columns. The same file twice adds "
        "nothing: without --id an event's id is made of its row."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("csv", type=Path, help="the file")
        parser.add_argument("--product", required=True, help="key of the product")
        parser.add_argument(
            "--workspace", default="", help="address of the workspace, if the key is in several"
        )
        parser.add_argument("--actor", required=True, help="column: who did it")
        parser.add_argument(
            "--at", required=True, help="column: when, as a date or a time in ISO 8601"
        )
        parser.add_argument("--name", default="", help="what all these events are called")
        parser.add_argument("--name-column", default="", help="column: what each event is called")
        parser.add_argument("--value", default="", help="column: a figure, such as the revenue")
        parser.add_argument("--currency", default="", help="currency of the values, such as USD")
        parser.add_argument("--company", default="", help="column: the actor's company")
        parser.add_argument("--id", default="", help="column: a UUID per event")
        parser.add_argument(
            "--property",
            action="append",
            default=[],
            help="column kept as a property; may be given several times",
        )

    def handle(self, *_args: object, **options: Any) -> None:
        if bool(options["name"]) == bool(options["name_column"]):
            raise CommandError("Give either --name or --name-column.")
        columns = Columns(
            actor=options["actor"], at=options["at"], name=options["name"], name_column=options["name_column"],
            value=options["value"], company=options["company"], currency=options["currency"], id=options["id"],
            properties=tuple(options["property"]),
        )  # fmt: skip
        product = self._product(options["product"], options["workspace"])
        report = FileReport()
        try:
            for report in events_import(
                actor=SYSTEM, product=product, path=options["csv"], mapping=columns
            ):
                if options["verbosity"] > 1:
                    self.stdout.write(f"{report.lines} rows")
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}.") from None
        except UnicodeDecodeError:
            raise CommandError("The file is not UTF-8 text.") from None
        except PlmError as error:
            raise CommandError(error.message) from None
        self._say(report)

    def _product(self, key: str, workspace: str) -> Product:
        rows = Product.objects.select_related("workspace").filter(key=key.upper())
        found = list(rows.filter(workspace__slug=workspace) if workspace else rows)
        if len(found) != 1:
            raise CommandError(
                "Several workspaces have that product: give --workspace."
                if found
                else f"There is no product {key}."
            )
        return found[0]

    def _say(self, report: FileReport) -> None:
        self.stdout.write(
            f"{report.lines} rows: {report.accepted} events added, {report.duplicates} were there already,"
            f" {len(report.refused)} refused, {len(report.flagged)} flagged."
        )
        for entry in report.first_problems[:20]:
            words = "; ".join(f"{name}: {text}" for name, text in entry["errors"].items())
            self.stdout.write(f"  line {entry['line']}: {words}")
