"""Results of a round as values of a factor: 0 to 100 laid onto the factor's scale.

The rule is linear and anchored at both ends: 0 becomes the low end, 100 the high end, what lies between stands in
proportion. Shares, which add up to 100 over all items, are first put relative to the largest, which becomes 100: else
the same opinion would give lower values the more items were judged.
"""

from __future__ import annotations

from collections.abc import Sequence

from plm.scoring.factor import Factor

WIDEST = 100.0
"""A scale longer than this counts something (people, money), which an opinion of 0 to 100 does not."""
PLACES = 1


def fits(factor: Factor, effort: str = "") -> bool:
    """Whether an opinion on how much an item matters can be a value of the factor: a short scale on which more is
    better. `effort` is the key of the factor that a score is divided by."""
    if factor.backward or factor.percent or factor.key == effort:
        return False
    return bool(factor.choices) or 0 < factor.high - factor.low <= WIDEST


def relative(shares: Sequence[float | None]) -> list[float | None]:
    """Shares as parts of the largest, 0 to 100; all None where none is above 0."""
    most = max((share for share in shares if share is not None), default=0.0)
    if most <= 0:
        return [None] * len(shares)
    return [None if share is None else 100 * share / most for share in shares]


def laid_on(factor: Factor, result: float) -> float:
    """The value of a result of 0 to 100 on the factor's scale: the level nearest to it (the lower of two), a whole
    number where the factor takes no other, else rounded to one decimal."""
    ends = [value for value, _ in factor.choices] or [factor.low, factor.high]
    low, high = min(ends), max(ends)
    value = low + (high - low) * min(100.0, max(0.0, result)) / 100
    if factor.choices:
        return min(
            (level for level, _ in factor.choices), key=lambda level: (abs(level - value), level)
        )
    rounded = round(value) if factor.whole else round(value, PLACES)
    return min(high, max(low, float(rounded)))
