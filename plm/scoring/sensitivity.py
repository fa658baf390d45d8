"""Why an item stands where it stands, and what would move it.

Contributions are additive in a weighted score and multiplicative in a product: there the logarithms of the ratios add up
to that of the scores (LMDI, as in index decomposition). Both compare with a reference, an item or the median of all.

Weight swings: a weight moves by delta as a share of all weights and the others are rescaled in proportion, so that all
still sum to 1. With S the score and S^-k the score without factor k, two items tie at
delta* = (S_j - S_i) / ((s_ik - S_i^-k) - (s_jk - S_j^-k)).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from plm.scoring.definition import Definition
from plm.scoring.factor import Factor
from plm.scoring.methods import RICE, WEIGHTED
from plm.scoring.weighted import reversed_value, shares

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one factor does to the difference from the reference. `times` is the ratio it multiplies by (products only),
    `amount` its part of the difference (of the logarithms in a product), `share` that part of the whole, which is
    negative where the factor works against the rest; None where the scores are equal."""

    factor: str
    amount: float
    share: float | None
    times: float | None = None


@dataclass(frozen=True, slots=True)
class Needed:
    """The value at which one factor alone brings the score to another's; above it, or `below` it, the item is ahead.

    `value` is None where the factor cannot do it at all; `lawful` says whether a value that puts the item ahead is on
    the scale. Where only some values are, `value` is the nearest of those that suffice.
    """

    factor: str
    value: float | None
    below: bool
    lawful: bool


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one weight, as share of all, may fall and rise before the set of the top items changes.

    `down` and `up` are None where it changes nothing down to 0 or up to 1. `leaves` and `enters` are the rows that
    change places at the nearer end.
    """

    factor: str
    share: float
    down: float | None
    up: float | None
    leaves: int | None = None
    enters: int | None = None


def contributions(
    definition: Definition, values: Values, reference: Values
) -> list[Contribution] | None:
    """Each factor's part in the difference between two scores, or None where an input is missing or a product has a
    factor of 0 (it is then the whole reason). Raises ValueError for a method that is neither RICE nor weighted."""
    _check(definition)
    ours, theirs = definition.parts(values), definition.parts(reference)
    if definition.score(values) is None or definition.score(reference) is None:
        return None
    found: list[tuple[str, float, float | None]] = []
    for our, their in zip(ours, theirs, strict=True):
        mine, other = our.counted or 0.0, their.counted or 0.0
        if definition.method != RICE:
            found.append((our.factor.key, our.share * (mine - other), None))
            continue
        if mine <= 0 or other <= 0:
            return None
        times = other / mine if our.factor.key == "effort" else mine / other
        found.append((our.factor.key, math.log(times), times))
    whole = math.fsum(amount for _, amount, _ in found)
    level = abs(whole) <= 1e-12 * math.fsum(abs(amount) for _, amount, _ in found)
    return [Contribution(k, a, None if level else a / whole, t) for k, a, t in found]


def needed(definition: Definition, values: Values, to_beat: float) -> list[Needed]:
    """For each factor alone, what it takes to come above the score `to_beat`. Empty where the item has no score.

    Raises ValueError for a method that is neither RICE nor weighted.
    """
    _check(definition)
    if definition.score(values) is None:
        return []
    solve = _in_product if definition.method == RICE else _in_sum
    return [_needed(factor, *solve(definition, values, factor, to_beat)) for factor in definition.factors]  # fmt: skip


def _check(definition: Definition) -> None:
    if definition.method not in {RICE, WEIGHTED}:
        raise ValueError(
            f"{definition.described.label} is neither a product like RICE nor a weighted mean."
        )


def _in_product(
    definition: Definition, values: Values, factor: Factor, to_beat: float
) -> tuple[float | None, bool]:
    """The value at which the scores tie, and whether less is better."""
    inverse = factor.key == "effort"
    rest = definition.score({**values, factor.key: 1.0}) or 0.0
    if inverse:
        return (rest / to_beat if rest > 0 and to_beat > 0 else None), True
    return (to_beat / rest if rest > 0 else None), False


def _in_sum(
    definition: Definition, values: Values, factor: Factor, to_beat: float
) -> tuple[float | None, bool]:
    share = dict(zip(_keys(definition), _portions(definition), strict=True))[factor.key]
    if share <= 0:
        return None, factor.backward
    at_low = definition.score({**values, factor.key: factor.low}) or 0.0
    step = (to_beat - at_low) / share
    return (factor.low - step if factor.backward else factor.low + step), factor.backward


def _needed(factor: Factor, value: float | None, below: bool) -> Needed:  # noqa: FBT001
    if value is None:
        return Needed(factor.key, None, below, lawful=False)
    if factor.choices:
        enough = [choice for choice, _ in factor.choices if (choice < value if below else choice > value)]  # fmt: skip
        if enough:
            return Needed(factor.key, max(enough) if below else min(enough), below, lawful=True)
        return Needed(factor.key, value, below, lawful=False)
    return Needed(factor.key, value, below, factor.low < value if below else value < factor.high)


def _keys(definition: Definition) -> list[str]:
    return [factor.key for factor in definition.factors]


def _portions(definition: Definition) -> list[float]:
    return shares([factor.weight for factor in definition.factors])


def counted_matrix(definition: Definition, items: Sequence[Values]) -> np.ndarray:
    """Items x factors as a weighted score counts them. Raises ValueError where an input is missing."""
    rows = []
    for values in items:
        row = []
        for factor in definition.factors:
            value = values.get(factor.key)
            if value is None:
                raise ValueError(f"{factor.label} is missing.")
            row.append(reversed_value(value, factor.low, factor.high) if factor.backward else value)
        rows.append(row)
    return np.array(rows, dtype=float).reshape(len(rows), len(definition.factors))


def moved(weights: Sequence[float], factor: int, delta: float) -> list[float]:
    """The weights as shares of 1 after one of them moved by delta, the others in their proportion. Raises ValueError
    where a share would leave 0 to 1, or where there are no others to take up the difference."""
    portions = shares(weights)
    target, others = portions[factor] + delta, 1 - portions[factor]
    if not 0 <= target <= 1:
        raise ValueError("A weight is a share of 0 to 1.")
    if others <= 0:
        raise ValueError("The other weights are 0; there is nothing to rescale.")
    return [
        target if at == factor else portion * (1 - target) / others
        for at, portion in enumerate(portions)
    ]


def tie_swing(
    one: Sequence[float], other: Sequence[float], weights: Sequence[float], factor: int
) -> float | None:
    """delta*, by which the weight of a factor must move for two rows of counted values to have the same score; None
    where no weight of 0 to 1 does that."""
    portions = shares(weights)
    if 1 - portions[factor] <= 0:
        return None
    pair = np.array([one, other], dtype=float)
    scores, slopes = _lines(pair, portions, factor)
    tilt = slopes[0] - slopes[1]
    if tilt == 0:
        return None
    delta = float((scores[1] - scores[0]) / tilt)
    return delta if 0 <= portions[factor] + delta <= 1 else None


def _lines(
    counted: np.ndarray, portions: Sequence[float], factor: int
) -> tuple[np.ndarray, np.ndarray]:
    """Scores now, and what each gains a unit of the factor's share."""
    scores = counted @ np.array(portions)
    own = counted[:, factor]
    without = (scores - portions[factor] * own) / (1 - portions[factor])
    return scores, own - without


