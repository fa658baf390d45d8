"""Walking through the Kubernetes history: on each day a forecast of every open plan from what was known then, and how
good the forecasts were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from analytics.management.kubernetes.history import History, Look
from roadmap.forecasting.courses import firsts
from roadmap.forecasting.measuring import brier, calibration_error, chance_error
from roadmap.forecasting.reference import Forecast, Reference

HORIZONS = (0, 120, 240, 360)
SHARES = (0.5, 0.85)


@dataclass(frozen=True, slots=True)
class Made:
    """A forecast of the past, the plan it is of, and when that came, if it did."""

    look: Look
    forecast: Forecast
    reached: date | None


@dataclass(frozen=True, slots=True)
class Line:
    """How good the chances were that plans come by their day and `days` more. `base` is the Brier score of always
    saying the share that came, `naive` that of always saying that it comes; `floor` the calibration error that exactly
    true chances would show."""

    days: int
    count: int
    chance: float
    came: float
    error: float
    floor: float
    brier: float
    base: float
    naive: float


@dataclass(frozen=True, slots=True)
class Windows:
    """How often plans came by the day by which `share` should have come; `promised` is the mean chance given for these
    days, `none` how many forecasts had no such day, `pending` how many such days are still to come. `width` is the
    median of days after the planned day, or after the day of the forecast where that is later."""

    share: float
    count: int
    covered: float
    promised: float
    width: float
    none: int
    pending: int


def walk(history: History, since: date) -> tuple[list[Made], list[Made]]:
    """Forecasts of every open plan on the first of each month, and of each plan on the day it was made; these from what
    was known on the first of that month. What has no release with a known day cannot be judged and is left out."""
    begin = min(feature.snaps[0].day for feature in history.features)
    looks = {day: history.looks(day) for day in firsts(begin, history.end)}
    new = list(history.made(begin))
    every = [*new, *(look for seen in looks.values() for look in seen)]
    monthly: list[Made] = []
    when_made: list[Made] = []
    for day in firsts(since, history.end):
        reference = Reference(history.case(look, day) for look in every if look.on < day)
        monthly += _forecasts(history, reference, looks[day])
        of_month = [look for look in new if look.on.replace(day=1) == day and look.on >= since]
        when_made += _forecasts(history, reference, of_month)
    return monthly, when_made


def _forecasts(history: History, reference: Reference, looks: Sequence[Look]) -> list[Made]:
    found = []
    for look in looks:
        forecast = reference.forecast(look.on, look.planned, look.traits)
        if forecast is not None and look.minor in history.releases.days:
            came = look.feature.reached(look.stage, history.end, history.releases)
            found.append(Made(look, forecast, came))
    return found


def line_of(history: History, made: Sequence[Made], days: int) -> Line | None:
    """The forecasts whose planned day and `days` more lie after the forecast and inside the data."""
    chances, came = [], []
    for one in made:
        planned = history.releases.days[one.look.minor]
        until = planned + timedelta(days=days)
        if until > history.end or until <= one.look.on:
            continue
        # The class tells of days after the release, whatever was known of its day on the day of the forecast.
        known = one.forecast.clock if planned < one.look.on else planned
        chances.append(one.forecast.curve.at((until - known).days))
        came.append(float(one.reached is not None and one.reached <= until))
    if not chances:
        return None
    share = sum(came) / len(came)
    return Line(
        days, len(came), sum(chances) / len(chances), share, calibration_error(chances, came),
        chance_error(chances), brier(chances, came), share * (1 - share), 1 - share,
    )  # fmt: skip


def windows_of(history: History, made: Sequence[Made], share: float) -> Windows | None:
    """How wide the windows of `share` were, and how many of those that are over were kept."""
    hits, widths, promised, none, pending = [], [], [], 0, 0
    for one in made:
        day = one.forecast.day(share)
        if day is None:
            none += 1
        elif day > history.end:
            pending += 1
        else:
            hits.append(one.reached is not None and one.reached <= day)
            widths.append((day - one.forecast.clock).days)
            promised.append(one.forecast.by(day))
    if not hits:
        return None
    covered, given = sum(hits) / len(hits), sum(promised) / len(hits)
    return Windows(share, len(hits), covered, given, float(median(widths)), none, pending)
