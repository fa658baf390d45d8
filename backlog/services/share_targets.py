"""Writes of target shares."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from backlog.models import ShareTargets
from backlog.selectors.balance import Grouping, groupings, share_targets
from plm.errors import Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require

WHOLE = 100.0


@service
def share_targets_set(
    *, actor: Actor, product: Product, version: int | None, targets: Mapping[str, Mapping[str, float]]
) -> ShareTargets:  # fmt: skip
    """Set the target shares of a product whole, in percent by grouping and key; what is left out has none.

    Emits `ranking.targets_set`. Raises Stale, Invalid.
    """
    require(actor, "ranking.edit", product)
    Product.objects.select_for_update().get(pk=product.pk)
    now = share_targets(product)
    if version is not None and version != now.version:
        raise Stale("Somebody changed the targets while you were editing them.", current=now.version)  # fmt: skip
    cleaned = _clean(actor, product, targets)
    if cleaned == now.targets:
        return now
    changes: dict[str, tuple[Any, Any]] = {
        name: (now.targets.get(name), cleaned.get(name))
        for name in sorted({*now.targets, *cleaned})
        if now.targets.get(name) != cleaned.get(name)
    }
    now.targets = cleaned
    now.version += 1
    now.save()
    emit(
        "ranking.targets_set", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, changes=changes
    )  # fmt: skip
    return now


def _clean(
    actor: Actor, product: Product, targets: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float]]:
    known = {one.name: one for one in groupings() if one.settable}
    errors: dict[str, str] = {}
    for name, shares in targets.items():
        if name in known:
            errors |= _wrong(actor, product, known[name], shares)
        else:
            errors[str(name)[:80]] = f"Targets are set for: {', '.join(sorted(known))}."
    if errors:
        raise Invalid(fields=errors)
    return {
        name: {key: round(float(shares[key]), 2) for key in sorted(shares)}
        for name, shares in sorted(targets.items())
        if shares
    }


def _wrong(
    actor: Actor, product: Product, grouping: Grouping, shares: Mapping[str, float]
) -> dict[str, str]:
    labels = {one.key: one.label for one in grouping.groups(actor, product, {})}
    errors = {}
    for key, share in shares.items():
        if key not in labels:
            errors[f"{grouping.name}.{key}"[:120]] = "There is no such group here."
        elif not (math.isfinite(share) and 0 <= share <= WHOLE):
            errors[f"{grouping.name}.{key}"] = f"{labels[key]}: a share lies between 0 and 100 percent."  # fmt: skip
    total = sum(share for share in shares.values() if math.isfinite(share))
    if not errors and grouping.single and total > WHOLE + 1e-9:
        last = list(shares)[-1]
        errors[f"{grouping.name}.{last}"] = f"{grouping.label} together have {total:.6g} %; at most 100 % can be shared out."  # fmt: skip
    return errors
