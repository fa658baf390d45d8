"""Plans to capacity: the best there is, never over a limit, honest about what was proved and what stands in the way."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plm.scoring.capacity import (
    CAPACITY,
    LEAST,
    MOST,
    NEEDS,
    OUT,
    PINNED,
    Problem,
    Ring,
    Rule,
    Work,
    broken,
)
from plm.scoring.capacity_plan import (
    Impossible,
    compared,
    conflict,
    full,
    planned,
    prices,
)
from plm.scoring.shares import Target

slow = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
TENTHS = st.integers(0, 40).map(lambda tenths: tenths / 10)


def work(key, value, effort, needs=(), groups="", team="web"):
    efforts = effort if isinstance(effort, dict) else {team: effort}
    return Work(
        key, f"item {key}", value, efforts, frozenset(needs), dict.fromkeys(groups.split(), 1.0)
    )


def problem(*works, web=(5.0,), **more):
    capacities = more.pop("capacities", {"web": web})
    periods = tuple(f"Q{at + 1}" for at in range(len(web)))
    return Problem(works, periods, capacities, **more)


def by_hand(asked):
    """Every lawful placement."""
    keys = [w.key for w in asked.works]
    for places in itertools.product([None, *range(len(asked.periods))], repeat=len(keys)):
        placement = {k: p for k, p in zip(keys, places, strict=True) if p is not None}
        yield placement, broken(asked, placement)


def best_value(asked):
    return max((asked.worth(p) for p, wrong in by_hand(asked) if not wrong), default=None)


@st.composite
def problems(draw):
    periods = draw(st.integers(1, 2))
    works = []
    for key in range(draw(st.integers(0, 4))):
        efforts = {team: draw(TENTHS) for team in draw(st.sets(st.sampled_from("ab")))}
        needs = draw(st.sets(st.integers(0, key - 1), max_size=1)) if key else ()
        groups = draw(st.sampled_from(["", "x", "y", "x y"]))
        works.append(work(key, draw(st.integers(-3, 20)) / 2, efforts, needs, groups))
    keys = [w.key for w in works]
    some = st.sets(st.sampled_from(keys), max_size=2) if keys else st.just(set())
    ends = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda e: Target(min(e) / 4, max(e) / 4))  # fmt: skip
    return Problem(
        tuple(works),
        tuple(f"Q{p}" for p in range(periods)),
        {team: tuple(draw(TENTHS) for _ in range(periods)) for team in "ab"},
        targets=draw(st.dictionaries(st.sampled_from("xy"), ends, max_size=1)),
        pinned={key: draw(st.none() | st.integers(0, periods - 1)) for key in draw(some)},
        out=frozenset(draw(some)),
    )


@slow
@given(problems(), st.data())
def test_the_plan_is_the_best_of_all_and_keeps_every_rule(asked, data):
    best = best_value(asked)
    if best is None:
        with pytest.raises(Impossible):
            planned(asked)
        return
    found = planned(asked)
    assert broken(asked, found.placement) == []
    assert found.value == pytest.approx(best, abs=1e-7)
    assert found.value == asked.worth(found.placement)
    assert not found.stopped
    assert found.gap == 0
    hand, wrong = data.draw(st.sampled_from(list(by_hand(asked))))
    against = compared(asked, found, hand)
    assert list(against.broken) == wrong
    assert against.gap is None if wrong else against.gap == pytest.approx(best - asked.worth(hand), abs=1e-7)  # fmt: skip
    assert against.gap is None or against.gap >= 0


@slow
@given(problems())
def test_a_conflict_names_rules_that_cannot_hold_together_and_none_too_many(asked):
    placements = list(by_hand(asked))
    if any(not wrong for _, wrong in placements):
        return
    rules = set(conflict(asked))
    assert rules
    assert all(rules & set(wrong) for _, wrong in placements)
    for rule in rules:
        assert any(not (rules - {rule}) & set(wrong) for _, wrong in placements)


@settings(slow, max_examples=15)
@given(problems())
def test_a_price_is_what_the_best_plan_gains_where_a_rule_gives_way(asked):
    best = best_value(asked)
    if best is None:
        return
    for price in prices(asked, planned(asked)):
        assert price.worth >= 0
        assert price.proved
        if price.rule.kind == CAPACITY:
            wider = {t: tuple(c + (t == price.rule.subject) for c in room) for t, room in asked.capacities.items()}  # fmt: skip
            eased = Problem(asked.works, asked.periods, wider, asked.targets, asked.pinned, asked.out)  # fmt: skip
            assert price.worth == pytest.approx(best_value(eased) - best, abs=1e-6)


def test_the_same_problem_gives_the_same_plan_and_work_is_done_as_early_as_it_can():
    asked = problem(*(work(key, 3, 1) for key in range(4)), work(9, 5, 2, needs=[3]), web=(3, 3, 3))
    found = planned(asked)
    assert found == planned(asked)
    assert found.value == 17
    assert max(found.placement.values()) == 1
    assert found.placement[9] >= found.placement[3]


def test_what_needs_another_waits_for_it_and_is_worth_it_only_together():
    asked = problem(work(1, 0, 4), work(2, 10, 4, needs=[1]), work(3, 6, 4), web=(4, 4))
    assert planned(asked).placement == {1: 0, 2: 1}
    dear = problem(work(1, 0, 4), work(2, 5, 4, needs=[1]), work(3, 6, 4), web=(4, 4))
    assert planned(dear).placement == {3: 0}


def test_a_ring_of_needs_is_refused_with_the_ring_named():
    with pytest.raises(Ring, match="item 2 needs item 4 needs item 3 needs item 2") as refused:
        problem(work(1, 1, 1, needs=[2]), work(2, 1, 1, needs=[4]), work(3, 1, 1, needs=[2]), work(4, 1, 1, needs=[3]))  # fmt: skip
    assert refused.value.keys == (2, 4, 3)
    with pytest.raises(Ring, match="item 1 needs item 1"):
        problem(work(1, 1, 1, needs=[1]))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: problem(work(1, 1, 1), work(1, 1, 1)), "once"),
        (lambda: problem(work(1, 1, 1, team="ios")), "without a capacity"),
        (lambda: problem(work(1, 1, -1)), "0 or more"),
        (lambda: problem(work(1, float("nan"), 1)), "finite"),
        (lambda: problem(work(1, 1, 1, needs=[2])), "not among"),
        (lambda: problem(work(1, 1, 1), web=(-1.0,)), "capacity of 0 or more"),
        (lambda: problem(work(1, 1, 1), pinned={2: None}), "pinned"),
        (lambda: problem(work(1, 1, 1), pinned={1: 1}), "period of the plan"),
    ],
)
def test_a_problem_that_contradicts_itself_is_refused(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_pins_targets_and_exclusions_are_kept_and_have_their_price():
    works = [work(1, 9, 3, groups="growth"), work(2, 8, 3, groups="growth"), work(3, 4, 2, groups="debt"), work(4, 1, 1)]  # fmt: skip
    free = planned(problem(*works, web=(6,)))
    assert (free.placement, free.value) == ({1: 0, 2: 0}, 17)
    bound = problem(*works, web=(6,), targets={"debt": Target(0.25)}, pinned={4: 0}, out=frozenset({1}))  # fmt: skip
    found = planned(bound)
    assert (set(found.placement), found.value) == ({2, 3, 4}, 13)
    cost = {price.rule: price.worth for price in prices(bound, found)}
    assert cost == {Rule(OUT, 1): 1, Rule(CAPACITY, "web"): 0, Rule(LEAST, "debt"): 0, Rule(PINNED, 4, 0): 0}  # fmt: skip
    assert full(bound, found.placement) == []
    assert full(problem(*works, web=(6,)), free.placement) == [Rule(CAPACITY, "web", 0)]


def test_a_part_of_an_item_counts_for_a_group_by_that_part():
    both = Work(1, "both", 9, {"web": 4}, parts={"growth": 0.25, "debt": 0.75})
    works = [both, work(2, 8, 2, groups="growth"), work(3, 1, 2, groups="growth")]
    kept = problem(*works, web=(6,), targets={"growth": Target(0.5, 0.5)})
    assert planned(kept).placement == {1: 0, 2: 0}
    assert broken(kept, {1: 0, 2: 0}) == []
    assert broken(kept, {1: 0}) == [Rule(LEAST, "growth")]
    assert broken(problem(*works, web=(6,), targets={"growth": Target(0, 0.4)}), {1: 0, 2: 0}) == [Rule(MOST, "growth")]  # fmt: skip


def test_one_more_unit_of_a_team_is_worth_what_it_lets_in():
    asked = problem(work(1, 9, {"web": 2, "ios": 1}), work(2, 5, {"web": 1}), web=(2,),
                    capacities={"web": (2,), "ios": (4,)})  # fmt: skip
    assert [(p.rule, p.worth) for p in prices(asked, planned(asked))] == [
        (Rule(CAPACITY, "web"), 5), (Rule(CAPACITY, "ios"), 0),
    ]  # fmt: skip


def test_a_plan_by_hand_is_measured_and_its_broken_rules_are_named():
    asked = problem(work(1, 9, 3), work(2, 8, 3), work(3, 4, 2, needs=[1]), web=(3, 3))
    best = planned(asked)
    lawful = compared(asked, best, {1: 1, 3: 1} | {2: 0})
    assert lawful.broken == (Rule(CAPACITY, "web", 1),)
    assert lawful.gap is None
    worse = compared(asked, best, {2: 1})
    assert (worse.value, worse.gap, worse.only_best) == (8, 9, (1,))
    early = compared(asked, best, {3: 0})
    assert Rule(NEEDS, 3, other=1) in early.broken


def test_rules_in_conflict_are_named():
    asked = problem(work(1, 9, 3), work(2, 8, 3), web=(5,), pinned={1: None, 2: 0})
    with pytest.raises(Impossible) as refused:
        planned(asked)
    assert set(refused.value.rules) == {Rule(CAPACITY, "web", 0), Rule(PINNED, 1), Rule(PINNED, 2, 0)}  # fmt: skip


def test_thousandths_add_up_exactly():
    tenths = problem(*(work(key, 1, 0.1) for key in range(3)), web=(0.3,))
    assert len(planned(tenths).placement) == 3
    assert len(planned(problem(*(work(key, 1, 0.1) for key in range(3)), web=(0.299,))).placement) == 2  # fmt: skip


def hard(items=40):
    """Vectors that fill three teams and periods to the brim."""

    def effort(key, team):
        return 1 + (key * (7 + 4 * team) * 37 % 61) / 10

    works = [work(k, 5 + k * 29 % 37 + effort(k, 0), {f"t{t}": effort(k, t) for t in range(3)}) for k in range(items)]  # fmt: skip
    return problem(*works, web=(0, 0, 0), capacities={f"t{t}": (20.0, 20.0, 20.0) for t in range(3)})  # fmt: skip


def test_a_search_that_ends_early_says_so_with_its_gap_and_never_under_the_plan_by_hand():
    asked = hard()
    hand = {0: 0}
    rushed = planned(asked, hand=hand, time_limit=0.3)
    assert rushed.value >= asked.worth(hand)
    assert rushed.stopped == (rushed.gap > 1e-6)
    assert broken(asked, rushed.placement) == []
    content = planned(asked, enough=0.05)
    assert content.gap <= 0.05 * content.value
    assert broken(asked, content.placement) == []
    assert content.bound >= rushed.value - 1e-6
    costs = prices(asked, content, time_limit=2)
    assert {price.rule.subject for price in costs} == {"t0", "t1", "t2"}
    assert all(price.worth >= 0 and not price.proved for price in costs)
