"""Axes of a chart of two factors: where a value lies on one, its round marks, and the values a move may stop at.

An axis is linear or logarithmic. On a logarithmic one, equal distances are equal ratios; what is not above 0 has no
place on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from plm.scoring.factor import Factor

SHORT = 100.0
"""A scale up to this long is drawn whole; a longer one as far as values go, with room above."""
ROOM, LOG_ROOM = 1.2, 2.0
PERCENT_STEP = 0.05
FEWEST_STOPS = 24
DIGITS = 6
SERIES = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""Ten round values a decade, each about a quarter above the one before."""


def ticks(low: float, top: float) -> list[float]:
    """Three to seven round figures, evenly apart, that span the values."""
    rough = ((top - low) or abs(top) or 1.0) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(top / step - 1e-9), first + 1)
    return [round(index * step, 12) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Span:
    """The part of an axis that is drawn. Raises ValueError where it has no length, or where a logarithm has no beginning."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.log and self.low <= 0):
            raise ValueError(
                "An axis goes from a low end to a higher one, a logarithmic one from above 0."
            )

    def at(self, value: float) -> float | None:
        """From 0 at the low end to 1 at the high end; None for what has no place on the axis."""
        if not self.log:
            return (value - self.low) / (self.high - self.low)
        if value <= 0:
            return None
        return math.log(value / self.low) / math.log(self.high / self.low)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def decades(values: Sequence[float]) -> float:
    """How many powers of ten lie between the least and the most of the values; 0 where one is not above 0."""
    if not values or min(values) <= 0:
        return 0.0
    return math.log10(max(values) / min(values))


def span_of(values: Sequence[float], factor: Factor | None = None, *, log: bool = False) -> Span:
    """What to draw of an axis for these values: a short scale whole, else as far as they go and a little further."""
    known = [value for value in values if value > 0] if log else list(values)
    low, high = min(known, default=0.0), max(known, default=0.0)
    if log and known:
        low, high = _round(low / LOG_ROOM, up=False), _round(high * LOG_ROOM, up=True)
        return Span(low, high, log=True)
    if factor is not None and (factor.choices or factor.high - factor.low <= SHORT):
        return Span(min(factor.low, low), max(factor.high, high))
    if not known or low == high == 0:
        return Span(0.0, 1.0)
    marks = ticks(min(0.0, low * ROOM), max(0.0, high * ROOM))
    return Span(marks[0], marks[-1])


def marks(span: Span, factor: Factor | None = None) -> list[float]:
    """Round values to write beside the axis, from low to high."""
    if factor is not None and factor.choices:
        return [value for value, _ in factor.choices if span.holds(value)]
    if not span.log:
        found = [mark for mark in ticks(span.low, span.high) if span.holds(mark)]
        return [span.low, *found] if found and found[0] > span.low and factor is not None else found
    wide = math.log10(span.high / span.low)
    wanted = (1.0, 2.0, 5.0) if wide <= 3 else (1.0,)
    return [value for value in _series(span, wanted) if span.holds(value)]


def stops(factor: Factor, span: Span) -> list[float]:
    """The values of a factor that a move on the drawn part of its axis may stop at: all lawful ones where these are few,
    else round ones."""
    low, high = max(span.low, factor.low), min(span.high, factor.high)
    if factor.choices:
        return sorted(value for value, _ in factor.choices if span.holds(value))
    if span.log:
        found = [value for value in _series(span, SERIES) if low <= value <= high]
        return sorted({round(v) for v in found if v >= 1}) if factor.whole else found
    step = _step(factor, span)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    found = [round(index * step, DIGITS) for index in range(first, last + 1)]
    # The low end itself, where steps from zero pass over it.
    return [low, *found] if low == factor.low and (not found or found[0] > low) else found


def _step(factor: Factor, span: Span) -> float:
    if factor.percent:
        return PERCENT_STEP
    length = span.high - span.low
    if length <= SHORT and not factor.whole and length == factor.high - factor.low:
        return 0.5 if length <= 10 else 1.0
    rough = length / FEWEST_STOPS
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(m * power for m in (1, 2.5, 5) if m * power <= rough * 1.001)
    return max(1.0, float(math.floor(step))) if factor.whole else step


def _series(span: Span, wanted: Sequence[float]) -> list[float]:
    first, last = math.floor(math.log10(span.low)), math.ceil(math.log10(span.high))
    return [round(m * 10.0**power, 12) for power in range(first, last + 1) for m in wanted]


def _round(value: float, *, up: bool) -> float:
    """The next of 1, 2 and 5 times a power of ten, upward or downward."""
    power = 10.0 ** math.floor(math.log10(value))
    if up:
        return next(m * power for m in (1, 2, 5, 10) if m * power >= value * 0.999)
    return next(m * power for m in (5, 2, 1) if m * power <= value * 1.001)
