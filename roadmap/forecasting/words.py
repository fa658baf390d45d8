"""What a forecast says, in words: to a day for those who plan, as a window of months or quarters for everybody else."""

from __future__ import annotations

from datetime import date, timedelta

from roadmap.forecasting.reference import Forecast

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
NEAR = timedelta(days=183)
"""A window that ends within half a year is told in months, a later one in quarters."""


def percent_said(share: float) -> str:
    """A share of plans as whole percent, never rounded to none or all of them where it is neither."""
    percent = round(100 * share)
    if percent == 0 and share > 0.0005:
        return "less than 1 %"
    return "more than 99 %" if percent == 100 and share < 0.9995 else f"{percent} %"


def day_said(day: date, today: date) -> str:
    """12 Mar in the year of `today`, 12 Mar 2031 in another."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1][:3]}{year}"


def never_said(forecast: Forecast) -> str:
    """How many never come, and within which time, where that is less than three years."""
    share = percent_said(forecast.may_never)
    if forecast.followed >= 365:
        return f"{share} may never come"
    return f"{share} had not come {forecast.followed} days later, as long as they were watched"


def forecast_said(forecast: Forecast) -> str:
    """The days by which half and 85 % of plans like this came, and how many may never come, as sentences."""
    half, most = forecast.p50, forecast.p85
    on = forecast.on
    if half is None:
        return f"Fewer than half of plans like this came; {never_said(forecast)}."
    early = f"Half of plans like this came by {day_said(half, on)}"
    if most is None:
        return f"{early}; {never_said(forecast)}."
    by = "the same day" if most == half else day_said(most, on)
    late = f"{early}, 85 % by {by}"
    return late + (f"; {never_said(forecast)}." if forecast.may_never >= 0.005 else ".")


PULSE = {"alive": "changed within a month", "silent": "not changed for a month"}


def kind_said(path: tuple[str, ...]) -> str:
    """The class of plans in words: `planned 60 to 120 days ahead, changed within a month, begun`."""
    side, *rest = path
    if not rest:
        return "planned for a day ahead" if side == "ahead" else "planned for a day that has passed"
    days, *traits = rest
    when = f"planned {days} ahead" if side == "ahead" else f"overdue for {days}"
    return ", ".join([when, *(PULSE.get(trait, trait) for trait in traits)])


def window_said(forecast: Forecast) -> str:
    """The window from the day by which half of such plans came to that for 85 %, as months or quarters, without a day:
    `May to June 2027`, `Q2 2028`; `from May 2027, 23 % may never come` where so many never come that it has no end."""
    half, most = forecast.p50, forecast.p85
    if half is None:
        return f"no date: {never_said(forecast)}"
    if most is None:
        return f"from {_span(half, half, forecast.on)}, {never_said(forecast)}"
    return _span(half, most, forecast.on)


def _span(first: date, last: date, on: date) -> str:
    near = last - on <= NEAR
    begin, end = (_month(first), _month(last)) if near else (_quarter(first), _quarter(last))
    if (begin, first.year) == (end, last.year):
        return f"{end} {last.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{begin}{year} to {end} {last.year}"


def _month(day: date) -> str:
    return MONTHS[day.month - 1]


def _quarter(day: date) -> str:
    return f"Q{(day.month + 2) // 3}"
