"""A file into records of one kind, from the command line: the same services and the same job as from the page."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from plm.errors import NotVisible, PlmError
from plm.importing.inline import run_here
from plm.importing.opening import import_open, open_questions, problems_csv
from plm.importing.targets import all_importables, importable_named
from plm.kinds import product_of
from plm.models import ImportBatch, User, Workspace
from plm.selectors import actor_of


class Command(BaseCommand):
    help = "Import CSV, XLSX, JSON or JSON lines. Without --mapping one is proposed; --dry-run only reports."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--workspace", required=True, help="address of the workspace")
        parser.add_argument("--product", required=True, help="key of the product")
        parser.add_argument(
            "--kind", required=True, help="what each row is, such as item, idea, company or person"
        )
        parser.add_argument(
            "--as", dest="email", required=True, help="e-mail of the person who imports"
        )
        parser.add_argument("--mapping", type=Path, help="JSON: {columns, constants, options}")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen")
        parser.add_argument("--errors", type=Path, help="write the bad rows to this CSV file")

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            batch = self._open(options)
            actor = actor_of(batch.created_by)
            self._describe(batch)
            done = run_here(actor=actor, batch=batch, trial=options["dry_run"])
        except PlmError as error:
            said = "; ".join(f"{name}: {text}" for name, text in error.fields.items())
            raise CommandError(f"{error.message} {said}".strip()) from None
        self._report(done, options["errors"], trial=options["dry_run"])

    def _open(self, options: dict[str, Any]) -> ImportBatch:
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError(f"Nobody here has the address {options['email']}.")
        actor = actor_of(user)
        workspace = Workspace.objects.visible_to(actor).filter(slug=options["workspace"]).first()
        try:
            product = product_of(actor, workspace.pk if workspace else 0, options["product"])
        except NotVisible:
            place = f"{options['workspace']}/{options['product']}"
            raise CommandError(f"{user.email} sees no product {place}.") from None
        try:
            kind = importable_named(options["kind"])
        except NotVisible:
            known = ", ".join(kind.name for kind in all_importables())
            raise CommandError(
                f"There is no kind {options['kind']!r}. Kinds are: {known}."
            ) from None
        data, given = self._files(options)
        return import_open(
            actor=actor, product=product, kind=kind, data=data, name=options["path"].name,
            mapping=given, options=given.pop("options", None) if given else None,
        )  # fmt: skip

    def _files(self, options: dict[str, Any]) -> tuple[bytes, dict[str, Any] | None]:
        try:
            data = options["path"].read_bytes()
            mapping = options["mapping"]
            return data, (orjson.loads(mapping.read_bytes()) if mapping else None)
        except (OSError, ValueError) as error:
            raise CommandError(f"A file cannot be read: {error}") from None

    def _describe(self, batch: ImportBatch) -> None:
        self.stdout.write(f"{batch.name}: {batch.total} rows, read as {batch.shape['form']}")
        for name, entry in sorted(batch.mapping["columns"].items()):
            self.stdout.write(f"  {name} -> {entry['field']}")
        for name, values in open_questions(batch).items():
            self.stdout.write(f"  not known in {name}: {', '.join(values)}")

    def _report(self, batch: ImportBatch, errors: Path | None, *, trial: bool) -> None:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(batch.counts.items()))
        self.stdout.write(f"{batch.get_state_display()}: {counts or 'nothing'}")
        for row in batch.rows.with_problems(trial=trial)[:20]:
            self.stdout.write(f"  row {row.row}: {' '.join(row.sentences)}")
        if errors is not None:
            errors.write_text("".join(problems_csv(batch, trial=trial)), encoding="utf-8")
        if batch.state == "failed":
            raise CommandError(batch.error)
