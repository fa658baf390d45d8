"""Formulas against published values and against what must always hold."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plm.scoring.definition import RICE_DEFAULT, WEIGHTED_DEFAULT, Definition
from plm.scoring.factor import Factor
from plm.scoring.ranking import Entry, ranking
from plm.scoring.rice import rice, rice_reach
from plm.scoring.weighted import (
    rank_order_centroid,
    reversed_value,
    shares,
    weighted,
    weights_total,
)
from tests.gold import gold_cases

FORMULAS = {"rice": rice, "rice_reach": rice_reach}


@pytest.mark.parametrize("case", gold_cases(FORMULAS))
def test_published_values_come_out(case):
    found = FORMULAS[case["method"]](**case["inputs"])
    assert found == pytest.approx(case["expected"], abs=case["tolerance"])


def test_a_missing_factor_or_no_effort_gives_no_score():
    assert rice(100, 1, 0.8, None) is None
    assert rice(None, 1, 0.8, 1) is None
    assert rice(100, 1, 0.8, 0) is None
    assert rice(100, 1, 0.8, -1) is None
    assert rice(0, 1, 0.8, 1) == 0
    assert weighted([3, None, 5], [1, 1, 1]) is None
    assert weighted([], []) is None
    assert weighted([3], [0]) is None


def test_reach_is_told_per_quarter():
    assert rice_reach(100, 0.5, "month") == 150
    assert rice_reach(400, 0.5, "year") == 50


def test_weights_count_by_their_ratio():
    assert weighted([4, 3, 5], [1, 1, 1]) == pytest.approx(4)
    assert weighted([5, 1, 3], [0.5, 0.3, 0.2]) == pytest.approx(3.4)
    assert weighted([5, 1], [3, 1]) == weighted([5, 1], [0.75, 0.25])
    assert shares([2, 1, 1]) == [0.5, 0.25, 0.25]


def test_effort_becomes_ease_by_reading_the_scale_backward():
    assert reversed_value(5, 1, 5) == 1
    assert reversed_value(30, 0, 100) == 70
    model = Definition("weighted", (Factor("effort", "Effort", 1, backward=True),))
    assert model.score({"effort": 1}) == 5


def test_rank_order_centroid_weights_sum_to_one_and_fall():
    weights = rank_order_centroid(3)
    assert weights == pytest.approx([11 / 18, 5 / 18, 2 / 18])
    assert sum(rank_order_centroid(7)) == pytest.approx(1)


@given(st.lists(st.tuples(st.floats(1, 5), st.floats(0.01, 100)), min_size=1, max_size=10))
def test_a_weighted_mean_lies_between_its_values(rows):
    values, weights = [v for v, _ in rows], [w for _, w in rows]
    found = weighted(values, weights)
    assert min(values) - 1e-9 <= found <= max(values) + 1e-9
    assert weights_total(weights) == pytest.approx(sum(weights))


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("effort", 0, "0.5"),
        ("reach", -5, "0 to"),
        ("confidence", 9, "900 %"),
        ("impact", 2.5, "massive"),
        ("effort", float("nan"), "number"),
        ("reach", float("inf"), "number"),
    ],
)
def test_a_value_outside_its_scale_is_told_what_would_be_right(key, value, says):
    assert says in RICE_DEFAULT.factor(key).problem(value)


def test_lawful_values_have_no_problem():
    for key, value in {"reach": 2000, "impact": 2, "confidence": 0.8, "effort": 0.5}.items():
        assert RICE_DEFAULT.factor(key).problem(value) == ""
    assert WEIGHTED_DEFAULT.factor("ease").problem(6) != ""


@pytest.mark.parametrize("model", [RICE_DEFAULT, WEIGHTED_DEFAULT])
def test_a_definition_survives_being_kept(model):
    again = Definition.from_json(json.loads(json.dumps(model.as_json())))
    assert again == model


def test_the_parts_of_a_weighted_score_add_up_to_it():
    values = {"customer_need": 5, "market_demand": 2, "ease": 4}
    parts = WEIGHTED_DEFAULT.parts(values)
    assert sum(p.adds for p in parts) == pytest.approx(WEIGHTED_DEFAULT.score(values))
    assert [round(p.share, 4) for p in parts] == [0.3333] * 3


entries = st.lists(
    st.tuples(st.none() | st.floats(0, 10), st.integers(0, 5), st.none() | st.integers(1, 30)),
    max_size=20,
).map(lambda rows: [Entry(key, *row) for key, row in enumerate(rows)])


@given(entries)
def test_ranks_are_one_to_n_and_fixed_places_hold(rows):
    found = ranking(rows)
    assert sorted(found.values()) == list(range(1, len(rows) + 1))
    wanted = [e.place for e in rows if e.place is not None]
    for entry in rows:
        if entry.place is not None and wanted.count(entry.place) == 1 and entry.place <= len(rows):
            earlier = sum(1 for place in wanted if place < entry.place)
            if earlier == len({p for p in wanted if p < entry.place}):
                assert found[entry.key] == entry.place or found[entry.key] < entry.place
    free = [e for e in sorted(rows, key=lambda e: found[e.key]) if e.place is None]
    assert free == sorted(free, key=lambda e: (e.score is None, -(e.score or 0), e.age, e.key))


def test_a_fixed_place_is_kept_and_the_others_close_around_it():
    rows = [Entry(1, 9.0, 1), Entry(2, 8.0, 2), Entry(3, 7.0, 3), Entry(4, None, 0, 2)]
    assert ranking(rows) == {1: 1, 4: 2, 2: 3, 3: 4}
    assert ranking([Entry(1, None, 1, 99), Entry(2, 1.0, 2)]) == {2: 1, 1: 2}
