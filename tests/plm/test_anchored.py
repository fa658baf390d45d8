"""Results of 0 to 100 on the scale of a factor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plm.scoring.anchored import fits, laid_on, relative
from plm.scoring.factor import Factor
from plm.scoring.kano import Kano

FIVE = Factor("value", "Value", 1, low=1, high=5)
LEVELS = Factor("impact", "Impact", 1, low=0.25, high=3, choices=((0.25, "Minimal"), (0.5, "Low"), (1.0, "Medium"), (2.0, "High"), (3.0, "Massive")))  # fmt: skip


def test_both_ends_are_anchored_and_the_rest_stands_in_proportion():
    assert [laid_on(FIVE, x) for x in (0, 25, 50, 100)] == [1, 2, 3, 5]
    assert laid_on(FIVE, 33) == 2.3
    assert laid_on(Factor("v", "V", 1, low=1, high=5, whole=True), 33) == 2
    assert [laid_on(LEVELS, x) for x in (0, 20, 50, 100)] == [0.25, 1, 2, 3]
    middle = Factor("m", "M", 1, low=0, high=2, choices=((0.0, "no"), (2.0, "yes")))
    assert laid_on(middle, 50) == 0


def test_shares_are_put_relative_to_the_largest():
    assert relative([40, 10, None, 0]) == [100, 25, None, 0]
    assert relative([0, 0]) == [None, None]
    assert relative([]) == []


def test_an_opinion_fits_a_short_scale_on_which_more_is_better():
    assert fits(FIVE)
    assert fits(LEVELS)
    assert not fits(FIVE, effort="value")
    assert not fits(Factor("cost", "Cost", 1, backward=True))
    assert not fits(Factor("reach", "Reach", 1, low=0, high=1e9))
    assert not fits(Factor("confidence", "Confidence", 1, low=0, high=1, percent=True))


@given(st.floats(0, 100), st.floats(0, 100))
def test_values_are_lawful_and_keep_the_order(one, other):
    for factor in (FIVE, LEVELS, Factor("w", "W", 1, low=0, high=10, whole=True)):
        assert factor.problem(laid_on(factor, one)) == ""
        if one <= other:
            assert laid_on(factor, one) <= laid_on(factor, other)


def test_total_strength_counts_whom_a_feature_matters_to():
    assert Kano({"M": 3, "O": 2, "A": 1, "I": 3, "R": 1}).total_strength == pytest.approx(0.6)
    assert Kano({}).total_strength is None
