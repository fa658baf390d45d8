"""Dates as people write them. An ambiguous one is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WORDS = re.compile(r"(?:(\d{1,2})\.? ([A-Za-z]{3,9})|([A-Za-z]{3,9}) (\d{1,2}),?) (\d{4})")


def parsed_date(text: str, order: str = "") -> date:
    """The day a text names. `order` is `day` or `month`: which number comes first in 03/04/2026.

    Raises ValueError with a sentence that says what would be right.
    """
    found = text.strip()
    if match := _YEAR_FIRST.fullmatch(found):
        return _made(text, *(int(part) for part in match.groups()))
    if match := _WORDS.fullmatch(found):
        day, word, word_first, day_last, year = match.groups()
        month = _MONTHS.get((word or word_first).casefold(), 0)
        return _made(text, int(year), month, int(day or day_last))
    if match := _YEAR_LAST.fullmatch(found):
        first, mark, second, year = match.groups()
        return _year_last(text, int(first), int(second), int(year), "day" if mark == "." else order)
    raise ValueError(f"{text[:40]!r} is no date. Write it as 2026-04-03.")


def _year_last(text: str, first: int, second: int, year: int, order: str) -> date:
    if first > 12 or (order == "day" and second <= 12):
        return _made(text, year, second, first)
    if second > 12 or order == "month" or first == second:
        return _made(text, year, first, second)
    raise ValueError(
        f"{text!r} may be {date(year, second, first):%-d %B} or {date(year, first, second):%-d %B}."
        " Say in the mapping whether the day or the month comes first."
    )


def _made(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"There is no day {text[:40]!r}. Write it as 2026-04-03.") from None


def date_order(texts: Iterable[str]) -> str:
    """`day` or `month` if some date of a column can only be read that way, `ask` if none decides, else nothing."""
    orders = set()
    unsure = False
    for text in texts:
        match = _YEAR_LAST.fullmatch(text.strip())
        if match is None or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        if first > 12 or second > 12:
            orders.add("day" if first > 12 else "month")
        elif first != second:
            unsure = True
    if len(orders) == 1:
        return orders.pop()
    return "ask" if unsure else ""
