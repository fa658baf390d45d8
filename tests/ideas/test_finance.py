"""Money over time against published values, and what must always hold."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideas.finance.case import Case, appraised, simulated
from ideas.finance.flows import (
    break_even,
    dated_internal_rate,
    internal_rate,
    mirr,
    npv,
    payback,
    rate_per_period,
    xnpv,
)
from ideas.finance.ranges import Line, triangular
from plm.scoring.ranges import Range

GOLD = Path(__file__).parents[2].parent / "shared/gold/cases.json"


def dated(rate, cashflows, dates, day_count):
    assert day_count == "actual/365"
    return xnpv(rate, cashflows, [date.fromisoformat(day) for day in dates])


def vars_of(found):
    return dataclasses.asdict(found)


FORMULAS = {
    "npv": lambda rate, cashflows, convention: npv(rate, cashflows),
    "irr": lambda cashflows: internal_rate(cashflows).single,
    "irr_multiple_roots": lambda cashflows: list(internal_rate(cashflows).roots),
    "irr_undefined": lambda cashflows: internal_rate(cashflows).single,
    "mirr": lambda finance_rate, reinvest_rate, cashflows: mirr(
        cashflows, finance_rate, reinvest_rate
    ),
    "xnpv": dated,
    "payback_period": lambda cashflows, interpolation: payback(cashflows),
    "break_even": lambda **given: vars_of(break_even(**given)),
    "three_point_triangular": lambda low, mode, high: {
        name: getattr(triangular(low, mode, high), name) for name in ("mean", "variance", "p90")
    },
}


def gold_cases():
    if not GOLD.is_file():
        missing = pytest.mark.skip(reason="../shared/gold/cases.json is not beside this checkout")
        return [pytest.param(None, marks=missing)]
    cases = json.loads(GOLD.read_text())
    return [pytest.param(c, id=c["id"]) for c in cases if c["method"] in FORMULAS]


@pytest.mark.parametrize("case", gold_cases())
def test_published_values_come_out(case):
    found = FORMULAS[case["method"]](**case["inputs"])
    if case["expected"] is None:
        assert found is None
    else:
        assert found == pytest.approx(case["expected"], abs=case["tolerance"] or 1e-12)


amounts = st.lists(
    st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-3), min_size=2, max_size=24
)


@given(amounts)
def test_money_is_worth_nothing_at_an_internal_rate(flows):
    for rate in internal_rate(flows).roots:
        size = sum(abs(flow) / (1 + rate) ** t for t, flow in enumerate(flows))
        assert abs(npv(rate, flows)) <= 1e-6 * size


@given(amounts)
def test_there_are_never_more_internal_rates_than_sign_changes(flows):
    found = internal_rate(flows)
    assert len(found.roots) <= found.sign_changes


@given(st.floats(1, 500), st.lists(st.floats(1, 500), min_size=1, max_size=20))
def test_one_outlay_and_then_income_has_one_internal_rate_and_mirr_agrees_with_it(outlay, income):
    flows = [-outlay, *income]
    rate = internal_rate(flows).single
    assert rate is not None
    assert mirr(flows, rate, rate) == pytest.approx(rate, abs=1e-6)


def test_a_rate_that_the_curve_only_touches_is_found():
    assert internal_rate([-1, 2.2, -1.21]).roots == pytest.approx((0.1,), abs=1e-4)


def test_flows_of_zeros_have_no_rate_and_no_loss():
    found = internal_rate([0, 0, 0])
    assert found.roots == ()
    assert npv(0.1, [0, 0, 0]) == 0
    assert mirr([0, 0, 0], 0.1, 0.1) is None


def test_dated_flows_a_year_apart_agree_with_yearly_ones():
    days = [date(2025, 1, 1), date(2026, 1, 1), date(2027, 1, 1)]
    flows = [-100, 60, 60]
    assert xnpv(0.07, flows, days) == pytest.approx(npv(0.07, flows))
    assert dated_internal_rate(flows, days).single == pytest.approx(internal_rate(flows).single)


def test_a_payback_that_is_lost_again_counts_from_the_last_time():
    assert payback([-100, 150, -100, 200]) == pytest.approx(2.25)
    assert payback([-100, 50]) is None
    assert payback([-100, 50, 60], 0.1) is None
    assert payback([10, 10]) == 0


def test_a_unit_that_earns_nothing_never_breaks_even():
    assert break_even(100, 10, 10) is None
    assert break_even(100, 10, 12) is None
    assert break_even(101, 10, 0).units == 11


@pytest.mark.parametrize(("period", "times"), [("month", 12), ("quarter", 4), ("year", 1)])
def test_a_rate_a_period_compounds_to_the_annual_one(period, times):
    assert (1 + rate_per_period(0.12, period)) ** times == pytest.approx(1.12)


def case(*lines, **changes):
    return Case(
        **{
            "lines": lines, "periods": 4, "period": "year", "annual_rate": 0.1, "finance_rate": 0.1,
            "reinvest_rate": 0.1, **changes,
        }
    )  # fmt: skip


BUILD = Line("Build", -1, 0, 0, amount=Range.exactly(1000))
SALES = Line(
    "Sales", 1, 1, 4, volume=Range(5, 10, 15), price=Range.exactly(60), unit_cost=Range(15, 20, 30)
)


def test_a_certain_case_has_no_spread():
    found = appraised(case(BUILD, Line("Savings", 1, 1, 4, amount=Range.exactly(400))))
    assert found.flows == (-1000, 400, 400, 400, 400)
    assert found.npv == pytest.approx(npv(0.1, found.flows))
    assert (found.spread.p10, found.spread.p90) == pytest.approx((found.npv, found.npv))
    assert found.spread.loss == 0
    assert found.payback == pytest.approx(2.5)


def test_the_same_case_gives_the_same_figures_to_the_last_digit():
    assert appraised(case(BUILD, SALES)) == appraised(case(BUILD, SALES))


def test_a_simulated_value_agrees_with_its_closed_form():
    line = Line("Income", 1, 0, 0, amount=Range(2, 5, 12))
    worth = simulated(case(line, shape="triangular"))
    moments = triangular(2, 5, 12)
    assert worth.mean() == pytest.approx(
        moments.mean, abs=4 * (moments.variance / worth.size) ** 0.5
    )
    assert np.quantile(worth, 0.9) == pytest.approx(moments.p90, abs=0.15)


def test_sales_break_even_where_they_cover_what_is_paid_besides():
    found = appraised(case(BUILD, SALES))
    assert found.break_even.units == 25  # 1000 / (60 - 20)
    assert found.flows[1] == pytest.approx(400)


def test_the_parts_of_the_lines_add_up_to_the_whole():
    found = appraised(case(BUILD, SALES, Line("Support", -1, 1, 4, amount=Range(10, 20, 50), growth=0.05)))  # fmt: skip
    assert sum(value for _, value in found.by_line) == pytest.approx(found.npv)
    assert sum(found.spread.counts) == 10_000


def test_a_case_of_all_zeros_is_worth_nothing_surely():
    found = appraised(case(Line("Nothing", 1, 0, 4, amount=Range.exactly(0))))
    assert found.npv == 0
    assert found.internal.roots == ()
    assert found.mirr is None
    assert found.spread.loss == 0
    assert appraised(case()).npv == 0


def test_monthly_periods_report_annual_rates():
    found = appraised(case(BUILD, Line("Savings", 1, 1, 12, amount=Range.exactly(100)), periods=12, period="month"))  # fmt: skip
    monthly = internal_rate([-1000, *[100] * 12]).single
    assert found.internal.single == pytest.approx((1 + monthly) ** 12 - 1)
