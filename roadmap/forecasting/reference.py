"""The reference class of a plan, and the forecast from it.

Sources: Kahneman & Lovallo 1993 and Flyvbjerg 2006 (look at what became of similar plans, not at the plan); Efron &
Morris 1975 (a small class leans towards the wider one it is part of, the more the smaller it is).

An earlier plan is counted as it was on the days on which it was looked at (`Case`), because what is alive differs from
what is silent: a plan whose day has passed is compared with plans whose day had passed as long before, and its clock
runs from the day of the forecast; the clock of all others runs from the planned day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from roadmap.forecasting.curves import LAST, Curve, curve_of

LEAST = 10
"""A class of fewer plans than this is not used; a product with fewer has no forecasts."""
LEAN = 15.0
"""The weight of the wider class, in plans."""
AHEAD, OVERDUE = (60, 120, 240), (120, 365)
"""Where the classes by days to the planned day, and since it, are cut."""


@dataclass(frozen=True, slots=True)
class Case:
    """A plan as it stood on the day `on`, and what is known of its end: REACHED or NEVER on the day `ended`, or still
    OPEN then. `traits` name its kind, the most telling first."""

    plan: Hashable
    on: date
    planned: date
    traits: tuple[str, ...]
    ended: date
    how: int


Path = tuple[str, ...]


def path_of(on: date, planned: date, traits: tuple[str, ...]) -> Path:
    """The names of the classes from the widest to the narrowest, each being the names up to its own."""
    days = (planned - on).days
    if days < 0:
        return ("overdue", _part(-days, OVERDUE), *traits)
    return ("ahead", _part(days, AHEAD), *traits)


def _part(days: int, edges: tuple[int, ...]) -> str:
    for low, high in zip((0, *edges), edges, strict=False):
        if days <= high:
            return f"{low} to {high} days"
    return f"more than {edges[-1]} days"


def clock_of(on: date, planned: date) -> date:
    """The day from which days are counted: the planned one, or for a plan whose day has passed, the one of the look."""
    return max(on, planned)


@dataclass(frozen=True, slots=True)
class Forecast:
    """When a plan comes. `clock` is day 0 of the curve, `path` the class it is from, `plans` what was counted;
    `followed` is for how many days after day 0 the class was watched."""

    on: date
    planned: date
    clock: date
    curve: Curve
    path: Path
    plans: tuple[Hashable, ...]
    followed: int

    def by(self, day: date) -> float:
        """The chance that it has come by the end of `day`."""
        return self.curve.at((day - self.clock).days)

    def day(self, share: float) -> date | None:
        """The first day by which the chance is `share`, or None where it may never be."""
        found = self.curve.day_of(share)
        return None if found is None else self.clock + timedelta(days=found)

    @property
    def p50(self) -> date | None:
        return self.day(0.5)

    @property
    def p85(self) -> date | None:
        return self.day(0.85)

    @property
    def may_never(self) -> float:
        """The chance that it does not come within the time that the class was watched, at most three years."""
        return self.curve.never(self.followed)


class Reference:
    """All earlier plans as they are known on one day, ready for any number of forecasts of that day."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self._days: dict[Path, list[tuple[int, int]]] = defaultdict(list)
        self._plans: dict[Path, dict[Hashable, None]] = defaultdict(dict)
        self._curves: dict[Path, Curve] = {}
        for case in cases:
            days = (case.ended - clock_of(case.on, case.planned)).days
            path = path_of(case.on, case.planned, case.traits)
            for end in range(1, len(path) + 1):
                self._days[path[:end]].append((days, case.how))
                self._plans[path[:end]][case.plan] = None

    def forecast(self, on: date, planned: date, traits: tuple[str, ...]) -> Forecast | None:
        """The forecast of a plan that is open on the day `on`, or None where fewer than ten plans were of its kind."""
        path = path_of(on, planned, traits)
        while path and len(self._plans.get(path, ())) < LEAST:
            path = path[:-1]
        if not path:
            return None
        clock = clock_of(on, planned)
        curve = self._curve(path).given((on - clock).days - 1)
        followed = min(max(days for days, _ in self._days[path]), LAST)
        return Forecast(on, planned, clock, curve, path, tuple(self._plans[path]), followed)

    def _curve(self, path: Path) -> Curve:
        """The curve of a class, leaning towards that of the next wider one."""
        known = self._curves.get(path)
        if known is not None:
            return known
        table = np.array(self._days[path], dtype=np.int64)
        found = curve_of(table[:, 0], table[:, 1])
        if len(path) > 1:
            found = found.towards(self._curve(path[:-1]), len(self._plans[path]), LEAN)
        self._curves[path] = found
        return found
