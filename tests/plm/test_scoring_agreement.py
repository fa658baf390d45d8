"""What several people's scores say together: published values and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.agreement import (
    borda,
    kendall_w,
    krippendorff_alpha,
    ranks,
    standard_scores,
    summary,
)
from tests.gold import gold_cases


@pytest.mark.parametrize("case", gold_cases(["krippendorff_alpha"]))
def test_published_values_come_out(case):
    for level, expected in case["expected"].items():
        found = krippendorff_alpha(case["inputs"]["raters_by_items"], level)
        assert found == pytest.approx(expected, abs=case["tolerance"])


FOUR = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


@pytest.mark.parametrize(
    ("level", "expected"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_krippendorffs_own_example_comes_out(level, expected):
    """Krippendorff, "Computing Krippendorff's alpha-reliability", 2011: four observers, twelve units."""
    assert krippendorff_alpha(FOUR, level) == pytest.approx(expected, abs=0.0006)


rows = st.integers(2, 6).flatmap(
    lambda n: st.lists(
        st.lists(st.none() | st.integers(1, 5), min_size=n, max_size=n), min_size=2, max_size=5
    )
)


@settings(max_examples=40)
@given(rows, st.sampled_from(["nominal", "ordinal", "interval"]), st.randoms(use_true_random=False))
def test_alpha_knows_neither_the_order_of_raters_nor_that_of_items(ratings, level, random):
    found = krippendorff_alpha(ratings, level)
    turned = [list(row) for row in zip(*random.sample(ratings, len(ratings)), strict=True)]
    again = [list(row) for row in zip(*random.sample(turned, len(turned)), strict=True)]
    assert found is None or found <= 1
    assert krippendorff_alpha(again, level) == (None if found is None else pytest.approx(found))


@settings(max_examples=40)
@given(rows, st.floats(0.1, 10), st.floats(-100, 100))
def test_alpha_of_distances_does_not_know_the_unit(ratings, factor, start):
    found = krippendorff_alpha(ratings)
    moved = [[None if v is None else v * factor + start for v in row] for row in ratings]
    again = krippendorff_alpha(moved)
    assert again == (None if found is None else pytest.approx(found, abs=1e-6))


def test_alpha_is_one_when_all_agree_and_none_when_there_is_nothing_to_agree_about():
    assert krippendorff_alpha([[1, 2, 3], [1, 2, 3]]) == 1
    assert krippendorff_alpha([[1, 5], [5, 1]]) < 0
    assert krippendorff_alpha([[3, 3], [3, 3]]) is None
    assert krippendorff_alpha([[1, None], [None, 2]]) is None
    assert krippendorff_alpha([]) is None
    with pytest.raises(ValueError, match="nominal, ordinal, interval"):
        krippendorff_alpha([], "ratio")


def test_equal_scores_share_their_ranks():
    assert ranks([10, 30, 20, 30]) == [4, 1.5, 3, 1.5]
    assert ranks([]) == []


def test_w_is_one_for_one_order_and_zero_for_two_opposite_ones():
    assert kendall_w([[1, 2, 3], [10, 20, 30], [0, 5, 9]]) == pytest.approx(1)
    assert kendall_w([[1, 2, 3], [3, 2, 1]]) == 0
    assert kendall_w([[1, 1, 2], [5, 5, 9]]) == pytest.approx(1)


def test_w_counts_raters_who_rated_everything():
    assert kendall_w([[1, 2, 3], [1, 2, 3], [3, None, 1]]) == pytest.approx(1)
    for empty in ([], [[1, 2]], [[1], [2]], [[2, 2], [3, 3]], [[None, 1], [1, 2]]):
        assert kendall_w(empty) is None


@settings(max_examples=40)
@given(st.lists(st.lists(st.integers(1, 5), min_size=5, max_size=5), min_size=2, max_size=6))
def test_w_stays_between_nothing_and_one(ratings):
    found = kendall_w(ratings)
    assert found is None or -1e-9 <= found <= 1 + 1e-9


def test_borda_counts_places_and_need_not_follow_the_most_first_places():
    points = borda({("a", "b", "c"): 3, ("b", "c", "a"): 2})
    assert points == {"a": 6, "b": 7, "c": 2}
    assert borda({}) == {}
    with pytest.raises(ValueError, match="once"):
        borda({("a", "a"): 1})


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.permutations("abcd"), st.integers(0, 4), st.integers(1, 9)), max_size=6)
)
def test_every_ranking_gives_away_the_same_points(rankings):
    held = {}
    for order, named, people in rankings:
        held[tuple(order[:named])] = people
    points = borda(held)
    count = len(points)
    whole = sum(held.values()) * count * (count - 1) / 2
    assert sum(points.values()) == pytest.approx(whole)


def test_the_median_and_the_spread_stand_beside_the_mean():
    found = summary([1, 2, 3, 4, None, 90])
    assert (found.count, found.median, found.mean, found.low, found.high) == (5, 3, 20, 1, 90)
    assert found.spread == 2
    assert summary([7]).spread == 0
    assert summary([None]) is None


def test_a_strict_rater_and_a_generous_one_say_the_same():
    strict, generous = standard_scores([1, 2, None, 3]), standard_scores([3, 4, None, 5])
    assert strict == generous == [-1, 0, None, 1]
    assert standard_scores([4, 4]) == [None, None]
    assert standard_scores([4]) == [None]
