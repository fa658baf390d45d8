"""The plan with the highest value within capacity, what it leaves of a plan made by hand, and what stands in its way.

Periods make a plan hard to prove: the same set fits them in countless ways. So first the best set for the capacities
of all periods together is found, which no plan can exceed; if that set fits the periods too, it is the best plan. If
not, sets for a little less capacity are fitted, and the program as a whole has the time that is left. In the end every
item moves to the earliest period with room.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from plm.scoring.capacity import (
    CAPACITY,
    LEAST,
    MOST,
    OUT,
    PINNED,
    Placement,
    Problem,
    Rule,
    broken,
    loads,
)
from plm.scoring.capacity_program import IMPOSSIBLE, OPTIMAL, Undecided, rows_of, solved
from plm.scoring.shares import Target

TIME_LIMIT = 20.0
"""Seconds."""
TRIMS = (0.0025, 0.005, 0.01, 0.02)
"""By which parts the capacities are cut where the best set for all of them does not fit the periods."""
ROUNDING = 1e-9


class Impossible(ValueError):
    """No plan keeps these rules together; without any one of them there is one."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        super().__init__("No plan keeps all the rules.")
        self.rules = rules


@dataclass(frozen=True, slots=True)
class Plan:
    """`bound` is the value that no plan exceeds, as far as was proved; `stopped` that the search ended before the
    proof, by its time or because the gap was small enough."""

    placement: dict[int, int]
    value: float
    bound: float
    stopped: bool

    @property
    def gap(self) -> float:
        """What a better plan could bring more, at most."""
        return self.bound - self.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """A plan made by hand against the best one. `gap` is what it leaves, or None where it breaks a rule: then the two
    are not plans for the same problem."""

    value: float
    gap: float | None
    broken: tuple[Rule, ...]
    only_best: tuple[int, ...]
    only_hand: tuple[int, ...]
    moved: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """What the value would rise by if a rule gave way: a team (`capacity`) with one unit more in every period, a target,
    pin or exclusion (`rule`) dropped. It binds if that is above 0. `proved` is False where time ended first."""

    rule: Rule
    worth: float
    proved: bool


def planned(
    problem: Problem,
    *,
    hand: Placement | None = None,
    time_limit: float = TIME_LIMIT,
    enough: float = 0.0,
) -> Plan:
    """The best plan, or one that misses the best by at most `enough` of its value. Raises `Impossible` with the rules in
    conflict, `Undecided` where time ended without any plan.

    A plan made by hand that keeps the rules is a plan too: what comes back is never worth less.
    """
    search = _Search(problem, time.monotonic() + time_limit, enough)
    if hand is not None:
        search.offer(dict(hand))
    for step in (search.whole_set, search.trimmed_sets, search.everything):
        if search.open:
            step(time_limit)
    if search.impossible:
        raise Impossible(conflict(problem, time_limit=time_limit))
    if search.best is None:
        raise Undecided("The time was over before a plan was found.")
    value = problem.worth(search.best)
    return Plan(search.best, value, value if search.proved else search.bound, not search.proved)


