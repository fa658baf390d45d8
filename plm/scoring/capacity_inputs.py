"""From items as people keep them to a plan to capacity: what may be planned, and why the rest may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from plm.scoring.capacity import Problem, Work
from plm.scoring.shares import Target

SCORE, EFFORT, TEAM, CAPACITY, SIZE, NEEDS = "score", "effort", "team", "capacity", "size", "needs"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One item with what is known of it. `needs` may name items that are no candidates; `parts` are as those of a work."""

    key: int
    name: str
    value: float
    effort: float | None
    team: str
    needs: frozenset[int] = frozenset()
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why an item cannot be in any plan: it lacks a score, an effort or a team, its team has no capacity or never enough
    at once (size), or it needs `other`, which cannot be in either."""

    key: int
    why: str
    other: int | None = None


def gain(score: float, divisor: float | None) -> float:
    """What an item brings. A score that was divided by the effort is a gain for each unit of it, and a sum of such
    ratios says nothing: the gain itself is the score times what divided it."""
    return score if divisor is None else score * divisor


def targets_around(shares: Mapping[str, float], tolerance: float) -> dict[str, Target]:
    """Targets that reach as far to both sides of the wanted shares."""
    return {
        group: Target(max(share - tolerance, 0.0), min(share + tolerance, 1.0))
        for group, share in shares.items()
    }


def problem_of(
    candidates: Sequence[Candidate],
    periods: tuple[str, ...],
    capacities: Mapping[str, tuple[float, ...]],
    targets: Mapping[str, Target],
) -> tuple[Problem, tuple[Unfit, ...]]:
    """The problem of these items, and those that cannot be in, in the order of the candidates.

    What is unfit but has an effort and a team stays in the problem as excluded, so that a plan made by hand is judged
    with it. Raises `Ring` where candidates need one another in a ring, fit or not.
    """
    known = {c.key for c in candidates}
    bare = [Work(c.key, c.name, c.value, {}, c.needs & known, c.parts) for c in candidates]
    Problem(tuple(bare), (), {})  # Raises for a ring among all, also those that are left out below.
    most = {team: max(amounts, default=0.0) for team, amounts in capacities.items()}
    unfit = {c.key: Unfit(c.key, why) for c in candidates if (why := _lack(c, most))}
    _spread(candidates, known, unfit)
    full = dict.fromkeys({c.team for c in candidates if c.team}, (0.0,) * len(periods))
    full |= {team: amounts for team, amounts in capacities.items() if team in full}
    works = [replace(work, efforts={c.team: c.effort}) for work, c in zip(bare, candidates, strict=True) if c.effort is not None and c.team]  # fmt: skip
    kept = {work.key for work in works}
    works = [replace(work, needs=work.needs & kept) for work in works]
    out = frozenset(unfit) & kept
    found = Problem(tuple(works), periods, full, targets, out=out)
    return found, tuple(unfit[c.key] for c in candidates if c.key in unfit)


def _lack(candidate: Candidate, most: Mapping[str, float]) -> str:
    if candidate.effort is None:
        return EFFORT
    if not candidate.team:
        return TEAM
    if not most.get(candidate.team):
        return CAPACITY
    return SIZE if candidate.effort > most[candidate.team] + 1e-9 else ""


def _spread(candidates: Iterable[Candidate], known: set[int], unfit: dict[int, Unfit]) -> None:
    """Whoever needs what cannot be in cannot be in either."""
    rows = list(candidates)
    changed = True
    while changed:
        changed = False
        for one in rows:
            missing = sorted(k for k in one.needs if k not in known or k in unfit)
            if missing and one.key not in unfit:
                unfit[one.key] = Unfit(one.key, NEEDS, missing[0])
                changed = True
