"""Draws from estimates, by the inverse of their distribution, from random numbers that belong to one name each.

The numbers of a name (an item and a factor) come from the seed and that name alone: another item more, or another
order, changes none of them (common random numbers), and the same seed gives the same bytes. They are the raw output of
the generator PCG64, which numpy keeps from version to version.

PERT is the beta distribution with alpha = 1 + 4m and beta = 5 - 4m, m being the place of the mode between the ends. Its
quantiles are read from a table of 129 modes x 1025 shares, linear between them: P10 to P90 are right to 1e-5 of the width.
"""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache

from plm.numeric import np, optimize, special
from plm.scoring.ranges import ENDS, LOGNORMAL, TRIANGULAR, Estimate, Range

DRAWS = 10_000
SEED = 20_260_101
"""Fixed: the same inputs give the same figures to the last digit."""
OUTSIDE = 0.1
"""Share of the outcomes below P10 and above P90."""
DEVIATIONS = 1.2815515655446004
"""Standard deviations from the median of a normal distribution to its P90."""
MODES, SHARES = 128, 1024


def uniforms(*name: str | int, draws: int = DRAWS, seed: int = SEED) -> np.ndarray:
    """`draws` numbers inside 0 to 1 that belong to this name and seed."""
    text = repr((seed, *name)).encode()
    key = int.from_bytes(hashlib.blake2b(text, digest_size=16).digest(), "little")
    raw = np.random.PCG64(key).random_raw(draws)
    values: np.ndarray = ((raw >> np.uint64(11)).astype(np.int64) + 0.5) * 2.0**-53
    return values


def drawn(estimate: Estimate, *name: str | int, draws: int = DRAWS, seed: int = SEED) -> np.ndarray:
    """`draws` values of the estimate that belong to this name. A certain value is repeated."""
    if estimate.certain:
        return np.full(draws, float(estimate.points.likely))
    return quantiles(estimate, uniforms(*name, draws=draws, seed=seed))


def quantiles(estimate: Estimate, shares: np.ndarray) -> np.ndarray:
    """The values below which these shares of the outcomes lie."""
    points = estimate.points
    if estimate.certain:
        return np.full(shares.shape, float(points.likely))
    if estimate.shape == LOGNORMAL:
        return _lognormal(points, shares)
    ends = ends_of(estimate)
    width = ends.high - ends.low
    mode = (ends.likely - ends.low) / width
    unit = _triangular if estimate.shape == TRIANGULAR else _pert
    return ends.low + width * unit(mode, shares)


def ends_of(estimate: Estimate) -> Range:
    """The range that nothing lies outside of. A lognormal has none: ValueError."""
    points = estimate.points
    if estimate.certain or estimate.meaning == ENDS:
        return points
    if estimate.shape == LOGNORMAL:
        raise ValueError("A lognormal has no ends.")
    inner = points.high - points.low
    mode, width = _fitted(estimate.shape, (points.likely - points.low) / inner)
    low = points.likely - mode * width * inner
    return Range(low, points.likely, max(points.likely, low + width * inner))


@lru_cache(maxsize=4096)
def _fitted(shape: str, place: float) -> tuple[float, float]:
    """(mode, width) of the ends, in widths between P10 and P90, where the mode stands at `place` between those."""
    tenth = _triangular_tenth if shape == TRIANGULAR else _pert_tenth

    def points(mode: float) -> tuple[float, float]:
        return tenth(mode), 1 - tenth(1 - mode)

    def miss(mode: float) -> float:
        low, high = points(mode)
        return (mode - low) / (high - low) - place

    mode = float(optimize.brentq(miss, 0.0, 1.0, xtol=1e-14))
    low, high = points(mode)
    return mode, 1 / (high - low)


def _triangular_tenth(mode: float) -> float:
    if mode >= OUTSIDE:
        return math.sqrt(OUTSIDE * mode)
    return 1 - math.sqrt((1 - OUTSIDE) * (1 - mode))


def _pert_tenth(mode: float) -> float:
    return float(special.betaincinv(1 + 4 * mode, 5 - 4 * mode, OUTSIDE))


def _triangular(mode: float, shares: np.ndarray) -> np.ndarray:
    below = np.sqrt(shares * mode)
    above = 1 - np.sqrt((1 - shares) * (1 - mode))
    return np.where(shares < mode, below, above)


@lru_cache(maxsize=1)
def _pert_table() -> np.ndarray:
    modes = np.linspace(0, 1, MODES + 1)
    values = np.linspace(0, 1, 513)
    shares = np.linspace(0, 1, SHARES + 1)
    return np.array(
        [np.interp(shares, special.betainc(1 + 4 * m, 5 - 4 * m, values), values) for m in modes]
    )


def _pert(mode: float, shares: np.ndarray) -> np.ndarray:
    row = min(int(mode * MODES), MODES - 1)
    table = _pert_table()
    within = mode * MODES - row
    known = table[row] * (1 - within) + table[row + 1] * within
    steps = np.diff(known, append=1.0)
    at = shares * SHARES
    cell = at.astype(np.intp)
    values: np.ndarray = known[cell] + (at - cell) * steps[cell]
    return values


def _lognormal(points: Range, shares: np.ndarray) -> np.ndarray:
    below = math.log(points.likely / points.low) / DEVIATIONS
    above = math.log(points.high / points.likely) / DEVIATIONS
    normal = special.ndtri(shares)
    values: np.ndarray = points.likely * np.exp(normal * np.where(normal < 0, below, above))
    return values
