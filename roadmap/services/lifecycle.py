"""Writes on the life of a product: its phases, the gates into them, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from backlog.models import BacklogItem
from ideas.models import Gate
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.events import emit, service
from plm.lifecycle import PHASES
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.workspaces import product_phase_set
from roadmap.models import PhasePlan, Sunset

SUNSET_FIELDS = ("reason", "notice_on", "read_only_on", "final_on", "instead", "successor")


@service
def phase_enter(*, actor: Actor, product: Product, phase: str, reason: str) -> Product:
    """Move a product into a phase. Only a person does, and says why; what figures suggest is never enough.

    Emits `product.updated`. Raises Invalid without a reason and for the phase it is in, Conflict where the gate into the phase does not say go.
    """
    require(actor, "product.edit", product)
    if actor.user_id is None:
        raise NotAllowed("A person confirms the phase of a product.")
    _known(phase)
    if Product.objects.filter(pk=product.pk, phase=phase).exists():
        raise Invalid(fields={"phase": f"{product.name} is in this phase already. Choose another."})
    plan = PhasePlan.objects.filter(product=product, phase=phase).select_related("gate").first()
    if plan and plan.gate and plan.gate.state != "go":
        raise Conflict(
            f"The gate {product.key}-{plan.gate.number} into this phase says"
            f" {plan.gate.state_label.lower()}. Decide it first, or take it out of the plan."
        )
    return product_phase_set(actor=actor, product=product, phase=phase, reason=reason)


@service
def phase_plan_set(
    *, actor: Actor, product: Product, phase: str, planned_on: date | None, gate: Gate | None
) -> None:
    """Plan when a product enters a phase, and which gate has to say go. Emits `phase.planned`. Raises Invalid."""
    require(actor, "lifecycle.edit", product)
    _known(phase)
    if gate is not None and gate.product_id != product.pk:
        raise Invalid(fields={"gate": f"{gate.reference} belongs to another product."})
    _in_order(product, phase, planned_on)
    row, _ = PhasePlan.objects.get_or_create(
        product=product, phase=phase, defaults={"workspace_id": product.workspace_id}
    )
    changes = {
        name: (getattr(row, name), value)
        for name, value in (("planned_on", planned_on), ("gate", gate))
        if getattr(row, name) != value
    }
    if not changes:
        return
    row.planned_on, row.gate = planned_on, gate
    row.save()
    emit(
        "phase.planned", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, changes=changes,
        phase=phase,
    )  # fmt: skip


def _known(phase: str) -> None:
    if phase not in dict(PHASES):
        raise Invalid(fields={"phase": f"Phases are: {', '.join(dict(PHASES))}."})


def _in_order(product: Product, phase: str, planned_on: date | None) -> None:
    """A phase is not planned before an earlier one, nor after a later one. Raises Invalid."""
    if planned_on is None:
        return
    order = [name for name, _ in PHASES]
    at = order.index(phase)
    rows = PhasePlan.objects.filter(product=product, planned_on__isnull=False)
    for name, day in rows.values_list("phase", "planned_on"):
        label = dict(PHASES)[name]
        if day is None:
            continue
        if order.index(name) < at and day > planned_on:
            raise Invalid(fields={"planned_on": f"{label} is planned for {day}. Choose that day or a later one."})  # fmt: skip
        if order.index(name) > at and day < planned_on:
            raise Invalid(fields={"planned_on": f"{label} is planned for {day}. Choose that day or an earlier one."})  # fmt: skip


@service
def sunset_update(
    *,
    actor: Actor,
    product: Product,
    item: BacklogItem | None,
    version: int | None,
    values: Mapping[str, Any],
    why: str = "",
) -> Sunset:
    """Plan how a product, or one of its items, ends. Emits `sunset.planned`; on the item where it is about one.

    `version` is the one the actor read (0 when there was none). Raises Stale, Invalid.
    """
    require(actor, "lifecycle.edit", product)
    Product.objects.select_for_update().get(pk=product.pk)
    rows = Sunset.objects.select_for_update().filter(product=product, item=item)
    current = rows.first() or Sunset(
        workspace_id=product.workspace_id, product=product, item=item, version=0
    )
    if version is not None and version != current.version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    given = {name: values[name] for name in SUNSET_FIELDS if name in values}
    changes = {
        name: (getattr(current, name), value)
        for name, value in given.items()
        if getattr(current, name) != value
    }
    if not changes:
        return current
    for name, value in given.items():
        setattr(current, name, value)
    _check(current)
    current.version += 1
    current.updated_at, current.updated_by_id = timezone.now(), actor.user_id
    current.save()
    emit(
        "sunset.planned", actor=actor, record=item, workspace_id=product.workspace_id, product_id=product.pk,
        changes=changes, reason=why,
    )  # fmt: skip
    return current


def _check(plan: Sunset) -> None:
    """The rules of one plan, each at its field. Raises Invalid."""
    wrong: dict[str, str] = {}
    if not (plan.reason or "").strip():
        wrong["reason"] = "Say why it ends: customers will ask."
    for name in ("notice_on", "final_on"):
        if getattr(plan, name) is None:
            wrong[name] = "Give the day, such as 2027-03-31."
    wrong = wrong or _dates_wrong(plan.notice_on, plan.read_only_on, plan.final_on)
    if plan.successor_id is not None and plan.successor_id == plan.product_id and plan.item is None:
        wrong["successor"] = "A product does not follow itself. Choose another one, or none."
    if plan.successor is not None and plan.successor.workspace_id != plan.workspace_id:
        wrong["successor"] = "That product is not in this workspace."
    if wrong:
        raise Invalid(fields=wrong)


def _dates_wrong(notice: date, read_only: date | None, final: date) -> dict[str, str]:
    """What is wrong with the order of the dates: customers are told, it is read only, it ends."""
    if final < notice:
        return {"final_on": f"It would end before customers are told on {notice}. Choose that day or a later one."}  # fmt: skip
    if read_only and read_only < notice:
        return {"read_only_on": f"It would be read only before customers are told on {notice}. Choose that day or a later one."}  # fmt: skip
    if read_only and read_only > final:
        return {"read_only_on": f"It ends on {final}. Choose that day or an earlier one."}
    return {}
