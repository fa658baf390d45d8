"""Reads of what people judged of a model's criteria in pairs, and the weights that come of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from backlog.models import CriteriaComparison, ScoringModel, ScoringModelVersion
from plm.permissions import Actor
from plm.scoring.ahp import (
    MOST_CRITERIA,
    RANDOM_INDEX,
    SAATY_2008,
    SOURCES,
    Matrix,
    Weights,
    ahp,
    group_matrix,
    matrix_of,
    matrix_problem,
    most_contradictory,
)
from plm.scoring.factor import Factor
from plm.scoring.judgements import fitting, sentence, written
from plm.scoring.methods import WEIGHTED

NOBODY = "somebody who is gone"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two criteria and how many times more the first matters; None where nobody said."""

    first: Factor
    second: Factor
    value: float | None

    @property
    def written(self) -> str:
        return "" if self.value is None else written(self.value)

    @property
    def sentence(self) -> str:
        return "" if self.value is None else sentence(self.value)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The judgement to look at first: what was said, what the others make of it, and the CR there would be then."""

    pair: Pair
    fits: Pair | None
    cr: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """What the judgements of one person, or of a group, come to. `weights` is None where `problem` says why."""

    name: str
    pairs: list[Pair]
    weights: Weights | None
    problem: str
    contradiction: Contradiction | None

    @property
    def judged(self) -> int:
        return sum(1 for pair in self.pairs if pair.value is not None)

    @property
    def missing(self) -> int:
        return len(self.pairs) - self.judged

    @property
    def in_order(self) -> list[tuple[Factor, float]]:
        """The criteria with their weights, in the order of the model."""
        found = self.weights.weights if self.weights else ()
        return list(zip(_factors(self.pairs), found, strict=bool(found)))

    @property
    def shares(self) -> list[tuple[Factor, float]]:
        """The same, the heaviest first."""
        return sorted(self.in_order, key=lambda row: -row[1])


@dataclass(frozen=True, slots=True)
class Unused:
    """A judgement about a criterion that is no longer in the model."""

    name: str
    first: str
    second: str
    value: float
    removed: str

    @property
    def sentence(self) -> str:
        return sentence(self.value)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of a model's criteria. `impossible` says why they are not compared in pairs."""

    model: ScoringModel
    version: ScoringModelVersion
    impossible: str
    mine: Result
    own_version: int
    others: list[Result]
    unused: list[Unused]

    @property
    def people(self) -> list[Result]:
        """Everybody who judged a pair that counts, the actor first."""
        return ([self.mine] if self.mine.judged else []) + self.others

    @property
    def group(self) -> Result | None:
        """The judgements of all as one, or None where nobody judged."""
        return group_of(self.people) if self.people else None

    def tried(self, values: Mapping[tuple[str, str], float | None]) -> Comparison:
        """The same with other judgements of the actor, by the keys of two criteria; nothing is kept."""
        pairs = [
            Pair(p.first, p.second, values.get((p.first.key, p.second.key)))
            for p in self.mine.pairs
        ]
        return replace(self, mine=result_of(self.mine.name, pairs))

    @property
    def factors(self) -> tuple[Factor, ...]:
        return self.version.formula.factors

    @property
    def random_index(self) -> float | None:
        """RI of as many criteria; None for two, whose judgements cannot contradict each other."""
        return RANDOM_INDEX[SAATY_2008].get(len(self.factors))

    @property
    def random_index_source(self) -> str:
        return SOURCES[SAATY_2008]


def impossible(version: ScoringModelVersion) -> str:
    """Why the criteria of this version are not compared in pairs, or nothing."""
    definition = version.formula
    if definition.method != WEIGHTED:
        return f"{definition.described.label} has no weights: there is nothing to compare in pairs."
    count = len(definition.factors)
    if count < 2:
        return "One criterion has all the weight. Add another one to compare them."
    if count > MOST_CRITERIA:
        return (
            f"More than {MOST_CRITERIA} criteria cannot be kept in mind while judging pairs, and this model has"
            f" {count}. Take out or join what says nearly the same."
        )
    return ""