class _Search:
    """The best placement found so far and the least bound proved."""

    def __init__(self, problem: Problem, until: float, enough: float) -> None:
        self.problem, self.until, self.enough = problem, until, enough
        self.best: dict[int, int] | None = None
        self.bound = float("inf")
        self.impossible = False

    @property
    def left(self) -> float:
        return self.until - time.monotonic()

    @property
    def proved(self) -> bool:
        return self._within(ROUNDING)

    @property
    def open(self) -> bool:
        return not self.impossible and not self._within(self.enough)

    def _within(self, part: float) -> bool:
        if self.best is None:
            return False
        value = self.problem.worth(self.best)
        return self.bound - value <= max(part, ROUNDING) * max(abs(value), ROUNDING)

    def offer(self, placement: dict[int, int] | None) -> None:
        """Keep a placement if it is lawful and the best yet."""
        if placement is None or broken(self.problem, placement):
            return
        placement = _pulled_forward(self.problem, placement)
        if self.best is None or self.problem.worth(placement) > self.problem.worth(self.best):
            self.best = placement

    def whole_set(self, time_limit: float) -> None:
        self._set_of(self.problem, time_limit / 4, proves=True)

    def trimmed_sets(self, time_limit: float) -> None:
        if len(self.problem.periods) < 2:
            return
        for trim in TRIMS:
            kept = {
                team: tuple(c * (1 - trim) for c in capacity)
                for team, capacity in self.problem.capacities.items()
            }
            before = self.best
            self._set_of(replace(self.problem, capacities=kept), time_limit / 16, proves=False)
            if self.best is not before or self.left <= 0:
                return

    def _set_of(self, problem: Problem, time_limit: float, *, proves: bool) -> None:
        """The best set for all periods together, and a placement of it."""
        together = _together(problem)
        answer = solved(
            together, rows_of(together), min(time_limit, self.left), enough=self.enough / 2
        )
        if proves:
            self.bound = min(self.bound, answer.bound)
            self.impossible = answer.status == IMPOSSIBLE
        if not answer.placement:
            self.offer(answer.placement)
            return
        chosen = answer.placement
        works = tuple(work for work in self.problem.works if work.key in chosen)
        pins = {key: self.problem.pinned.get(key) for key in chosen}
        fitted = replace(self.problem, works=works, pinned=pins, targets={}, out=frozenset())
        self.offer(
            solved(fitted, rows_of(fitted), min(time_limit, self.left), any_will_do=True).placement
        )

    def everything(self, _: float) -> None:
        if self.left <= 0:
            return
        answer = solved(self.problem, rows_of(self.problem), self.left, enough=self.enough)
        self.impossible = answer.status == IMPOSSIBLE
        if answer.status == IMPOSSIBLE:
            return
        self.bound = min(self.bound, answer.bound)
        self.offer(answer.placement)
        if answer.status == OPTIMAL and not self.enough and self.best is not None:
            self.bound = min(self.bound, self.problem.worth(self.best))


def _together(problem: Problem) -> Problem:
    """The problem with one period that has the capacities of all. What fits no single period is left out."""
    unfit = {
        work.key
        for work in problem.works
        if not any(
            all(work.effort(team) <= problem.room(team, p) for team in work.efforts)
            for p in range(len(problem.periods))
        )
    }
    return replace(
        problem,
        periods=("all",) if problem.periods else (),
        capacities={team: (sum(c),) if c else () for team, c in problem.capacities.items()},
        pinned=dict.fromkeys(problem.pinned),
        out=problem.out | unfit,
    )


def compared(problem: Problem, best: Plan, hand: Placement) -> Comparison:
    """What a plan made by hand leaves, and where it differs."""
    wrong = tuple(broken(problem, hand))
    value = problem.worth(hand)
    both = set(best.placement) & set(hand)
    return Comparison(
        value,
        None if wrong else max(best.value - value, 0.0),
        wrong,
        tuple(sorted(set(best.placement) - both)),
        tuple(sorted(set(hand) - both)),
        tuple(sorted(key for key in both if best.placement[key] != hand[key])),
    )


def full(problem: Problem, placement: Placement) -> list[Rule]:
    """Capacities with too little left for anything that is not in the plan and needs the team."""
    used = loads(problem, placement)
    left_out = [w for w in problem.works if w.key not in placement and w.key not in problem.out]
    found = []
    for team, load in used.items():
        wanted = [w.effort(team) for w in left_out if w.effort(team)]
        found += [
            Rule(CAPACITY, team, period)
            for period, amount in enumerate(load)
            if wanted and problem.room(team, period) - amount < min(wanted)
        ]
    return found


def prices(problem: Problem, best: Plan, *, time_limit: float = TIME_LIMIT) -> list[Price]:
    """What each rule costs, the dearest first, each found by planning again without it. `time_limit` is for each.

    Where the plan is not proved its gap would drown the answer: then the best sets for all periods together are compared.
    """
    base = price_base(problem, best, time_limit=time_limit)
    found = [
        price_of(rule, eased, best, base, time_limit=time_limit) for rule, eased in _eased(problem)
    ]
    return sorted(found, key=lambda price: -price.worth)


def price_base(problem: Problem, best: Plan, *, time_limit: float = TIME_LIMIT) -> float:
    """The value against which a rule that gave way is measured."""
    return _together_value(problem, time_limit) if best.stopped else best.value


