"""Places in a column that is sorted by hand. Plain arithmetic."""

from __future__ import annotations

STEP = 1024
"""Distance between neighbours after a renumbering: ten halvings fit in between."""


def between(before: int | None, after: int | None) -> int | None:
    """A place between two neighbours (None: the end of the column), or None when there is no room left."""
    if before is None and after is None:
        return 0
    if after is None:
        return (before or 0) + STEP
    if before is None:
        return after - STEP
    middle = (before + after) // 2
    return middle if before < middle < after else None


def renumbered(count: int) -> list[int]:
    """Fresh places for a whole column."""
    return [position * STEP for position in range(count)]
