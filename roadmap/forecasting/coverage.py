"""Forecasts as they would have been made on days of the past, against what came since."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from roadmap.forecasting.courses import Course, case_of, firsts
from roadmap.forecasting.curves import REACHED
from roadmap.forecasting.reference import Forecast, Reference

SHARES = (0.5, 0.85)
MONTHS = 24
"""So far back the first forecast lies that is judged."""


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast of the past, made from what was known on its day, and how its plan stands now: since `ended` come or
    given up, or open on that day. `days` has by share the day and the chance that was given for it, None without one;
    `planned` the same of the planned day, None where that had passed."""

    days: dict[float, tuple[date, float] | None]
    planned: tuple[date, float] | None
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


def told(
    courses: Collection[Course],
    days: Iterable[date],
    until: date,
    after_each: Callable[[], None] = lambda: None,
) -> list[Told]:
    """The forecasts of all open plans on each of the days, judged at the end of `until`; `after_each` day a long reading
    can say that it is still at work."""
    begin = min((c.stands[0].day for c in courses), default=until)
    looks = [(c, look) for c in courses for look in c.looks(firsts(begin, until), until)]
    found = []
    for on in days:
        reference = Reference(case_of(c, look, on) for c, look in looks if look.on < on)
        for course in courses:
            look = course.look(on)
            forecast = look and reference.forecast(on, look.planned, look.traits, course.plan)
            if forecast:
                found.append(_told(forecast, *course.ended(until)))
        after_each()
    return found


def _told(forecast: Forecast, ended: date, how: int) -> Told:
    def chance(day: date | None) -> tuple[date, float] | None:
        return None if day is None else (day, forecast.by(day))

    planned = forecast.planned if forecast.planned >= forecast.on else None
    return Told(
        {share: chance(forecast.day(share)) for share in SHARES}, chance(planned), ended, how
    )


def kept(forecasts: Sequence[Told], share: float, until: date) -> Kept:
    """How often the days for `share` were kept."""
    return _kept(share, [(one, one.days[share]) for one in forecasts], until)


def as_planned(forecasts: Sequence[Told], until: date) -> Kept:
    """How often the planned day itself was kept, where it was not over on the day of the forecast."""
    return _kept(1.0, [(one, one.planned) for one in forecasts], until)


def _kept(
    share: float, promises: list[tuple[Told, tuple[date, float] | None]], until: date
) -> Kept:
    # What has come before its day is over waits with the rest: those that are late would be missing beside it.
    over = [(one, *promise) for one, promise in promises if promise and promise[0] < until]
    none = sum(promise is None for _, promise in promises)
    hits = sum(one.how == REACHED and one.ended <= day for one, day, _ in over)
    promised = fmean(chance for _, _, chance in over) if over else 0.0
    return Kept(share, len(over), hits, promised, len(promises) - len(over) - none, none)


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often forecasts were kept: how many there were, by the promised share, and the planned days themselves."""

    forecasts: int
    kept: list[Kept]
    as_planned: Kept

    @property
    def lines(self) -> list[Kept]:
        return [*self.kept, self.as_planned]


def coverage(
    courses: Collection[Course], today: date, after_each: Callable[[], None] = lambda: None
) -> Coverage:
    """Forecasts as they would have been made on the first day of each quarter of two years, against what came since."""
    begin = date(today.year - MONTHS // 12, today.month, 1)
    days = [day for day in firsts(begin, today) if day.month % 3 == 1]
    made = told(courses, days, today, after_each)
    return Coverage(
        len(made), [kept(made, share, today) for share in SHARES], as_planned(made, today)
    )
