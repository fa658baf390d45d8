"""What several people's scores say together, and how far they agree.

Sources: Krippendorff, Content Analysis, 1980 (alpha, for any number of raters and missing values); Kendall & Babington
Smith 1939 (W, with the correction for ties of Kendall, Rank Correlation Methods, 1948); Borda 1781. Ratings are one row for
each rater, one column for each item; None is not rated. Alpha is 1 when all agree, 0 as by chance, below 0 when they
contradict; below 0.667 there is no consensus, so discuss before a mean is taken. W goes from 0 to 1. Rank rules disagree by
design, so say which one made an order.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

NOMINAL, ORDINAL, INTERVAL = "nominal", "ordinal", "interval"
LEVELS = (NOMINAL, ORDINAL, INTERVAL)
LEAST_CONSENSUS = 0.667
"""The alpha below which the raters should talk before their scores are put together."""

Ratings = Sequence[Sequence[float | None]]
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Summary:
    """Scores of one item by several people. `spread` is the distance of the quartiles (linear, as in PostgreSQL)."""

    count: int
    median: float
    mean: float
    low: float
    high: float
    spread: float


def summary(scores: Sequence[float | None]) -> Summary | None:
    """Median, mean and spread of the scores given, or None where nobody scored."""
    given = sorted(float(score) for score in scores if score is not None)
    if not given:
        return None
    quartiles = (
        statistics.quantiles(given, n=4, method="inclusive") if len(given) > 1 else given * 3
    )
    return Summary(
        len(given),
        statistics.median(given),
        math.fsum(given) / len(given),
        given[0],
        given[-1],
        quartiles[2] - quartiles[0],
    )


def standard_scores(scores: Sequence[float | None]) -> list[float | None]:
    """One rater's scores as distances from their own mean, in their own standard deviations (of a sample).

    Takes out who is strict and who is generous. None where not rated, and for all where the rater makes no difference.
    """
    given = [float(score) for score in scores if score is not None]
    deviation = statistics.stdev(given) if len(given) > 1 else 0.0
    if deviation == 0:
        return [None] * len(scores)
    middle = math.fsum(given) / len(given)
    return [None if score is None else (score - middle) / deviation for score in scores]


def krippendorff_alpha(ratings: Ratings, level: str = INTERVAL) -> float | None:
    """Alpha, or None where no item has two ratings or all ratings are one value (nothing to agree about).

    The level says what a difference is: another name (nominal), another rank, or a distance. Raises ValueError for another.
    """
    if level not in LEVELS:
        raise ValueError(f"A level is one of {', '.join(LEVELS)}; {level!r} is none.")
    met = _coincidences(ratings)
    totals: Counter[float] = Counter()
    for (value, _), weight in met.items():
        totals[value] += weight
    difference = _difference(level, totals)
    whole = math.fsum(totals.values())
    observed = math.fsum(n * difference(a, b) for (a, b), n in met.items())
    expected = math.fsum(
        n * m * difference(a, b) for a, n in totals.items() for b, m in totals.items()
    )
    if expected <= 0:
        return None
    return 1 - (whole - 1) * observed / expected


def _coincidences(ratings: Ratings) -> Counter[tuple[float, float]]:
    """How often two values met in one item, each pair of m ratings counted 1 / (m - 1)."""
    met: Counter[tuple[float, float]] = Counter()
    for column in zip(*ratings, strict=True):
        given = Counter(float(value) for value in column if value is not None)
        count = given.total()
        if count < 2:
            continue
        for a, n in given.items():
            for b, m in given.items():
                met[a, b] += n * (m - (a == b)) / (count - 1)  # type: ignore[assignment]
    return met


def _difference(level: str, totals: Mapping[float, float]) -> Callable[[float, float], float]:
    """The squared difference of two values at a level of measurement."""
    if level == NOMINAL:
        return lambda a, b: float(a != b)
    if level == INTERVAL:
        return lambda a, b: (a - b) ** 2
    places, below = {}, 0.0
    for value in sorted(totals):
        places[value] = below + totals[value] / 2
        below += totals[value]
    return lambda a, b: (places[a] - places[b]) ** 2


def ranks(scores: Sequence[float]) -> list[float]:
    """Ranks from 1 for the highest score; equal scores share the mean of their ranks."""
    counted = Counter(scores)
    first, found = 1, {}
    for score in sorted(counted, reverse=True):
        found[score] = first + (counted[score] - 1) / 2
        first += counted[score]
    return [found[score] for score in scores]


def kendall_w(ratings: Ratings) -> float | None:
    """How far the raters' orders agree, 0 to 1, corrected for ties: 12 S / (m^2 (n^3 - n) - m T).

    Only raters who rated every item count. None with fewer than two of them, fewer than two items, or where all of them
    rate all items alike.
    """
    rated = [[float(v) for v in row if v is not None] for row in ratings if None not in row]
    m, n = len(rated), len(rated[0]) if rated else 0
    if m < 2 or n < 2:
        return None
    sums = [math.fsum(column) for column in zip(*(ranks(row) for row in rated), strict=True)]
    middle = m * (n + 1) / 2
    squares = math.fsum((value - middle) ** 2 for value in sums)
    ties = sum(t**3 - t for row in rated for t in Counter(row).values())
    whole = m * m * (n**3 - n) - m * ties
    return 12 * squares / whole if whole > 0 else None


def borda(rankings: Mapping[tuple[Item, ...], float]) -> dict[Item, float]:
    """Borda points of rankings (best first) and how many people hold each: n - 1 for the first of n, 0 for the last.

    An item that a ranking leaves out shares the places that are left. Raises ValueError where a ranking names one twice.
    """
    items = list(dict.fromkeys(item for ranking in rankings for item in ranking))
    points = dict.fromkeys(items, 0.0)
    for ranking, holders in rankings.items():
        if len(set(ranking)) != len(ranking):
            raise ValueError("A ranking names each item once.")
        for place, item in enumerate(ranking):
            points[item] += holders * (len(items) - 1 - place)
        left = len(items) - len(ranking)
        for item in set(items) - set(ranking):
            points[item] += holders * (left - 1) / 2
    return points
