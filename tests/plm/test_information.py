"""What an estimate is worth knowing: as brute force over every outcome and every set says."""

from __future__ import annotations

import itertools
from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plm.scoring.definition import RICE_DEFAULT, WEIGHTED_DEFAULT
from plm.scoring.information import Cut, information
from plm.scoring.methods import RICE
from plm.scoring.ranges import Estimate, Range
from plm.scoring.simulation import Counted, counted

quick = settings(max_examples=60)
SETS = {RICE_DEFAULT: (10, 200), WEIGHTED_DEFAULT: (1, 5)}
"""Definitions with the outcomes that an input may have."""


def outcomes(value):
    return [float(v) for v in np.atleast_1d(value)]


def mean_over_outcomes(item, known, what):
    """The mean of `what(values)` over all combinations of outcomes, with the known inputs as given."""
    keys = list(item.values)
    cases = itertools.product(
        *([known[k]] if k in known else outcomes(item.values[k]) for k in keys)
    )
    return float(np.mean([what(dict(zip(keys, case, strict=True))) for case in cases]))


def score_of(item):
    return item.definition.score


def gain_of(item):
    if item.definition.method != RICE:
        return score_of(item)
    return lambda v: v["reach"] * v["impact"] * v["confidence"]


def assume_apart(means):
    """Leave out cases in which rounding alone would decide who stands first."""
    scores = sorted(means)
    assume(all(b - a > 1e-9 * b for a, b in itertools.pairwise(scores)))


def by_brute_force(items, key, factor, value_of_best):
    """(gain, chance that the set changes) of one input, from the definition of perfect information."""
    now_value, now_set = value_of_best({})
    after = [value_of_best({key: {factor: x}}) for x in outcomes(items[key].values[factor])]
    gain = np.mean([value for value, _ in after]) - now_value
    return gain, np.mean([chosen != now_set for _, chosen in after])


@st.composite
def few_items(draw):
    definition = draw(st.sampled_from(list(SETS)))
    low, high = SETS[definition]
    one = st.integers(low, high)
    value = st.one_of(one.map(float), st.tuples(one, one).map(lambda p: np.array(p, dtype=float)))
    return {
        key: Counted(definition, {f.key: draw(value) for f in definition.factors})
        for key in range(draw(st.integers(1, 4)))
    }


@quick
@given(few_items(), st.integers(1, 3))
def test_the_worth_at_a_top_k_is_that_of_the_best_of_all_sets(items, top):
    def value_of_best(known):
        means = {k: mean_over_outcomes(i, known.get(k, {}), score_of(i)) for k, i in items.items()}
        assume_apart(means.values())
        sets = itertools.combinations(means, min(top, len(means)))
        chosen = max(sets, key=lambda s: sum(means[i] for i in s))
        return sum(means[i] for i in chosen), chosen

    for worth in information(list(items), items.__getitem__, Cut(top=top)):
        gain, changes = by_brute_force(items, worth.item, worth.factor, value_of_best)
        assert worth.gain == pytest.approx(gain, abs=1e-9 * max(1, abs(gain)) + 1e-6)
        assert worth.gain >= -1e-6
        assert worth.changes == changes


@quick
@given(few_items(), st.integers(5, 500))
def test_the_worth_at_a_capacity_is_that_of_walking_down_the_list(items, capacity):
    efforts = None
    if items[0].definition.method != RICE:
        efforts = {key: 40.0 * (key + 1) for key in items}

    def value_of_best(known):
        def mean(key, what):
            return mean_over_outcomes(items[key], known.get(key, {}), what)

        left, chosen = float(capacity), []
        scores = {key: mean(key, score_of(items[key])) for key in items}
        assume_apart(scores.values())
        for key in sorted(items, key=scores.__getitem__, reverse=True):
            left -= efforts[key] if efforts else mean(key, lambda v: v["effort"])
            if left < -1e-6:
                break
            chosen.append(key)
        return sum(mean(k, gain_of(items[k])) for k in chosen), set(chosen)

    for worth in information(list(items), items.__getitem__, Cut(capacity=capacity, efforts=efforts)):  # fmt: skip
        gain, changes = by_brute_force(items, worth.item, worth.factor, value_of_best)
        assert worth.gain == pytest.approx(gain, rel=1e-9, abs=1e-6)
        assert worth.changes == changes


def estimates(reach, spread=1.0):
    unsure = Estimate(Range(reach * (1 - 0.5 * spread), reach, reach * (1 + 0.5 * spread)))
    certain = {k: Estimate.exactly(v) for k, v in (("impact", 1), ("confidence", 1), ("effort", 1))}
    return {"reach": unsure, **certain}


def test_what_is_far_from_the_cut_line_is_not_worth_knowing():
    items = {1: estimates(10_000), 2: estimates(1050), 3: estimates(1000), 4: estimates(10), 5: estimates(1000, 0)}  # fmt: skip
    of = lambda key: counted(RICE_DEFAULT, key, items[key])  # noqa: E731
    found = {worth.item: worth for worth in information(list(items), of, Cut(top=2))}
    assert set(found) == {1, 2, 3, 4}
    assert (found[1].gain, found[4].gain) == pytest.approx((0, 0), abs=1e-6)
    assert found[1].changes == found[4].changes == 0
    assert found[2].gain > 10
    assert found[3].gain > 10
    assert found[2].changes > 0.2


def test_draws_agree_with_the_integral_of_a_triangle():
    """One item of 0 to 2 (mode 1) against one of 1: knowing it is worth the mean of max(x, 1) less 1, which is 1/6."""
    items = {1: {"reach": Estimate(Range(0, 1, 2), "triangular")}, 2: {"reach": Estimate.exactly(1)}}  # fmt: skip
    for inputs in items.values():
        inputs |= {key: Estimate.exactly(1) for key in ("impact", "confidence", "effort")}
    of = lambda key: counted(RICE_DEFAULT, key, items[key])  # noqa: E731
    (worth,) = information([2, 1], of, Cut(top=1))
    spread = np.sqrt(1 / 12 - 1 / 36)
    assert worth.gain == pytest.approx(1 / 6, abs=3 * spread / 100 + abs(of(1).expected() - 1))
    assert worth.changes == pytest.approx(0.5, abs=3 * 0.5 / 100)


def test_the_order_of_worth_is_the_same_each_time_and_nothing_uncertain_is_worth_nothing():
    items = {key: estimates(1000 + key) for key in range(6)}
    of = lambda key: counted(RICE_DEFAULT, key, items[key])  # noqa: E731
    assert information(list(items), of, Cut(top=3)) == information(list(items), of, Cut(top=3))
    assert (
        information([1], partial(counted, RICE_DEFAULT, inputs=estimates(5, 0)), Cut(top=1)) == []
    )
    assert information([], of, Cut(top=1)) == []
