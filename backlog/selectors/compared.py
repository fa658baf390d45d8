"""Two scenarios beside each other and beside what stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backlog.models import BacklogItem, Scenario
from backlog.selectors.whatif import moves, told
from plm.models import Product
from plm.permissions import Actor

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Beside:
    """One item's place now and under each of two scenarios."""

    item: Any
    now: int
    a: int
    b: int

    @property
    def apart(self) -> int:
        return abs(self.a - self.b)


def compared(actor: Actor, product: Product, a: Scenario, b: Scenario) -> list[Beside]:
    """The items among the first places of either, in the order of the first scenario."""
    places = [
        {move.key: move for move in moves(actor, product, row.scoring_model, told(row).definition)}
        for row in (a, b)
    ]
    wanted = {key for side in places for key, move in side.items() if move.new <= SHOWN}
    items = BacklogItem.objects.filter(pk__in=wanted).select_related("product__workspace").in_bulk()
    rows = [
        Beside(items[key], places[0][key].old, places[0][key].new, places[1][key].new)
        for key in wanted
        if key in items and key in places[0] and key in places[1]
    ]
    return sorted(rows, key=lambda row: row.a)
