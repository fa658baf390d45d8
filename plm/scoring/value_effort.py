"""Value and effort: their ratio, and the quadrant an item stands in.

Source: the two-by-two of value and effort (impact-effort matrix) in common use; it has no single author. Value and effort
stand on any two scales whose high end is more. The ratio has the shape of CD3 (value per unit of effort). Each axis is
cut at its median or at a fixed place, and a label flips at the cut: so the distance from it belongs beside the label.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

QUICK_WIN, BIG_BET, FILL_IN, MONEY_PIT = "quick_win", "big_bet", "fill_in", "money_pit"
QUADRANTS = (
    (QUICK_WIN, "Quick win"),
    (BIG_BET, "Big bet"),
    (FILL_IN, "Fill-in"),
    (MONEY_PIT, "Money pit"),
)


def value_effort(value: float | None, effort: float | None) -> float | None:
    """Value per unit of effort, or None where one is missing or the effort is not above 0."""
    if value is None or effort is None or effort <= 0:
        return None
    return value / effort


@dataclass(frozen=True, slots=True)
class Axis:
    """Where an axis is cut and how long it is; the length is the measure of distances."""

    cut: float
    length: float

    @classmethod
    def of_scale(cls, low: float, high: float, cut: float | None = None) -> Axis:
        """A fixed cut, in the middle of the scale unless told: an item that comes or goes moves nobody."""
        return cls((low + high) / 2 if cut is None else cut, high - low)

    @classmethod
    def of_median(cls, values: Sequence[float]) -> Axis | None:
        """A cut at the median of what is there, or None of nothing: half stands on either side, whatever its worth."""
        if not values:
            return None
        return cls(float(statistics.median(values)), float(max(values) - min(values)))

    def distance(self, value: float) -> float:
        """How far above the cut (below: negative), as a share of the axis; 0 on an axis without length."""
        return (value - self.cut) / self.length if self.length > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Placing:
    """A quadrant, and how far the item is from the cuts, as shares of the axes (negative: below)."""

    quadrant: str
    value_distance: float
    effort_distance: float

    @property
    def nearest(self) -> float:
        """The smaller of the two distances: how little would have to change to flip the label."""
        return min(abs(self.value_distance), abs(self.effort_distance))


def placing(
    value: float | None, effort: float | None, value_axis: Axis, effort_axis: Axis
) -> Placing | None:
    """The quadrant of an item, or None where value or effort is missing.

    On the cut, value counts as high and effort as low.
    """
    if value is None or effort is None:
        return None
    if value >= value_axis.cut:
        quadrant = QUICK_WIN if effort <= effort_axis.cut else BIG_BET
    else:
        quadrant = FILL_IN if effort <= effort_axis.cut else MONEY_PIT
    return Placing(quadrant, value_axis.distance(value), effort_axis.distance(effort))
