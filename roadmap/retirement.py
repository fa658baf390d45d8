"""Which features are candidates for retirement: little use, and cost of keeping them.

Use is the last complete month against the best one. A fifth of it is low: a convention of this product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 6
"""Fewer months than this say nothing about use."""
LOW = 0.2


@dataclass(frozen=True, slots=True)
class Use:
    """How much of its best month a feature is used now, 0 to 1; None where there is too little to say it."""

    share: float | None
    months: int

    @property
    def is_low(self) -> bool:
        return self.share is not None and self.share <= LOW


def use_of(values: Sequence[float]) -> Use:
    """The use of a feature by its monthly figures, the oldest first."""
    best = max(values, default=0.0)
    if len(values) < LEAST or best <= 0:
        return Use(None, len(values))
    return Use(max(0.0, values[-1]) / best, len(values))
