"""The panel "On the roadmap" of an item's page."""

from __future__ import annotations

from typing import Any

from backlog.models import BacklogItem
from plm.permissions import Actor
from roadmap.models import Placement


def placement_panel(actor: Actor, item: BacklogItem) -> dict[str, Any] | None:
    """Where an item stands, for those who may see it; None when it stands nowhere and nobody here may place it."""
    found = (
        Placement.objects.visible_to(actor, "placement.view")
        .select_related("objective__product__workspace", "release__product__workspace")
        .filter(item=item)
        .first()
    )
    may_place = actor.may("placement.edit", item.workspace_id, item.product_id)
    if found is None and not may_place:
        return None
    return {"placement": found, "item": item, "may_place": may_place}
