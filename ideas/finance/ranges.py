"""An amount nobody knows exactly: low, likely, high, and what such three points say about the rest.

Source of the moments: the triangular distribution, mean (a + b + c) / 3; PERT, the beta distribution with mean
(a + 4m + b) / 6 (its usual deviation (b - a) / 6 is an approximation and not used here). Without numpy, which is
loaded with the first case that is reckoned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

SHAPES = (("pert", "PERT"), ("triangular", "Triangular"))
MEANINGS = (("ends", "the least and the most possible"), ("p10_p90", "P10 and P90"))
Z10 = 0.1
"""Share of the outcomes below `low` and above `high` where these are P10 and P90."""


@dataclass(frozen=True, slots=True)
class Range:
    """Three points, low <= likely <= high. Raises ValueError otherwise, or where one is not finite."""

    low: float
    likely: float
    high: float

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.low, self.likely, self.high))):
            raise ValueError("Give three finite numbers.")
        if not self.low <= self.likely <= self.high:
            raise ValueError("Low is at most likely, and likely at most high.")

    @classmethod
    def exactly(cls, value: float) -> Range:
        return cls(value, value, value)

    @property
    def certain(self) -> bool:
        return self.low == self.high

    def ends(self, meaning: str) -> Range:
        """The same estimate with the ends of a triangle as low and high."""
        if meaning == "ends" or self.certain:
            return self
        under, over = _fitted(self.likely - self.low, self.high - self.likely)
        return Range(self.likely - under, self.likely, self.likely + over)


def _fitted(left: float, right: float) -> tuple[float, float]:
    """Widths below and above the mode of the triangle that leaves a tenth of its area outside either point."""
    under, over = left, right
    for _ in range(200):
        width = under + over
        under, over = left + math.sqrt(Z10 * width * under), right + math.sqrt(Z10 * width * over)
    return under, over


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