def swings(counted: np.ndarray, weights: Sequence[float], keys: Sequence[str], top: int) -> list[Swing]:  # fmt: skip
    """For each factor how far its weight may move before another set of `top` rows has the highest scores.

    Rows that are equal stand in the order given; a tie at the line is a change at 0.
    """
    portions = shares(weights)
    scores = counted @ np.array(portions)
    order = np.argsort(-scores, kind="stable")
    inside, outside = order[:top], order[top:]
    return [_swing(counted, portions, at, key, inside, outside) for at, key in enumerate(keys)]


def _swing(
    counted: np.ndarray, portions: list[float], factor: int, key: str, inside: np.ndarray, outside: np.ndarray
) -> Swing:  # fmt: skip
    share = portions[factor]
    if share >= 1 or not len(inside) or not len(outside):
        return Swing(key, share, None, None)
    scores, slopes = _lines(counted, portions, factor)
    ahead = scores[inside][:, None] - scores[outside][None, :]
    tilt = slopes[outside][None, :] - slopes[inside][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = np.where(tilt == 0, np.nan, ahead / tilt)
    rising = np.where((tilt > 0) & (at <= 1 - share), at, np.inf)
    falling = np.where((tilt < 0) & (at >= -share), at, -np.inf)
    up, down = float(rising.min()), float(falling.max())
    if math.isinf(up) and math.isinf(down):
        return Swing(key, share, None, None)
    nearest = rising.argmin() if up <= -down else falling.argmax()
    leaves, enters = np.unravel_index(nearest, at.shape)
    return Swing(
        key, share, None if math.isinf(down) else down, None if math.isinf(up) else up,
        int(inside[leaves]), int(outside[enters]),
    )  # fmt: skip
