"""MoSCoW: Must, Should, Could, Won't this time, held against the effort they take.

Source: Dai Clegg & Richard Barker, Case Method Fast-Track, 1994; DSDM Agile Project Framework, "MoSCoW prioritisation":
Musts take at most 60 % of the effort, Coulds are the contingency of about 20 %. Effort is in one unit throughout, and
judged by its sum, never by the count of items. What is Won't this time takes nothing. The four are an order without
distances: they are never averaged as 4, 3, 2, 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MUST, SHOULD, COULD, WONT = "must", "should", "could", "wont"
CATEGORIES = ((MUST, "Must"), (SHOULD, "Should"), (COULD, "Could"), (WONT, "Won't this time"))
MOST_MUST = 0.6
ABOUT_COULD = 0.2
COULD_SLACK = 0.05
"""How far below a fifth "about 20 %" still is."""
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Balance:
    """Effort by category, the capacity they are shares of, and how many items have no effort yet."""

    efforts: dict[str, float]
    capacity: float
    unestimated: int

    def share(self, category: str) -> float | None:
        """The part of the capacity a category takes, or None where there is no capacity. Won't takes none of it."""
        if self.capacity <= 0 or category == WONT:
            return None
        return self.efforts[category] / self.capacity

    @property
    def planned(self) -> float:
        return self.efforts[MUST] + self.efforts[SHOULD] + self.efforts[COULD]

    def problems(self) -> list[str]:
        """Which rules of DSDM are broken, and by how much; nothing where all hold."""
        must, could = self.share(MUST), self.share(COULD)
        if must is None or could is None:
            return []
        found = []
        if must > MOST_MUST + ROUNDING:
            over = self.efforts[MUST] - MOST_MUST * self.capacity
            found.append(
                f"Musts take {must:.0%} of the effort, at most 60 % is safe:"
                f" {over:.4g} too much stands under Must."
            )
        if could < ABOUT_COULD - COULD_SLACK - ROUNDING:
            found.append(
                f"Coulds take {could:.0%} of the effort, about 20 % is the contingency of the plan."
            )
        if self.planned > self.capacity * (1 + ROUNDING):
            found.append(
                f"Must, Should and Could take {self.planned:.4g}, the capacity is"
                f" {self.capacity:.4g}."
            )
        return found


def balance(items: Iterable[tuple[str, float | None]], capacity: float | None = None) -> Balance:
    """The balance of items given as category and effort. Without a capacity, the planned effort is the whole.

    An item without effort is counted apart, not as 0. Raises ValueError for an unknown category or a negative effort.
    """
    efforts = {key: 0.0 for key, _ in CATEGORIES}
    unestimated = 0
    for category, effort in items:
        if category not in efforts:
            raise ValueError(f"A category is one of {', '.join(efforts)}; {category!r} is none.")
        if effort is None:
            unestimated += 1
        elif effort < 0:
            raise ValueError(f"Effort is 0 or more; {effort:g} is below.")
        else:
            efforts[category] += effort
    planned = efforts[MUST] + efforts[SHOULD] + efforts[COULD]
    return Balance(efforts, planned if capacity is None else capacity, unestimated)
