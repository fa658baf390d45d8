"""How what is chosen divides among groups (objectives, segments, kinds), against the shares that were wanted.

A share is a group's part of the whole amount, effort or value, of all chosen items. An item in several groups counts in
each, so shares need not sum to 1, unless it says which part of it each group has; one in none counts in the whole alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SLACK = 1e-9
ABOUT = 0.05
"""How far from a single target share still is on it."""


@dataclass(frozen=True, slots=True)
class Portioned:
    """One item with its amount, in the order of its rank. `chosen` is whether it counts now. `parts` says which part of
    it, 0 to 1, a group has; all of it where that is not said.
    """

    key: int
    amount: float
    groups: frozenset[str]
    chosen: bool
    parts: Mapping[str, float] = field(default_factory=dict)

    def within(self, group: str) -> float:
        """The amount that a group of the item has."""
        return self.amount * self.parts.get(group, 1.0)


@dataclass(frozen=True, slots=True)
class Target:
    """The least and the most share of the whole that a group is to have. Raises ValueError where these make no sense."""

    least: float = 0.0
    most: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most <= 1:
            raise ValueError("A target goes from a least share to a most, both of 0 to 1.")


def about(share: float, slack: float = ABOUT) -> Target:
    """The target of a single share: a little more or less is still on it. Raises ValueError outside of 0 to 1."""
    if not 0 <= share <= 1:
        raise ValueError("A share goes from 0 to 1.")
    return Target(max(0.0, share - slack), min(1.0, share + slack))


@dataclass(frozen=True, slots=True)
class Portion:
    """What a group has and what it was to have. `difference` is 0 within the target, negative below, positive above.

    `add` brings the group up to its least share (best first), `drop` down to its most (worst first); both empty
    with `closable` False mean that no items there are would do.
    """

    group: str
    amount: float
    share: float | None
    target: Target | None
    difference: float
    add: tuple[int, ...] = ()
    drop: tuple[int, ...] = ()
    closable: bool = True


def portions(items: Iterable[Portioned], targets: Mapping[str, Target]) -> list[Portion]:
    """One row a group, those with a target first and in their order, then the others by amount. Shares are None where
    nothing is chosen."""
    rows = list(items)
    if any(item.amount < 0 for item in rows):
        raise ValueError("An amount is not negative.")
    whole = sum(item.amount for item in rows if item.chosen)
    amounts = dict.fromkeys(targets, 0.0)
    for item in rows:
        for group in sorted(item.groups):
            amounts[group] = amounts.get(group, 0.0) + (item.within(group) if item.chosen else 0.0)
    free = sorted((g for g in amounts if g not in targets), key=lambda g: (-amounts[g], g))
    return [_portion(g, amounts[g], whole, targets.get(g), rows) for g in [*targets, *free]]


def _portion(
    group: str, amount: float, whole: float, target: Target | None, rows: list[Portioned]
) -> Portion:
    if whole <= 0:
        return Portion(group, amount, None, target, 0.0)
    share = amount / whole
    if target is None or target.least - SLACK <= share <= target.most + SLACK:
        return Portion(group, amount, share, target, 0.0)
    if share < target.least:
        more = [i for i in rows if not i.chosen and group in i.groups]
        add = _until(group, more, amount, whole, target.least)
        return Portion(group, amount, share, target, share - target.least, add=add, closable=bool(add))  # fmt: skip
    fewer = [i for i in reversed(rows) if i.chosen and group in i.groups]
    drop = _until(group, fewer, amount, whole, target.most)
    return Portion(group, amount, share, target, share - target.most, drop=drop, closable=bool(drop))  # fmt: skip


def _until(
    group: str, candidates: list[Portioned], amount: float, whole: float, bound: float
) -> tuple[int, ...]:
    """The first of the candidates that together bring the share to the bound, or none. A share under the bound rises by
    adding them, one over it falls by taking them out."""
    short = amount < bound * whole
    taken: list[int] = []
    for item in candidates:
        if item.within(group) == 0:
            continue
        taken.append(item.key)
        sign = 1 if short else -1
        amount, whole = amount + sign * item.within(group), whole + sign * item.amount
        edge = bound * whole
        slack = SLACK * max(whole, 1.0)
        if (amount >= edge - slack) if short else (amount <= edge + slack):
            return tuple(taken) if whole > SLACK or short else ()
    return ()


@dataclass(frozen=True, slots=True)
class Once:
    """Which items count: `known` with their amounts, `inside` within something above them, `unknown` not at all."""

    known: frozenset[int]
    inside: frozenset[int]
    unknown: frozenset[int]


def counted_once(amounts: Mapping[int, float | None], above: Mapping[int, Iterable[int]]) -> Once:
    """Each amount once, where items and parts of them are chosen together.

    A part counts within what is above it, if that has an amount; without one, its parts speak for it.
    """
    known = {key for key, amount in amounts.items() if amount is not None}
    inside = {key for key in amounts if any(a in known for a in above.get(key, ()))}
    spoken_for = {a for key in known - inside for a in above.get(key, ()) if a in amounts}
    unknown = set(amounts) - known - inside - spoken_for
    return Once(frozenset(known - inside), frozenset(inside), frozenset(unknown))
