"""How planned things went: on which day they were planned for which, when work began, when they came or were given up.

A course is looked at on the first day of each month and on each day its plan was made or moved; every look at an open
plan is a case for the plans of others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from roadmap.forecasting.curves import OPEN
from roadmap.forecasting.reference import Case

ALIVE = timedelta(days=31)
"""What changed within a month before the look is alive; the rest is silent."""


@dataclass(frozen=True, slots=True)
class Stand:
    """How it stood from the end of `day` on: `planned` for a day or for none, `begun` or not, and in the end, or
    again no longer, REACHED or NEVER."""

    day: date
    planned: date | None
    begun: bool = False
    how: int = OPEN


@dataclass(frozen=True, slots=True)
class Look:
    """An open plan on a day."""

    plan: Hashable
    on: date
    planned: date
    traits: tuple[str, ...]


@dataclass(frozen=True)
class Course:
    """One thing's stands in the order of their days, at least one, at most one for each day."""

    plan: Hashable
    stands: tuple[Stand, ...]

    @cached_property
    def _days(self) -> list[date]:
        return [stand.day for stand in self.stands]

    def look(self, on: date) -> Look | None:
        """What a forecast of the day `on` knows of it, or None where it had no open plan."""
        place = bisect_right(self._days, on)
        if not place:
            return None
        stand = self.stands[place - 1]
        if stand.planned is None or stand.how != OPEN:
            return None
        pulse = "alive" if on - stand.day <= ALIVE else "silent"
        return Look(self.plan, on, stand.planned, (pulse, "begun" if stand.begun else "not begun"))

    def looks(self, firsts: Iterable[date], until: date) -> Iterator[Look]:
        """Its open plans on these days and on those of its changes of plan, before the day `until`."""
        before: date | None = None
        begin, last = self.stands[0].day, self.stands[-1]
        end = min(until, last.day) if last.how != OPEN else until
        days = {day for day in firsts if begin <= day < end}
        for stand in self.stands:
            if stand.planned != before:
                days.add(stand.day)
            before = stand.planned
        for day in sorted(days):
            if day < until and (found := self.look(day)):
                yield found

    def ended(self, until: date) -> tuple[date, int]:
        """Since when it had come or been given up, as it was known at the end of `until`, which is the day where it was
        open."""
        place = bisect_right(self._days, until)
        how = self.stands[place - 1].how if place else OPEN
        if how == OPEN:
            return until, OPEN
        while place > 1 and self.stands[place - 2].how == how:
            place -= 1
        return self.stands[place - 1].day, how


def case_of(course: Course, look: Look, until: date) -> Case:
    """What became of a look, as it was known at the end of `until`."""
    ended, how = course.ended(until)
    return Case(look.plan, look.on, look.planned, look.traits, ended, how)


def firsts(begin: date, end: date) -> list[date]:
    """The first days of the months from `begin` to `end`."""
    months = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    return [day for day in days if begin <= day <= end]
