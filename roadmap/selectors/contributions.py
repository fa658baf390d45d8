"""What items do for goals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from backlog.models import BacklogItem
from backlog.selectors.balance import Chains
from backlog.selectors.balance_groups import nearest
from plm.models import Product
from plm.permissions import Actor
from roadmap.contributions import parts_of
from roadmap.models import Contribution, Objective, Placement
from roadmap.models.contribution import ContributionQuerySet

MOST_ABOVE = 3
"""How many items can stand above another."""


@dataclass(frozen=True, slots=True)
class Serves:
    """A goal that an item serves, with so many percent of the work on it. `main`: the goal of the item's place."""

    objective: Objective
    percent: int
    main: bool


def parts_served(actor: Actor, product: Product, chains: Chains) -> dict[int, dict[int, float]]:
    """What each item serves: number of the goal to the part of the item, 0 to 1, for those that serve any. Two statements.

    An item serves the goals it says, by its contributions and its place; one that says none serves those of the nearest
    item above it that does. This is what balance, alignment and planning to capacity count with.
    """
    items = {pk for chain in chains.values() for pk in chain}
    places = Placement.objects.visible_to(actor, "placement.view").filter(
        product=product, item__in=items, objective__isnull=False
    )
    main = dict(places.values_list("item_id", "objective__number"))
    others: dict[int, dict[int, int]] = defaultdict(dict)
    rows = Contribution.objects.visible_to(actor, "contribution.view").filter(
        product=product, item__in=items
    )
    for pk, number, percent in rows.values_list("item_id", "objective__number", "percent"):
        others[pk][number] = percent
    own = {pk: parts_of(main.get(pk), others.get(pk, {})) for pk in main.keys() | others.keys()}
    return nearest(chains, own)


def contributions_of(actor: Actor, product: Product) -> ContributionQuerySet:
    """What the items of a product that are not archived do for goals beside that of their place, by goal and item."""
    rows = Contribution.objects.visible_to(actor, "contribution.view").filter(
        product=product, item__archived_at=None
    )
    return rows.select_related("item__product", "objective__product").order_by(
        "objective__number", "item__number"
    )


def goals_served(actor: Actor, item: BacklogItem) -> list[Serves]:
    """The goals of an item, that of its place first. Two statements."""
    place = (
        Placement.objects.visible_to(actor, "placement.view")
        .filter(item=item, objective__isnull=False)
        .select_related("objective__product__workspace")
        .first()
    )
    rows = list(
        Contribution.objects.visible_to(actor, "contribution.view")
        .filter(item=item)
        .select_related("objective__product__workspace")
        .order_by("-percent", "objective__number")
    )
    main = place.objective if place else None
    parts = parts_of(main.pk if main else None, {row.objective_id: row.percent for row in rows})
    first = [Serves(main, round(100 * parts[main.pk]), main=True)] if main else []
    return first + [Serves(row.objective, row.percent, main=False) for row in rows]


def goals_inherited(actor: Actor, item: BacklogItem) -> tuple[BacklogItem, list[Serves]] | None:
    """For an item that names no goal: the nearest item above it that does, and what that serves; None without one."""
    above, steps = item, 0
    while above.parent is not None and steps < MOST_ABOVE:
        above, steps = above.parent, steps + 1
        if served := goals_served(actor, above):
            return above, served
    return None
