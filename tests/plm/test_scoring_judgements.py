"""Judgements in pairs as people give them: the scale, its words, and what would fit."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plm.scoring.ahp import ahp, matrix_of
from plm.scoring.judgements import SCALE, fitting, nearest, read, sentence, snapped, written


def test_the_scale_goes_from_nine_over_one_to_a_ninth():
    assert [written(step) for step in SCALE] == [
        "9", "8", "7", "6", "5", "4", "3", "2", "1", "1/2", "1/3", "1/4", "1/5", "1/6", "1/7", "1/8", "1/9",
    ]  # fmt: skip
    assert [read(written(step)) for step in SCALE] == list(SCALE)


@pytest.mark.parametrize("text", ["", "x", "1/0", "1/x", "/3", "\u0661", "nan", "1e2", "-3"])
def test_what_is_no_number_is_none(text):
    assert math.isnan(read(text))


def test_a_rounded_reciprocal_is_the_step_that_is_meant():
    assert read("0.333") == 1 / 3
    assert snapped(0.143) == 1 / 7
    assert snapped(2.5) == 2.5


def test_the_words_say_how_much_and_in_which_direction():
    assert sentence(5) == "is strongly more important than"
    assert sentence(1 / 7) == "is very strongly less important than"
    assert sentence(1) == "is as important as"
    assert sentence(2.5) == "is 2.5 times as important as"


@given(st.floats(0.05, 20))
def test_the_nearest_step_is_nearest_by_ratio(ratio):
    found = abs(math.log(nearest(ratio) / ratio))
    assert all(found <= abs(math.log(step / ratio)) + 1e-12 for step in SCALE)


def test_what_fits_a_contradiction_is_what_the_others_say():
    # a over b 3 and b over c 2 make a over c 6; a third was said.
    matrix = matrix_of(3, {(0, 1): 3.0, (1, 2): 2.0, (0, 2): 1 / 3})
    assert ahp(matrix).cr > 0.1
    value, after = fitting(matrix, 0, 2)
    assert value == 6
    assert after.cr == pytest.approx(0, abs=1e-9)


def test_a_judgement_that_alone_ties_a_criterion_contradicts_nothing():
    assert fitting(matrix_of(3, {(0, 1): 3.0, (1, 2): 2.0}), 1, 2) is None
