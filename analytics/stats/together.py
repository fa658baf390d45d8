"""How far two series move together. A correlation is no proof of a cause: a third thing may move both."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

FEWEST = 12
"""Changes below which nothing is said: with fewer, 0.58 comes up by chance once in twenty times."""
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Together:
    """`changes` is the correlation of the changes from period to period, `levels` that of the values themselves; each is
    None where it cannot be had. `n` counts the changes, `low` and `high` bound their correlation in 95 of 100 cases.
    `verdict` is one of: few, still, unclear, together, against."""

    n: int
    changes: float | None
    levels: float | None
    low: float | None
    high: float | None
    verdict: str


def pearson(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """The product-moment correlation, -1 to 1; None for fewer than two pairs or where one series never moves.

    Pearson, K. (1895), Notes on regression and inheritance in the case of two parents, Proc. R. Soc. London 58.
    """
    if len(xs) < 2:
        return None
    mean_x, mean_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    dx, dy = [x - mean_x for x in xs], [y - mean_y for y in ys]
    spread = math.sqrt(math.fsum(x * x for x in dx)) * math.sqrt(math.fsum(y * y for y in dy))
    scale = max(map(abs, (*xs, *ys))) ** 2 * len(xs)
    if spread <= 1e-12 * scale:
        return None
    found = math.fsum(x * y for x, y in zip(dx, dy, strict=True)) / spread
    return max(-1.0, min(1.0, found))


def interval(r: float, n: int) -> tuple[float, float]:
    """Where the correlation behind `r` lies in 95 of 100 cases, from `n` > 3 pairs.

    Fisher, R. A. (1921), On the probable error of a coefficient of correlation deduced from a small sample, Metron 1:
    artanh r is close to normal with variance 1 / (n - 3).
    """
    if abs(r) >= 1:
        return r, r
    z, step = math.atanh(r), Z95 / math.sqrt(n - 3)
    return math.tanh(z - step), math.tanh(z + step)


def together(
    starts: Sequence[date], one: Mapping[date, float], other: Mapping[date, float]
) -> Together:
    """How two series moved over `starts`, periods in order without a gap; what one of them lacks counts for neither.

    Judged by changes and not by levels: two series with a trend each correlate whatever they are about. Yule, G. U.
    (1926), Why do we sometimes get nonsense-correlations between time-series?, J. R. Stat. Soc. 89.
    """
    common = [start for start in starts if start in one and start in other]
    known = set(common)
    steps = [
        (before, after) for before, after in pairwise(starts) if before in known and after in known
    ]
    levels = pearson([one[s] for s in common], [other[s] for s in common])
    n = len(steps)
    changes = pearson([one[b] - one[a] for a, b in steps], [other[b] - other[a] for a, b in steps])
    if n < FEWEST or changes is None:
        return Together(
            n, None if n < FEWEST else changes, levels, None, None, "few" if n < FEWEST else "still"
        )
    low, high = interval(changes, n)
    verdict = "together" if low > 0 else "against" if high < 0 else "unclear"
    return Together(n, changes, levels, low, high, verdict)
