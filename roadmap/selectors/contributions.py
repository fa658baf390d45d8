"""What items do for goals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from backlog.models import BacklogItem
from plm.models import Product
from plm.permissions import Actor
from roadmap.contributions import parts_of
from roadmap.models import Contribution, Objective, Placement


@dataclass(frozen=True, slots=True)
class Serves:
    """A goal that an item serves, with so many percent of the work on it. `main`: the goal of the item's place."""

    objective: Objective
    percent: int
    main: bool


def parts_of_items(
    actor: Actor, product: Product, items: Collection[int]
) -> dict[int, dict[int, float]]:
    """By primary key of those that serve a goal: number of the goal to the part of the item, 0 to 1. Two statements."""
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
    return {pk: parts_of(main.get(pk), others.get(pk, {})) for pk in main.keys() | others.keys()}


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
