"""MaxDiff: scores by counting and by the logit, and sets that are balanced."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.maxdiff import (
    Choice,
    counting_scores,
    design,
    shares,
    times_shown,
    utilities,
)


def test_the_counting_score_goes_from_always_worst_to_always_best():
    choices = [Choice((0, 1, 2, 3), 0, 3), Choice((0, 1, 2, 3), 0, 3), Choice((0, 1, 2, 4), 0, 1)]
    assert counting_scores(6, choices) == [1, pytest.approx(-1 / 3), 0, -1, 0, None]
    assert times_shown(6, choices) == [3, 3, 3, 2, 1, 0]
    assert counting_scores(0, []) == []


@pytest.mark.parametrize(
    ("shown", "best", "worst"), [((0, 1, 2), 1, 1), ((0, 1, 2), 3, 1), ((0, 1, 1), 0, 1)]
)
def test_a_choice_names_two_items_of_its_set(shown, best, worst):
    with pytest.raises(ValueError, match=r"set"):
        Choice(shown, best, worst)


@settings(max_examples=20)
@given(st.integers(4, 14), st.sampled_from([4, 5]), st.integers(3, 5), st.integers(0, 99))
def test_a_design_shows_each_item_often_enough_and_equally_often(count, size, times, seed):
    if count < size:
        return
    sets = design(count, set_size=size, times=times, seed=seed)
    shown = Counter(item for one in sets for item in one)
    assert set(shown) == set(range(count))
    assert min(shown.values()) >= times
    assert max(shown.values()) - min(shown.values()) <= 1
    assert all(len(set(one)) == size for one in sets)
    assert len(sets) == -(-count * times // size)
    assert sets == design(count, set_size=size, times=times, seed=seed)


def test_respondents_with_another_seed_see_other_sets():
    assert len({tuple(design(8, seed=seed)) for seed in range(10)}) == 10


def test_items_meet_about_equally_often():
    sets = design(9, set_size=4, times=4, seed=1)
    met = Counter(frozenset((a, b)) for one in sets for a in one for b in one if a < b)
    assert len(met) >= 34
    assert max(met.values()) <= 3


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"count": 3}, "there are 3"),
        ({"count": 9, "set_size": 3}, "4 or 5 items"),
        ({"count": 9, "times": 2}, "3 times or more"),
    ],
)
def test_a_design_that_cannot_be_is_refused(asked, says):
    with pytest.raises(ValueError, match=says):
        design(**asked)


def asked_of(true, respondents):
    """What people with these utilities answer."""
    draw = random.Random(5)

    def picked(items, sign):
        return draw.choices(items, [np.exp(sign * true[i]) for i in items])[0]

    for seed in range(respondents):
        for shown in design(len(true), seed=seed):
            best = picked(shown, 1)
            yield Choice(shown, best, picked([i for i in shown if i != best], -1))


def test_the_logit_finds_the_utilities_the_answers_came_from():
    true = [1.5, 0.8, 0.2, 0.0, -0.6, -1.9]
    choices = list(asked_of(true, 100))
    assert utilities(6, choices) == pytest.approx(true, abs=0.3)


def test_items_that_fared_alike_have_equal_utilities():
    choices = [Choice((0, 1, 2, 3), 0, 3)] * 2 + [Choice((0, 1, 2, 3), 3, 0)]
    found = utilities(4, choices)
    assert found[0] > found[1] > found[3]
    assert found[1] == pytest.approx(found[2])


def test_an_item_that_always_wins_stays_finite_and_one_never_shown_has_none():
    found = utilities(5, [Choice((0, 1, 2, 3), 0, 3)] * 50)
    assert found[4] is None
    assert np.isfinite(found[:4]).all()
    assert sum(found[:4]) == pytest.approx(0)
    assert utilities(2, []) == [None, None]


@settings(max_examples=20)
@given(st.lists(st.none() | st.floats(-8, 8), min_size=1, max_size=12))
def test_shares_add_up_to_a_hundred_in_the_order_of_utilities(found):
    known = [(u, s) for u, s in zip(found, shares(found), strict=True) if u is not None]
    if known:
        assert sum(share for _, share in known) == pytest.approx(100)
    ordered = [share for _, share in sorted(known)]
    assert ordered == sorted(ordered)
    assert shares(found).count(None) == found.count(None)
