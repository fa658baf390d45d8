"""Which phase of its life the figures of a product suggest, with the evidence. A prompt to a person, not a law.

Polli & Cook, Validity of the Product Life Cycle, Journal of Business 42 (1969): introduction while sales are below 5% of
their peak; then the yearly change against 0 with bands of half a standard deviation. They found that the model fits only a
part of the product categories. XmR limits: Wheeler, Understanding Variation (1993).

Ours are: the least width of a band, two periods that agree, and the change of three months in place of a year's where
there is less than fourteen months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import fmean, pstdev

INTRODUCTION, GROWTH, MATURITY, DECLINE = "introduction", "growth", "maturity", "decline"
LEAST = 8
"""Fewer months than this say nothing."""
YEAR = 12
AGREEING = 2
OF_PEAK = 0.05
LEAST_BAND = 0.05
XMR = 2.66
YEARLY, ANNUALISED = (
    "the month a year before",
    "the three months before, made yearly: seasons are in it",
)
TOO_LITTLE, UNSETTLED = "too little", "unsettled"


@dataclass(frozen=True, slots=True)
class Series:
    """The monthly figures of one metric, the oldest first, complete months only."""

    title: str
    url: str
    unit: str
    months: tuple[date, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its figure, the change to what it is compared with (0.1 is 10% more), and the phase that gives."""

    month: date
    value: float
    growth: float
    phase: str


MOST_TIMES = 1e6
"""What is more than a million times its base began from next to nothing, of which no growth can be told."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What one series suggests. `phase` is empty where `why` says what is missing.

    `band`: changes within it to both sides of 0 are maturity. `signal` is above or below where the last month's step lies
    outside of its XmR limits, else empty. `missing` months until there is enough.
    """

    series: Series
    phase: str
    why: str
    basis: str
    band: float
    months: tuple[Month, ...]
    signal: str
    missing: int


def suggested(series: Series) -> Suggestion:
    """The phase that the last two months agree on."""
    count = len(series.values)
    if count < LEAST:
        return Suggestion(series, "", TOO_LITTLE, "", 0.0, (), "", LEAST - count)
    yearly = count >= YEAR + AGREEING
    growths = _growths(series.values, yearly=yearly)
    known = [growth for growth in growths if growth is not None]
    band = max(LEAST_BAND, pstdev(known) / 2) if known else LEAST_BAND
    months = tuple(
        Month(series.months[n], series.values[n], growth, _phase(series.values, n, growth, band))
        for n, growth in enumerate(growths)
        if growth is not None
    )
    last = months[-AGREEING:]
    agree = len(last) == AGREEING and len({month.phase for month in last}) == 1
    return Suggestion(
        series, last[-1].phase if agree else "", "" if agree else UNSETTLED, YEARLY if yearly else ANNUALISED, band,
        months, _signal(series.values), 0,
    )  # fmt: skip


def _growths(values: Sequence[float], *, yearly: bool) -> list[float | None]:
    found: list[float | None] = []
    for n, value in enumerate(values):
        if yearly:
            before = values[n - YEAR] if n >= YEAR else 0.0
            found.append(_growth(value, before, 1))
        else:
            now, then = values[n - 2 : n + 1], values[n - 5 : n - 2]
            found.append(_growth(max(0.0, fmean(now)), fmean(then), 4) if n >= 5 else None)
    return found


def _growth(value: float, base: float, times: int) -> float | None:
    """The growth of a year in which `value` against `base` happens so many times; None from next to nothing."""
    if base <= 0 or value / MOST_TIMES > base:
        return None
    return float((value / base) ** times - 1)


def _phase(values: Sequence[float], n: int, growth: float, band: float) -> str:
    peak = max(values)
    if values[n] < OF_PEAK * peak and n < values.index(peak):
        return INTRODUCTION
    return GROWTH if growth > band else DECLINE if growth < -band else MATURITY


def xmr_limits(values: Sequence[float]) -> tuple[float, float, float]:
    """(lower, mean, upper) natural process limits of single values. Raises ValueError for fewer than two."""
    if len(values) < 2:
        raise ValueError("Limits need two values.")
    ranges = [abs(b - a) for a, b in pairwise(values)]
    mean, width = fmean(values), XMR * fmean(ranges)
    return mean - width, mean, mean + width


def _signal(values: Sequence[float]) -> str:
    """Whether the last step is out of line with those before it."""
    steps = [b - a for a, b in pairwise(values)]
    low, _, high = xmr_limits(steps[:-1])
    return "above" if steps[-1] > high else "below" if steps[-1] < low else ""


def agreed(suggestions: Sequence[Suggestion]) -> str:
    """The phase that all series with enough data suggest, or nothing."""
    phases = {one.phase for one in suggestions if one.why != TOO_LITTLE}
    return phases.pop() if len(phases) == 1 else ""
