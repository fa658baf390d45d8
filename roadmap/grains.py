"""How exactly something is planned: to the day, or to a month, a quarter or half a year. Plain arithmetic.

A bucket is kept as its first and its last day, so that whatever reads days need not know of buckets.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from datetime import date, timedelta

DAY, MONTH, QUARTER, HALF = "day", "month", "quarter", "half"
GRAINS = ((DAY, "Exact days"), (MONTH, "Months"), (QUARTER, "Quarters"), (HALF, "Halves of a year"))
MONTHS_IN = {MONTH: 1, QUARTER: 3, HALF: 6}
NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _number(grain: str, day: date) -> int:
    """The bucket of a day, counted from the year 0."""
    return (day.year * 12 + day.month - 1) // MONTHS_IN[grain]


def _first(grain: str, number: int) -> date:
    """The first day of a bucket. Raises OverflowError beyond the year 9999."""
    year, month = divmod(number * MONTHS_IN[grain], 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("no such year")
    return date(year, month + 1, 1)


def _last(grain: str, number: int) -> date:
    if _first(grain, number).year == date.max.year and (number + 1) * MONTHS_IN[grain] % 12 == 0:
        return date.max
    return _first(grain, number + 1) - timedelta(days=1)


def whole(grain: str, start: date, end: date) -> tuple[date, date]:
    """The first and the last day of the buckets that hold start..end; the days themselves where days are planned."""
    if grain == DAY:
        return start, end
    return _first(grain, _number(grain, start)), _last(grain, _number(grain, end))


def nearest(grain: str, start: date, end: date, wanted: date) -> tuple[date, date]:
    """As many buckets as start..end has, from the bucket whose first day lies nearest to `wanted`."""
    if grain == DAY:
        return wanted, wanted + (end - start)
    number = _number(grain, wanted)
    if wanted - _first(grain, number) > _last(grain, number) - wanted:
        number += 1
    return _run(grain, start, end, number)


def no_earlier(grain: str, start: date, end: date, earliest: date) -> tuple[date, date]:
    """As many days or buckets as start..end has, from the first day or bucket that begins on `earliest` or later.

    Raises OverflowError where the calendar ends.
    """
    if grain == DAY:
        return earliest, earliest + (end - start)
    number = _number(grain, earliest)
    return _run(grain, start, end, number if _first(grain, number) >= earliest else number + 1)


def _run(grain: str, start: date, end: date, number: int) -> tuple[date, date]:
    more = _number(grain, end) - _number(grain, start)
    return _first(grain, number), _last(grain, number + more)


def label(grain: str, start: date, end: date) -> str:
    """Such as `Q3 2027`, `Mar to May 2027`, `H2 2027 to H1 2028`; empty where days are planned."""
    if grain == DAY:
        return ""
    first, last = _name(grain, start), _name(grain, end)
    if (first, start.year) == (last, end.year):
        return f"{first} {start.year}"
    if start.year == end.year:
        return f"{first} to {last} {end.year}"
    return f"{first} {start.year} to {last} {end.year}"


def coarser(one: str, other: str) -> str:
    """The grain of the two that says less."""
    order = [name for name, _ in GRAINS]
    return max(one, other, key=order.index)


def when_said(grain: str, start: date | None, end: date | None) -> str:
    """The stretch in words, days too: `3 May to 9 May 2026`, `Q2 2026`; empty without dates."""
    if start is None or end is None:
        return ""
    if grain != DAY:
        return label(grain, start, end)
    first, last = _day(start), f"{_day(end)} {end.year}"
    if start == end:
        return last
    return f"{first} to {last}" if start.year == end.year else f"{first} {start.year} to {last}"


def _day(day: date) -> str:
    return f"{day.day} {NAMES[day.month - 1]}"


def _name(grain: str, day: date) -> str:
    if grain == MONTH:
        return NAMES[day.month - 1]
    return f"Q{(day.month + 2) // 3}" if grain == QUARTER else f"H{(day.month + 5) // 6}"


def why_no_day(text: str) -> str:
    """Why a text such as 2027-02-29 is no day; empty where it is one, or no date at all."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text.strip(), re.ASCII)
    if found is None:
        return ""
    year, month, day = map(int, found.groups())
    if not 1 <= month <= 12:
        return f"A year has 12 months; {month} is none of them."
    if year < 1:
        return "There is no year 0."
    days = monthrange(year, month)[1]
    return (
        ""
        if 1 <= day <= days
        else f"{month_name[month]} {year} has {days} days; {day} is none of them."
    )
