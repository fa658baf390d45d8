"""What a series of cash flows is worth.

Flows are amounts per period, the first at t = 0; rates are per period as fractions (0.08 is 8 %). Sources: the
definitions of numpy-financial (NPV from t = 0, unlike the spreadsheet function that starts at t = 1), Microsoft's XNPV
and XIRR (actual/365), L. J. Gitman, Principles of Managerial Finance (payback inside a period).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from plm.numeric import np, optimize

Flows = Sequence[float]
PERIODS_A_YEAR = {"month": 12, "quarter": 4, "year": 1}
LOWEST_RATE, HIGHEST_RATE = -0.999, 1000.0
"""Rates outside these are no answer anybody could use."""


@cache
def _grid() -> np.ndarray:
    found: np.ndarray = (
        np.exp(np.linspace(math.log1p(LOWEST_RATE), math.log1p(HIGHEST_RATE), 4000)) - 1
    )
    return found


def rate_per_period(annual: float, period: str) -> float:
    """The rate that, compounded over a year of such periods (month, quarter, year), gives the annual one."""
    return float((1 + annual) ** (1 / PERIODS_A_YEAR[period]) - 1)


def npv(rate: float, flows: Flows) -> float:
    """Net present value. Raises ValueError for a rate of -100 % or less."""
    if rate <= -1:
        raise ValueError("A discount rate is above -100 %.")
    return math.fsum(flow / (1 + rate) ** t for t, flow in enumerate(flows))


def xnpv(rate: float, flows: Flows, days: Sequence[date]) -> float:
    """Net present value of dated flows at an annual rate, actual/365 from the first day."""
    if rate <= -1:
        raise ValueError("A discount rate is above -100 %.")
    return math.fsum(
        flow / (1 + rate) ** ((day - days[0]).days / 365)
        for flow, day in zip(flows, days, strict=True)
    )


@dataclass(frozen=True, slots=True)
class InternalRate:
    """Every rate at which the flows are worth nothing, lowest first.

    `roots` is empty where the sign never changes (undefined, not 0), and longer than one where it changes several
    times: then no single internal rate exists, and MIRR or the NPV curve is the honest answer.
    """

    roots: tuple[float, ...]
    sign_changes: int

    @property
    def single(self) -> float | None:
        return self.roots[0] if len(self.roots) == 1 else None


def sign_changes(flows: Flows) -> int:
    """How often the flows change between paying in and paying out; zeros are passed over."""
    signs = [math.copysign(1, flow) for flow in flows if flow]
    return sum(a != b for a, b in itertools.pairwise(signs))


def internal_rate(flows: Flows) -> InternalRate:
    """All internal rates of return between -99.9 % and 100,000 % a period."""
    changes = sign_changes(flows)
    if not changes:
        return InternalRate((), 0)
    return InternalRate(_roots(lambda rate: npv(rate, flows), npv_curve(flows, _grid())), changes)


def dated_internal_rate(flows: Flows, days: Sequence[date]) -> InternalRate:
    """XIRR: all annual internal rates of dated flows, actual/365."""
    changes = sign_changes(flows)
    if not changes:
        return InternalRate((), 0)
    years = np.array([(day - days[0]).days / 365 for day in days])
    values = np.asarray(flows, float) @ np.exp(-np.outer(years, np.log1p(_grid())))
    return InternalRate(_roots(lambda rate: xnpv(rate, flows, days), values), changes)


def npv_curve(flows: Flows, rates: Sequence[float] | np.ndarray) -> np.ndarray:
    """NPV at each of the rates."""
    discount = np.log1p(np.asarray(rates, float))
    with np.errstate(over="ignore", invalid="ignore"):
        powers = np.exp(-np.outer(np.arange(len(flows)), discount))
        values: np.ndarray = np.asarray(flows, float) @ powers
    return values


def _roots(value: Callable[[float], float], on_grid: np.ndarray) -> tuple[float, ...]:
    signs = np.sign(on_grid)
    found = [float(_grid()[i]) for i in np.flatnonzero(signs == 0)]
    with np.errstate(invalid="ignore"):
        crossings = np.flatnonzero(signs[:-1] * signs[1:] < 0)
        size = np.abs(on_grid)
        touches = np.flatnonzero(
            (size[1:-1] < size[:-2]) & (size[1:-1] < size[2:]) & (signs[:-2] == signs[2:])
        )
    found += [
        float(optimize.brentq(value, _grid()[i], _grid()[i + 1], xtol=1e-14)) for i in crossings
    ]
    scale = float(np.min(size[np.isfinite(size)], initial=np.inf)) + abs(value(0.0)) + 1e-300
    for i in touches:  # A curve that touches zero without crossing it has a double root there.
        low = optimize.minimize_scalar(
            lambda r: abs(value(float(r))),
            bounds=(_grid()[i], _grid()[i + 2]),
            options={"xatol": 1e-12},
        )
        if low.fun <= 1e-9 * scale:
            found.append(float(low.x))
    return tuple(sorted(found))


def mirr(flows: Flows, finance_rate: float, reinvest_rate: float) -> float | None:
    """Modified internal rate: outflows financed at one rate, inflows reinvested at another.

    None without both an inflow and an outflow, or with fewer than two periods.
    """
    n = len(flows) - 1
    if n < 1 or min(flows) >= 0 or max(flows) <= 0:
        return None
    paid = -npv(finance_rate, [min(flow, 0.0) for flow in flows])
    earned = npv(reinvest_rate, [max(flow, 0.0) for flow in flows]) * (1 + reinvest_rate) ** n
    return float((earned / paid) ** (1 / n) - 1)


def payback(flows: Flows, rate: float = 0.0) -> float | None:
    """Periods until the sum of the flows (discounted at `rate`, if given) is back at 0 for good, linear inside a
    period. 0 where nothing is ever paid in, None where it never comes back."""
    balance, last = 0.0, 0.0
    crossing: float | None = 0.0
    for t, flow in enumerate(flows):
        last, balance = balance, balance + flow / (1 + rate) ** t
        if balance < 0:
            crossing = None
        elif crossing is None:
            crossing = t - 1 + last / (last - balance)
    return crossing


@dataclass(frozen=True, slots=True)
class BreakEven:
    units: int
    revenue: float


def break_even(fixed_cost: float, price: float, variable_cost: float) -> BreakEven | None:
    """Units to sell until the fixed cost is covered, rounded up. None where a unit earns nothing."""
    margin = price - variable_cost
    if margin <= 0:
        return None
    exact = fixed_cost / margin
    # 17999.999999 of rounding noise must not make one unit more.
    units = max(0, math.ceil(exact - 1e-9 * max(1.0, abs(exact))))
    return BreakEven(units, units * price)
