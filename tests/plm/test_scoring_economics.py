"""ICE, WSJF, value and effort, cost of delay, MoSCoW: published values and what must always hold."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.cost_of_delay import (
    Job,
    best_order,
    cd3,
    delay_cost,
    finishes,
    schedule_output,
    warnings,
)
from plm.scoring.ice import CEILINGS, VARIANTS, confidence_range, ice
from plm.scoring.moscow import balance
from plm.scoring.value_effort import Axis, placing, value_effort
from plm.scoring.wsjf import columns_without_one, wsjf
from tests.gold import gold_cases


def ice_product(items, variant):
    return [ice(**item, variant="unit_confidence") for item in items]


def cd3_of(jobs):
    return {key: cd3(job["cod_per_week"], job["duration_weeks"]) for key, job in jobs.items()}


def cd3_schedule_output(base_rate, jobs, horizon_weeks, orders):
    known = {key: Job(*job) for key, job in jobs.items()}
    return {order: schedule_output(order, known, horizon_weeks, base_rate) for order in orders}


FORMULAS = {
    "ice_product": ice_product,
    "cd3": cd3_of,
    "cd3_schedule_output": cd3_schedule_output,
}


@pytest.mark.parametrize("case", gold_cases(FORMULAS))
def test_published_values_come_out(case):
    found = FORMULAS[case["method"]](**case["inputs"])
    assert found == pytest.approx(case["expected"], abs=case["tolerance"])


@pytest.mark.parametrize(
    ("variant", "confidence", "expected"),
    [("product", 5, 160), ("product_over_ten", 5, 16), ("unit_confidence", 0.5, 16), ("mean", 5, 17 / 3)],
)  # fmt: skip
def test_ice_has_four_variants_of_different_size(variant, confidence, expected):
    assert ice(8, confidence, 4, variant) == pytest.approx(expected)


@pytest.mark.parametrize("variant", [key for key, _ in VARIANTS])
def test_the_best_marks_reach_the_ceiling_of_the_variant(variant):
    assert ice(10, confidence_range(variant)[1], 10, variant) == CEILINGS[variant]


def test_a_missing_factor_gives_no_score():
    assert ice(8, None, 4) is None
    assert wsjf(8, 5, None, 3) is None
    assert wsjf(8, 5, 3, None) is None
    assert wsjf(8, 5, 3, 0) is None
    assert value_effort(None, 2) is None
    assert value_effort(3, 0) is None
    assert cd3(10, None) is None
    assert cd3(10, 0) is None
    assert cd3(0, 2) == 0


def test_an_unknown_variant_of_ice_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="product, product_over_ten"):
        ice(1, 1, 1, "sum")


def test_wsjf_divides_the_sum_of_three_columns_by_the_size():
    assert wsjf(8, 5, 3, 2) == 8
    assert wsjf(1, 1, 1, 20) == pytest.approx(0.15)


def test_a_column_of_wsjf_without_a_one_is_named():
    items = [
        {"business_value": 2, "time_criticality": 1, "risk_opportunity": None, "job_size": 8},
        {"business_value": 20, "time_criticality": 5, "job_size": 3},
    ]
    assert columns_without_one(items) == ["business_value", "job_size"]
    items[0]["business_value"] = items[1]["job_size"] = 1
    assert columns_without_one(items) == []
    assert columns_without_one([]) == []


@pytest.mark.parametrize(
    ("value", "effort", "quadrant"),
    [(80, 20, "quick_win"), (80, 90, "big_bet"), (20, 20, "fill_in"), (20, 90, "money_pit"),
     (50, 50, "quick_win")],
)  # fmt: skip
def test_a_quadrant_is_cut_at_fixed_places(value, effort, quadrant):
    axis = Axis.of_scale(0, 100)
    assert placing(value, effort, axis, axis).quadrant == quadrant


def test_how_near_an_item_is_to_another_label_is_told():
    found = placing(52, 10, Axis.of_scale(0, 100), Axis.of_scale(0, 20))
    assert found.value_distance == pytest.approx(0.02)
    assert found.effort_distance == 0
    assert found.nearest == 0
    assert placing(52, None, Axis.of_scale(0, 100), Axis.of_scale(0, 20)) is None


def test_a_median_cuts_what_is_there_in_half():
    assert Axis.of_median([]) is None
    axis = Axis.of_median([1, 2, 3, 10])
    assert axis == Axis(2.5, 9)
    same = Axis.of_median([4, 4])
    assert placing(4, 4, same, same).nearest == 0


jobs = st.lists(
    st.builds(Job, st.floats(0, 1000), st.floats(0, 52)), min_size=1, max_size=5
).map(lambda rows: {str(n): row for n, row in enumerate(rows)})  # fmt: skip


@settings(max_examples=40)
@given(jobs)
def test_no_order_costs_less_than_the_one_by_smiths_rule(known):
    least = min(delay_cost(order, known) for order in permutations(known))
    assert delay_cost(best_order(known), known) == pytest.approx(least, rel=1e-9, abs=1e-6)


@settings(max_examples=40)
@given(jobs, st.floats(0, 100))
def test_until_all_is_done_output_and_delay_cost_are_one_thing(known, more):
    order = best_order(known)
    horizon = sum(job.weeks for job in known.values()) + more
    whole = horizon * sum(job.cost_per_week for job in known.values())
    earned = schedule_output(order, known, horizon)
    assert earned + delay_cost(order, known) == pytest.approx(whole, rel=1e-9, abs=1e-6)


def test_jobs_of_no_time_come_first_and_equal_ones_stay():
    known = {"a": Job(10, 5), "b": Job(20, 10), "now": Job(1, 0), "late": Job(-5, 1)}
    assert best_order(known) == ["now", "a", "b", "late"]
    assert finishes("ab", known) == {"a": 5, "b": 15}


def test_what_breaks_the_rule_of_the_order_is_told():
    assert warnings() == []
    told = warnings(teams=3, deadlines=2, precedences=1)
    assert len(told) == 4
    assert "3 teams" in told[0]


def test_moscow_is_held_against_effort_and_not_against_counts():
    found = balance([("must", 5), ("must", 5), ("should", 20), ("could", 10), ("wont", 99)])
    assert (found.share("must"), found.share("could")) == (0.25, 0.25)
    assert found.share("wont") is None
    assert found.problems() == []


def test_what_breaks_the_rules_of_moscow_is_told():
    found = balance([("must", 70), ("should", 25), ("could", 5), ("must", None)])
    assert found.unestimated == 1
    must, could = found.problems()
    assert "70%" in must
    assert "10 too much" in must
    assert "5%" in could
    told = balance([("must", 50), ("should", 30), ("could", 40)], capacity=100).problems()
    assert len(told) == 1
    assert "capacity" in told[0]


def test_a_plan_at_the_limits_of_moscow_keeps_the_rules():
    assert balance([("must", 60), ("should", 20), ("could", 20)]).problems() == []
    assert balance([]).problems() == []
    assert balance([("must", 0.6), ("should", 0.1), ("could", 0.3)]).problems() == []


@pytest.mark.parametrize("item", [("perhaps", 1), ("must", -1)])
def test_what_moscow_does_not_know_is_refused(item):
    with pytest.raises(ValueError, match=r"one of must|0 or more"):
        balance([item])
