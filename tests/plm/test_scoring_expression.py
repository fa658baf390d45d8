"""A formula of the user's own: what it gives, what it refuses and how it says so."""

from __future__ import annotations

import math

import pytest

from plm.scoring.expression import FormulaError, describe, evaluate, names, parse, trace
from plm.scoring.rice import rice

VALUES = {"reach": 2000, "impact": 2, "confidence": 0.8, "effort": 4, "votes": None}
KNOWN = tuple(VALUES)


def value(text):
    return evaluate(parse(text, KNOWN), VALUES).value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("reach * impact * confidence / effort", 800),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("12 / 3 / 2", 2),
        ("2 ^ 3 ^ 2", 512),
        ("-2 ^ 2", -4),
        ("(-2) ^ 2", 4),
        ("2 ^ -1", 0.5),
        ("--3", 3),
        ("+3 - -3", 6),
        (".5 + 1.e1 + 2E-1", 10.7),
        ("min(3, impact, 9)", 2),
        ("max(effort, 0.5)", 4),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(0.49999999999999994)", 0),
        ("round(1234.5678, 2)", 1234.57),
        ("abs(1 - 4)", 3),
        ("sqrt(16)", 4),
        ("ln(1)", 0),
        ("if(effort > 3, 1, 2)", 1),
        ("if(effort != 4, 1, if(impact >= 2, 5, 6))", 5),
        ("if(if(impact < 1, effort < 1, effort > 1), 7, 8)", 7),
        ("coalesce(votes, reach / 0, 9)", 9),
        ("if(effort == 0, 0, reach / effort)", 500),
        ("0 * -1", 0),
        ("\n reach\t/ 2 ", 1000),
    ],
)
def test_a_formula_gives_what_arithmetic_says(text, expected):
    assert value(text) == pytest.approx(expected)
    assert math.copysign(1, value(text)) == math.copysign(1, expected)


def test_rice_written_by_hand_has_the_bits_of_rice():
    tree = parse("reach * impact * confidence / effort")
    for reach, effort in ((1234.567, 0.7), (1e9, 3.3), (0.1, 999)):
        given = {"reach": reach, "impact": 0.25, "confidence": 0.8, "effort": effort}
        assert evaluate(tree, given).value == rice(reach, 0.25, 0.8, effort)


@pytest.mark.parametrize(
    ("text", "reason", "says"),
    [
        ("votes * 2", "missing", "votes has no value."),
        ("reach / (effort - 4)", "division", "reach / (effort - 4) divides by 0."),
        ("0 / 0", "division", "0 / 0 divides by 0."),
        ("1 + 0 ^ -1", "division", "0 ^ -1 divides by 0."),
        ("1e308 * 10", "too_large", "1e308 * 10 is too large"),
        ("1e308 * 10 / 1e308", "too_large", "too large"),
        ("10 ^ 400", "too_large", "too large"),
        ("(0 - 8) ^ 0.5", "not_real", "(0 - 8) ^ 0.5 has no real result."),
        ("sqrt(-1) + 1", "not_real", "sqrt(-1) has no real result."),
        ("ln(0)", "not_real", "ln(0)"),
        ("if(votes > 1, 1, 2)", "missing", "votes"),
        ("coalesce(votes, 1 / 0)", "missing", "votes"),
        ("min(1, votes)", "missing", "votes"),
    ],
)
def test_where_there_is_no_score_there_is_a_reason(text, reason, says):
    found = evaluate(parse(text, KNOWN), VALUES)
    assert (found.value, found.reason) == (None, reason)
    assert says in found.told(text)


@pytest.mark.parametrize("given", [float("nan"), float("inf"), 10**400, "much"])
def test_a_value_that_is_no_finite_number_gives_no_score(given):
    found = evaluate(parse("effort * 2"), {"effort": given})
    assert (found.value, found.reason) == (None, "not_a_number")
    told = found.told("effort * 2", {"effort": "Effort"})
    assert told == "Effort is not a finite number."


