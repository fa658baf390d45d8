"""Putting a proposed plan on the roadmap: all of it, or chosen items of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from backlog.models import BacklogItem
from plm.errors import Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.scoring.capacity import Rule, broken
from plm.services.guard import require
from roadmap.models import Release
from roadmap.selectors.capacity import Inputs, plan_inputs
from roadmap.services.capacity import proposal_of
from roadmap.services.placements import placement_set


@dataclass(frozen=True, slots=True)
class Applied:
    """What an application did: items that got a place in a release, and that lost theirs. `broken` are rules that the
    roadmap does not keep now, which happens only where a part was chosen."""

    placed: int
    released: int
    broken: tuple[Rule, ...]


@service
def plan_apply(
    *,
    actor: Actor,
    product: Product,
    number: int,
    reason: str,
    seen: str | None = None,
    items: Collection[int] | None = None,
) -> Applied:
    """Put proposal `number` on the roadmap: chosen items into their releases, others out of them; the rest of their
    places stays. `items` are keys of those to move, None means all. `seen` is the `hand_mark` that was looked at.

    Emits `plan.applied` and, for each item, what `placement_set` does. Raises Stale where the proposal is another one
    now, or what it follows from or the roadmap moved since, Invalid without a reason, Conflict without a proposal.
    """
    require(actor, "placement.edit", product)
    why = reason.strip()
    if not 3 <= len(why) <= 500:
        raise Invalid(fields={"reason": "Say in a few words why this plan is right."})
    proposal = proposal_of(product)
    if proposal.number != number:
        raise Stale("There is a newer proposal. Look at it first.", current=proposal.number)
    target = {row["item"]: row["release"] for row in proposal.result["items"]}
    inputs = plan_inputs(product)
    concerned = set(target) | set(inputs.hand if inputs else ())
    rows = BacklogItem.objects.select_for_update(of=("self",)).filter(pk__in=concerned)
    found = {
        row.pk: row for row in rows.select_related("product__workspace", "placement").order_by("pk")
    }
    inputs = plan_inputs(product)  # Again, now that nobody else can move these.
    if inputs is None or inputs.problem is None or inputs.mark != proposal.mark:
        raise Stale(
            "What the proposal follows from has changed. Ask for a new one.",
            current=proposal.number,
        )
    if seen is not None and seen != inputs.hand_mark:
        raise Stale(
            "Somebody moved items on the roadmap meanwhile. Load the page and look again.",
            current=proposal.number,
        )
    moves = _moves(inputs, target)
    if items is not None:
        moves = {key: release for key, release in moves.items() if key in set(items)}
        if not moves:
            raise Invalid(fields={"items": "Choose at least one item that the plan moves."})
    for key in sorted(moves):
        _place(actor, found[key], moves[key], why)
    placed = sum(release is not None for release in moves.values())
    emit(
        "plan.applied", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, reason=why,
        number=number, placed=placed, taken_out=len(moves) - placed, whole=items is None,
    )  # fmt: skip
    after = plan_inputs(product)
    left = tuple(broken(inputs.problem, after.hand)) if after and items is not None else ()
    return Applied(placed, len(moves) - placed, left)


def _moves(inputs: Inputs, target: dict[int, int]) -> dict[int, Release | None]:
    """Where each item goes that is not there yet; None is out of its release."""
    by_key = {release.pk: release for release in inputs.releases}
    now = {key: inputs.releases[place].pk for key, place in inputs.hand.items()}
    moves: dict[int, Release | None] = {
        key: by_key[pk] for key, pk in target.items() if now.get(key) != pk
    }
    return moves | {key: None for key in now if key not in target}


def _place(actor: Actor, item: BacklogItem, release: Release | None, reason: str) -> None:
    values: dict[str, object] = {"release": release}
    if getattr(item, "placement", None) is None:
        values["bucket"] = "next"
    placement_set(actor=actor, item=item, values=values, reason=reason)
