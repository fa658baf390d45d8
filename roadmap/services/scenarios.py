"""Writes on scenarios of a roadmap: made, named, copied, put away. The plan stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from roadmap.models import RoadmapScenario, ScenarioChange

MOST = 50
LONGEST = {"name": 80, "question": 300}


@service
def scenario_create(*, actor: Actor, product: Product, name: str, question: str) -> RoadmapScenario:
    """Begin a scenario that is still the plan. Emits `roadmap_scenario.created`. Raises Invalid, Conflict."""
    require(actor, "scenario.create", product)
    return _made(actor, product, _worded(name, question), question.strip())


@service
def scenario_duplicate(
    *, actor: Actor, scenario: RoadmapScenario, name: str, question: str = ""
) -> RoadmapScenario:
    """A scenario of its own that begins where another one is, with the plan as it was when that one said so.

    Emits `roadmap_scenario.created`. Raises Invalid, Conflict.
    """
    require(actor, "scenario.create", scenario.product)
    asks = question.strip() or scenario.question
    made = _made(actor, scenario.product, _worded(name, asks), asks, copy_of=scenario.name)
    ScenarioChange.objects.bulk_create(
        [
            ScenarioChange(
                workspace_id=made.workspace_id, scenario=made, item_id=row.item_id, base=row.base, values=row.values,
                version=made.revision + 1, changed_by_id=row.changed_by_id,
            )
            for row in scenario.changes.all()
        ]
    )  # fmt: skip
    made.revision += 1
    made.save(update_fields=["revision"])
    return made


@service
def scenario_update(
    *, actor: Actor, scenario: RoadmapScenario, version: int, values: Mapping[str, str]
) -> RoadmapScenario:
    """Give it another name or question. Emits `roadmap_scenario.updated`. Raises Invalid, Conflict, Stale."""
    require(actor, "scenario.edit", scenario.product)
    row = scenario_locked(scenario)
    if row.version != version:
        raise Stale(f"Version {row.version} stands now.", current=row.version)
    given = {"name": row.name, "question": row.question, **values}
    name, question = _worded(given["name"], given["question"]), given["question"].strip()
    if (name, question) == (row.name, row.question):
        return row
    before = {"name": row.name, "question": row.question}
    row.name, row.question = name, question
    _named_once(row)
    row.version += 1
    row.save(update_fields=["name", "question", "version", "updated_at"])
    note("updated", actor, row, changes={n: (v, getattr(row, n)) for n, v in before.items()})
    return row


@service
def scenario_archive(*, actor: Actor, scenario: RoadmapScenario) -> RoadmapScenario:
    """Put it away; it can be read and brought back. Emits `roadmap_scenario.archived`."""
    require(actor, "scenario.edit", scenario.product)
    row = _locked(scenario)
    if row.archived_at is None:
        row.archived_at = timezone.now()
        row.version += 1
        row.save(update_fields=["archived_at", "version", "updated_at"])
        note("archived", actor, row)
    return row


@service
def scenario_restore(*, actor: Actor, scenario: RoadmapScenario) -> RoadmapScenario:
    """Bring it back. Emits `roadmap_scenario.restored`. Raises Conflict where its name is taken since."""
    require(actor, "scenario.edit", scenario.product)
    row = _locked(scenario)
    if row.archived_at is not None:
        _named_once(row)
        row.archived_at = None
        row.version += 1
        row.save(update_fields=["archived_at", "version", "updated_at"])
        note("restored", actor, row)
    return row


def _locked(scenario: RoadmapScenario) -> RoadmapScenario:
    row: RoadmapScenario = RoadmapScenario.objects.select_for_update().get(pk=scenario.pk)
    row.product = scenario.product
    return row


def scenario_locked(scenario: RoadmapScenario) -> RoadmapScenario:
    """The scenario, locked, to be changed. Raises Conflict where it was applied or put away."""
    row = _locked(scenario)
    if row.archived_at is not None:
        raise Conflict(f"{row.name} is archived. Bring it back before you change it.")
    if row.applied_at is not None:
        raise Conflict(f"{row.name} was applied and stays as it is. Duplicate it to go on from there.")  # fmt: skip
    return row


def note(verb: str, actor: Actor, row: RoadmapScenario, *, reason: str = "", changes: Any = None, **data: Any) -> None:  # fmt: skip
    """The fact that something was done to a scenario. It is about no record: the items stay as they are."""
    emit(
        f"roadmap_scenario.{verb}", actor=actor, workspace_id=row.workspace_id, product_id=row.product_id,
        reason=reason, changes=changes, scenario=str(row.uuid), name=row.name, **data,
    )  # fmt: skip


def _made(actor: Actor, product: Product, name: str, question: str, **data: Any) -> RoadmapScenario:
    rows = RoadmapScenario.objects.live().filter(product=product)
    if rows.count() >= MOST:
        raise Conflict(f"A roadmap keeps at most {MOST} scenarios. Archive one that is settled.")
    made = RoadmapScenario(
        workspace_id=product.workspace_id, product=product, name=name, question=question,
        created_by_id=actor.user_id,
    )  # fmt: skip
    _named_once(made)
    made.save()
    note("created", actor, made, reason=question, **data)
    return made


def _worded(name: str, question: str) -> str:
    """The name on one line. Raises Invalid."""
    label = " ".join(name.split())
    errors = {}
    if not 1 <= len(label) <= LONGEST["name"]:
        errors["name"] = f"Give the scenario a name of at most {LONGEST['name']} characters."
    if not 3 <= len(question.strip()) <= LONGEST["question"]:
        errors["question"] = f"Say in a line of at most {LONGEST['question']} characters what it asks, such as “What if the mobile team joins in Q3?”"  # fmt: skip
    if errors:
        raise Invalid(fields=errors)
    return label


def _named_once(row: RoadmapScenario) -> None:
    others = RoadmapScenario.objects.live().filter(product_id=row.product_id, name=row.name)
    if others.exclude(pk=row.pk).exists():
        raise Conflict(fields={"name": "This roadmap has a scenario of that name already."})
