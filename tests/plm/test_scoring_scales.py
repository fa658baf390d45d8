"""Scales of criteria: lawful values, what is said about others, and what a value counts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.scales import OPEN, SCALES, scale

every = pytest.mark.parametrize("kind", SCALES)


@every
def test_the_ends_count_nothing_and_one(kind):
    found = scale(kind)
    assert found.counted(found.low) == 0
    assert found.counted(found.high) == 1
    assert found.counted(None) is None


@every
def test_a_higher_value_counts_more(kind):
    found = scale(kind)
    values = [v for v, _ in found.choices] or [
        found.low + n * (found.high - found.low) / 4 for n in range(5)
    ]
    counted = [found.counted(v) for v in sorted(values)]
    assert counted == sorted(set(counted))


@every
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, 1e300])
def test_a_value_off_the_scale_is_told_what_would_be_right(kind, value):
    found = scale(kind)
    assert found.expected in found.problem(value)
    with pytest.raises(ValueError, match="Give"):
        found.counted(value)


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        ("t_shirt", 4, "Give one of XS, S, M, L, XL; 4 is none."),
        ("fibonacci", 4, "Give one of 0, 1, 2, 3, 5, 8, 13; 4 is none."),
        ("powers_of_two", 3, "Give one of 0, 1, 2, 4, 8, 16; 3 is none."),
        ("yes_no", 0.5, "Give one of No, Yes; 0.5 is none."),
        ("percent", 1.2, "Give a number, 0 to 100 %; 120 % is outside."),
        ("linear", 6, "Give a number, 1 to 5; 6 is outside."),
        ("points", 2.5, "Give a whole number, 0 to 100 points; 2.5 is not whole."),
        ("zero_to_ten", -0.5, "Give a number, 0 to 10; -0.5 is outside."),
    ],
)
def test_what_is_wrong_is_said_in_the_words_of_the_scale(kind, value, says):
    assert scale(kind).problem(value) == says


def test_steps_of_a_series_keep_their_distances():
    assert scale("fibonacci").counted(8) == pytest.approx(8 / 13)
    assert scale("powers_of_two").counted(4) == 0.25
    assert scale("t_shirt").counted(3) == pytest.approx(2 / 7)


def test_an_open_scale_takes_ends_and_a_unit_of_its_own():
    money = scale("money", high=50_000, unit="EUR")
    assert money.counted(12_500) == 0.25
    assert money.shown(12_500) == "12,500 EUR"
    assert "0 to 50,000 EUR" in money.problem(60_000)
    assert scale("linear", 0, 20).counted(5) == 0.25


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"kind": "stars"}, "one of linear"),
        ({"kind": "fibonacci", "high": 20}, "0 to 13, always"),
        ({"kind": "percent", "low": 0.5}, "always"),
        ({"kind": "linear", "low": 5, "high": 5}, "a higher one"),
        ({"kind": "money", "high": float("inf")}, "a higher one"),
        ({"kind": "money", "low": float("nan")}, "a higher one"),
    ],
)
def test_a_scale_that_is_none_is_refused(asked, says):
    with pytest.raises(ValueError, match=says):
        scale(**asked)


def test_a_value_can_be_written_by_its_name():
    assert scale("t_shirt").named(" xl ") == 8
    assert scale("yes_no").named("YES") == 1
    assert scale("fibonacci").named("13") == 13
    assert scale("t_shirt").named("XXL") is None
    assert scale("linear").named("3") is None
    assert scale("t_shirt").shown(5) == "L"
    assert scale("percent").shown(0.8) == "80 %"


@settings(max_examples=40)
@given(st.sampled_from(OPEN), st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_whatever_is_lawful_counts_between_nothing_and_one(kind, low, high, value):
    if low >= high:
        return
    found = scale(kind, low, high)
    if not found.problem(value):
        assert 0 <= found.counted(value) <= 1
