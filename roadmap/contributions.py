"""How the work on an item divides among the goals it serves.

The goal that its place on the roadmap names is the main one: it has what the others leave. So an item with a place and
nothing else serves that goal whole, and one that serves several says so by the others alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

K = TypeVar("K")
WHOLE = 100


def left_over(others: Mapping[K, int], without: K | None = None) -> int:
    """Percent that the others do not take; `without` is left out of them. Never below 0."""
    return max(0, WHOLE - sum(percent for key, percent in others.items() if key != without))


def parts_of(main: K | None, others: Mapping[K, int]) -> dict[K, float]:
    """The part of the work, 0 to 1, that serves each goal. They sum to 1, or to less where there is no main goal.

    A main goal that others leave nothing has a part of 0. An item without any goal has none.
    """
    found = {key: percent / WHOLE for key, percent in others.items() if key != main}
    if main is not None:
        found[main] = left_over(others, main) / WHOLE
    return found
