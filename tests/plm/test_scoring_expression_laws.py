"""What holds for any formula: it ends in a score or a reason, is read as it is described, and columns have its bits."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.expression import FormulaError, describe, evaluate, names, parse, trace
from plm.scoring.expression.columns import CODES, evaluate_columns

NAMES = ("reach", "impact", "effort")
figures = st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0, -1.0, 0.5, 2.0, 1e300, 1e-300])
leaves = st.sampled_from(NAMES) | figures.map(lambda n: f"({n!r})") | st.just("0")


def grown(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-*/^"), inner).map(" ".join).map("({})".format),
        st.tuples(inner, st.sampled_from("+-*/"), inner).map("".join),
        inner.map("-{}".format),
        st.tuples(st.sampled_from(["min", "max", "coalesce"]), pair).map(
            lambda c: f"{c[0]}({c[1][0]}, {c[1][1]})"
        ),
        st.tuples(st.sampled_from(["abs", "sqrt", "ln", "round"]), inner).map(
            lambda c: f"{c[0]}({c[1]})"
        ),
        st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, pair).map(
            lambda c: f"if({c[0]} {c[1]} {c[2]}, {c[3][0]}, {c[3][1]})"
        ),
    )


formulas = st.recursive(leaves, grown, max_leaves=12)
rows = st.lists(
    st.fixed_dictionaries({name: st.none() | figures for name in NAMES}), min_size=1, max_size=5
)


def bits(value):
    return None if value is None or math.isnan(value) else float(value).hex()


@settings(max_examples=60)
@given(formulas, rows)
def test_columns_have_the_bits_and_the_reasons_of_single_items(text, items):
    tree = parse(text, NAMES)
    columns = {
        name: np.array([np.nan if item[name] is None else item[name] for item in items])
        for name in names(tree)
    }
    found = evaluate_columns(tree, columns, len(items))
    for row, item in enumerate(items):
        single = evaluate(tree, item)
        assert bits(found.values[row]) == bits(single.value)
        assert CODES[found.reasons[row]] == single.reason


@settings(max_examples=60)
@given(formulas, rows)
def test_a_formula_gives_a_finite_score_or_a_reason(text, items):
    tree = parse(text, NAMES)
    for item in items:
        found = evaluate(tree, item)
        assert (found.value is None) == bool(found.reason) == bool(found.told(text))
        assert found.value is None or math.isfinite(found.value)
        last = trace(tree, item)[-1]
        assert last.used
        assert last.outcome.value == found.value


def written(shown):
    for sign, plain in {
        "×": "*",
        "÷": "/",
        "−": "-",
        " = ": " == ",
        "≠": "!=",
        "≤": "<=",
        "≥": ">=",
    }.items():
        shown = shown.replace(sign, plain)
    return shown


@settings(max_examples=60)
@given(formulas, rows)
def test_what_is_described_is_the_formula(text, items):
    tree = parse(text, NAMES)
    again = parse(written(describe(tree)), NAMES)
    for item in items:
        one, other = evaluate(tree, item), evaluate(again, item)
        assert (bits(one.value), one.reason) == (bits(other.value), other.reason)


WORDS = (*"()+-*/^,<>=.[é\x00\n", "1", "a", "if", "min(", "≤", "1e", "==")


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS), max_size=20).map("".join))
def test_any_other_text_is_refused_with_a_place_and_a_way_out(text):
    refused = None
    try:
        tree = parse(text)
    except FormulaError as told:
        refused = told
    if refused is None:
        assert 0 <= tree.at < tree.end <= len(text)
    else:
        assert 0 <= refused.at <= refused.end <= len(text)
        assert refused.problem
        assert refused.fix


def test_a_column_that_is_not_given_is_missing_and_an_infinite_value_is_no_number():
    found = evaluate_columns(parse("reach + impact"), {"reach": np.array([1.0, np.inf])}, 2)
    assert [CODES[n] for n in found.reasons] == ["missing", "not_a_number"]
    assert np.isnan(found.values).all()
    assert evaluate_columns(parse("1 + 1"), {}, 3).values.tolist() == [2, 2, 2]
    assert evaluate_columns(parse("reach"), {"reach": np.array([])}, 0).values.size == 0
