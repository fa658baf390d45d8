"""A plan to capacity as a mixed-integer program, one binary variable an item and period, solved by HiGHS.

HiGHS runs from one seed, so the same program gives the same answer; only a time limit makes it depend on the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plm.numeric import np, optimize, sparse
from plm.scoring.capacity import CAPACITY, LEAST, MOST, NEEDS, OUT, PINNED, Problem, Rule, Work

OPTIMAL, TIMED_OUT, IMPOSSIBLE = 0, 1, 2


class Undecided(ValueError):
    """The time was over before a plan was found or shown to be impossible."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`placement` is None where none was found; `bound` is what no placement is worth more than."""

    status: int
    placement: dict[int, int] | None
    bound: float


@dataclass(frozen=True, slots=True)
class Row:
    """low <= sum of coefficients <= high, for a rule, or for none where it is what an item is."""

    coefficients: dict[int, float]
    low: float
    high: float
    rule: Rule | None = None


def solved(
    problem: Problem,
    rows: list[Row],
    time_limit: float,
    *,
    enough: float = 0.0,
    any_will_do: bool = False,
) -> Answer:
    """The placement of the highest value that keeps the rows, or one that misses it by at most `enough` of its value, or the first
    one found if any will do."""
    periods = len(problem.periods)
    values = np.repeat([0.0 if any_will_do else work.value for work in problem.works], periods)
    if not len(values):
        lawful = all(row.low <= 0 for row in rows)
        return Answer(OPTIMAL, {}, 0.0) if lawful else Answer(IMPOSSIBLE, None, 0.0)
    scale = float(np.abs(values).max()) / 1000 or 1.0
    answer = optimize.milp(
        -values / scale,
        integrality=np.ones(len(values)),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(
            _matrix(rows, len(values)), [r.low for r in rows], [r.high for r in rows]
        ),
        options={"time_limit": max(time_limit, 0.01), "mip_rel_gap": enough},
    )
    if answer.status not in {OPTIMAL, TIMED_OUT, IMPOSSIBLE}:
        raise Undecided(answer.message)
    every = sum(max(work.value, 0.0) for work in problem.works)
    proved = -answer.mip_dual_bound * scale if answer.mip_dual_bound is not None else np.inf
    placement = None if answer.x is None else _placement(problem, answer.x)
    return Answer(answer.status, placement, min(float(proved), every))


def _matrix(rows: list[Row], width: int) -> sparse.csr_array:
    data: list[float] = []
    at: list[int] = []
    starts = [0]
    for row in rows:
        at += row.coefficients.keys()
        data += row.coefficients.values()
        starts.append(len(at))
    return sparse.csr_array((data, at, starts), shape=(len(rows), width), dtype=float)


def rows_of(problem: Problem) -> list[Row]:
    """What a plan must keep: the rules, and that an item is done once at most."""
    periods = len(problem.periods)
    places = {work.key: range(i * periods, (i + 1) * periods) for i, work in enumerate(problem.works)}  # fmt: skip
    rows = [Row(dict.fromkeys(at, 1.0), -np.inf, 1.0) for at in places.values()]
    for team in problem.capacities:
        busy = [(work, work.effort(team)) for work in problem.works if work.effort(team)]
        rows += [
            Row({places[w.key][p]: float(e) for w, e in busy}, -np.inf, float(problem.room(team, p)), Rule(CAPACITY, team, p))
            for p in range(periods)
        ]  # fmt: skip
    rows += _target_rows(problem, places)
    for work in problem.works:
        rows += _need_rows(work, places, periods)
    for key, period in problem.pinned.items():
        at = places[key] if period is None else [places[key][period]]
        rows.append(Row(dict.fromkeys(at, 1.0), 1.0, 1.0, Rule(PINNED, key, period)))
    rows += [Row(dict.fromkeys(places[key], 1.0), -np.inf, 0.0, Rule(OUT, key)) for key in sorted(problem.out)]  # fmt: skip
    return rows


def _target_rows(problem: Problem, places: Mapping[int, range]) -> list[Row]:
    def over(group: str, share: float) -> dict[int, float]:
        return {
            at: work.within(group) - work.whole_effort * share
            for work in problem.works
            for at in places[work.key]
        }

    rows = []
    for group, target in problem.targets.items():
        if target.least > 0:
            rows.append(Row(over(group, target.least), 0.0, np.inf, Rule(LEAST, group)))
        if target.most < 1:
            rows.append(Row(over(group, target.most), -np.inf, 0.0, Rule(MOST, group)))
    return rows


def _need_rows(work: Work, places: Mapping[int, range], periods: int) -> list[Row]:
    return [
        Row(
            dict.fromkeys(places[work.key][: p + 1], 1.0) | dict.fromkeys(places[other][: p + 1], -1.0),
            -np.inf, 0.0, Rule(NEEDS, work.key, other=other),
        )
        for other in sorted(work.needs)
        for p in range(periods)
    ]  # fmt: skip


def _placement(problem: Problem, solution: np.ndarray) -> dict[int, int]:
    chosen = solution.reshape(len(problem.works), len(problem.periods)) > 0.5
    return {
        work.key: int(row.argmax()) for work, row in zip(problem.works, chosen, strict=True) if row.any()
    }  # fmt: skip
