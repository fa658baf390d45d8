"""Writes on the templates of specifications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from backlog.models import SpecTemplate
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import invalid_from

TEXTS = ("name", "about", "description", "problem", "audience")
LISTS = ("goals", "non_goals", "questions")
FIELDS = (*TEXTS, *LISTS)
MOST, MOST_LINES, LONGEST_LINE, LONGEST_TEXT = 30, 50, 2000, 20_000
SHIPPED: tuple[Mapping[str, Any], ...] = (
    {
        "name": "PRD",
        "about": "A product requirements document: a feature that several teams build.",
        "description": "## Why now\n\n## How it works\n\n## What it looks like\n\n## Launch\n",
        "problem": "Who has this problem, how often, and what does it cost them?",
        "goals": ["What is true for the customer once this is there"],
        "non_goals": ["What somebody will ask for and will not get this time"],
        "questions": [
            "How will we know that it worked, and when do we look?",
            "What happens to what customers have already?",
            "Who has to be told before it goes out?",
        ],
    },
    {
        "name": "One-pager",
        "about": "A first look, before anybody decides whether to go on.",
        "description": "## The idea in three sentences\n\n## What it takes\n",
        "problem": "Whose problem is it, and how do we know?",
        "questions": ["What would make us stop?", "What is the smallest thing that helps?"],
    },
    {
        "name": "RFC",
        "about": "A request for comments: a technical way, with those that were not taken.",
        "description": "## Proposal\n\n## Other ways, and why not\n\n## Migration\n\n## Security and privacy\n",
        "problem": "What cannot be done, or not well, as things are?",
        "questions": ["What breaks for those who use it today?", "How do we take it back?"],
    },
    {
        "name": "Bug report",
        "about": "Something does not do what it promises.",
        "description": "## Steps\n\n1. \n\n## What happens\n\n## What should happen\n\n## Where it was seen\n",
        "problem": "Whom does it hit, and is there a way around it?",
        "goals": ["It does what it promises, and a test says so"],
        "questions": ["Since which release?", "Is data wrong that has to be put right?"],
    },
)


@service
def spec_templates_ensure(*, product: Product) -> None:
    """A product that never had templates gets those that are shipped; twice makes no more."""
    rows = SpecTemplate.objects.filter(product=product)
    if rows.exists():
        return
    Product.objects.select_for_update().get(pk=product.pk)
    if not rows.all().exists():
        SpecTemplate.objects.bulk_create(
            SpecTemplate(workspace_id=product.workspace_id, product=product, **values)
            for values in SHIPPED
        )


@service
def spec_template_create(
    *, actor: Actor, product: Product, values: Mapping[str, Any]
) -> SpecTemplate:
    """Add a template to a product. Emits `spec_template.created`."""
    require(actor, "spec_template.create", product)
    spec_templates_ensure(product=product)
    if SpecTemplate.objects.live().filter(product=product).count() >= MOST:
        raise Conflict(f"A product has at most {MOST} templates.")
    row = SpecTemplate(workspace_id=product.workspace_id, product=product)
    _assign(row, values)
    row.save(force_insert=True)
    _note("created", actor, row, {})
    return row


@service
def spec_template_update(
    *, actor: Actor, template: SpecTemplate, version: int | None, values: Mapping[str, Any]
) -> SpecTemplate:
    """Change a template; what was begun with it stays. Emits `spec_template.updated`. Raises Stale."""
    require(actor, "spec_template.edit", template.product)
    current = SpecTemplate.objects.select_for_update().get(pk=template.pk)
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    before = {name: getattr(current, name) for name in FIELDS}
    _assign(current, values)
    changes = {n: (old, getattr(current, n)) for n, old in before.items()}
    changes = {n: pair for n, pair in changes.items() if pair[0] != pair[1]}
    if changes:
        current.version += 1
        current.save()
        _note("updated", actor, current, changes)
    return current


@service
def spec_template_remove(*, actor: Actor, template: SpecTemplate) -> None:
    """Offer a template no longer. Emits `spec_template.removed`."""
    require(actor, "spec_template.edit", template.product)
    live = SpecTemplate.objects.live().filter(pk=template.pk)
    if live.update(archived_at=timezone.now()):
        _note("removed", actor, template, {})


def _note(verb: str, actor: Actor, row: SpecTemplate, changes: Mapping[str, Any]) -> None:
    emit(
        f"spec_template.{verb}", actor=actor, workspace_id=row.workspace_id, product_id=row.product_id,
        changes=changes, id=row.uuid, name=row.name,
    )  # fmt: skip


def _assign(row: SpecTemplate, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            given = values[name]
            setattr(
                row, name, _lines(name, given or []) if name in LISTS else (given or "").strip()
            )
    if not row.name:
        raise Invalid(fields={"name": "Give it a name."})
    long = [name for name in TEXTS if len(getattr(row, name)) > LONGEST_TEXT]
    if long:
        raise Invalid(fields=dict.fromkeys(long, f"Give at most {LONGEST_TEXT:,} characters."))
    try:
        row.clean_fields(exclude=["workspace", "product", "uuid"])
    except ValidationError as error:
        raise invalid_from(error) from None
    others = SpecTemplate.objects.live().filter(product_id=row.product_id, name=row.name)
    if others.exclude(pk=row.pk).exists():
        raise Conflict("Two templates of one name.", fields={"name": "Another template has it."})


def _lines(name: str, given: Any) -> list[str]:
    lines = [text for line in given if (text := " ".join(str(line).split()))]
    if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
        raise Invalid(
            fields={name: f"At most {MOST_LINES} lines of at most {LONGEST_LINE} characters."}
        )
    return lines
