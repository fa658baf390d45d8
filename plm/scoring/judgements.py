"""Judgements in pairs as people give and read them: Saaty's scale from 1/9 to 9, its words, and what would fit.

The words are Saaty's ("The Analytic Hierarchy Process", 1980, table 3-1): 1 equal, 3 moderate, 5 strong, 7 very strong,
9 extreme; the even numbers lie between two of them.
"""

from __future__ import annotations

import math
import re

from plm.scoring.ahp import RECIPROCITY, Matrix, Weights, ahp, matrix_problem

_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,9})?")
STEPS = tuple(float(n) for n in range(9, 1, -1))
SCALE = (*STEPS, 1.0, *(1 / step for step in reversed(STEPS)))
"""From far more to far less."""
_STRENGTH = {
    9: "extremely", 8: "very strongly to extremely", 7: "very strongly", 6: "strongly to very strongly",
    5: "strongly", 4: "moderately to strongly", 3: "moderately", 2: "slightly",
}  # fmt: skip


def written(value: float) -> str:
    """3 as "3", a third as "1/3", and what is on no step of the scale as a number."""
    at = snapped(value)
    if at >= 1 or at not in SCALE:
        return f"{at:.3g}"
    return f"1/{1 / at:g}"


def read(text: str) -> float:
    """The number of "3", "1/3" or "2.5"; NaN where the text is none."""
    over, slash, under = text.strip().partition("/")
    parts = [over, under] if slash else [over]
    if not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        return math.nan
    numbers = [float(part) for part in parts]
    if not slash:
        return snapped(numbers[0])
    return snapped(numbers[0] / numbers[1]) if numbers[1] else math.nan


def snapped(value: float) -> float:
    """The step of the scale that is meant by a rounded reciprocal such as 0.333; any other number as it is."""
    return next((step for step in SCALE if abs(value / step - 1) <= RECIPROCITY), value)


def nearest(ratio: float) -> float:
    """The step of the scale nearest to a ratio of weights, by its logarithm."""
    return min(SCALE, key=lambda step: abs(math.log(step / ratio)))


def sentence(value: float) -> str:
    """What stands between two criteria: "is strongly more important than"."""
    at = snapped(value)
    if at == 1:
        return "is as important as"
    strength = _STRENGTH.get(round(max(at, 1 / at))) if at in SCALE else None
    if strength is None:
        return f"is {at:.3g} times as important as"
    return f"is {strength} {'more' if at > 1 else 'less'} important than"


def fitting(matrix: Matrix, row: int, column: int) -> tuple[float, Weights] | None:
    """The judgement of a pair that fits all others best, and what comes of the matrix with it.

    It is the step nearest to the ratio of the weights that the others alone give (Harker's, the pair being missing).
    None where the others do not connect all criteria: then nothing contradicts this one.
    """
    rows = [list(line) for line in matrix]
    rows[row][column] = rows[column][row] = None
    if matrix_problem(rows):
        return None
    weights = ahp(rows).weights
    value = nearest(weights[row] / weights[column])
    rows[row][column], rows[column][row] = value, 1 / value
    return value, ahp(rows)
