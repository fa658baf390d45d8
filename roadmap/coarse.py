"""Days made as coarse as an audience may know them. Plain arithmetic.

A stretch of days is widened to whole months, quarters or halves of a year, so what comes out says no more than its
words do. Everything that is drawn or sorted for that audience begins from the widened days.
"""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTHS_IN = {"month": 1, "quarter": 3, "half": 6}
HALVES = {1: "First half", 2: "Second half"}


def coarse(start: date, end: date, grain: str) -> tuple[date, date]:
    """The stretch start..end, widened to whole periods of `grain` (day, month, quarter, half)."""
    size = MONTHS_IN.get(grain)
    if size is None:
        return start, end
    return _begin(start, size), _last(end, size)


def _begin(day: date, size: int) -> date:
    return date(day.year, (day.month - 1) // size * size + 1, 1)


def _last(day: date, size: int) -> date:
    begin = _begin(day, size)
    month = begin.month - 1 + size
    return date(begin.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def when_text(start: date | None, end: date | None, grain: str) -> str:
    """The stretch in words: `3 Mar to 5 May 2026`, `Mar to May 2026`, `Q2 2026`; empty without dates."""
    if start is None or end is None:
        return ""
    first, last = _named(start, grain), _named(end, grain)
    if first == last:
        return f"{last} {end.year}" if grain != "half" else f"{last} of {end.year}"
    of = " of" if grain == "half" else ""
    later = last.lower() if grain == "half" else last
    if start.year == end.year:
        return f"{first} to {later}{of} {end.year}"
    return f"{first}{of} {start.year} to {later}{of} {end.year}"


def _named(day: date, grain: str) -> str:
    if grain == "day":
        return f"{day.day} {MONTHS[day.month - 1]}"
    if grain == "month":
        return MONTHS[day.month - 1]
    if grain == "quarter":
        return f"Q{(day.month - 1) // 3 + 1}"
    return HALVES[(day.month - 1) // 6 + 1]
