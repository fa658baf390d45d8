"""Kano and the opportunity score: published values and what must always hold."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.kano import (
    BERGER,
    SCALE,
    Kano,
    classified,
    continuous,
    dropped_respondents,
    scored,
)
from plm.scoring.opportunity import band, opportunity, top_two_box
from tests.gold import gold_cases


def kano_classify_table(scale, layout):
    return {f: "".join(classified(f, d) for d in scale) for f in scale}


def kano_cs_coefficients(**counts):
    found = Kano(counts)
    return [found.better, found.worse]


def kano_continuous_dumouchel(functional_scores, dysfunctional_scores, answers):
    return [list(scored(*pair)) for pair in answers]


FORMULAS = {
    "opportunity_score": opportunity,
    "kano_classify_table": kano_classify_table,
    "kano_cs_coefficients": kano_cs_coefficients,
    "kano_continuous_dumouchel": kano_continuous_dumouchel,
}


@pytest.mark.parametrize("case", gold_cases(FORMULAS))
def test_published_values_come_out(case):
    found, expected = FORMULAS[case["method"]](**case["inputs"]), case["expected"]
    if isinstance(expected, dict | list) and case["tolerance"] == 0:
        assert found == expected
    else:
        assert found == pytest.approx(expected, abs=case["tolerance"])


@pytest.mark.parametrize(
    ("counts", "category"),
    [
        ({"A": 15, "O": 10}, "A"),
        ({"A": 10, "O": 10}, "O"),
        ({"I": 10, "M": 10, "A": 10, "O": 10}, "M"),
        ({"A": 10, "I": 10}, "A"),
        ({"R": 10, "Q": 10}, "R"),
        ({"A": 19}, None),
        ({}, None),
    ],
)
def test_a_category_is_the_mode_and_ties_go_to_what_hurts_most(counts, category):
    assert Kano(counts).category() == category


def test_few_answers_show_no_category_unless_asked_for():
    assert Kano({"A": 3}).category(least=1) == "A"
    assert Kano({}).category(least=0) is None


def test_strength_is_the_lead_of_the_first_category():
    assert Kano({"A": 15, "O": 10}).strength == pytest.approx(0.2)
    assert Kano({}).strength is None


def test_fongs_test_tells_a_lead_from_chance():
    assert Kano({"M": 30, "O": 10, "I": 10}).is_clear is True
    assert Kano({"M": 22, "O": 18, "I": 10}).is_clear is False
    assert Kano({}).is_clear is None


def test_coefficients_count_neither_reverse_nor_questionable():
    assert Kano({"A": 1, "O": 1, "M": 1, "I": 1, "R": 9, "Q": 9}).better == 0.5
    assert Kano({"A": 2, "I": 2}).worse == 0
    assert Kano({"R": 5, "Q": 1}).better is None
    assert Kano({"R": 5, "Q": 1}).worse is None


pairs = st.lists(st.tuples(st.sampled_from(SCALE), st.sampled_from(SCALE)), max_size=40)


@settings(max_examples=40)
@given(pairs)
def test_whatever_was_answered_the_figures_keep_their_ranges(rows):
    found = Kano.of_answers(rows)
    assert found.total == len(rows)
    assert (found.category() is None) == (len(rows) < 20)
    if found.better is not None:
        assert 0 <= found.better <= 1
        assert -1 <= found.worse <= 0
    place = continuous(rows)
    assert (place is None) == (not rows)
    if place:
        assert -2 <= place.functional <= 4
        assert -2 <= place.dysfunctional <= 4


def test_a_feature_has_a_place_between_the_answers():
    assert continuous([("like", "dislike"), ("like", "neutral")]).quadrant == "O"
    assert continuous([("like", "neutral")]).quadrant == "A"
    assert continuous([("neutral", "dislike")]).quadrant == "M"
    assert continuous([("neutral", "neutral"), ("like", "neutral")]).functional == 2


def test_who_contradicts_themselves_often_is_dropped():
    fine, odd = ("like", "dislike"), ("like", "like")
    answers = {
        "clear": [fine] * 9,
        "once": [odd],
        "often": [odd, odd, fine],
        "rarely": [odd, odd] + [fine] * 5,
    }
    assert dropped_respondents(answers) == {"often"}


def test_the_table_of_another_author_is_data():
    pouliot = BERGER | {"must-be": "RQIIM"}
    assert classified("must-be", "must-be", pouliot) == "Q"
    assert Kano.of_answers([("must-be", "must-be")] * 20, pouliot).category() == "Q"


@pytest.mark.parametrize("pair", [("love", "like"), ("like", ""), ("like", "LIKE")])
def test_an_answer_outside_the_five_is_refused(pair):
    with pytest.raises(ValueError, match="must-be"):
        continuous([pair])


def test_importance_is_the_share_of_the_two_top_answers():
    assert top_two_box([5, 4, 3, 1, None]) == 5
    assert top_two_box([3, 3]) == 0
    assert top_two_box([None]) is None
    assert top_two_box([]) is None


@pytest.mark.parametrize("answer", [0, 6, 2.5, float("nan")])
def test_an_answer_off_the_scale_is_refused(answer):
    with pytest.raises(ValueError, match="1 to 5"):
        top_two_box([answer])


@pytest.mark.parametrize(
    ("importance", "satisfaction", "expected"),
    [
        (9, 2.9, "extreme"), (9, 3, "high"), (8, 4, "high"), (6, 2, "worth"), (9, 9, "served"),
        (5, 9, "overserved"), (10, 10, "worth"), (None, 3, None), (3, None, None),
    ],
)  # fmt: skip
def test_a_score_falls_into_a_band(importance, satisfaction, expected):
    assert band(importance, satisfaction) == expected


@settings(max_examples=40)
@given(st.floats(0, 10), st.floats(0, 10))
def test_a_score_lies_between_importance_and_its_double(importance, satisfaction):
    assert importance <= opportunity(importance, satisfaction) <= 2 * importance <= 20


def test_a_missing_side_gives_no_score():
    assert opportunity(9, None) is None
    assert opportunity(None, 9) is None
