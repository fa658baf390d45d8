"""Trees given as a map from each node to the one above it, or None."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

MOST_LEVELS = 6


def chain_up(node: int, above: Mapping[int, int | None]) -> Iterator[int]:
    """The node, then what is above it up to the top. Ends also where the map has a ring."""
    seen: set[int] = set()
    here: int | None = node
    while here is not None and here not in seen:
        seen.add(here)
        yield here
        here = above.get(here)


def height_of(node: int | None, above: Mapping[int, int | None]) -> int:
    """How many levels the node and what is below it take; 1 for one that is new."""
    below: dict[int | None, list[int]] = defaultdict(list)
    for child, parent in above.items():
        below[parent].append(child)
    levels, row, seen = 1, [node], {node}
    while row := [c for n in row if n is not None for c in below[n] if c not in seen]:
        seen.update(row)
        levels += 1
    return levels
