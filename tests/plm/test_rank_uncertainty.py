"""How sure a ranking is: exact on small cases, within three sigma of closed forms, the same bytes for the same seed."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, rankdata

from plm.scoring.confidence import spread
from plm.scoring.definition import RICE_DEFAULT, WEIGHTED_DEFAULT, Definition
from plm.scoring.factor import Factor
from plm.scoring.methods import WIDTH
from plm.scoring.ranges import LOGNORMAL, P10_P90, Estimate, Range
from plm.scoring.ranked_draws import Entry, ranked_draws
from plm.scoring.rice import rice
from plm.scoring.simulation import counted, simulated
from plm.scoring.uncertainty import Line, beat_table, beats, standings, tie_groups

TWO_POINTS = [(1.0, 6.0), (3.0, 4.0), (2.0, 4.0)]
"""Three items, each worth one or the other with probability a half."""
ALL_CASES = np.array(list(itertools.product(*TWO_POINTS))).T
DRAWS = 10_000


def lognormal(low, likely, high):
    return Estimate(Range(low, likely, high), LOGNORMAL, P10_P90)


def rice_inputs(reach=1000.0, impact=1.0, confidence=0.8, effort=2.0):
    values = {"reach": reach, "impact": impact, "confidence": confidence, "effort": effort}
    return {
        k: v if isinstance(v, Estimate) or v is None else Estimate.exactly(v)
        for k, v in values.items()
    }


def test_three_items_of_two_outcomes_each_are_ranked_as_by_hand():
    found = standings(ALL_CASES, Line(top=1))
    # 6 wins always. Without it: (3, 2) first, (3, 4) third, (4, 2) second, (4, 4) both share.
    assert list(found.inside) == [4 / 8, (1 + 1 + 0.5) / 8, (1 + 0.5) / 8]
    assert list(found.tied) == [0, 2 / 8, 2 / 8]
    assert list(found.mean) == [(4 * 1 + 4 * 3) / 8, (1 + 2 + 1 + 1.5 + 2 + 3 + 2 + 2.5) / 8,
                                (2 + 1 + 2 + 1.5 + 3 + 2 + 3 + 2.5) / 8]  # fmt: skip
    assert beats(ALL_CASES, 0, 1) == 4 / 8
    assert beats(ALL_CASES, 1, 2) == (1 + 0 + 1 + 0.5) / 4


def test_draws_of_the_three_items_agree_with_the_enumeration():
    chance = np.random.default_rng(1)
    drawn = np.array([np.where(chance.random(DRAWS) < 0.5, *points) for points in TWO_POINTS])
    exact, found = standings(ALL_CASES, Line(top=1)), standings(drawn, Line(top=1))
    sigma = np.sqrt(exact.inside * (1 - exact.inside) / DRAWS)
    assert (np.abs(found.inside - exact.inside) < 3 * sigma).all()
    assert (np.abs(found.mean - exact.mean) < 3 * 1 / 100).all()


def by_hand(scores, top):
    """Every draw ranked by itself, with scipy's average ranks and a walk through those that are equal."""
    ranks = np.array([rankdata(-column, method="average") for column in scores.T]).T
    inside = np.zeros(len(scores))
    for column in scores.T:
        for item, score in enumerate(column):
            above, equal = (column > score).sum(), (column == score).sum()
            inside[item] += min(max((top - above) / equal, 0), 1)
    return ranks, inside / scores.shape[1]


@settings(max_examples=60)
@given(st.integers(1, 9), st.integers(1, 40), st.integers(2, 9), st.integers(0, 10), st.integers(0))
def test_ranks_with_ties_are_those_of_each_draw_by_itself(items, draws, values, top, seed):
    scores = np.random.default_rng(seed).integers(0, values, (items, draws)).astype(float)
    ranks, inside = by_hand(scores, top)
    found = standings(scores, Line(top=top))
    assert found.mean == pytest.approx(ranks.mean(axis=1))
    assert found.inside == pytest.approx(inside)
    assert found.inside.sum() == pytest.approx(min(top, items))
    for got, share in ((found.low, 0.1), (found.median, 0.5), (found.high, 0.9)):
        assert list(got) == list(np.quantile(ranks, share, axis=1, method="inverted_cdf"))
    shared = [[(column == score).sum() > 1 for score in column] for column in scores.T]
    assert found.tied == pytest.approx(np.mean(shared, axis=0))
    table = beat_table(scores, range(items))
    assert table + table.T == pytest.approx(np.ones((items, items)))
    assert table.sum(axis=1) - 0.5 == pytest.approx(items - found.mean)


