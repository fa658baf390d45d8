"""AHP: published values, consistency, groups, missing pairs, and matrices that are none."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.ahp import (
    SAATY_1980,
    ahp,
    group_matrix,
    judgement_problem,
    matrix_of,
    matrix_problem,
    most_contradictory,
)
from tests.gold import gold_cases


@pytest.mark.parametrize("case", gold_cases(["ahp"]))
def test_published_weights_come_out(case):
    found = ahp(case["inputs"]["matrix"], case["inputs"]["order"], SAATY_1980)
    assert found.weights == pytest.approx(case["expected"]["weights"], abs=case["tolerance"])
    assert found.cr == pytest.approx(case["expected"]["cr"], abs=case["tolerance"] * 2)
    assert found.acceptable


def with_a_copy(matrix, of):
    rows = [[*row, row[of]] for row in matrix]
    return [*rows, rows[of]]


@pytest.mark.parametrize("case", gold_cases(["ahp_rank_reversal"]))
def test_a_copy_of_an_item_changes_which_wins_so_only_criteria_are_weighed(case):
    matrices = case["inputs"]["matrices"]

    def rated(judged):
        weights = np.array([ahp(matrix).weights for matrix in judged])
        return case["inputs"]["criteria_weights"] @ weights

    before, after = rated(matrices), rated([with_a_copy(m, 1) for m in matrices])
    assert before == pytest.approx(case["expected"]["before"], abs=case["tolerance"])
    assert after == pytest.approx(case["expected"]["after"], abs=case["tolerance"])
    assert (before.argmax(), after.argmax()) == (1, 0)


weights_of_some = st.lists(st.floats(0.2, 5), min_size=1, max_size=9)


@settings(max_examples=40)
@given(weights_of_some)
def test_judgements_that_agree_give_their_weights_back(true):
    found = ahp([[a / b for b in true] for a in true])
    assert found.weights == pytest.approx([w / sum(true) for w in true], rel=1e-9)
    assert found.ci == pytest.approx(0, abs=1e-9)


@st.composite
def judged(draw, least=3, most=8):
    count = draw(st.integers(least, most))
    scale = st.sampled_from([1, 2, 3, 5, 7, 9, 1 / 2, 1 / 3, 1 / 5, 1 / 7, 1 / 9])
    return matrix_of(count, {pair: draw(scale) for pair in combinations(range(count), 2)})


@settings(max_examples=40)
@given(judged())
def test_power_iteration_finds_the_principal_eigenvector(matrix):
    found = ahp(matrix)
    values, vectors = np.linalg.eig(np.array(matrix, dtype=float))
    top = values.real.argmax()
    vector = np.abs(vectors[:, top].real)
    assert found.lambda_max == pytest.approx(values.real[top], rel=1e-9)
    assert found.weights == pytest.approx(vector / vector.sum(), abs=1e-9)
    assert sum(found.weights) == pytest.approx(1)
    assert found.cr >= 0


def test_two_criteria_cannot_contradict_themselves():
    assert ahp([[1, 4], [0.25, 1]]).cr == 0
    assert ahp([[1, 4], [0.25, 1]]).weights == pytest.approx([0.8, 0.2])
    assert ahp([[1]]).weights == (1,)


def test_the_table_of_the_random_index_is_named_and_unknown_beyond_ten():
    circle = matrix_of(3, {(0, 1): 3, (1, 2): 3, (0, 2): 1 / 3})
    new, old = ahp(circle), ahp(circle, random_index=SAATY_1980)
    assert new.ci == old.ci
    assert new.cr == pytest.approx(new.ci / 0.52)
    assert old.cr == pytest.approx(old.ci / 0.58)
    assert new.acceptable is False
    eleven = ahp([[1] * 11 for _ in range(11)])
    assert (eleven.cr, eleven.acceptable) == (None, None)
    with pytest.raises(ValueError, match="saaty_1980"):
        ahp(circle, random_index="other")


@settings(max_examples=40)
@given(st.lists(judged(4, 4), min_size=1, max_size=5))
def test_a_groups_judgements_stay_reciprocal_and_between_its_members(matrices):
    whole = group_matrix(matrices)
    assert matrix_problem(whole) == ""
    for i, j in combinations(range(4), 2):
        each = [m[i][j] for m in matrices]
        assert min(each) * (1 - 1e-9) <= whole[i][j] <= max(each) * (1 + 1e-9)


def test_a_group_counts_who_judged():
    one, other = matrix_of(2, {(0, 1): 4}), matrix_of(2, {})
    assert group_matrix([one, other])[0][1] == pytest.approx(4)
    assert group_matrix([other, other])[0][1] is None
    for wrong in ([], [one, matrix_of(3, {})]):
        with pytest.raises(ValueError, match="same size"):
            group_matrix(wrong)


@settings(max_examples=40)
@given(st.lists(st.floats(0.2, 5), min_size=3, max_size=7), st.randoms(use_true_random=False))
def test_a_missing_pair_follows_from_the_others(true, random):
    count = len(true)
    tree = {(random.randrange(n), n) for n in range(1, count)}
    found = ahp(matrix_of(count, {(i, j): true[i] / true[j] for i, j in tree}))
    assert found.weights == pytest.approx([w / sum(true) for w in true], rel=1e-6)
    assert found.cr == pytest.approx(0, abs=1e-6)


def test_harkers_published_way_keeps_what_was_judged():
    found = ahp(matrix_of(3, {(0, 1): 2, (1, 2): 2}))
    assert found.weights == pytest.approx([4 / 7, 2 / 7, 1 / 7], rel=1e-9)


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        ([[1, 3], [0.5, 1]], "Row price, column speed is 3, so row speed, column price should be 0.333333"),
        ([[1, 3], [1 / 3, 2]], "Row speed, column speed: a criterion against itself is 1, not 2"),
        ([[1, 0], [1, 1]], "Row price, column speed: a judgement is a number above 0, not 0"),
        ([[1, float("nan")], [1, 1]], "above 0, not nan"),
        ([[1, 2], [float("inf"), 1]], "row speed, column price: a judgement"),
        ([[1, 2], [None, 1]], "both judgements or none"),
        ([[1, None], [None, 1]], "Too few pairs"),
        ([[1, 2]], "as many columns as rows"),
        ([], "as many columns as rows"),
    ],
)  # fmt: skip
def test_a_matrix_that_is_none_is_told_by_the_cell(matrix, says):
    with pytest.raises(ValueError) as told:
        ahp(matrix, ["price", "speed"])
    assert says in str(told.value)


def test_a_third_may_be_written_with_three_digits():
    assert matrix_problem([[1, 3], [0.333, 1]]) == ""
    assert judgement_problem(0.111) == ""


@pytest.mark.parametrize("value", [10, 0, -3, 0.1, float("nan"), float("inf")])
def test_a_judgement_outside_a_ninth_to_nine_is_told(value):
    assert "1/9" in judgement_problem(value)
    assert judgement_problem(1 / 9) == judgement_problem(9) == ""


def test_the_judgement_to_look_at_first_is_named():
    matrix = matrix_of(4, {(0, 1): 2, (1, 2): 2, (2, 3): 2, (0, 2): 4, (1, 3): 4, (0, 3): 1 / 8})
    assert most_contradictory(matrix, ahp(matrix).weights) == (0, 3)
    assert most_contradictory([[1, 4], [0.25, 1]], [0.8, 0.2]) is None