def price_of(
    rule: Rule, eased: Problem, best: Plan, base: float, *, time_limit: float = TIME_LIMIT
) -> Price:
    """What one rule costs: `eased` is the problem in which it gave way, `base` comes from `price_base`."""
    proved = False
    if best.stopped:
        value = _together_value(eased, time_limit)
    else:
        plan = planned(eased, hand=best.placement, time_limit=time_limit)
        value, proved = plan.value, not plan.stopped
    rise = value - base
    return Price(rule, rise if rise > ROUNDING * max(1.0, abs(base)) else 0.0, proved)


def roomier(problem: Problem, placement: Placement) -> Iterable[tuple[Rule, Problem]]:
    """The problem with one unit more for one team in one period, for each team that something left out needs, the
    fullest first."""
    used = loads(problem, placement)
    wanted = {t for w in problem.works if w.key not in placement and w.key not in problem.out for t in w.efforts}  # fmt: skip
    places = [(team, period) for team in problem.capacities if team in wanted for period in range(len(problem.periods))]  # fmt: skip
    for team, period in sorted(
        places, key=lambda at: problem.room(at[0], at[1]) - used[at[0]][at[1]]
    ):
        capacity = list(problem.capacities[team])
        capacity[period] += 1
        more = {**problem.capacities, team: tuple(capacity)}
        yield Rule(CAPACITY, team, period), replace(problem, capacities=more)


def without_targets(problem: Problem) -> Iterable[tuple[Rule, Problem]]:
    """The problem without one end of a target, for each."""
    return ((rule, eased) for rule, eased in _eased(problem) if rule.kind in {LEAST, MOST})


def _together_value(problem: Problem, time_limit: float) -> float:
    together = _together(problem)
    placement = solved(together, rows_of(together), time_limit).placement
    return together.worth(placement or {})


def _eased(problem: Problem) -> Iterable[tuple[Rule, Problem]]:
    for team, capacity in problem.capacities.items():
        more = {**problem.capacities, team: tuple(c + 1 for c in capacity)}
        yield Rule(CAPACITY, team), replace(problem, capacities=more)
    for group, target in problem.targets.items():
        if target.least > 0:
            yield Rule(LEAST, group), replace(problem, targets={**problem.targets, group: Target(0, target.most)})  # fmt: skip
        if target.most < 1:
            yield Rule(MOST, group), replace(problem, targets={**problem.targets, group: Target(target.least, 1)})  # fmt: skip
    for key, period in problem.pinned.items():
        free = {k: p for k, p in problem.pinned.items() if k != key}
        yield Rule(PINNED, key, period), replace(problem, pinned=free)
    for key in sorted(problem.out):
        yield Rule(OUT, key), replace(problem, out=problem.out - {key})


def conflict(problem: Problem, *, time_limit: float = TIME_LIMIT) -> tuple[Rule, ...]:
    """Rules that no plan keeps together, none of which could be left out: what is left after dropping, one by one,
    every rule without which there is still no plan."""
    rows = rows_of(problem)
    rules = list(dict.fromkeys(row.rule for row in rows if row.rule is not None))
    kept = [row for row in rows if row.rule is None]

    def impossible(chosen: set[Rule]) -> bool:
        asked = kept + [row for row in rows if row.rule in chosen]
        return solved(problem, asked, time_limit, any_will_do=True).status == IMPOSSIBLE

    left = set(rules)
    size = len(rules)
    while size:
        for first in range(0, len(rules), size):
            without = left - set(rules[first : first + size])
            if without != left and impossible(without):
                left = without
        size //= 2
    return tuple(rule for rule in rules if rule in left)


def _pulled_forward(problem: Problem, placement: dict[int, int]) -> dict[int, int]:
    """Each item of a lawful placement in the earliest period with room, going through them period by period."""
    used = loads(problem, placement)
    by_key = {work.key: work for work in problem.works}
    for key in sorted(placement, key=lambda k: placement[k]):
        work = by_key[key]
        if work.value < 0 or problem.pinned.get(key) is not None:
            continue
        earliest = max((placement.get(other, 0) for other in work.needs), default=0)
        for period in range(earliest, placement[key]):
            if all(used[t][period] + work.effort(t) <= problem.room(t, period) for t in work.efforts):  # fmt: skip
                for team in work.efforts:
                    used[team][placement[key]] -= work.effort(team)
                    used[team][period] += work.effort(team)
                placement[key] = period
                break
    return placement