@settings(max_examples=40)
@given(st.integers(1, 8), st.integers(0, 40), st.booleans(), st.integers(0))
def test_a_capacity_takes_items_in_rank_order_until_one_does_not_fit(items, capacity, drawn, seed):
    chance = np.random.default_rng(seed)
    scores = chance.integers(0, 4, (items, 20)).astype(float)
    efforts = chance.integers(1, 9, (items, 20) if drawn else items).astype(float)
    inside = np.zeros(items)
    for draw in range(20):
        left = capacity
        for item in sorted(range(items), key=lambda i: (-scores[i, draw], i)):
            left -= efforts[item, draw] if drawn else efforts[item]
            if left < 0:
                break
            inside[item] += 1 / 20
    found = standings(scores, Line(capacity=capacity, efforts=efforts))
    assert found.inside == pytest.approx(inside)


def test_two_lognormal_items_beat_each_other_as_their_closed_form_says():
    items = {1: rice_inputs(reach=lognormal(500, 1000, 2000)), 2: rice_inputs(reach=lognormal(600, 1200, 2400), effort=lognormal(1, 2, 4))}  # fmt: skip
    scores = simulated(RICE_DEFAULT, items).scores
    one = np.log(2) / norm.ppf(0.9)
    exact = norm.cdf(np.log(1000 / 1200) / np.sqrt(3 * one**2))
    assert beats(scores, 0, 1) == pytest.approx(exact, abs=3 * (exact * (1 - exact) / DRAWS) ** 0.5)


def test_items_alike_beat_each_other_half_of_the_time():
    unsure = rice_inputs(reach=Estimate(Range(100, 200, 900)))
    scores = simulated(RICE_DEFAULT, {1: unsure, 2: unsure, 3: rice_inputs(), 4: rice_inputs()}).scores  # fmt: skip
    assert beats(scores, 0, 1) == pytest.approx(0.5, abs=3 * 0.5 / 100)
    assert beats(scores, 2, 3) == 0.5
    found = standings(scores, Line(top=1))
    assert found.inside[2] == found.inside[3]
    assert list(found.tied) == [0, 0, 1, 1]


RICE_WIDTH = replace(RICE_DEFAULT, confidence=WIDTH)


def test_confidence_is_a_factor_or_a_width_never_both():
    items = {1: rice_inputs(confidence=0.5)}
    factor = simulated(RICE_DEFAULT, items).scores[0]
    assert set(factor) == {rice(1000, 1, 0.5, 2)}
    width = simulated(RICE_WIDTH, items).scores[0]
    p10, p50, p90 = np.quantile(width, [0.1, 0.5, 0.9])
    assert (p10, p50, p90) == pytest.approx((250, 500, 1000), rel=0.04)
    sure = simulated(RICE_WIDTH, {1: rice_inputs(confidence=1)}).scores[0]
    assert set(sure) == {500.0}


def test_a_massive_impact_is_widened_to_both_sides_of_its_scale():
    width = simulated(RICE_WIDTH, {1: rice_inputs(impact=3.0, confidence=0.5)}).scores[0]
    assert np.quantile(width, [0.1, 0.5, 0.9]) == pytest.approx((750, 1500, 3000), rel=0.04)


def test_an_impact_with_a_range_of_its_own_keeps_it_beside_any_confidence():
    own = {"impact": Estimate(Range(1, 1, 2))}
    low, high = (
        simulated(RICE_WIDTH, {1: {**rice_inputs(confidence=c), **own}}).scores for c in (0.2, 1.0)
    )
    assert (low == high).all()
    assert low.max() <= 1000


