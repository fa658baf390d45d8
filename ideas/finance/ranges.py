"""What three points say without drawing, and the lines of money that are made of them.

Source of the moments: the triangular distribution, mean (a + b + c) / 3. Without numpy, which is loaded with the first
case that is reckoned. The points themselves are the kernel's (`plm/scoring/ranges.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from plm.scoring import ranges
from plm.scoring.ranges import Range

SHAPES = tuple(shape for shape in ranges.SHAPES if shape[0] != ranges.LOGNORMAL)
"""Money may be nothing or negative, a lognormal is neither."""


@dataclass(frozen=True, slots=True)
class Moments:
    mean: float
    variance: float
    p90: float


def triangular(low: float, mode: float, high: float) -> Moments:
    """Mean, variance and 90th percentile of the triangular distribution."""
    if high == low:
        return Moments(low, 0.0, low)
    mean = (low + mode + high) / 3
    variance = (low**2 + mode**2 + high**2 - low * mode - low * high - mode * high) / 18
    turn = (mode - low) / (high - low)
    if turn >= 0.9:
        p90 = low + math.sqrt(0.9 * (high - low) * (mode - low))
    else:
        p90 = high - math.sqrt(0.1 * (high - low) * (high - mode))
    return Moments(mean, variance, p90)


@dataclass(frozen=True, slots=True)
class Line:
    """Money from period `first` to `last` (0 is now), growing by `growth` a period.

    `sign` is 1 for what comes in and -1 for what goes out. The amount of a period is `amount`; or, for sales,
    units `volume` times what one earns: `price` less `unit_cost`.
    """

    name: str
    sign: int
    first: int
    last: int
    amount: Range | None = None
    volume: Range | None = None
    price: Range | None = None
    unit_cost: Range | None = None
    growth: float = 0.0

    @property
    def is_sales(self) -> bool:
        return self.volume is not None and self.price is not None
