"""Shares of plans that had come, and that had been given up, by day, where some are still open.

Sources: Kaplan & Meier 1958 (what is open counts as long as it was watched); Aalen & Johansen 1978 (several ends that
exclude each other: what was withdrawn can no longer come, and is not taken for open); Maller & Zhou, Survival Analysis
with Long-Term Survivors, 1996 (the level at which the curve stays is the share that comes at all).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plm.numeric import np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

OPEN, REACHED, NEVER = 0, 1, 2
FIRST, LAST = -730, 1095
"""The days a curve tells of: what comes more than three years after its day counts as never."""


@dataclass(frozen=True, slots=True)
class Curve:
    """By day from FIRST to LAST, the share that had come and the share that had been given up by the end of it."""

    reached: Floats
    gone: Floats

    def at(self, day: int) -> float:
        """The share that had come by `day`."""
        return float(self.reached[_place(day)])

    def day_of(self, share: float) -> int | None:
        """The first day by which `share` had come, or None where so many never come."""
        if self.reached[-1] < share:
            return None
        return FIRST + int(np.argmax(self.reached >= share))

    def never(self, day: int = LAST) -> float:
        """What had not come by `day`."""
        return 1.0 - self.at(day)

    def given(self, day: int) -> Curve:
        """The curve of what is still open at the end of `day`. Where nothing was left open then, or nothing had ended,
        the curve as it is."""
        place = _place(day)
        left = 1.0 - self.reached[place] - self.gone[place]
        if left < 1e-9 or left == 1.0:
            return self
        return Curve(
            np.maximum(self.reached - self.reached[place], 0) / left,
            np.maximum(self.gone - self.gone[place], 0) / left,
        )


def _place(day: int) -> int:
    return min(max(day, FIRST), LAST) - FIRST


@dataclass(frozen=True, slots=True)
class Counts:
    """By day from FIRST to LAST: how many were open still when it began, came on it, and were given up on it."""

    open: Floats
    came: Floats
    gone: Floats

    def plus(self, other: Counts, own: float, foreign: float) -> Counts:
        """These and those of others, each times its weight."""
        return Counts(
            own * self.open + foreign * other.open,
            own * self.came + foreign * other.came,
            own * self.gone + foreign * other.gone,
        )

    def curve(self) -> Curve:
        """The estimate from these counts."""
        at_risk = np.maximum(self.open, 1e-12)
        came, gone = self.came / at_risk, self.gone / at_risk
        left = np.concatenate([[1.0], np.cumprod(np.maximum(1.0 - came - gone, 0.0))[:-1]])
        return Curve(np.cumsum(left * came), np.cumsum(left * gone))


def counts_of(days: Ints, ends: Ints) -> Counts:
    """The counts of plans that ended on `days`, each as REACHED or NEVER, or were last seen open then.

    Both arrays have the same length n >= 1. Days outside of FIRST..LAST count as the nearest one inside, but what ended
    after LAST as open on LAST.
    """
    ends = np.where(days > LAST, OPEN, ends)
    places = np.clip(days, FIRST, LAST) - FIRST
    size = LAST - FIRST + 1
    ended = np.bincount(places, minlength=size)
    return Counts(
        len(days) - np.concatenate([[0.0], np.cumsum(ended)[:-1]]),
        np.bincount(places[ends == REACHED], minlength=size).astype(float),
        np.bincount(places[ends == NEVER], minlength=size).astype(float),
    )


def curve_of(days: Ints, ends: Ints) -> Curve:
    """The curve of plans that ended on `days`, as `counts_of` takes them."""
    return counts_of(days, ends).curve()
