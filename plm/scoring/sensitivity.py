"""Why an item stands where it stands, and what would move it.

Contributions are additive in a weighted score and multiplicative in a product: there the logarithms of the ratios add up
to that of the scores (LMDI, as in index decomposition). Both compare with a reference, an item or the median of all.

Weight swings: a weight moves by delta as a share of all weights and the others are rescaled in proportion, so that all
still sum to 1. With S the score and S^-k the score without factor k, two items tie at
delta* = (S_j - S_i) / ((s_ik - S_i^-k) - (s_jk - S_j^-k)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plm.numeric import np
from plm.scoring.definition import Definition
from plm.scoring.expression.columns import evaluate_columns
from plm.scoring.factor import Factor
from plm.scoring.methods import WEIGHTED
from plm.scoring.structure import ABSENT, LINE, PER, TIMES
from plm.scoring.weighted import shares

STEPS, BISECTIONS = 256, 24
"""2 to the 24th of a 256th of a scale is less than a billionth of it."""
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
    """Each factor's part in the difference between two scores, or None where one has no score or a product has a
    factor of 0 (it is then the whole reason)."""
    ours, theirs = definition.score(values), definition.score(reference)
    if ours is None or theirs is None:
        return None
    keys = [factor.key for factor in definition.factors]
    if definition.method == WEIGHTED:
        pairs = zip(definition.parts(values), definition.parts(reference), strict=True)
        found = [(k, p.share * ((p.counted or 0.0) - (q.counted or 0.0)), None) for k, (p, q) in zip(keys, pairs, strict=True)]  # fmt: skip
    elif all(role in (TIMES, PER) for role in definition.roles.values()):
        keys = [key for key in keys if key in definition.roles]
        ratios = [_ratio(definition, key, values, reference) for key in keys]
        if None in ratios:
            return None
        found = [(k, math.log(t), t) for k, t in zip(keys, ratios, strict=True)]  # type: ignore[arg-type, misc]
    else:
        parts = _shapley(definition, values, reference)
        if parts is None:
            return None
        found = [(k, part, None) for k, part in zip(keys, parts, strict=True)]
    whole = math.fsum(amount for _, amount, _ in found)
    level = abs(whole) <= 1e-12 * math.fsum(abs(amount) for _, amount, _ in found)
    return [Contribution(k, a, None if level else a / whole, t) for k, a, t in found]


def in_points(parts: Sequence[Contribution], ours: float, theirs: float) -> list[float]:
    """The same parts in points of the score: together they are the difference of the two.

    Of a product each factor's logarithm counts times the logarithmic mean of the two scores (Ang, "The LMDI approach to
    decomposition analysis", Energy Policy 33, 2005), which stays finite where the scores are equal.
    """
    if any(part.times is not None for part in parts):
        equal = math.isclose(ours, theirs, rel_tol=1e-9)
        mean = ours if equal else (ours - theirs) / math.log(ours / theirs)
        return [part.amount * mean for part in parts]
    whole = math.fsum(part.amount for part in parts)
    scale = (ours - theirs) / whole if whole else 1.0
    return [part.amount * scale for part in parts]


def _ratio(definition: Definition, key: str, values: Values, reference: Values) -> float | None:
    mine, other = values.get(key) or 0.0, reference.get(key) or 0.0
    if mine <= 0 or other <= 0:
        return None
    return other / mine if definition.roles[key] == PER else mine / other


def _shapley(definition: Definition, values: Values, reference: Values) -> list[float] | None:
    """The mean of what a factor changes over all orders in which the factors go from the one to the other."""
    count = len(definition.factors)
    sets = np.arange(2**count)
    taken = (sets[:, None] >> np.arange(count)) & 1 == 1
    columns = {
        f.key: np.where(taken[:, at], _number(values.get(f.key)), _number(reference.get(f.key)))
        for at, f in enumerate(definition.factors)
    }
    scores = evaluate_columns(definition.tree, columns, len(sets)).values
    if not np.isfinite(scores).all():
        return None
    sizes = taken.sum(axis=1)
    share = np.array([1 / (count * math.comb(count - 1, n)) for n in range(count)])
    parts = []
    for at in range(count):
        without = sets[~taken[:, at]]
        gains = scores[without | (1 << at)] - scores[without]
        parts.append(float(math.fsum(gains * share[sizes[without]])))
    return parts


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def needed(definition: Definition, values: Values, to_beat: float) -> list[Needed]:
    """For each factor alone, what it takes to come above the score `to_beat`. Empty where the item has no score.

    Closed where the score is a line in the factor or in its reciprocal. Else looked for on the factor's scale from the
    present value outwards: in 256 steps of it, and to a billionth of its width between two of them, so that what a
    formula does inside one step can be missed.
    """
    if definition.score(values) is None:
        return []
    read = [factor for factor in definition.factors if definition.reads(factor)]
    return [_needed_of(definition, values, factor, to_beat) for factor in read]


def _needed_of(definition: Definition, values: Values, factor: Factor, to_beat: float) -> Needed:
    role = definition.roles.get(factor.key, ABSENT)

    def at(value: float) -> float:
        return definition.score({**values, factor.key: value}) or 0.0

    def ahead(value: float) -> bool:
        return at(value) > to_beat

    if role == ABSENT:
        return Needed(factor.key, None, below=False, lawful=False)
    if role == TIMES:
        rest = at(1.0)
        return _needed(factor, to_beat / rest if rest else None, rest < 0, ahead)
    if role == PER and at(1.0) >= 0:
        rest = at(1.0)
        value = rest / to_beat if rest > 0 and to_beat > 0 else None
        return _needed(factor, value, True, ahead)  # noqa: FBT003
    if role == LINE:
        low, rise = at(factor.low), at(factor.high) - at(factor.low)
        if rise == 0:
            return Needed(factor.key, None, below=factor.backward, lawful=False)
        found = factor.low + (to_beat - low) / rise * (factor.high - factor.low)
        return _needed(factor, found, rise < 0, ahead)
    return _searched(definition, values, factor, to_beat)


def _needed(
    factor: Factor,
    value: float | None,
    below: bool,  # noqa: FBT001 - a fact of the factor
    ahead: Callable[[float], bool],
) -> Needed:
    if value is None:
        return Needed(factor.key, None, below, lawful=False)
    if factor.choices:
        enough = [choice for choice, _ in factor.choices if ahead(choice)]
        if enough:
            return Needed(factor.key, max(enough) if below else min(enough), below, lawful=True)
        return Needed(factor.key, value, below, lawful=False)
    return Needed(factor.key, value, below, factor.low < value if below else value < factor.high)


def _searched(definition: Definition, values: Values, factor: Factor, to_beat: float) -> Needed:
    present = values.get(factor.key)
    now = factor.low if present is None else present

    def ahead(points: np.ndarray) -> np.ndarray:
        others = {
            f.key: np.full(points.size, _number(values.get(f.key))) for f in definition.factors
        }
        found = evaluate_columns(definition.tree, others | {factor.key: points}, points.size).values
        return np.asarray(found > to_beat)

    if factor.choices:
        lawful = np.array([choice for choice, _ in factor.choices])
        enough = lawful[ahead(lawful)]
        if not enough.size:
            return Needed(factor.key, None, below=False, lawful=False)
        nearest = float(enough[np.abs(enough - now).argmin()])
        return Needed(factor.key, nearest, nearest < now, lawful=True)
    grid = np.sort(np.append(np.linspace(factor.low, factor.high, STEPS + 1), now))
    wins = ahead(grid)
    here = bool(wins[np.searchsorted(grid, now)])
    other = np.flatnonzero(wins != here)
    if not other.size:
        return Needed(factor.key, None, below=False, lawful=here)
    far = grid[other[np.abs(grid[other] - now).argmin()]]
    between = grid[np.searchsorted(grid, far) + (1 if far < now else -1)]
    for _ in range(BISECTIONS):
        middle = (far + between) / 2
        if bool(ahead(np.array([middle]))[0]) == here:
            between = middle
        else:
            far = middle
    return Needed(factor.key, float(far), bool(far < now) != here, lawful=True)


def counted_matrix(definition: Definition, items: Sequence[Values]) -> np.ndarray:
    """Items x factors as a weighted score counts them. Raises ValueError where an input is missing."""
    rows = []
    for values in items:
        row = []
        for factor in definition.factors:
            value = values.get(factor.key)
            if value is None:
                raise ValueError(f"{factor.label} is missing.")
            row.append(definition.counted(factor, value))
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
