"""Opportunity score: importance, and what of it is not satisfied.

Source: Anthony Ulwick, "Turn customer input into innovation", Harvard Business Review 2002; What Customers Want, 2005.
importance + max(importance - satisfaction, 0), each 0 to 10, the score 0 to 20. Importance and satisfaction are shares, not
means: ten times the part of the respondents who answer 4 or 5 of 5 (top-2-box). Made for outcomes and needs, not features.
"""

from __future__ import annotations

from collections.abc import Iterable

EXTREME, HIGH, WORTH, SERVED, OVERSERVED = "extreme", "high", "worth", "served", "overserved"
BANDS = (
    (EXTREME, "Extreme opportunity, above 15"),
    (HIGH, "High opportunity, 12 to 15"),
    (WORTH, "Worth a look, 10 to 12"),
    (SERVED, "Served, below 10"),
    (OVERSERVED, "Over-served, below 10 and more satisfied than important"),
)
LOW, HIGHEST, TOP_FROM = 1, 5, 4
ENDS = 10.0


def top_two_box(answers: Iterable[int | None]) -> float | None:
    """Ten times the share of answers 4 and 5 among those given, or None where nobody answered.

    Raises ValueError for an answer that is not a whole number from 1 to 5.
    """
    given = top = 0
    for answer in answers:
        if answer is None:
            continue
        if answer not in range(LOW, HIGHEST + 1):
            raise ValueError(f"An answer is a whole number from 1 to 5; {answer!r} is none.")
        given += 1
        top += answer >= TOP_FROM
    return ENDS * top / given if given else None


def opportunity(importance: float | None, satisfaction: float | None) -> float | None:
    """The score, or None where one is missing. More satisfaction than importance takes nothing away."""
    if importance is None or satisfaction is None:
        return None
    return importance + max(importance - satisfaction, 0.0)


def band(importance: float | None, satisfaction: float | None) -> str | None:
    """Which band the score falls into, or None without one: 15 is high still, 12 is high, 10 is worth a look."""
    score = opportunity(importance, satisfaction)
    if score is None or importance is None or satisfaction is None:
        return None
    if score > 15:
        return EXTREME
    if score >= 12:
        return HIGH
    if score >= 10:
        return WORTH
    return OVERSERVED if satisfaction > importance else SERVED
