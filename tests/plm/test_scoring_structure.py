"""One text of a formula for columns, database and what would move a rank: each method of the registry."""

from __future__ import annotations

import random

import numpy as np
import pytest

from plm.scoring.definition import Definition
from plm.scoring.expression import evaluate, parse
from plm.scoring.expression.sql import Column, sql_of
from plm.scoring.information import Cut, information
from plm.scoring.methods import METHODS, method_of
from plm.scoring.ranges import Estimate, Range
from plm.scoring.sensitivity import contributions, needed
from plm.scoring.simulation import Counted, counted, simulated
from plm.scoring.structure import roles
from plm.scoring.uncertainty import Line, standings

NAMES = [name for name, _ in METHODS]
every = pytest.mark.parametrize("method", NAMES)


def definition_of(method):
    return Definition(method, method_of(method).factors)


def lawful(definition, seed):
    draw = random.Random(f"{definition.method}{seed}")
    return {
        f.key: draw.choice(f.choices)[0]
        if f.choices
        else round(draw.uniform(f.low, min(f.high, 1e4)), 3)
        for f in definition.factors
    }


@every
def test_the_text_of_a_method_says_its_formula_to_the_last_bit(method):
    definition = definition_of(method)
    for seed in range(200):
        values = lawful(definition, seed)
        assert evaluate(definition.tree, values).value == definition.score(values)
    assert evaluate(definition.tree, {}).value is None


@every
def test_ranges_are_drawn_for_each_method_and_agree_with_the_formula_draw_by_draw(method):
    definition = definition_of(method)
    items = {}
    for seed in range(6):
        values = lawful(definition, seed)
        items[seed] = {
            f.key: Estimate.exactly(values[f.key])
            if f.choices
            else Estimate(Range(f.low, values[f.key], min(f.high, 1e4)))
            for f in definition.factors
        }
    first = definition.factors[0]
    items[6] = {**items[0], first.key: None}
    found = simulated(definition, items, draws=300)
    assert found.unscored == (6,)
    drawn = counted(definition, 2, items[2], draws=300)
    for at in (0, 150, 299):
        one = {k: float(np.broadcast_to(v, 300)[at]) for k, v in drawn.values.items()}
        assert found.scores[2, at] == definition.score(one)
    assert standings(found.scores, Line(top=2)).inside.sum() == pytest.approx(2)
    of = lambda key: counted(definition, key, items[key], draws=300)  # noqa: E731
    for cut in (Cut(top=2), Cut(capacity=2.0)):
        for worth in information([0, 1, 2], of, cut):
            assert np.isfinite(worth.gain)
            assert 0 <= worth.changes <= 1


@every
def test_what_would_beat_another_score_does_and_less_does_not(method):
    definition = definition_of(method)
    for seed in range(40):
        values, other = lawful(definition, seed), lawful(definition, seed + 1000)
        goal = definition.score(other)
        for need in needed(definition, values, goal):
            factor = definition.factor(need.factor)
            if need.value is None or not need.lawful:
                continue
            step = max(1e-6 * (factor.high - factor.low), 1e-9 * abs(need.value))
            beyond = 0.0 if factor.choices else -step if need.below else step
            score = definition.score({**values, need.factor: need.value + beyond})
            assert score > goal
            before = definition.score({**values, need.factor: need.value - beyond})
            assert factor.choices or before < goal * (1 + 1e-12)


@every
def test_parts_of_the_difference_add_up(method):
    definition = definition_of(method)
    values, other = lawful(definition, 1), lawful(definition, 2)
    found = contributions(definition, values, other)
    whole = definition.score(values) - definition.score(other)
    if found[0].times is None:
        assert sum(c.amount for c in found) == pytest.approx(whole)
    else:
        ratio = definition.score(values) / definition.score(other)
        assert sum(c.amount for c in found) == pytest.approx(np.log(ratio))


def test_the_parts_of_wsjf_are_those_of_all_orders_by_hand():
    definition = definition_of("wsjf")
    one = {"business_value": 8.0, "time_criticality": 1.0, "risk_opportunity": 1.0, "job_size": 1.0}
    other = {**one, "business_value": 2.0, "job_size": 2.0}
    # 10 against 2. Value first: (10 - 4) / 2 = 3, then size 5. Size first: 2, then value 6. Means 4.5 and 3.5.
    found = {c.factor: c.amount for c in contributions(definition, one, other)}
    assert found == {
        "business_value": 4.5, "time_criticality": 0, "risk_opportunity": 0, "job_size": 3.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a * b / c", {"a": "times", "b": "times", "c": "per"}),
        ("(a + b) / c", {"a": "line", "b": "line", "c": "per"}),
        ("1 + 2 / -a", {"a": "per_line"}),
        ("a / (b / c)", {"a": "times", "b": "per", "c": "times"}),
        ("a / (1 + b)", {"a": "times", "b": "other"}),
        ("a * a + max(b, c)", {"a": "other", "b": "other", "c": "other"}),
        ("a + a + 3", {"a": "line"}),
        ("a - 1 / a", {"a": "other"}),
        ("2 ^ a", {"a": "other"}),
    ],
)
def test_how_a_score_depends_on_a_factor_is_read_off_the_tree(text, expected):
    assert roles(parse(text)) == expected


def test_the_factor_that_divides_is_the_effort():
    dividing = {n: definition_of(n).divisor for n in NAMES}
    keys = {name: factor.key for name, factor in dividing.items() if factor and name != "formula"}
    assert keys == {"rice": "effort", "wsjf": "job_size", "value_effort": "effort", "cd3": "weeks"}
    wsjf = Counted(definition_of("wsjf"), {
        "business_value": 3.0, "time_criticality": 2.0, "risk_opportunity": 1.0,
        "job_size": np.array([1.0, 3.0]),
    })  # fmt: skip
    assert (wsjf.gain(), wsjf.effort()) == (6, 2)
    assert wsjf.expected() == pytest.approx(4)  # (6 + 2) / 2


def test_what_is_expected_of_a_formula_that_bends_is_near_the_truth_and_keeps_its_mean():
    """importance + max(importance - satisfaction, 0), both uniform on 0 to 10: 5 + E(x - 5)+ given importance x."""
    chance = np.random.default_rng(3)
    both = {key: chance.uniform(0, 10, 10_000) for key in ("importance", "satisfaction")}
    item = Counted(definition_of("opportunity"), both)
    found = item.expected("importance")
    x = both["importance"]
    assert np.abs(found - (x + x**2 / 20)).max() < 0.5
    assert float(np.mean(found)) == pytest.approx(item.expected())


SCALES = {"a": Column("a", 100.0), "b": Column("b", 5.0)}


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("a / b", True),
        ("if(a > b, min(a, b, 3), coalesce(a / b, 1))", True),
        ("sqrt(a) + abs(-b)", True),
        ("ln(a)", False),
        ("a ^ 2", False),
        ("round(a)", False),
        ("a * 1e300", False),
        ("a * 1e-300", False),
        (" * ".join(["a"] * 60), False),
        ("min(" * 40 + "a" + ", b)" * 40, False),
    ],
)
def test_a_database_computes_a_formula_where_its_bits_are_sure(text, known):
    assert (sql_of(parse(text), SCALES) is not None) is known
