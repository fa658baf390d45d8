"""How far and how often planned days moved. Plain arithmetic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Slip:
    """What became of a planned day: what was planned `first` and what `last`, how often it moved to a later day and
    how often to an earlier one, and by how many days in all (less than nothing is earlier)."""

    first: date
    last: date
    later: int
    earlier: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days

    @property
    def moves(self) -> int:
        return self.later + self.earlier


def slip_of(planned: Iterable[date | None]) -> Slip | None:
    """The slip of a day that was planned so, one after the other; None where nothing was ever planned.

    Days without a plan in between are passed over: what counts is what was planned before and after them.
    """
    days = [day for day in planned if day is not None]
    if not days:
        return None
    steps = list(pairwise(days))
    later = sum(after > before for before, after in steps)
    earlier = sum(after < before for before, after in steps)
    return Slip(days[0], days[-1], later, earlier)


@dataclass(slots=True)
class Leaving:
    """How items and a release went together: how many were ever planned for it, how many of those went to another one
    or to none, how many had been planned for another one before."""

    ever: int = 0
    left: int = 0
    joined: int = 0


def leavings(courses: Iterable[Iterable[str | None]]) -> dict[str, Leaving]:
    """By release, from the releases that each item was planned for, one after the other; None is no release."""
    found: dict[str, Leaving] = {}
    for course in courses:
        named = list(course)
        last = named[-1] if named else None
        first = next((name for name in named if name), None)
        for name in {name for name in named if name}:
            row = found.setdefault(name, Leaving())
            row.ever += 1
            row.left += name != last
            row.joined += name != first
    return found
