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
SCOPE, RANK, REQUIREMENTS = "estimate", "rank", "requirements"


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
    """What became of one item. `kind` is one of ORDER; `days` is how far
    its end moved, and `fields` what else is different, as name: (old, new)."""

    key: int
    kind: str
    days: int | None
    fields: dict[str, tuple[Any, Any]]


ORDER = (
    "slipped", "earlier", "added", "removed", "dated", "undated", "rescoped", "changed", "reranked",
)  # fmt: skip


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
        rescoped = SCOPE in fields or REQUIREMENTS in fields
        kind = "rescoped" if rescoped else "reranked" if set(fields) == {RANK} else "changed"
        return Said(key, kind, None, fields)
    if None in ends:
        return Said(key, "dated" if ends[0] is None else "undated", None, fields)
    days = (date.fromisoformat(ends[1]) - date.fromisoformat(ends[0])).days
    return Said(key, "slipped" if days > 0 else "earlier", days, fields)


DATES = ("starts_on", "ends_on", "grain")
Clash = dict[str, tuple[Any, Any, Any]]
"""By field: what the plan had when it was changed, what it has now, and what the change gives it."""


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a scenario has otherwise than the plan for one item. `base` is the item's state in the plan when that was
    said, empty without a place; `values` are the fields that differ, of which PLACED None takes the item out."""

    base: Mapping[str, Any]
    values: Mapping[str, Any]

    @property
    def out(self) -> bool:
        return PLACED in self.values and self.values[PLACED] is None


def overlaid(now: Mapping[str, Any], change: Otherwise) -> dict[str, Any]:
    """The state of one item in a scenario, `now` being that in the plan; empty without a place.

    What the plan changed since shows through where the scenario says nothing else. An item that the plan took out
    since stands in the scenario as it stood.
    """
    if change.out:
        return {}
    return {**(now or change.base), **change.values}


def clashes(now: Mapping[str, Any], change: Otherwise) -> Clash:
    """Where the plan was changed since, and not to what the scenario says: to be decided by a person."""
    ours = overlaid(now, change)
    if not now:
        kept = bool(change.base) and not change.out
        return {PLACED: (change.base.get(PLACED), None, ours[PLACED])} if kept else {}
    asked = change.base if change.out and change.base else change.values
    return {
        name: (change.base.get(name), now.get(name), ours.get(name))
        for name in asked
        if now.get(name) not in (change.base.get(name), ours.get(name))
    }


def said_otherwise(
    now: Mapping[str, Any], wanted: Mapping[str, Any], before: Otherwise | None
) -> Otherwise | None:
    """What a scenario has to keep so that an item stands in it as `wanted`; None where the plan has it so `now`.

    What was said before keeps the value that the plan had then, what is said anew takes that of now.
    """
    if dict(wanted) == dict(now):
        return None
    base = dict(now)
    if before is not None:
        known = {name: before.base.get(name) for name in before.values}
        base = {**now, **known} if now and before.base else dict(before.base)
    if not wanted:
        return Otherwise(base, {PLACED: None})
    names = {name for name, value in wanted.items() if value != now.get(name)}
    if not now or not base:
        names = set(wanted)
    if names & set(DATES):
        names |= set(DATES)
    return Otherwise(base, {name: value for name, value in wanted.items() if name in names})
