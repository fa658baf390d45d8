"""Which places were fixed, from what people did one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def pins_of(done: Iterable[tuple[Any, int, int | None]]) -> dict[int, int]:
    """The fixed place of each item, from (when, item, place or None for lifted) in their order.

    What was fixed at a place and right behind it moved down by one.
    """
    fixed: dict[int, int] = {}
    for _, key, place in done:
        fixed.pop(key, None)
        if place is None:
            continue
        free = place
        for other, at in sorted(fixed.items(), key=lambda pair: (pair[1], pair[0])):
            if at < place:
                continue
            if at > free:
                break
            fixed[other] = at + 1
            free = at + 1
        fixed[key] = place
    return fixed
