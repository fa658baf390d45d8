"""Forecasts as they would have been made on days of the past, against what came since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from roadmap.forecasting.courses import Course, case_of, firsts
from roadmap.forecasting.curves import REACHED
from roadmap.forecasting.reference import Forecast, Reference

MONTHS = 24
"""So far back the first forecast lies that is judged."""


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast of the past, made from what was known on its day, and how its plan stands now: since `ended` come or
    given up, or open on that day."""

    forecast: Forecast
    ended: date
    how: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Of the days promised for `share`, how many are over, and by how many of these the plan had come. `promised` is
    the mean chance that was given for these days, `pending` how many are still to come, `none` how many forecasts
    had no such day."""

    share: float
    over: int
    kept: int
    promised: float
    pending: int
    none: int

    @property
    def label(self) -> str:
        return (
            "Half come by" if self.share == 0.5 else f"{self.share:.0%} come by".replace("%", " %")
        )

    @property
    def percent(self) -> int | None:
        return round(100 * self.kept / self.over) if self.over else None

    @property
    def promised_percent(self) -> int | None:
        return round(100 * self.promised) if self.over else None


def told(courses: Collection[Course], days: Iterable[date], until: date) -> list[Told]:
    """The forecasts of all open plans on each of the days, judged at the end of `until`."""
    begin = min((c.stands[0].day for c in courses), default=until)
    looks = [(c, look) for c in courses for look in c.looks(firsts(begin, until), until)]
    found = []
    for on in days:
        reference = Reference(case_of(c, look, on) for c, look in looks if look.on < on)
        for course in courses:
            look = course.look(on)
            forecast = look and reference.forecast(on, look.planned, look.traits, course.plan)
            if forecast:
                found.append(Told(forecast, *course.ended(until)))
    return found


def kept(forecasts: Sequence[Told], share: float, until: date) -> Kept:
    """How often the days for `share` were kept."""
    hits, promised, pending, none = [], [], 0, 0
    for one in forecasts:
        day = one.forecast.day(share)
        if day is None:
            none += 1
        elif day >= until:
            # Also where it has come already: those that are late would be missing beside it.
            pending += 1
        else:
            hits.append(one.how == REACHED and one.ended <= day)
            promised.append(one.forecast.by(day))
    return Kept(share, len(hits), sum(hits), fmean(promised) if promised else 0.0, pending, none)


def as_planned(forecasts: Sequence[Told], until: date) -> Kept:
    """How often the planned day itself was kept, where it was not over on the day of the forecast."""
    ahead = [one for one in forecasts if one.forecast.planned >= one.forecast.on]
    over = [one for one in ahead if one.forecast.planned < until]
    hits = sum(one.how == REACHED and one.ended <= one.forecast.planned for one in over)
    promised = fmean(one.forecast.by(one.forecast.planned) for one in over) if over else 0.0
    return Kept(1.0, len(over), hits, promised, len(ahead) - len(over), len(forecasts) - len(ahead))
