"""Votes in pairs: published strengths, and what a vote may and may not do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.pairwise import (
    Duel,
    beta_share,
    bradley_terry,
    capped,
    elo_expected,
    elo_update,
    next_pair,
)
from tests.gold import gold_cases


def strengths_of(items, wins_row_over_col, reference):
    duels = [
        Duel(i, j, wins)
        for i, row in enumerate(wins_row_over_col)
        for j, wins in enumerate(row)
        if wins
    ]
    found = bradley_terry(len(items), duels, phantom=0).values
    return dict(zip(items, found - found[items.index(reference)], strict=True))


def elo_of(rating, opponents, actual_score, k):
    return {
        "expected_score": sum(elo_expected(rating, o) for o in opponents),
        "new_rating": elo_update(rating, opponents, actual_score, k),
    }


FORMULAS = {"bradley_terry": strengths_of, "elo_update": elo_of}


@pytest.mark.parametrize("case", gold_cases(FORMULAS))
def test_published_values_come_out(case):
    found, tolerance = FORMULAS[case["method"]](**case["inputs"]), case["tolerance"]
    for key, expected in case["expected"].items():
        near = (
            tolerance if isinstance(tolerance, float) else tolerance.get(key, tolerance["default"])
        )
        assert found[key] == pytest.approx(expected, abs=near)


votes = st.integers(2, 6).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.lists(st.integers(0, n - 1), min_size=2, max_size=2, unique=True).map(
                lambda pair: Duel(*pair)
            ),
            max_size=30,
        ),
    )
)


@settings(max_examples=40)
@given(votes)
def test_the_strengths_are_where_the_likelihood_is_highest(case):
    count, duels = case
    found = bradley_terry(count, duels)
    slope = np.zeros(count)
    for duel in duels:
        surprise = 1 - found.chance(duel.winner, duel.loser)
        slope[duel.winner] += surprise
        slope[duel.loser] -= surprise
    against_phantom = 1 / (1 + np.exp(-found.values))
    slope += 0.5 * (1 - against_phantom) - 0.5 * against_phantom
    assert slope == pytest.approx(np.zeros(count), abs=1e-6)
    assert np.isfinite(found.errors).all()
    assert all(0 < share < 100 for share in found.shares())


@settings(max_examples=40)
@given(votes)
def test_turning_all_votes_round_turns_the_strengths_round(case):
    count, duels = case
    found = bradley_terry(count, duels)
    turned = bradley_terry(count, [Duel(d.loser, d.winner) for d in duels])
    assert turned.values == pytest.approx(-found.values, abs=1e-6)


@settings(max_examples=40)
@given(votes, st.integers(0, 100))
def test_one_more_win_never_makes_an_item_weaker(case, pick):
    count, duels = case
    winner = pick % count
    loser = (winner + 1) % count
    before = bradley_terry(count, duels).values[winner]
    after = bradley_terry(count, [*duels, Duel(winner, loser)]).values[winner]
    assert after > before - 1e-9


def test_an_item_without_votes_is_in_the_middle():
    assert bradley_terry(0, []).shares() == []
    assert bradley_terry(1, []).shares() == [50]
    found = bradley_terry(3, [Duel(0, 1)] * 5)
    assert found.shares()[2] == 50
    assert found.shares()[0] > 50 > found.shares()[1]
    assert found.errors[2] > found.errors[0]


def test_an_item_that_never_lost_is_strong_and_not_infinite():
    found = bradley_terry(2, [Duel(0, 1)] * 1000)
    assert 99 < found.shares()[0] < 100
    assert sum(found.shares()) == pytest.approx(100)


def test_without_a_prior_an_item_that_never_lost_has_no_strength():
    for duels in ([Duel(0, 1)] * 3, []):
        with pytest.raises(ValueError, match="lose and win"):
            bradley_terry(2, duels, phantom=0)
    both = bradley_terry(2, [Duel(0, 1)] * 3 + [Duel(1, 0)], phantom=0)
    assert both.values[0] - both.values[1] == pytest.approx(np.log(3))
    assert both.difference_error(0, 1) == pytest.approx(np.sqrt(1 / 3 + 1))


@pytest.mark.parametrize("duel", [Duel(0, 0), Duel(0, 3), Duel(-1, 0)])
def test_a_duel_is_between_two_items(duel):
    with pytest.raises(ValueError, match="two of 3 items"):
        bradley_terry(3, [duel])


def test_more_votes_make_it_surer():
    few, many = (
        bradley_terry(2, [Duel(0, 1), Duel(1, 0)]),
        bradley_terry(2, [Duel(0, 1), Duel(1, 0)] * 50),
    )
    assert many.errors[0] < few.errors[0]
    assert many.difference_error(0, 1) < few.difference_error(0, 1)


def test_one_voter_cannot_outvote_the_others():
    crowd = [(f"voter {n}", 0, 1) for n in range(10)]
    stuffed = [*crowd, *[("eager", 1, 0)] * 500]
    assert bradley_terry(2, capped(stuffed, most=5)).shares()[0] > 50
    assert bradley_terry(2, capped(stuffed, most=1e9)).shares()[0] < 50
    assert sum(d.weight for d in capped(stuffed, most=5)) == pytest.approx(15)
    assert [d.weight for d in capped(crowd, most=5)] == [1] * 10


def test_the_next_pair_is_the_one_least_known():
    found = bradley_terry(4, [Duel(0, 1), Duel(1, 0)] * 20 + [Duel(2, 0)])
    assert next_pair(found) == (2, 3)
    assert next_pair(found, asked=[(3, 2)]) != (2, 3)
    every = [(i, j) for i in range(4) for j in range(4)]
    assert next_pair(found, asked=every) is None
    assert next_pair(bradley_terry(1, [])) is None


def test_voters_who_come_at_once_get_different_pairs_and_each_the_same_again():
    found = bradley_terry(5, [])
    drawn = {next_pair(found, seed=n) for n in range(40)}
    assert len({tuple(sorted(pair)) for pair in drawn}) > 3
    assert any(a > b for a, b in drawn)
    assert next_pair(found, seed=7) == next_pair(found, seed=7)


def test_asking_by_uncertainty_asks_every_item():
    duels, count = [], 8
    for _ in range(40):
        one, other = next_pair(bradley_terry(count, duels))
        duels.append(Duel(min(one, other), max(one, other)))
    found = bradley_terry(count, duels)
    assert found.votes.min() >= 5
    assert list(np.argsort(-found.values)) == list(range(count))


def test_the_simple_share_is_a_half_without_votes():
    assert beta_share(0, 0) == 50
    assert beta_share(3, 1) == pytest.approx(100 * 4 / 6)


@settings(max_examples=40)
@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_what_one_wins_in_elo_the_other_loses(one, other):
    assert elo_expected(one, other) + elo_expected(other, one) == pytest.approx(1)
    gained = elo_update(one, [other], 1) - one
    assert elo_update(other, [one], 0) - other == pytest.approx(-gained, abs=1e-6)
    assert 0 <= gained <= 32 + 1e-9
