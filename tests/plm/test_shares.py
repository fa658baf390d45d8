"""How effort divides among groups, against the shares that were wanted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plm.scoring.shares import Portioned, Target, about, counted_once, portions


def item(key, amount, group, chosen):
    return Portioned(key, amount, frozenset(group.split()), chosen)


ITEMS = [
    item(1, 6, "growth", True), item(2, 3, "growth", True), item(3, 1, "debt", True),
    item(4, 2, "debt", False), item(5, 3, "debt", False), item(6, 9, "growth", False),
]  # fmt: skip


def test_actual_target_difference_and_what_would_close_it():
    debt, growth = portions(ITEMS, {"debt": Target(0.3), "growth": Target(0, 0.7)})
    assert (debt.amount, debt.share, debt.difference) == (1, 0.1, pytest.approx(-0.2))
    assert debt.add == (4, 5)  # (1 + 2) / 12 is still too little, (1 + 2 + 3) / 15 is enough
    assert debt.drop == ()
    assert (growth.share, growth.difference) == (0.9, pytest.approx(0.2))
    assert growth.drop == (2, 1)  # without 2 it is 6 of 7, without 1 nothing


def test_a_group_within_its_target_or_without_one_needs_nothing():
    growth, debt = portions(ITEMS, {"growth": Target(0.5, 0.9)})
    assert (growth.difference, growth.add, growth.drop, growth.closable) == (0, (), (), True)
    assert (debt.group, debt.target, debt.share) == ("debt", None, 0.1)


def test_a_target_that_no_items_reach_says_so():
    (lonely, *_) = portions(ITEMS, {"compliance": Target(0.1)})
    assert (lonely.share, lonely.difference, lonely.closable) == (0, -0.1, False)
    alone = portions([item(1, 5, "growth", True)], {"growth": Target(0, 0.5)})
    assert not alone[0].closable


def test_nothing_chosen_has_no_shares():
    (debt, *_) = portions([item(4, 2, "debt", False)], {"debt": Target(0.3)})
    assert (debt.amount, debt.share, debt.difference) == (0, None, 0)


def test_an_item_counts_in_each_of_its_groups():
    found = portions([item(1, 5, "growth ios", True), item(2, 5, "", True)], {})
    assert [(p.group, p.share) for p in found] == [("growth", 0.5), ("ios", 0.5)]


@pytest.mark.parametrize("ends", [(-0.1, 1), (0.5, 0.4), (0, 1.1)])
def test_targets_that_make_no_sense_are_refused(ends):
    with pytest.raises(ValueError, match="least share"):
        Target(*ends)


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc"), st.booleans()), max_size=8),
    st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
def test_what_is_proposed_closes_the_gap(rows, one, other):
    items = [item(key, amount, group, chosen) for key, (amount, group, chosen) in enumerate(rows)]
    target = Target(min(one, other), max(one, other))
    found = portions(items, {"a": target})[0]
    changed = [
        item(i.key, i.amount, next(iter(i.groups)), (i.chosen or i.key in found.add) and i.key not in found.drop)
        for i in items
    ]  # fmt: skip
    after = portions(changed, {"a": target})[0]
    if found.add:
        assert after.share >= target.least - 1e-9
    if found.drop:
        assert after.share <= target.most + 1e-9
    if found.difference:
        assert found.closable == bool(found.add or found.drop)


def test_a_part_counts_within_what_is_above_it_and_speaks_for_it_where_that_has_no_amount():
    above = {2: (1,), 3: (2, 1), 5: (4,)}
    once = counted_once({1: 10.0, 2: 4.0, 3: None, 4: None, 5: 3.0, 6: None}, above)
    assert once.known == {1, 5}
    assert once.inside == {2, 3}
    assert once.unknown == {6}  # 4 is told by 5


def test_what_is_above_counts_only_where_it_is_chosen_too():
    assert counted_once({2: 4.0}, {2: (1,)}).known == {2}


def test_a_single_share_has_room_on_both_sides_within_the_whole():
    assert about(0.2) == Target(0.15000000000000002, 0.25)
    assert about(0.0) == Target(0.0, 0.05)
    assert about(0.98).most == 1
    with pytest.raises(ValueError):
        about(1.2)
