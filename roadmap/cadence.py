"""When something that comes daily, weekly or monthly is due next. Plain values.

Due is an hour of a local day in a time zone (IANA name). Moments are aware datetimes; results are in UTC. A local hour
that a clock change leaves out is due at the first moment after the gap, one that comes twice is due the first time. So
every local day has exactly one moment, and the days follow one another (PEP 495: `fold=0` gives both).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

CADENCES = (("daily", "Every day"), ("weekly", "Every week"), ("monthly", "Every month"))
WEEKDAYS = (
    (0, "Monday"), (1, "Tuesday"), (2, "Wednesday"), (3, "Thursday"), (4, "Friday"), (5, "Saturday"), (6, "Sunday"),
)  # fmt: skip
NOT_ZONES = ("Factory", "localtime", "posixrules")


def zones() -> list[str]:
    """Names of time zones by which people know where they are: those with a place in them, and UTC."""
    found = (name for name in available_timezones() if "/" in name and name not in NOT_ZONES)
    return ["UTC", *sorted(name for name in found if not name.startswith(("Etc/", "SystemV/")))]


def moment_of(day: date, hour: int, zone: str) -> datetime:
    """The moment at which it is `hour` on a day in a time zone."""
    return datetime.combine(day, time(hour), ZoneInfo(zone)).astimezone(UTC)


def next_due(
    after: datetime, cadence: str, *, hour: int, zone: str, weekday: int = 0, day: int = 1
) -> datetime:
    """The first due moment later than `after`.

    `weekday` (0 is Monday) counts for weekly, `day` (1 to 31) for monthly; a month that is too short has its last day
    instead. Raises ValueError for an unknown cadence, ZoneInfoNotFoundError for an unknown zone.
    """
    local = after.astimezone(ZoneInfo(zone)).date()
    # A zone that moves over the date line leaves a whole day out: beginning a day early costs nothing.
    for candidate in _days(local - timedelta(days=1), cadence, weekday, day):
        moment = moment_of(candidate, hour, zone)
        if moment > after:
            return moment
    raise ValueError("The calendar has ended.")


def _days(first: date, cadence: str, weekday: int, day: int) -> Iterator[date]:
    """The days on which it is due, from `first` on."""
    if cadence == "monthly":
        yield from _days_of_months(first, day)
        return
    if cadence not in {"daily", "weekly"}:
        raise ValueError(f"Unknown cadence: {cadence}")
    step = timedelta(days=7 if cadence == "weekly" else 1)
    current = first
    if cadence == "weekly":
        current += timedelta(days=(weekday - first.weekday()) % 7)
    while True:
        yield current
        current += step


def _days_of_months(first: date, day: int) -> Iterator[date]:
    year, month = first.year, first.month
    while True:
        found = date(year, month, min(day, monthrange(year, month)[1]))
        if found >= first:
            yield found
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def overdue(last: datetime | None, now: datetime, since: datetime, **when: Any) -> datetime | None:
    """Since when something has been due that was done last at `last`, or None where it is not late.

    What was never done is due from the first moment after `since`. `when` is what `next_due` takes.
    """
    due = next_due(last or since, **when)
    return due if due <= now else None