def comparison_of(actor: Actor, model: ScoringModel) -> Comparison:
    """What was judged of the criteria of a model as it stands; statements do not grow with people."""
    version = model.versions.get(version=model.version)
    rows = list(model.comparisons.select_related("person"))
    factors, why = version.formula.factors, impossible(version)
    own = next((row for row in rows if row.person_id == actor.person_key), None)
    others = [_of(row, factors) for row in rows if row is not own] if not why else []
    none = CriteriaComparison(judgements={})
    mine = _of(none if own is None or why else own, factors, actor.name)
    return Comparison(
        model, version, why, mine, own.version if own else 0, [one for one in others if one.judged],
        _unused(model, rows, factors),
    )  # fmt: skip


def _of(row: CriteriaComparison, factors: Sequence[Factor], name: str = "") -> Result:
    pairs = [Pair(a, b, row.value(a.key, b.key)) for a, b in combinations(factors, 2)]
    return result_of(name or str(row.person or NOBODY), pairs)


def result_of(name: str, pairs: list[Pair]) -> Result:
    """Weights and consistency of judgements; not of criteria that are not compared (`impossible`)."""
    if not any(pair.value is not None for pair in pairs):
        return Result(name, pairs, None, "No pair is judged yet.", None)
    matrix = matrix_by(pairs)
    problem = matrix_problem(matrix)
    if problem:
        open_ = sum(1 for pair in pairs if pair.value is None)
        more = f" {open_} of {len(pairs)} pairs are open; each criterion must be tied to the others by some."
        return Result(name, pairs, None, problem + more, None)
    found = ahp(matrix)
    return Result(name, pairs, found, "", _contradiction(pairs, matrix, found))


def _factors(pairs: Sequence[Pair]) -> list[Factor]:
    return list(dict.fromkeys(f for pair in pairs for f in (pair.first, pair.second)))


def matrix_by(pairs: Sequence[Pair]) -> list[list[float | None]]:
    """The reciprocal matrix of pairs, rows and columns in the order in which the criteria first appear."""
    at = {factor.key: n for n, factor in enumerate(_factors(pairs))}
    given = {(at[p.first.key], at[p.second.key]): p.value for p in pairs if p.value is not None}
    return matrix_of(len(at), given)


def _contradiction(pairs: Sequence[Pair], matrix: Matrix, found: Weights) -> Contradiction | None:
    if found.acceptable is not False:
        return None
    worst = most_contradictory(matrix, found.weights)
    if worst is None:
        return None
    pair = next(p for p, at in zip(pairs, combinations(range(len(matrix)), 2), strict=True) if at == worst)  # fmt: skip
    better = fitting(matrix, *worst)
    if better is None:
        return Contradiction(pair, None, None)
    return Contradiction(pair, Pair(pair.first, pair.second, better[0]), better[1].cr)


def group_of(people: Sequence[Result]) -> Result:
    """The judgements of several as one: the geometric mean of each pair over those who judged it (AIJ)."""
    pairs = people[0].pairs
    joined = group_matrix([matrix_by(one.pairs) for one in people])
    places = combinations(range(len(joined)), 2)
    return result_of(
        "Group", [Pair(p.first, p.second, joined[i][j]) for p, (i, j) in zip(pairs, places, strict=True)]
    )  # fmt: skip


def _unused(
    model: ScoringModel, rows: Sequence[CriteriaComparison], factors: Sequence[Factor]
) -> list[Unused]:
    """Judgements about criteria that were taken out, each with who gave it."""
    now = {f.key for f in factors}
    kept = [
        (row, *name.split(":"), value)
        for row in rows
        for name, value in sorted(row.judgements.items())
        if not set(name.split(":")) <= now
    ]
    labels: Mapping[str, str] = dict(model.criteria.values_list("key", "label")) if kept else {}

    def label(key: str) -> str:
        return labels.get(key, key)

    return [
        Unused(
            str(row.person or NOBODY), label(first), label(second), value,
            " and ".join(label(key) for key in (first, second) if key not in now),
        )
        for row, first, second, value in kept
    ]  # fmt: skip
