"""Why an item stands where it stands, and what would move it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from plm.scoring.definition import RICE_DEFAULT, WEIGHTED_DEFAULT, Definition
from plm.scoring.factor import Factor
from plm.scoring.methods import WEIGHTED
from plm.scoring.sensitivity import (
    contributions,
    counted_matrix,
    in_points,
    moved,
    needed,
    swings,
    tie_swing,
)
from plm.scoring.weighted import weighted

quick = settings(max_examples=80)
FACTORS = st.integers(2, 5)
SCALE = st.integers(10, 50).map(lambda tenths: tenths / 10)
WEIGHT = st.integers(1, 100).map(float)
MODEL = Definition(WEIGHTED, (
    Factor("need", "Need", 1, weight=3), Factor("effort", "Effort", 2, weight=1, backward=True),
    Factor("none", "None", 3, weight=0),
))  # fmt: skip
RICE_ITEM = {"reach": 1000.0, "impact": 1.0, "confidence": 0.8, "effort": 4.0}  # 200


def test_parts_of_a_weighted_score_add_up_to_the_difference():
    item, other = (
        {"need": 4.0, "effort": 1.0, "none": 2.0},
        {"need": 2.0, "effort": 3.0, "none": 5.0},
    )
    found = {c.factor: c for c in contributions(MODEL, item, other)}
    assert {k: c.amount for k, c in found.items()} == {"need": 1.5, "effort": 0.5, "none": 0}
    assert {k: c.share for k, c in found.items()} == {"need": 0.75, "effort": 0.25, "none": 0}
    assert sum(c.amount for c in found.values()) == MODEL.score(item) - MODEL.score(other)


def test_parts_of_a_product_multiply_to_the_ratio_of_the_scores():
    other = {"reach": 500.0, "impact": 2.0, "confidence": 0.8, "effort": 8.0}
    found = {c.factor: c for c in contributions(RICE_DEFAULT, RICE_ITEM, other)}
    assert {k: c.times for k, c in found.items()} == {"reach": 2, "impact": 0.5, "confidence": 1, "effort": 2}  # fmt: skip
    assert math.prod(c.times for c in found.values()) == pytest.approx(200 / 100)
    assert sum(c.share for c in found.values()) == pytest.approx(1)
    assert found["impact"].share == pytest.approx(-1)


def test_equal_scores_have_no_shares_and_what_is_0_or_missing_no_parts():
    alike = contributions(RICE_DEFAULT, RICE_ITEM, {**RICE_ITEM, "reach": 2000.0, "effort": 8.0})
    assert [c.share for c in alike] == [None] * 4
    assert contributions(RICE_DEFAULT, {**RICE_ITEM, "reach": 0}, RICE_ITEM) is None
    assert contributions(RICE_DEFAULT, RICE_ITEM, {**RICE_ITEM, "reach": None}) is None


def test_what_would_make_a_rice_item_number_one():
    found = {n.factor: n for n in needed(RICE_DEFAULT, RICE_ITEM, 240.0)}
    assert (found["reach"].value, found["reach"].lawful, found["reach"].below) == (
        1200,
        True,
        False,
    )
    assert (found["impact"].value, found["impact"].lawful) == (2, True)  # 1.2, of the choices 2
    assert (found["confidence"].value, found["confidence"].lawful) == (pytest.approx(0.96), True)
    assert found["effort"].value == pytest.approx(4 / 1.2)
    assert found["effort"].below
    far = {n.factor: n for n in needed(RICE_DEFAULT, RICE_ITEM, 20_000.0)}
    assert [k for k, n in far.items() if n.lawful] == ["reach"]
    assert far["effort"].value == pytest.approx(0.04)
    hopeless = {n.factor: n for n in needed(RICE_DEFAULT, {**RICE_ITEM, "reach": 0.0}, 10.0)}
    assert [k for k, n in hopeless.items() if n.value is not None and n.lawful] == ["reach"]
    assert needed(RICE_DEFAULT, {**RICE_ITEM, "reach": None}, 10.0) == []


@quick
@given(st.lists(SCALE, min_size=3, max_size=3), st.integers(10, 60).map(lambda t: t / 10))
def test_the_value_needed_ties_the_scores_and_a_lawful_one_is_on_the_scale(values, to_beat):
    item = dict(zip(("need", "effort", "none"), values, strict=True))
    found = {n.factor: n for n in needed(MODEL, item, to_beat)}
    assert found["none"].value is None
    for key in ("need", "effort"):
        value = found[key].value
        assert MODEL.score({**item, key: value}) == pytest.approx(to_beat)
        beyond = 1.0 if found[key].below else 5.0
        assert found[key].lawful == (MODEL.score({**item, key: beyond}) > to_beat + 1e-12)


@st.composite
def tables(draw, items):
    factors = draw(FACTORS)
    row = st.lists(SCALE, min_size=factors, max_size=factors)
    weights = draw(st.lists(WEIGHT, min_size=factors, max_size=factors))
    return [draw(row) for _ in range(draw(items))], weights


@quick
@given(tables(st.just(2)), st.data())
def test_two_items_have_the_same_score_after_the_swing_and_weights_still_sum_to_1(table, data):
    (one, other), weights = table
    factor = data.draw(st.integers(0, len(weights) - 1))
    delta = tie_swing(one, other, weights, factor)
    assume(delta is not None)
    after = moved(weights, factor, delta)
    assert sum(after) == pytest.approx(1, abs=1e-12)
    assert min(after) >= 0
    assert weighted(one, after) == pytest.approx(weighted(other, after), abs=1e-9)
    rest = [w for at, w in enumerate(weights) if at != factor]
    kept = [w for at, w in enumerate(after) if at != factor]
    assert [k * sum(rest) for k in kept] == pytest.approx([w * sum(kept) for w in rest])


def test_a_swing_that_cannot_be_is_none():
    assert tie_swing([5, 5], [1, 1], [1, 1], 0) is None
    assert tie_swing([5, 1], [1, 1], [1, 0], 0) is None
    assert tie_swing([5, 1], [1, 2], [1, 1], 0) == pytest.approx(-0.3)
    with pytest.raises(ValueError, match="0 to 1"):
        moved([1, 1], 0, 0.6)
    with pytest.raises(ValueError, match="nothing to rescale"):
        moved([1, 0], 0, -0.5)


def top_of(counted, weights, top):
    """The rows surely inside and those that may be, where rounding leaves it open."""
    scores = [weighted(row, weights) for row in counted]
    line = sorted(scores, reverse=True)[top - 1]
    return {i for i, s in enumerate(scores) if s > line + 1e-9}, {i for i, s in enumerate(scores) if s >= line - 1e-9}  # fmt: skip


@quick
@given(tables(st.integers(2, 7)), st.data())
def test_a_weight_may_move_as_far_as_said_and_no_farther(table, data):
    counted, weights = table
    top = data.draw(st.integers(1, len(counted) - 1))
    scores = np.array(counted) @ np.array(weights) / sum(weights)
    assume(len({round(s, 9) for s in scores}) == len(scores))
    kept = set(np.argsort(-scores)[:top].tolist())
    for at, swing in enumerate(swings(np.array(counted), weights, range(len(weights)), top)):
        for end, last in ((swing.up, 1 - swing.share), (swing.down, -swing.share)):
            edge = last if end is None else end
            for part in (0.5, 0.999999):
                sure, maybe = top_of(counted, moved(weights, at, edge * part), top)
                assert sure <= kept <= maybe
            if end is not None:
                sure, maybe = top_of(counted, moved(weights, at, end), top)
                assert len(maybe) > top or len(sure) < top
                assert swing.leaves in kept
                assert swing.enters not in kept


def test_the_item_that_would_come_in_and_the_one_that_would_go_are_named():
    counted = counted_matrix(WEIGHTED_DEFAULT, [
        {"customer_need": 5.0, "market_demand": 3.0, "ease": 2.0},
        {"customer_need": 1.0, "market_demand": 4.0, "ease": 4.0},
    ])  # fmt: skip
    first = swings(counted, [1, 1, 1], ["customer_need", "market_demand", "ease"], 1)[0]
    assert (first.leaves, first.enters, first.up) == (0, 1, None)
    assert first.down == pytest.approx(-1 / 3 + 3 / 11)
    with pytest.raises(ValueError, match="Ease of implementation is missing"):
        counted_matrix(WEIGHTED_DEFAULT, [{"customer_need": 5.0, "market_demand": 3.0}])


def test_parts_in_points_add_up_to_the_difference_and_stay_finite_where_scores_are_equal():
    for definition, one, other in (
        (MODEL, {"need": 5, "effort": 5, "none": 1}, {"need": 4, "effort": 3, "none": 2}),
        (RICE_DEFAULT, RICE_ITEM, {**RICE_ITEM, "reach": 900.0, "effort": 7.0}),
        (RICE_DEFAULT, RICE_ITEM, {**RICE_ITEM, "reach": 2 * RICE_ITEM["reach"], "effort": 2 * RICE_ITEM["effort"]}),
    ):  # fmt: skip
        ours, theirs = definition.score(one), definition.score(other)
        points = in_points(contributions(definition, one, other), ours, theirs)
        assert math.fsum(points) == pytest.approx(ours - theirs, abs=1e-9)
        assert max(map(abs, points)) < 10 * max(ours, theirs)
