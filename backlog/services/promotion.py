"""From ideas to items: several ideas into one feature, one idea into several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backlog.models import BacklogItem
from backlog.services.items import item_create, item_update
from backlog.services.links import idea_links_add
from ideas.models import Idea
from ideas.services.ideas import idea_update
from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked

UNDECIDED = ("open", "under_review")
REFUSED = ("declined", "duplicate", "redirected")
MOST_PARTS = 20


@service
def feature_from_ideas(
    *,
    actor: Actor,
    product: Product,
    ideas: Sequence[Idea],
    values: Mapping[str, Any],
    reason: str = "",
) -> BacklogItem:
    """Make one feature (or what `values["type"]` says) of these ideas.

    Ideas nobody had decided about become planned. Emits `item.created` and `idea.promoted` per idea.
    """
    standing = _promotable(actor, product, ideas)
    item = item_create(actor=actor, product=product, values=values, reason=reason)
    _link(actor, item, standing, reason)
    return item


@service
def ideas_split(
    *,
    actor: Actor,
    product: Product,
    ideas: Sequence[Idea],
    parts: Sequence[Mapping[str, Any]],
    reason: str = "",
) -> list[BacklogItem]:
    """Make several features of the same idea or ideas, one per element of `parts` (values of the item)."""
    if not 1 <= len(parts) <= MOST_PARTS:
        raise Invalid(fields={"titles": f"Give 1 to {MOST_PARTS} titles, one a line."})
    standing = _promotable(actor, product, ideas)
    made = []
    for values in parts:
        item = item_create(actor=actor, product=product, values=values, reason=reason)
        _link(actor, item, standing, reason)
        made.append(item)
    return made


@service
def ideas_add(
    *, actor: Actor, item: BacklogItem, ideas: Sequence[Idea], reason: str = ""
) -> BacklogItem:
    """Make these ideas part of an item that exists already."""
    standing = _promotable(actor, item.product, ideas)
    if item.archived_at is not None:
        raise Conflict(f"{item.reference} is archived. Restore it first.")
    _link(actor, item, standing, reason)
    return item


@service
def idea_remove(*, actor: Actor, item: BacklogItem, idea: Idea, reason: str = "") -> BacklogItem:
    """Take an idea out of an item again. The idea keeps its state."""
    rest = [
        link.idea for link in item.idea_links.exclude(idea=idea).select_related("idea__product")
    ]
    return item_update(
        actor=actor, record=item, version=None, values={"ideas": rest}, reason=reason
    )


def _promotable(actor: Actor, product: Product, ideas: Sequence[Idea]) -> list[Idea]:
    """The ideas as they stand, locked in the order of their keys. Raises Invalid or Conflict."""
    require(actor, "idea.promote", product)
    if not ideas:
        raise Invalid(fields={"ideas": "Choose at least one idea."})
    standing = [
        record_locked(idea, version=None) for idea in sorted(set(ideas), key=lambda i: i.pk)
    ]
    for idea in standing:
        if idea.product_id != product.pk:
            raise Invalid(fields={"ideas": "Choose ideas of the same product."})
        if idea.archived_at is not None:
            raise Conflict(f"{idea.reference} is archived. Restore it first.")
        if idea.state in REFUSED:
            raise Conflict(
                f"{idea.reference} is {idea.state_label.lower()}. Open it again before promoting it."
            )
    return standing


def _link(actor: Actor, item: BacklogItem, ideas: Sequence[Idea], reason: str) -> None:
    for idea in idea_links_add(item, ideas):
        if idea.state in UNDECIDED:
            idea_update(
                actor=actor,
                record=idea,
                version=None,
                values={"state": "planned"},
                reason=reason or f"Became {item.reference}",
            )
            idea.state = "planned"
        emit("idea.promoted", actor=actor, record=idea, reason=reason, item=item)
