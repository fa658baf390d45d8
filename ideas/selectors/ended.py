"""Whether a product has ended, so that it takes no new ideas. Later rooms know when it does and register that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from plm.models import Product
from plm.permissions import Actor


@dataclass(frozen=True, slots=True)
class Ended:
    """A product that has ended. `name` and `submit_url` are of the portal of the one that follows, empty without an open one."""

    name: str = ""
    submit_url: str = ""


ELSEWHERE = "Choose a product that goes on."
Ending = Callable[[Product], tuple[Product | None] | None]
"""None while a product goes on; else the product that follows it, or no product, in a tuple."""
_endings: list[Ending] = []


def register_ending(ending: Ending) -> None:
    """Have this say from now on which products have ended."""
    if ending not in _endings:
        _endings.append(ending)


def _follows(product: Product) -> tuple[Product | None] | None:
    return next((found for ending in _endings if (found := ending(product)) is not None), None)


def heir_of(product: Product) -> tuple[Product | None] | None:
    """None while a product goes on; else the product that takes its new ideas, or no product, in a tuple.

    That is the one that follows it, or the one that follows that where it has ended itself. One statement for each.
    """
    found, passed = _follows(product), {product.pk}
    if found is None:
        return None
    (follows,) = found
    while follows is not None and follows.archived_at is None and follows.pk not in passed:
        passed.add(follows.pk)
        further = _follows(follows)
        if further is None:
            return (follows,)
        (follows,) = further
    return (None,)


def ended(product: Product) -> Ended | None:
    """Where new ideas of a product go that has ended, for the portal; None while it goes on. What follows is told if it is
    public itself."""
    found = heir_of(product)
    if found is None:
        return None
    (follows,) = found
    if follows is None or not follows.portal_open:
        return Ended()
    at = reverse("ideas:portal_submit", args=[follows.workspace.slug, follows.key.lower()])
    return Ended(follows.name, at)


def ended_said(actor: Actor, product: Product) -> tuple[str, str]:
    """(that a product has ended and takes no new ideas, where they go), for members; both empty while it goes on. What
    follows is named to whoever may see it."""
    found = heir_of(product)
    if found is None:
        return "", ""
    (follows,) = found
    said = f"{product.name} has ended and takes no new ideas."
    if follows is None or not Product.objects.visible_to(actor).filter(pk=follows.pk).exists():
        return said, ELSEWHERE
    return said, f"{follows.name} ({follows.key}) follows it: put the idea there."
