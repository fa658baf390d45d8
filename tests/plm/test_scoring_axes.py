"""Axes of a chart: where values lie, what is written beside them, what a move may stop at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plm.scoring.axes import Span, decades, marks, span_of, stops
from plm.scoring.factor import Factor
from plm.scoring.methods import RICE, WSJF, method_of

REACH, IMPACT, CONFIDENCE, EFFORT = method_of(RICE).factors
MARK = Factor("need", "Need", 1)
POSITIVE = st.floats(1e-3, 1e9)


def test_equal_distances_are_equal_ratios_on_a_logarithmic_axis():
    span = Span(1, 10_000, log=True)
    assert [span.at(v) for v in (1, 10, 100, 10_000)] == pytest.approx([0, 0.25, 0.5, 1])
    assert span.at(0) is None
    assert Span(0, 8).at(2) == 0.25


@pytest.mark.parametrize("ends", [(1, 1), (2, 1)])
def test_an_axis_has_a_length(ends):
    with pytest.raises(ValueError):
        Span(*ends)
    with pytest.raises(ValueError):
        Span(0, 5, log=True)


def test_a_short_scale_is_drawn_whole_and_a_long_one_as_far_as_values_go():
    assert span_of([2, 3], MARK) == Span(1, 5)
    assert span_of([0.8], CONFIDENCE) == Span(0, 1)
    assert span_of([0.5, 6], EFFORT) == Span(0, 8)
    assert span_of([], REACH) == Span(0, 1)


def test_stops_are_the_lawful_values_where_these_are_few():
    assert stops(IMPACT, span_of([1], IMPACT)) == [0.25, 0.5, 1, 2, 3]
    size = method_of(WSJF).factors[3]
    assert stops(size, span_of([], size)) == [value for value, _ in size.choices]
    assert stops(CONFIDENCE, Span(0, 1))[:3] == [0, 0.05, 0.1]
    assert stops(MARK, Span(1, 5)) == [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]


def test_the_least_effort_is_a_stop_and_nothing_below_it():
    found = stops(EFFORT, Span(0, 8))
    assert found[0] == EFFORT.low
    assert found[-1] == 8
    assert stops(EFFORT, Span(0, 100))[:2] == [0.5, 2.5]


def test_stops_of_a_logarithmic_axis_are_round_in_each_decade():
    found = stops(REACH, Span(100, 10_000, log=True))
    assert found[:5] == [100, 120, 150, 200, 250]
    assert found[-1] == 10_000


def test_a_factor_of_whole_numbers_stops_at_whole_numbers():
    points = Factor("points", "Points", 1, low=0, high=500, whole=True)
    assert all(stop == int(stop) for stop in stops(points, span_of([3, 40], points)))
    assert stops(points, Span(0.5, 20, log=True))[:3] == [1, 2, 3]


@pytest.mark.parametrize(("values", "found"), [([1, 1000], 3), ([5, 5], 0), ([0, 5], 0), ([], 0)])
def test_decades_between_least_and_most(values, found):
    assert decades(values) == pytest.approx(found)


@given(st.lists(POSITIVE, min_size=1, max_size=5), st.booleans())
def test_every_value_has_a_place_and_every_stop_is_lawful(values, log):
    factor = Factor("cost", "Cost", 1, low=0, high=1e12)
    span = span_of(values, factor, log=log)
    places = [span.at(v) for v in values]
    assert all(place is not None and -1e-6 <= place <= 1 + 1e-6 for place in places)
    found = stops(factor, span)
    assert 6 <= len(found) <= 200
    assert found == sorted(set(found))
    assert not any(factor.problem(stop) for stop in found)
    assert all(span.holds(mark) for mark in marks(span, factor))
