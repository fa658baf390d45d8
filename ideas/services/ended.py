"""A product that has ended takes no new ideas, by whatever way they come."""

from __future__ import annotations

from ideas.selectors.ended import ELSEWHERE, ended_said
from plm.errors import Conflict
from plm.models import Product
from plm.permissions import Actor


def require_going_on(actor: Actor, product: Product) -> None:
    """Raise Conflict where the product has ended. The message names the one that follows to whoever may see that; what it
    says of the field does not, as reports keep that for others to read."""
    said, instead = ended_said(actor, product)
    if said:
        raise Conflict(f"{said} {instead}", fields={"product": f"{said} {ELSEWHERE}"})
