"""The life of Kubernetes as a product: features, specifications, releases, freezes, places, links, metrics."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError

from analytics.management.kubernetes import rows as made
from analytics.management.kubernetes.replay import features_replayed, releases_replayed
from analytics.management.kubernetes.source import SOURCE, Source, load
from backlog.models import Requirement
from plm.errors import NotVisible, PlmError
from plm.importing.inline import run_here, warnings_add
from plm.importing.mapping import SKIP
from plm.importing.opening import import_open
from plm.kinds import kind_named, product_of
from plm.models import CustomField, ImportBatch, Product, User, Workspace
from plm.permissions import Actor
from plm.selectors import actor_of
from plm.services.fields import custom_field_create
from plm.services.workspaces import product_create
from roadmap.models import Placement

DAY_OF_DATA = date(2026, 7, 24)


class Command(BaseCommand):
    help = "Import the Kubernetes features, releases and their history. Twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            type=Path,
            help="holds features.jsonl, releases.json and, if there is one, feature_history.jsonl",
        )
        parser.add_argument("--workspace", required=True, help="address of the workspace")
        parser.add_argument(
            "--product", default="K8S", help="key; the product is made if it is not there"
        )
        parser.add_argument(
            "--as", dest="email", required=True, help="e-mail of the person who imports"
        )
        parser.add_argument(
            "--as-of", type=date.fromisoformat, default=DAY_OF_DATA, help="day of the data"
        )

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            source = load(options["folder"])
        except (OSError, ValueError, KeyError) as error:
            raise CommandError(f"The folder cannot be read: {error}") from None
        try:
            actor, product = _place(options["email"], options["workspace"], options["product"])
            self._run(actor, product, source, options["as_of"])
        except PlmError as error:
            said = "; ".join(f"{name}: {text}" for name, text in error.fields.items())
            raise CommandError(f"{error.message} {said}".strip()) from None

    def _run(self, actor: Actor, product: Product, source: Source, as_of: date) -> None:
        _own_fields(actor, product)
        items = made.item_rows(source)
        states = {"state": {"field": "state", "values": made.state_values(items, SKIP)}}
        batch = self._import(
            actor, product, "item", items, columns=states, constants={"type": "feature"}
        )
        batch = warnings_add(
            actor=actor, batch=batch, warnings=source.report.by_row, notices=source.report.lines()
        )
        self._import(actor, product, "spec", made.spec_rows(source, _met(product)))
        self._import(actor, product, "release", made.release_rows(source, as_of))
        self._import(actor, product, "milestone", made.milestone_rows(source, as_of))
        constants = {"featured": False, "state": "planned"}
        self._import(actor, product, "metric", made.metric_rows(source), constants=constants)
        releases_replayed(actor, product, as_of)
        told = features_replayed(actor, product, source, as_of)
        placed = Placement.objects.filter(product=product, item__external_source=SOURCE).count()
        self.stdout.write(f"history: {told} facts told; {placed} features have a place now")
        self.stdout.write(
            f"\n{source.report.total} warnings about {len(source.features)} features:"
        )
        for line in source.report.lines():
            self.stdout.write(f"  {line}")
        self.stdout.write(f"The full list is kept with the import: {batch.get_absolute_url()}")

    def _import(
        self,
        actor: Actor,
        product: Product,
        kind: str,
        rows: list[dict[str, Any]],
        *,
        columns: dict[str, Any] | None = None,
        constants: dict[str, Any] | None = None,
    ) -> ImportBatch:
        """One list through the importer, its columns already called as the fields are."""
        names = dict.fromkeys(name for row in rows for name in _names(row))
        mapping = {
            "columns": {**{name: {"field": name} for name in names}, **(columns or {})},
            "constants": {"external_source": SOURCE, **(constants or {})},
        }
        batch = import_open(
            actor=actor, product=product, kind=kind_named(kind), data=orjson.dumps(rows),
            name=f"kubernetes-{kind}.json", mapping=mapping, options={"create_teams": True},
        )  # fmt: skip
        done = run_here(actor=actor, batch=batch, trial=False)
        counts = ", ".join(f"{count} {name}" for name, count in sorted(done.counts.items()))
        self.stdout.write(f"{kind}: {done.total} rows: {counts or done.error or done.state}")
        if done.state != "done":
            raise CommandError(f"The import of {kind} ended as {done.state}: {done.error}")
        return done


def _names(row: dict[str, Any]) -> list[str]:
    own = row.get("custom", {})
    return [*(name for name in row if name != "custom"), *(f"custom.{name}" for name in own)]


def _place(email: str, slug: str, key: str) -> tuple[Actor, Product]:
    """The person and the product. Raises CommandError, or what the services refuse."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise CommandError(f"Nobody here has the address {email}.")
    actor = actor_of(user)
    workspace = Workspace.objects.visible_to(actor).filter(slug=slug).first()
    if workspace is None:
        raise CommandError(f"{email} belongs to no workspace {slug}.")
    try:
        return actor, product_of(actor, workspace.pk, key)
    except NotVisible:
        text = "The container orchestrator: its enhancement proposals and releases since 2019."
        product = product_create(
            actor=actor, workspace=workspace, name="Kubernetes", key=key, description=text, phase="maturity"
        )  # fmt: skip
        return actor, product


def _own_fields(actor: Actor, product: Product) -> None:
    there = set(CustomField.objects.for_kind(product.pk, "item").values_list("label", flat=True))
    for label, type_ in made.OWN_FIELDS:
        if label not in there:
            custom_field_create(actor=actor, product=product, kind="item", label=label, type=type_)


def _met(product: Product) -> dict[str, dict[str, bool]]:
    """By feature, the graduation criteria that stand, and whether each is met."""
    rows = Requirement.objects.filter(
        spec__product=product, spec__external_source=SOURCE, text=made.CRITERIA
    ).values_list("spec__external_id", "acceptance")
    return {
        number: {c["text"]: bool(c.get("met")) for c in acceptance} for number, acceptance in rows
    }
