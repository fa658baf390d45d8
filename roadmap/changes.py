"""What is different between two states of a roadmap. Plain values.

A state maps the key of each placed item to its fields; an item without a place is not in it. A difference maps
(item, field) to (old, new), an absent value being None, so that the difference from a to b and the one from b to c
make exactly the one from a to c.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

State = Mapping[int, Mapping[str, Any]]
Difference = dict[tuple[int, str], tuple[Any, Any]]
PLACED = "bucket"
"""A field that every placed item has a value of."""


def difference(before: State, after: State) -> Difference:
    """What has another value in `after` than in `before`."""
    found: Difference = {}
    for key in {**before, **after}:
        old, new = before.get(key, {}), after.get(key, {})
        for name in {**old, **new}:
            if old.get(name) != new.get(name):
                found[key, name] = (old.get(name), new.get(name))
    return found


def composed(first: Difference, second: Difference) -> Difference:
    """The difference of two that follow on one another. What was changed and changed back is not in it."""
    found: Difference = {}
    for spot in {**first, **second}:
        old = first[spot][0] if spot in first else second[spot][0]
        new = second[spot][1] if spot in second else first[spot][1]
        if old != new:
            found[spot] = (old, new)
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one item. `kind` is added, removed, slipped, earlier, dated, undated or changed; `days` is how far
    its end moved, and `fields` what else is different, as name: (old, new)."""

    key: int
    kind: str
    days: int | None
    fields: dict[str, tuple[Any, Any]]


ORDER = ("slipped", "earlier", "added", "removed", "dated", "undated", "changed")


def said(found: Difference) -> list[Said]:
    """One line for each item that is different, what slipped most first."""
    by_item: dict[int, dict[str, tuple[Any, Any]]] = {}
    for (key, name), pair in found.items():
        by_item.setdefault(key, {})[name] = pair
    lines = [_said(key, fields) for key, fields in by_item.items()]
    return sorted(lines, key=lambda line: (ORDER.index(line.kind), -abs(line.days or 0), line.key))


def _said(key: int, fields: dict[str, tuple[Any, Any]]) -> Said:
    if PLACED in fields and None in fields[PLACED]:
        return Said(key, "added" if fields[PLACED][0] is None else "removed", None, fields)
    ends = fields.get("ends_on")
    if ends is None:
        return Said(key, "changed", None, fields)
    if None in ends:
        return Said(key, "dated" if ends[0] is None else "undated", None, fields)
    days = (date.fromisoformat(ends[1]) - date.fromisoformat(ends[0])).days
    return Said(key, "slipped" if days > 0 else "earlier", days, fields)
