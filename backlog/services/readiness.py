"""What a product asks of its specifications, and the gate into delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backlog.models import BacklogItem, SpecPolicy
from backlog.readiness import CONDITIONS
from backlog.selectors.readiness import DELIVERY, readiness, spec_of
from backlog.selectors.reviews import spec_policy
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require

LIMITS = {"approvals_needed": (0, 20), "remind_after_days": (1, 90)}
NAMES = tuple(condition.name for condition in CONDITIONS)


@service
def spec_policy_update(
    *, actor: Actor, product: Product, version: int | None, values: Mapping[str, Any]
) -> SpecPolicy:
    """Set how many approvals a specification needs, when reviewers are reminded, what ready means, whether it gates.

    Emits `spec_policy.updated`. Raises Stale, Invalid.
    """
    require(actor, "spec_policy.edit", product)
    Product.objects.select_for_update().get(pk=product.pk)
    policy = spec_policy(product)
    if version is not None and version != policy.version:
        raise Stale("Somebody changed this while you were editing it.", current=policy.version)
    _check(values)
    changes = {}
    for name, value in values.items():
        new = [c for c in NAMES if c in value] if name == "conditions" else value
        old = getattr(policy, name)
        if old != new:
            changes[name] = (old, new)
            setattr(policy, name, new)
    if changes or policy.pk is None:
        policy.version += 1
        policy.save()
    if changes:
        emit(
            "spec_policy.updated", actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
            changes=changes,
        )  # fmt: skip
    return policy


def _check(values: Mapping[str, Any]) -> None:
    for name, (low, high) in LIMITS.items():
        if name in values and not low <= values[name] <= high:
            raise Invalid(fields={name: f"Give a number from {low} to {high}."})
    strangers = sorted(set(values.get("conditions", ())) - set(NAMES))
    if strangers:
        raise Invalid(
            fields={"conditions": f"There is no condition {strangers[0]}. Known: {', '.join(NAMES)}."}
        )  # fmt: skip


def check_ready(
    item: BacklogItem, state: str, *, actor: Actor, overriding: bool, reason: str
) -> None:
    """Refuse an item with a specification that is not ready on its way into delivery, where the product gates.

    A manager may override it and says why. Emits `item.overridden` then. To be called in the unit that moves it.
    """
    if overriding:
        require(actor, "item.override", item.product)
        if not reason.strip():
            raise Invalid(fields={"reason": "Say why it begins before it is ready."})
    if state not in DELIVERY or item.state in DELIVERY or not spec_policy(item.product).gates:
        return
    spec = spec_of(item)
    found = readiness(spec) if spec is not None else None
    if spec is None or found is None or found.ready:
        return
    if not overriding:
        raise Conflict(
            f"{item.reference} is not ready for delivery ({spec.reference}): {found.sentence}",
            fields={"state": f"Not ready: {found.sentence}"},
        )
    emit(
        "item.overridden", actor=actor, record=item, reason=reason,
        changes={"missing": (None, [part.text for part in found.missing])},
    )  # fmt: skip