@pytest.mark.parametrize(
    ("text", "at", "says", "right"),
    [
        ("reach / efort", 8, "no factor “efort”", "Did you mean effort?"),
        ("Reach * 2", 0, "no factor", "Did you mean reach?"),
        ("xyzzy", 0, "no factor", "There are: reach, impact"),
        ("average(reach, 2)", 0, "no function “average”", "There are: min, max"),
        ("sqr(4)", 0, "no function", "Did you mean sqrt?"),
        ("", 0, "empty", "value / effort"),
        ("   ", 0, "empty", "value / effort"),
        ("reach +", 7, "ends too early", "a number or a factor"),
        ("reach impact", 6, "missing before “impact”", "+ - * /"),
        ("2(3)", 1, "missing before", "+ - * /"),
        ("(reach", 6, "opened at character 1 is not closed", "Write )"),
        ("reach)", 5, "closes nothing", "Take it away"),
        ("0,5 * reach", 1, "comma", "0.5"),
        ("2 ** 3", 3, "where a value should be", "Write ^"),
        ("reach × 2", 6, "no sign", "Write *"),
        ("if(reach = 2, 1, 0)", 9, "no sign", "Write =="),
        ("reach % 2", 6, "no sign", "/ 100"),
        ("reach\x00", 5, "U+0000", "numbers, names"),
        ("1 < 2 < 3", 6, "do not follow", "Compare two"),
        ("reach > 2", 0, "yes or no", "if(a > b, 1, 0)"),
        ("1 + (2 > 1)", 4, "yes or no", "if(a > b"),
        ("-(2 > 1)", 1, "yes or no", "if(a > b"),
        ("max(1, 2 > 1)", 7, "yes or no", "if(a > b"),
        ("(1 < 2) == (2 < 3)", 0, "Numbers are compared", "if(a > b"),
        ("if(reach, 1, 2)", 3, "gives a number", "a > 0"),
        ("if(reach > 1, 1, 2 > 1)", 17, "of one kind", "if(a > b"),
        ("if(reach > 1, 1)", 0, "2 arguments", "if(condition, a, b)"),
        ("min(1)", 0, "1 argument.", "min(a, b"),
        ("abs()", 0, "0 arguments", "abs(a)"),
        ("sqrt", 0, "is a function", "sqrt(a)"),
        ("round(reach, impact)", 13, "digits", "round(a, 2)"),
        ("round(reach, 1.5)", 13, "digits", "round(a, 2)"),
        ("1e999", 0, "too large", "1e308"),
        ("٣ + 1", 0, "no sign", "numbers"),
        ("__import__('os')", 0, "“'” is no sign", "without quotes"),
        ("reach.real", 5, "no sign", "numbers"),
        ("lambda: 1", 6, "no sign", "numbers"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_formula_is_told_where_and_what_would_be_right(text, at, says, right):
    with pytest.raises(FormulaError) as told:
        parse(text, KNOWN)
    found = told.value
    assert says in found.problem
    assert right in found.fix
    if "no sign of" not in found.problem:
        assert found.at == at
    assert str(found).startswith(f"Character {found.at + 1}: ")


@pytest.mark.parametrize(
    "text",
    ["(" * 1000, "(" * 990 + "1" + ")" * 990, "-" * 1500 + "1", "2^" * 900 + "1", "abs(" * 400,
     "if(1<" * 300, "if(1<2,1," * 200],
)  # fmt: skip
def test_what_is_nested_too_deep_is_refused_in_peace(text):
    with pytest.raises(FormulaError, match="50 deep"):
        parse(text)


def test_the_deepest_and_the_longest_formula_still_work():
    assert value("(" * 50 + "1" + ")" * 50) == 1
    long = "1+" * 999 + "1"
    assert value(long) == 1000
    assert len(trace(parse(long), {})) == 1001
    assert describe(parse(long)).count("+") == 999
    with pytest.raises(FormulaError, match="2,000 at the most"):
        parse("1" * 2001)


def test_the_factors_a_formula_reads_are_known():
    assert names(parse("b / max(a, b) + if(c > a, d, 1)")) == ["b", "a", "c", "d"]
    assert names(parse("1 + 2")) == []


def test_a_factor_may_be_called_like_a_function():
    tree = parse("min(min, 3) + max", ["min", "max"])
    assert evaluate(tree, {"min": 2, "max": 1}).value == 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("reach*impact/max(effort,.5)", "Reach × impact ÷ max(effort, 0.5)"),
        ("((1+2))*(3)", "(1 + 2) × 3"),
        ("1-(2-3)", "1 − (2 − 3)"),
        ("(1-2)-3", "1 − 2 − 3"),
        ("1/(2*3)", "1 ÷ (2 × 3)"),
        ("(-2)^2", "(−2)^2"),
        ("(2^3)^2", "(2^3)^2"),
        ("-(2*3)", "−(2 × 3)"),
        ("if(1<=2,3,4)", "if(1 ≤ 2, 3, 4)"),
    ],
)
def test_a_formula_is_described_as_people_read_it(text, shown):
    assert describe(parse(text), {"reach": "Reach"}) == shown


def test_a_score_is_explained_value_by_value():
    text = "if(effort > 3, reach / effort, reach / 0)"
    steps = trace(parse(text), VALUES)
    told = [(text[s.node.at : s.node.end], s.outcome.value, s.used) for s in steps]
    assert told[-1] == (text, 500, True)
    assert ("effort > 3", 1, True) in told
    assert ("reach / effort", 500, True) in told
    assert ("reach / 0", None, False) in told
    assert told[:3] == [("effort", 4, True), ("3", 3, True), ("effort > 3", 1, True)]


def test_what_coalesce_did_not_need_is_not_part_of_the_explanation():
    steps = trace(parse("coalesce(votes, impact, reach)"), VALUES)
    assert [s.used for s in steps] == [True, True, False, True]
