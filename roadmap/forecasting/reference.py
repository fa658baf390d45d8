"""The reference class of a plan, and the forecast from it.

Sources: Kahneman & Lovallo 1993 and Flyvbjerg 2006 (look at what became of similar plans, not at the plan); Efron &
Morris 1975 (a small class leans towards the wider one it is part of, the more the smaller it is).

An earlier plan is counted as it was on the days on which it was looked at (`Case`), because what is alive differs from
what is silent: a plan whose day has passed is compared with plans whose day had passed as long before, and its clock
runs from the day of the forecast; the clock of all others runs from the planned day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from plm.numeric import np
from roadmap.forecasting.curves import LAST, Counts, Curve, counts_of

if TYPE_CHECKING:
    from roadmap.forecasting.curves import Ints

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


@cache
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


@dataclass(frozen=True, slots=True)
class _Class:
    """Plans of one kind: their counts in plans, leaning towards those of the wider kind, whose they are, and for how
    many days any of the kinds was watched."""

    counts: Counts
    curve: Curve
    weight: float
    plans: dict[Hashable, None]
    followed: int


@dataclass(frozen=True, slots=True)
class _Tally:
    """The cases of one kind: on which day of its clock each ended or was last seen open, how, and whose they are."""

    days: Ints
    ends: Ints
    plans: dict[Hashable, None]

    @classmethod
    def of(cls, cases: Sequence[Case]) -> _Tally:
        days = [(case.ended - clock_of(case.on, case.planned)).days for case in cases]
        plans: dict[Hashable, None] = dict.fromkeys(case.plan for case in cases)
        return cls(np.array(days), np.array([case.how for case in cases]), plans)


class Reference:
    """All earlier plans as they are known on one day, ready for any number of forecasts of that day."""

    def __init__(self, cases: Iterable[Case]) -> None:
        by_path: dict[Path, list[Case]] = defaultdict(list)
        for case in cases:
            by_path[path_of(case.on, case.planned, case.traits)].append(case)
        self._tallies = {path: _Tally.of(own) for path, own in by_path.items()}
        self._classes: dict[Path, _Class | None] = {}

    def as_plain(self) -> list[Any]:
        """All of it as (path, [(day, end, how many)], plans) of each kind: equal cases are counted and not listed."""
        kept = []
        for path, tally in self._tallies.items():
            pairs, counts = np.unique(
                np.stack([tally.days, tally.ends], axis=1), axis=0, return_counts=True
            )
            rows = [
                (*pair, count) for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True)
            ]
            kept.append((path, rows, list(tally.plans)))
        return kept

    @classmethod
    def from_plain(cls, kept: Iterable[Any]) -> Reference:
        """What `as_plain` made."""
        made = cls(())
        for path, rows, plans in kept:
            days, ends, counts = np.array(rows).T
            made._tallies[tuple(path)] = _Tally(
                np.repeat(days, counts), np.repeat(ends, counts), dict.fromkeys(plans)
            )
        return made

    @cached_property
    def plans(self) -> int:
        """How many plans there are, of whatever kind."""
        return len(set(chain.from_iterable(tally.plans for tally in self._tallies.values())))

    def forecast(
        self, on: date, planned: date, traits: tuple[str, ...], own: Hashable = None
    ) -> Forecast | None:
        """The forecast of a plan that is open on the day `on`, or None where fewer than ten plans were of its kind. The
        plan `own`, itself, is not counted among these."""
        path = path_of(on, planned, traits)
        while path:
            known = self._class(path)
            if known and len(known.plans) - (own in known.plans) >= LEAST:
                break
            path = path[:-1]
        else:
            return None
        clock = clock_of(on, planned)
        curve = known.curve.given((on - clock).days - 1)
        plans = tuple(plan for plan in known.plans if plan != own)
        return Forecast(on, planned, clock, curve, path, plans, known.followed)

    def _class(self, path: Path) -> _Class | None:
        """The class of this name, None where it has fewer than ten plans."""
        if path not in self._classes:
            within = [tally for p, tally in self._tallies.items() if p[: len(path)] == path]
            plans = dict.fromkeys(chain.from_iterable(tally.plans for tally in within))
            self._classes[path] = self._made(path, within, plans) if len(plans) >= LEAST else None
        return self._classes[path]

    def _made(self, path: Path, within: list[_Tally], plans: dict[Hashable, None]) -> _Class:
        """What is no longer watched in the class itself is told by the wider one: counts lean, not their curves."""
        days = np.concatenate([tally.days for tally in within])
        ends = np.concatenate([tally.ends for tally in within])
        counts = counts_of(days, ends)
        followed, weight, each = (
            max(0, min(int(days.max()), LAST)),
            float(len(plans)),
            len(plans) / len(days),
        )
        wider = self._class(path[:-1]) if len(path) > 1 else None
        if wider is None:
            counts = counts.plus(counts, each, 0.0)
        else:
            counts = counts.plus(wider.counts, each, LEAN / wider.weight)
            followed, weight = wider.followed, weight + LEAN
        return _Class(counts, counts.curve(), weight, plans, followed)
