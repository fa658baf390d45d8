"""AHP: weights of criteria from judgements in pairs.

Source: Saaty, "A scaling method for priorities in hierarchical structures", 1977; The Analytic Hierarchy Process, 1980;
"Decision making with the AHP", Int. J. Services Sciences 1(1), 2008. A judgement says how many times more one criterion
matters than another, 1 to 9 or the reciprocal. The weights are the principal eigenvector of the matrix, found by power
iteration, and sum to 1. Consistency: CI = (lambda_max - n) / (n - 1), CR = CI / RI, at most 0.10 is accepted; with two
criteria or one CR is 0. Two tables of the random index RI are in print; name which. Missing pairs: Harker 1987. A group:
the geometric mean of its judgements (Aczel & Saaty 1983). For weights of criteria only: a copy of an item would change
which item wins (Belton & Gear 1983), so items are rated each on its own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Matrix = Sequence[Sequence[float | None]]
"""Row over column; None is a pair nobody judged."""

SAATY_1980, SAATY_2008 = "saaty_1980", "saaty_2008"
RANDOM_INDEX: Mapping[str, Mapping[int, float]] = {
    SAATY_1980: dict(enumerate((0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49), start=3)),
    SAATY_2008: dict(enumerate((0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49), start=3)),
}
SOURCES: Mapping[str, str] = {SAATY_1980: "Saaty 1980", SAATY_2008: "Saaty 2008"}
MOST_CR = 0.10
MOST_CRITERIA = 7
"""More of them cannot be kept in mind while judging pairs; the formulas go further."""
LEAST_JUDGEMENT, MOST_JUDGEMENT = 1 / 9, 9.0
RECIPROCITY = 0.005
"""How far a judgement times its reciprocal may be from 1: enough for a third written as 0.333."""
TOLERANCE = 1e-14
MOST_STEPS = 10_000


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights that sum to 1, and how far the judgements contradict each other.

    `cr` is None where the random index is not known (more than ten criteria). With missing pairs it is the figure of
    Harker's matrix against the index of a full one: lower than it would be if all had been judged.
    """

    weights: tuple[float, ...]
    lambda_max: float
    ci: float
    cr: float | None
    random_index: str

    @property
    def acceptable(self) -> bool | None:
        return None if self.cr is None else self.cr <= MOST_CR


def judgement_problem(value: float) -> str:
    """What is wrong with a judgement and what would be right, or nothing."""
    if math.isfinite(value) and LEAST_JUDGEMENT * (1 - RECIPROCITY) <= value <= MOST_JUDGEMENT:
        return ""
    return f"A judgement goes from 1/9 (far less) over 1 (equal) to 9 (far more); {value:g} is outside."


def matrix_of(count: int, judgements: Mapping[tuple[int, int], float]) -> list[list[float | None]]:
    """The reciprocal matrix of judgements by pair (row, column), each pair judged once; the rest is missing."""
    rows: list[list[float | None]] = [[None] * count for _ in range(count)]
    for n in range(count):
        rows[n][n] = 1.0
    for (row, column), value in judgements.items():
        rows[row][column], rows[column][row] = value, 1 / value
    return rows


def matrix_problem(matrix: Matrix, names: Sequence[str] = ()) -> str:
    """The first cell that is wrong, by the names of its row and column, and what would be right; or nothing."""
    wrong = cells_problem(matrix, names)
    if wrong or _is_connected(matrix):
        return wrong
    return "Too few pairs are judged to compare all criteria."


def cells_problem(matrix: Matrix, names: Sequence[str] = ()) -> str:
    """The same of single cells alone: judgements may be too few yet to make weights."""
    count = len(matrix)
    labels = names or [str(n) for n in range(1, count + 1)]
    if not count or any(len(row) != count for row in matrix) or len(labels) != count:
        return "The matrix has as many columns as rows, one of each for every criterion."
    for i in range(count):
        for j in range(i, count):
            problem = _cell_problem(matrix[i][j], matrix[j][i], labels[i], labels[j], i == j)
            if problem:
                return problem
    return ""


