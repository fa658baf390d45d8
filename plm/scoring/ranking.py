"""The rank of items: by score, with places that people fixed.

The rule: an item whose place is fixed stands there (two that want one place stand in a row, a place behind the end is the
end). All others fill the free places: higher score first, without a score last, then the older one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One item to rank. `age` is anything that sorts: earlier first. `place` is the fixed place, from 1, or None."""

    key: int
    score: float | None
    age: Any
    place: int | None = None


def ranking(entries: Iterable[Entry]) -> dict[int, int]:
    """The rank of each item, from 1 without gaps."""
    free: list[Entry] = []
    fixed: list[Entry] = []
    for entry in entries:
        (free if entry.place is None else fixed).append(entry)
    free.sort(key=lambda e: (e.score is None, -(e.score or 0.0), e.age, e.key))
    fixed.sort(key=lambda e: (e.place or 0, e.key))
    order: list[Entry] = []
    waiting = iter(free)
    for entry in fixed:
        while len(order) + 1 < (entry.place or 0):
            following = next(waiting, None)
            if following is None:
                break
            order.append(following)
        order.append(entry)
    order += waiting
    return {entry.key: rank for rank, entry in enumerate(order, start=1)}
