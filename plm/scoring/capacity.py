"""What a plan to capacity is: work with values and efforts, teams with capacities per period, and the rules it keeps.

An item is done in one period or not at all, and brings its value whole. It may need others in the same or an earlier
period. Targets are shares of the effort of everything chosen. Efforts and
capacities count to a thousandth, so that sums are exact. `capacity_plan.py` finds the plan with the highest value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from plm.scoring.shares import Target

THOUSANDTHS = 1000
SLACK = 1e-9
Placement = Mapping[int, int]
"""The period, from 0, of each item that is chosen."""

CAPACITY, LEAST, MOST, PINNED, OUT, NEEDS = "capacity", "least", "most", "pinned", "out", "needs"


class Ring(ValueError):
    """Items that need one another in a ring; `keys` are those of the ring, each needing the next."""

    def __init__(self, keys: tuple[int, ...], names: tuple[str, ...]) -> None:
        super().__init__(f"These need one another in a ring: {' needs '.join([*names, names[0]])}.")
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Rule:
    """One constraint. `subject` is a team (capacity, with `period`), a group (least, most) or an item (pinned to
    `period` or to any, out, needs `other`)."""

    kind: str
    subject: str | int
    period: int | None = None
    other: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One item. `efforts` are by team; `needs` are the items it cannot do without; `parts` say which part of it, 0 to 1,
    each group has."""

    key: int
    name: str
    value: float
    efforts: Mapping[str, float]
    needs: frozenset[int] = frozenset()
    parts: Mapping[str, float] = field(default_factory=dict)

    def effort(self, team: str) -> int:
        """In thousandths."""
        return round(self.efforts.get(team, 0.0) * THOUSANDTHS)

    @property
    def whole_effort(self) -> int:
        return sum(self.effort(team) for team in self.efforts)

    def within(self, group: str) -> float:
        """What a group has of the whole effort."""
        return self.whole_effort * self.parts.get(group, 0.0)


@dataclass(frozen=True)
class Problem:
    """What may be planned. Raises ValueError where it contradicts itself, `Ring` where needs go in a ring.

    `capacities` are by team, one a period. `pinned` items must be in the plan, in that period or (None) in any; `out`
    ones must not.
    """

    works: tuple[Work, ...]
    periods: tuple[str, ...]
    capacities: Mapping[str, tuple[float, ...]]
    targets: Mapping[str, Target] = field(default_factory=dict)
    pinned: Mapping[int, int | None] = field(default_factory=dict)
    out: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        known = {work.key for work in self.works}
        if len(known) != len(self.works):
            raise ValueError("Each item is there once.")
        for team, capacity in self.capacities.items():
            if len(capacity) != len(self.periods) or not all(0 <= c < math.inf for c in capacity):
                raise ValueError(f"{team} needs a capacity of 0 or more for each period.")
        for work in self.works:
            self._check(work, known)
        if not (set(self.pinned) | self.out) <= known:
            raise ValueError("Only items that may be planned are pinned.")
        if any(p is not None and not 0 <= p < len(self.periods) for p in self.pinned.values()):
            raise ValueError("An item is pinned to a period of the plan.")
        ring = _ring(self.works)
        if ring:
            names = {work.key: work.name for work in self.works}
            raise Ring(ring, tuple(names[key] for key in ring))

    def _check(self, work: Work, known: set[int]) -> None:
        if not math.isfinite(work.value):
            raise ValueError(f"The value of {work.name} is a finite number.")
        if not all(0 <= effort < math.inf for effort in work.efforts.values()):
            raise ValueError(f"Efforts of {work.name} are 0 or more.")
        if not set(work.efforts) <= set(self.capacities):
            raise ValueError(f"{work.name} needs a team without a capacity.")
        if not work.needs <= known:
            raise ValueError(f"{work.name} needs an item that is not among those to plan.")

    def room(self, team: str, period: int) -> int:
        """Capacity in thousandths."""
        return math.floor(self.capacities[team][period] * THOUSANDTHS + 1e-6)

    def worth(self, placement: Placement) -> float:
        """What a placement brings."""
        return math.fsum(work.value for work in self.works if work.key in placement)


def _ring(works: tuple[Work, ...]) -> tuple[int, ...]:
    needs = {work.key: sorted(work.needs) for work in works}
    done: set[int] = set()
    for first in needs:
        path: dict[int, None] = {}
        ways = [iter([first])]
        while ways:
            step = next((k for k in ways[-1] if k not in done), None)
            if step is None:
                ways.pop()
                if path:
                    done.add(path.popitem()[0])
            elif step in path:
                keys = list(path)
                return tuple(keys[keys.index(step) :])
            else:
                path[step] = None
                ways.append(iter(needs[step]))
    return ()


def loads(problem: Problem, placement: Placement) -> dict[str, list[int]]:
    """Thousandths of effort per team and period."""
    found = {team: [0] * len(problem.periods) for team in problem.capacities}
    for work in problem.works:
        if work.key in placement:
            for team in work.efforts:
                found[team][placement[work.key]] += work.effort(team)
    return found


def broken(problem: Problem, placement: Placement) -> list[Rule]:
    """The rules that a placement does not keep."""
    used = loads(problem, placement)
    found = [
        Rule(CAPACITY, team, period)
        for team, load in used.items()
        for period, amount in enumerate(load)
        if amount > problem.room(team, period)
    ]
    found += _targets_missed(problem, placement)
    for key, period in problem.pinned.items():
        if key not in placement or period not in {None, placement[key]}:
            found.append(Rule(PINNED, key, period))
    found += [Rule(OUT, key) for key in sorted(problem.out) if key in placement]
    for work in problem.works:
        if work.key in placement:
            found += [
                Rule(NEEDS, work.key, other=other)
                for other in sorted(work.needs)
                if placement.get(other, len(problem.periods)) > placement[work.key]
            ]
    return found


def _targets_missed(problem: Problem, placement: Placement) -> list[Rule]:
    chosen = [work for work in problem.works if work.key in placement]
    whole = sum(work.whole_effort for work in chosen)
    found = []
    for group, target in problem.targets.items():
        amount = math.fsum(work.within(group) for work in chosen)
        if amount < target.least * whole - SLACK * whole - 1e-6:
            found.append(Rule(LEAST, group))
        if amount > target.most * whole + SLACK * whole + 1e-6:
            found.append(Rule(MOST, group))
    return found
