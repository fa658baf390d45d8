"""Estimates as three points, and draws from them."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from plm.scoring.draws import drawn, ends_of, quantiles, uniforms
from plm.scoring.ranges import LOGNORMAL, P10_P90, PERT, TRIANGULAR, Estimate, Range

SHARES = np.array([0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999])


@pytest.mark.parametrize("points", [(3, 2, 4), (1, 5, 4), (0, float("nan"), 1), (0, 1, float("inf"))])  # fmt: skip
def test_points_out_of_order_or_not_finite_are_refused(points):
    with pytest.raises(ValueError, match=r"Give|Low"):
        Range(*points)


@pytest.mark.parametrize(
    ("points", "shape", "meaning", "said"),
    [
        (Range(1, 2, 3), LOGNORMAL, "ends", "no ends"),
        (Range(0, 2, 3), LOGNORMAL, P10_P90, "above 0"),
        (Range(1, 2, 3), "normal", P10_P90, "shape"),
        (Range(1, 2, 3), PERT, "p5_p95", "Low and high"),
    ],
)
def test_a_shape_that_cannot_be_is_refused(points, shape, meaning, said):
    with pytest.raises(ValueError, match=said):
        Estimate(points, shape, meaning)


@settings(max_examples=60)
@given(
    st.floats(-1e3, 1e3),
    st.floats(0, 1e3),
    st.floats(0.01, 1e3),
    st.sampled_from([PERT, TRIANGULAR]),
)
def test_p10_and_p90_leave_a_tenth_of_the_outcomes_outside_each(likely, under, over, shape):
    estimate = Estimate(Range(likely - under, likely, likely + over), shape, P10_P90)
    ends = ends_of(estimate)
    width = ends.high - ends.low
    assert ends.low < ends.likely < ends.high
    found = quantiles(estimate, np.array([0.1, 0.9]))
    assert found == pytest.approx([estimate.points.low, estimate.points.high], abs=2e-5 * width)


def test_low_and_high_as_ends_or_as_p10_and_p90_are_different_estimates():
    points = Range(2, 5, 12)
    inside, outside = Estimate(points), Estimate(points, meaning=P10_P90)
    assert ends_of(inside) == points
    assert ends_of(outside).low < 2
    assert ends_of(outside).high > 12


@pytest.mark.parametrize("points", [(0, 0, 1), (0, 0.137, 1), (0, 0.5, 1), (0, 1, 1)])
def test_quantiles_of_pert_are_those_of_the_beta_distribution(points):
    known = beta(1 + 4 * points[1], 5 - 4 * points[1])
    assert quantiles(Estimate(Range(*points)), SHARES[2:-2]) == pytest.approx(
        known.ppf(SHARES[2:-2]), abs=1e-5
    )
    assert quantiles(Estimate(Range(*points)), SHARES) == pytest.approx(known.ppf(SHARES), abs=2e-3)


def test_quantiles_of_a_lognormal_meet_its_three_points():
    skewed = Estimate(Range(100, 300, 2000), LOGNORMAL, P10_P90)
    assert quantiles(skewed, np.array([0.1, 0.5, 0.9])) == pytest.approx([100, 300, 2000])
    even = Estimate(Range(100, 200, 400), LOGNORMAL, P10_P90)
    spread = np.log(2) / 1.2815515655446004
    mean = 200 * np.exp(spread**2 / 2)
    values = drawn(even, "x")
    assert values.mean() == pytest.approx(mean, abs=3 * values.std() / 100)


@pytest.mark.parametrize(
    ("shape", "mean", "variance"),
    [(TRIANGULAR, 19 / 3, 79 / 18), (PERT, 17 / 3, (17 / 3 - 2) * (12 - 17 / 3) / 7)],
)
def test_draws_stay_inside_their_ends_and_meet_their_mean_and_variance(shape, mean, variance):
    values = drawn(Estimate(Range(2, 5, 12), shape), "x", draws=50_000)
    assert values.min() >= 2
    assert values.max() <= 12
    assert values.mean() == pytest.approx(mean, abs=3 * (variance / values.size) ** 0.5)
    assert values.var() == pytest.approx(variance, rel=0.02)


def test_the_draws_of_a_name_are_its_own_and_never_change():
    estimate = Estimate(Range(1, 2, 4))
    alone = drawn(estimate, 7, "reach")
    drawn(estimate, 8, "reach")
    assert drawn(estimate, 7, "reach").tobytes() == alone.tobytes()
    assert drawn(estimate, 7, "effort").tobytes() != alone.tobytes()
    assert drawn(estimate, 7, "reach", seed=1).tobytes() != alone.tobytes()
    assert uniforms("1", "a").tobytes() != uniforms(1, "a").tobytes()
    kept = hashlib.sha256(uniforms(7, "reach", draws=1000).tobytes()).hexdigest()
    assert kept.startswith("84b59eb9877916f6")


def test_draws_of_different_names_do_not_hang_together():
    names = [uniforms(item, factor) for item in range(20) for factor in ("reach", "effort")]
    together = np.corrcoef(names)[np.triu_indices(40, 1)]
    assert np.abs(together).max() < 4.5 / 100
    assert np.mean(together**2) == pytest.approx(1e-4, rel=0.2)


def test_the_same_draw_of_a_wider_estimate_moves_the_same_way():
    narrow = drawn(Estimate(Range(4, 5, 6)), "x")
    wide = drawn(Estimate(Range(0, 5, 10)), "x")
    assert np.corrcoef(narrow, wide)[0, 1] == pytest.approx(1)


def test_a_certain_value_is_the_value():
    assert set(drawn(Estimate.exactly(3), "x", draws=10)) == {3.0}
    assert set(quantiles(Estimate(Range(3, 3, 3), LOGNORMAL, P10_P90), SHARES)) == {3.0}
