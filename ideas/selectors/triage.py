"""The queue of new ideas, and what is known about the one that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from ideas.models import Idea
from ideas.selectors.similar import similar_to
from plm.counting import Capped, Figures
from plm.models import Product
from plm.permissions import Actor
from plm.selectors import tags_of

IN_SIGHT = 50


@dataclass(frozen=True, slots=True)
class Queue:
    """The ideas that have waited longest, and how many wait in all."""

    ideas: list[Idea]
    waiting: Capped


def triage_waiting(actor: Actor, product: Product) -> Any:
    """Ideas that wait for a decision, which the navigation counts."""
    return Idea.objects.visible_to(actor, "idea.view").filter(product=product).waiting()


def triage_queue(actor: Actor, product: Product) -> Queue:
    """The first ideas of the queue, oldest first."""
    rows = triage_waiting(actor, product)
    ideas = rows.with_people().select_related("created_by").order_by("created_at", "pk")
    return Queue(list(ideas[:IN_SIGHT]), _waiting(actor, product)[0])


@Figures
def _waiting(actor: Actor, product: Product) -> list[Any]:
    return [triage_waiting(actor, product)]


def triage_next(actor: Actor, idea: Idea) -> Idea | None:
    """The idea that comes up when this one is decided: the one behind it, or else the first of all."""
    rows = (
        triage_waiting(actor, idea.product).exclude(pk=idea.pk).select_related("product__workspace")
    )
    behind = rows.filter(
        Q(created_at__gt=idea.created_at) | Q(created_at=idea.created_at, pk__gt=idea.pk)
    )
    found: Idea | None = behind.order_by("created_at", "pk").first()
    return found or rows.order_by("created_at", "pk").first()


def triage_pane(actor: Actor, idea: Idea) -> dict[str, Any]:
    """What the right side shows of one idea."""

    def may(action: str) -> bool:
        return actor.may(action, idea.workspace_id, idea.product_id)

    return {
        "record": idea,
        "tags": tags_of([idea.pk]).get(idea.pk, []),
        "found": similar_to(actor, idea),
        "may_move": may("idea.move") and idea.state == "open",
        "may_promote": may("idea.promote"),
    }