def _cell_problem(
    value: float | None,
    mirrored: float | None,
    row: str,
    column: str,
    on_diagonal: bool,  # noqa: FBT001 - a fact of the cell
) -> str:
    where, opposite = f"Row {row}, column {column}", f"row {column}, column {row}"
    if on_diagonal:
        if value is not None and value != 1:
            return f"{where}: a criterion against itself is 1, not {value:g}."
        return ""
    if value is None or mirrored is None:
        if value is mirrored:
            return ""
        return f"{where} and {opposite}: give both judgements or none."
    for found, place in ((value, where), (mirrored, opposite)):
        if not (math.isfinite(found) and found > 0):
            return f"{place}: a judgement is a number above 0, not {found:g}."
    if abs(value * mirrored - 1) > RECIPROCITY:
        return (
            f"{where} is {value:g}, so {opposite} should be {1 / value:g} (the reciprocal);"
            f" it is {mirrored:g}."
        )
    return ""


def _is_connected(matrix: Matrix) -> bool:
    reached, waiting = {0}, [0]
    while waiting:
        row = waiting.pop()
        for column, value in enumerate(matrix[row]):
            if value is not None and column not in reached:
                reached.add(column)
                waiting.append(column)
    return len(reached) == len(matrix)


def ahp(matrix: Matrix, names: Sequence[str] = (), random_index: str = SAATY_2008) -> Weights:
    """Weights and consistency. Raises ValueError, with `matrix_problem`, where the matrix is none."""
    problem = matrix_problem(matrix, names)
    if problem:
        raise ValueError(problem)
    if random_index not in RANDOM_INDEX:
        raise ValueError(f"The random index is one of {', '.join(RANDOM_INDEX)}.")
    count = len(matrix)
    weights, top = _principal(_harker(matrix))
    ci = max(0.0, (top - count) / (count - 1)) if count > 2 else 0.0
    known = RANDOM_INDEX[random_index].get(count)
    cr = 0.0 if count <= 2 else ci / known if known else None
    return Weights(tuple(weights), top, ci, cr, random_index)


def _harker(matrix: Matrix) -> list[list[float]]:
    """A missing pair is 0, and each of them adds one to the diagonal of its row: its ratio is that of the weights."""
    rows = []
    for n, row in enumerate(matrix):
        missing = sum(1 for column, value in enumerate(row) if value is None and column != n)
        full = [0.0 if value is None else float(value) for value in row]
        full[n] = 1.0 + missing
        rows.append(full)
    return rows


def _principal(rows: list[list[float]]) -> tuple[list[float], float]:
    """The principal eigenvector, which sums to 1, and its eigenvalue."""
    vector = [1 / len(rows)] * len(rows)
    top = float(len(rows))
    for _ in range(MOST_STEPS):
        moved = [math.fsum(a * w for a, w in zip(row, vector, strict=True)) for row in rows]
        top = math.fsum(moved)
        moved = [value / top for value in moved]
        change = max(abs(a - b) for a, b in zip(moved, vector, strict=True))
        vector = moved
        if change <= TOLERANCE:
            break
    return vector, top


def group_matrix(matrices: Sequence[Matrix]) -> list[list[float | None]]:
    """The judgements of a group as one: the geometric mean of those given, so that reciprocals stay reciprocal.

    A pair is missing where nobody judged it. Check each matrix before. Raises ValueError for none or unequal sizes.
    """
    sizes = {len(matrix) for matrix in matrices}
    if len(sizes) != 1:
        raise ValueError("Give one matrix of the same size for each person, at least one.")
    count = sizes.pop()
    return [
        [_geometric_mean([m[i][j] for m in matrices]) for j in range(count)] for i in range(count)
    ]


def _geometric_mean(values: Sequence[float | None]) -> float | None:
    logs = [math.log(value) for value in values if value is not None]
    return math.exp(math.fsum(logs) / len(logs)) if logs else None


def most_contradictory(matrix: Matrix, weights: Sequence[float]) -> tuple[int, int] | None:
    """The pair whose judgement is furthest from the ratio of its weights, to be looked at first; None if none is."""
    worst, found = 1e-9, None
    for i in range(len(matrix)):
        for j in range(i + 1, len(matrix)):
            value = matrix[i][j]
            if value is None:
                continue
            distance = abs(math.log(value * weights[j] / weights[i]))
            if distance > worst:
                worst, found = distance, (i, j)
    return found
