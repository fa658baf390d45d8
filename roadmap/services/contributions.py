"""Writes on what items do for goals."""

from __future__ import annotations

from collections.abc import Iterable

from backlog.models import BacklogItem
from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked
from roadmap.contributions import WHOLE, left_over
from roadmap.models import Contribution, Objective, Placement
from roadmap.services.placements import placement_set


@service
def contribution_set(
    *, actor: Actor, item: BacklogItem, objective: Objective, percent: int, reason: str = ""
) -> None:
    """Say how much of the work on an item serves a goal; 0 takes it back.

    Emits `contribution.set` on the item, with all its contributions before and after. Raises Invalid for a goal of
    another product, the goal of the item's place and more than there is left; Conflict for an archived item or goal.
    """
    require(actor, "contribution.edit", item.product)
    current = record_locked(item, version=None)
    _check_goal(current, objective, percent)
    rows = list(Contribution.objects.filter(item=current).select_related("objective__product"))
    standing = {row.objective_id: row for row in rows}
    row = standing.get(objective.pk)
    if percent == (row.percent if row else 0):
        return
    left = left_over({pk: r.percent for pk, r in standing.items()}, objective.pk)
    if percent > left:
        raise Invalid(
            fields={"percent": f"The other goals have {WHOLE - left}%. Give {left}% or less."}
        )
    before = contributions_told(rows)
    if row is None:
        row = Contribution(workspace_id=current.workspace_id, product_id=current.product_id)
        row.item, row.objective = current, objective
        rows.append(row)
    row.percent = percent
    if percent:
        row.save()
    else:
        rows.remove(row)
        row.delete()
    emit(
        "contribution.set", actor=actor, record=current, reason=reason,
        changes={"contributions": (before, contributions_told(rows))},
    )  # fmt: skip


@service
def objective_assign(
    *, actor: Actor, item: BacklogItem, objective: Objective, reason: str = ""
) -> None:
    """Let all of an item that serves no goal yet serve this one; `objective_unassign` is the way back.

    An item with a place names the goal there. One without gets a contribution of all that is left. Raises Invalid for
    an item that serves this goal already or has nothing left to give.
    """
    require(actor, "contribution.edit", item.product)
    current = record_locked(item, version=None)
    place = Placement.objects.filter(item=current).select_related("objective__product").first()
    others = dict(Contribution.objects.filter(item=current).values_list("objective_id", "percent"))
    left = left_over(others)
    if objective.pk in others or not left or (place and place.objective):
        full = place.objective.reference if place and place.objective else "its goals"
        told = objective.reference if objective.pk in others else full
        raise Invalid(
            fields={"item": f"{current.reference} serves {told} already. Set the shares on its page."}
        )  # fmt: skip
    _check_goal(current, objective, left)
    if place:
        placement_set(actor=actor, item=current, values={"objective": objective}, reason=reason)
    else:
        contribution_set(
            actor=actor, item=current, objective=objective, percent=left, reason=reason
        )


@service
def objective_unassign(
    *, actor: Actor, item: BacklogItem, objective: Objective, reason: str = ""
) -> None:
    """Take a goal from an item: from its place if that names it, or else its contribution."""
    require(actor, "contribution.edit", item.product)
    if Placement.objects.filter(item=item, objective=objective).exists():
        placement_set(actor=actor, item=item, values={"objective": None}, reason=reason)
    else:
        contribution_set(actor=actor, item=item, objective=objective, percent=0, reason=reason)


def contributions_told(rows: Iterable[Contribution]) -> str:
    """`ATL-3 30%, ATL-7 20%`, as the history keeps it."""
    found = sorted(rows, key=lambda row: row.objective_id)
    return ", ".join(f"{row.objective.reference} {row.percent}%" for row in found)


def _check_goal(item: BacklogItem, objective: Objective, percent: int) -> None:
    if item.archived_at is not None:
        raise Conflict(f"{item.reference} is archived. Restore it before saying what it serves.")
    if objective.product_id != item.product_id:
        raise Invalid(fields={"objective": f"{objective.reference} belongs to another product."})
    if not 0 <= percent <= WHOLE:
        raise Invalid(
            fields={"percent": "Give a whole number from 1 to 100, or 0 to take it back."}
        )
    if not percent:
        return
    if objective.archived_at is not None:
        raise Conflict(f"{objective.reference} is archived. Restore it, or choose another goal.")
    if Placement.objects.filter(item=item, objective=objective).exists():
        others = Contribution.objects.filter(item=item).values_list("objective_id", "percent")
        raise Invalid(
            fields={
                "objective": f"{objective.reference} is the goal of the item's place and has the"
                f" {left_over(dict(others))}% that the others leave. Set the others, or another goal of the place."
            }
        )