def test_ranges_of_other_inputs_stand_beside_the_width():
    reach = {"reach": Estimate(Range(990, 1000, 1010))}
    found = simulated(RICE_WIDTH, {1: {**rice_inputs(confidence=0.5), **reach}}).scores[0]
    assert np.quantile(found, [0.1, 0.9]) == pytest.approx((250, 1000), rel=0.05)


def test_no_confidence_at_all_still_has_a_width_and_a_missing_one_none():
    nothing = simulated(RICE_WIDTH, {1: rice_inputs(confidence=0)}).scores[0]
    assert np.quantile(nothing, [0.1, 0.9]) == pytest.approx((50, 5000), rel=0.06)
    missing = {**rice_inputs(), "confidence": None}
    assert set(simulated(RICE_WIDTH, {1: missing}).scores[0]) == {500.0}
    with pytest.raises(ValueError, match="share of 0 to 1"):
        spread(1.0, 1.5)


def test_a_width_counts_as_an_uncertain_input_and_is_worth_knowing_as_impact():
    entries = [Entry(n, rice_inputs(confidence=0.5, reach=1000.0 + n)) for n in range(4)]
    assert ranked_draws(RICE_DEFAULT, entries, top=2).draws == 1
    found = ranked_draws(RICE_WIDTH, entries, top=2)
    assert found.uncertain == 4
    assert {worth.factor for worth in found.worths} == {"impact"}


def test_certain_inputs_give_the_score_of_the_formula_to_the_last_bit():
    values = {"reach": 1234.0, "impact": 3.0, "confidence": 0.8, "effort": 7.0}
    assert counted(RICE_DEFAULT, 1, rice_inputs(**values)).score() == RICE_DEFAULT.score(values)
    weights = Definition("weighted", (Factor("a", "A", 1, weight=0.7), Factor("b", "B", 2, weight=0.1, backward=True)))  # fmt: skip
    points = {"a": 3.3, "b": 1.7}
    inputs = {key: Estimate.exactly(value) for key, value in points.items()}
    assert counted(weights, 1, inputs).score() == weights.score(points)


def test_an_item_that_lacks_an_input_has_no_rank_and_changes_nobody_elses_draws():
    unsure = rice_inputs(reach=Estimate(Range(100, 200, 900)), effort=Estimate(Range(1, 2, 5)))
    alone = simulated(RICE_DEFAULT, {7: unsure})
    more = simulated(RICE_DEFAULT, {3: unsure, 5: rice_inputs(reach=None), 7: unsure})
    assert more.unscored == (5,)
    assert more.keys == (3, 7)
    assert more.scores[1].tobytes() == alone.scores[0].tobytes()


def test_draws_stay_on_the_scale_of_their_factor():
    outside = Estimate(Range(1.5, 3, 4.9), meaning=P10_P90)
    value = counted(WEIGHTED_DEFAULT, 1, dict.fromkeys(("customer_need", "market_demand", "ease"), outside)).values["ease"]  # fmt: skip
    assert (value.min(), value.max()) == (1, 5)


def test_items_whose_order_says_little_stand_in_one_group():
    scores = np.array([[9.0, 9, 9, 9], [5, 6, 5, 6], [6, 5, 6, 5], [1, 1, 1, 1]])
    assert tie_groups(scores, [0, 1, 2, 3]) == [[0], [1, 2], [3]]


def test_what_is_no_number_is_refused_and_no_items_have_no_ranks():
    with pytest.raises(ValueError, match="finite"):
        standings(np.array([[1.0, np.nan]]), Line(top=1))
    for line in ({}, {"top": 1, "capacity": 2.0}, {"capacity": 2.0}):
        with pytest.raises(ValueError, match=r"line|efforts"):
            Line(**line)
    assert standings(np.zeros((0, 5)), Line(top=3)).inside.size == 0


def test_ranking_five_hundred_items_costs_a_few_sorts_of_their_draws():
    scores = np.random.default_rng(1).random((500, 4000))

    def best_of(work):
        spent = []
        for _ in range(4):
            start = time.perf_counter()
            work()
            spent.append(time.perf_counter() - start)
        return min(spent)

    ceiling = best_of(lambda: np.sort(np.ascontiguousarray(scores.T), axis=1))
    assert best_of(lambda: standings(scores, Line(top=50))) < 15 * ceiling
