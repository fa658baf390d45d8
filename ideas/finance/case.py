"""A business case: lines of money over periods, what they are worth, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ideas.finance.flows import (
    PERIODS_A_YEAR,
    BreakEven,
    InternalRate,
    break_even,
    internal_rate,
    mirr,
    npv,
    npv_curve,
    payback,
    rate_per_period,
)
from ideas.finance.ranges import Line
from plm.numeric import np
from plm.scoring.draws import DRAWS, SEED, drawn
from plm.scoring.ranges import Estimate, Range

CURVE = tuple(n * 0.02 for n in range(51))
"""Annual discount rates at which the value is drawn."""
BINS = 30


@dataclass(frozen=True, slots=True)
class Case:
    """`annual_rate` discounts; `finance_rate` and `reinvest_rate` (annual too) serve MIRR alone."""

    lines: tuple[Line, ...]
    periods: int
    period: str
    annual_rate: float
    finance_rate: float
    reinvest_rate: float
    shape: str = "pert"
    meaning: str = "ends"


@dataclass(frozen=True, slots=True)
class Spread:
    """NPV over all draws. `loss` is the share of draws below 0; `counts` are draws per bin between `edges`."""

    p10: float
    p50: float
    p90: float
    mean: float
    loss: float
    edges: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What a case is worth. Money in the case's currency; rates annual; paybacks in periods."""

    flows: tuple[float, ...]
    npv: float
    internal: InternalRate
    mirr: float | None
    payback: float | None
    discounted_payback: float | None
    break_even: BreakEven | None
    curve: tuple[tuple[float, float], ...]
    spread: Spread
    by_line: tuple[tuple[str, float], ...]
    """(name, present value of its likely flows), in the order of the lines."""


def weights(line: Line, periods: int) -> np.ndarray:
    """What the line counts in each of the periods 0 .. `periods`, from one unit of it in its first."""
    at = np.arange(periods + 1)
    within = (at >= line.first) & (at <= line.last)
    return np.where(within, line.sign * (1 + line.growth) ** np.maximum(at - line.first, 0), 0.0)


def _likely(line: Line) -> float:
    if line.volume is not None and line.price is not None:
        cost = line.unit_cost.likely if line.unit_cost else 0.0
        return line.volume.likely * (line.price.likely - cost)
    return line.amount.likely if line.amount else 0.0


def likely_flows(case: Case) -> np.ndarray:
    """The flow of each period 0 .. periods, everything as likely."""
    total = np.zeros(case.periods + 1)
    for line in case.lines:
        total += _likely(line) * weights(line, case.periods)
    return total


def simulated(case: Case, *, draws: int = DRAWS, seed: int = SEED) -> np.ndarray:
    """NPV of each draw. One draw holds for all periods of a line; lines are taken as independent of one another."""
    rate = rate_per_period(case.annual_rate, case.period)
    discount = (1 + rate) ** -np.arange(case.periods + 1.0)
    worth = np.zeros(draws)
    for place, line in enumerate(case.lines):
        per_unit = float(weights(line, case.periods) @ discount)
        worth += per_unit * _drawn(line, case, place, draws, seed)
    return worth


def _drawn(line: Line, case: Case, place: int, draws: int, seed: int) -> np.ndarray:
    def of(points: Range, part: str) -> np.ndarray:
        estimate = Estimate(points, case.shape, case.meaning)
        return drawn(estimate, place, part, draws=draws, seed=seed)

    if line.volume is not None and line.price is not None:
        margin = of(line.price, "price")
        if line.unit_cost is not None:
            margin = margin - of(line.unit_cost, "unit_cost")
        earned: np.ndarray = of(line.volume, "volume") * margin
        return earned
    return of(line.amount, "amount") if line.amount else np.zeros(draws)


def spread_of(worth: np.ndarray) -> Spread:
    """The distribution of simulated values, for figures and for a chart."""
    p10, p50, p90 = (float(q) for q in np.quantile(worth, (0.1, 0.5, 0.9)))
    counts, edges = np.histogram(worth, bins=BINS if worth.min() < worth.max() else 1)
    return Spread(
        p10, p50, p90, float(worth.mean()), float((worth < 0).mean()), tuple(map(float, edges)),
        tuple(map(int, counts)),
    )  # fmt: skip


def appraised(case: Case) -> Appraisal:
    """Everything there is to say about a case. A case without lines is worth 0, surely."""
    flows = likely_flows(case)
    rate = rate_per_period(case.annual_rate, case.period)
    amounts: Sequence[float] = [float(flow) for flow in flows]
    per_period = internal_rate(amounts)
    a_year = PERIODS_A_YEAR[case.period]
    modified = mirr(
        amounts,
        rate_per_period(case.finance_rate, case.period),
        rate_per_period(case.reinvest_rate, case.period),
    )
    curve_rates = [rate_per_period(rate, case.period) for rate in CURVE]
    return Appraisal(
        flows=tuple(amounts),
        npv=npv(rate, amounts),
        internal=InternalRate(
            tuple((1 + root) ** a_year - 1 for root in per_period.roots), per_period.sign_changes
        ),
        mirr=None if modified is None else (1 + modified) ** a_year - 1,
        payback=payback(amounts),
        discounted_payback=payback(amounts, rate),
        break_even=case_break_even(case),
        curve=tuple(zip(CURVE, map(float, npv_curve(amounts, curve_rates)), strict=True)),
        spread=spread_of(simulated(case)),
        by_line=tuple(
            (line.name, npv(rate, list(_likely(line) * weights(line, case.periods))))
            for line in case.lines
        ),
    )


def case_break_even(case: Case) -> BreakEven | None:
    """Units over the whole case that cover what is paid besides the sales, undiscounted, at the likely price and cost
    of the average unit. None without a line of sales, or where a unit earns nothing."""
    sold = earned = spent_on_units = fixed = 0.0
    for line in case.lines:
        total = float(weights(line, case.periods).sum())
        if line.volume is not None and line.price is not None:
            sold += line.volume.likely * total
            earned += line.volume.likely * line.price.likely * total
            cost = line.unit_cost.likely if line.unit_cost else 0.0
            spent_on_units += line.volume.likely * cost * total
        else:
            fixed -= _likely(line) * total
    if sold <= 0:
        return None
    return break_even(max(fixed, 0.0), earned / sold, spent_on_units / sold)
