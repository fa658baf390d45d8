"""Days, weeks and months as a workspace's calendar has them.

Weeks are ISO 8601 weeks and begin on Monday; months are calendar months. A period's bounds are moments in UTC that
follow the time zone's own rules, so a day may have 23 or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

DAY, WEEK, MONTH = "day", "week", "month"
PERIODS = (DAY, WEEK, MONTH)


def period_start(day: date, period: str) -> date:
    """The first day of the period that holds `day`."""
    if period == WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == MONTH else day


def next_start(start: date, period: str) -> date:
    """The first day of the period after the one that begins on `start`."""
    if period == MONTH:
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
    return start + timedelta(days=7 if period == WEEK else 1)


def earlier_start(start: date, period: str) -> date:
    """The first day of the period before the one that begins on `start`."""
    return period_start(start - timedelta(days=1), period)


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The moment in UTC at which `day` begins in `zone`."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def bounds(start: date, period: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """[from, to) of a period, as moments in UTC."""
    return local_midnight(start, zone), local_midnight(next_start(start, period), zone)


def starts_of(days: Iterable[date], period: str) -> list[date]:
    """The periods that hold these days, each once, in order."""
    return sorted({period_start(day, period) for day in days})


def starts_between(first: date, last: date, period: str) -> list[date]:
    """Every period from the one that holds `first` to the one that holds `last`."""
    found = []
    start = period_start(first, period)
    while start <= last:
        found.append(start)
        start = next_start(start, period)
    return found


def last_complete(today: date, period: str) -> date:
    """The start of the last period that is over."""
    return earlier_start(period_start(today, period), period)


def period_label(start: date, period: str) -> str:
    """How a person reads a period: 3 Mar 2025, W10 2025, Mar 2025."""
    if period == MONTH:
        return f"{start:%b %Y}"
    if period == WEEK:
        year, week, _ = start.isocalendar()
        return f"W{week} {year}"
    return f"{start.day} {start:%b %Y}"
