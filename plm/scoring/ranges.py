"""An amount nobody knows exactly: low, likely, high, and what is meant by them.

Three shapes. Triangular and PERT take `likely` as the mode; their low and high are either the ends, outside of which
nothing lies, or P10 and P90, which leave a tenth of the outcomes outside each. The lognormal has no ends: its low and
high are P10 and P90 above 0 and `likely` is its median (two halves with a spread each, where the three points are not
in one proportion). Without numpy; `draws.py` draws from them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PERT, TRIANGULAR, LOGNORMAL = "pert", "triangular", "lognormal"
ENDS, P10_P90 = "ends", "p10_p90"
SHAPES = ((PERT, "PERT"), (TRIANGULAR, "Triangular"), (LOGNORMAL, "Lognormal"))
MEANINGS = ((ENDS, "the least and the most possible"), (P10_P90, "P10 and P90"))


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


@dataclass(frozen=True, slots=True)
class Estimate:
    """A range with its shape and with what its low and high are. Raises ValueError where these do not go together."""

    points: Range
    shape: str = PERT
    meaning: str = ENDS

    def __post_init__(self) -> None:
        if self.shape not in dict(SHAPES):
            raise ValueError(f"The shape is one of: {', '.join(dict(SHAPES))}.")
        if self.meaning not in dict(MEANINGS):
            raise ValueError(f"Low and high are one of: {', '.join(dict(MEANINGS))}.")
        if self.shape != LOGNORMAL or self.certain:
            return
        if self.meaning != P10_P90:
            raise ValueError("A lognormal has no ends: its low and high are P10 and P90.")
        if self.points.low <= 0:
            raise ValueError("A lognormal is above 0, so its low is too.")

    @classmethod
    def exactly(cls, value: float) -> Estimate:
        return cls(Range.exactly(value))

    @property
    def certain(self) -> bool:
        return self.points.certain
