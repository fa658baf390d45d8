"""The arithmetic of dependencies: conflicts, what follows a move, rings, the critical path; and of buckets of dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadmap.dependencies import (
    Conflict,
    Task,
    conflicts,
    graph_of,
    network,
    path_between,
    planned_network,
    without_rings,
)
from roadmap.dependencies import shift as shift_in
from roadmap.grains import label, nearest, no_earlier, whole
from tests.gold import gold_cases

JAN = date(2027, 1, 1)


def task(key, first, last, **more):
    return Task(key, JAN + timedelta(days=first), JAN + timedelta(days=last), **more)


def named(*tasks):
    return {one.key: one for one in tasks}


def shift(tasks, links, moved):
    return shift_in(tasks, graph_of(tasks, links), moved)


def test_a_blocker_that_ends_when_or_after_the_other_begins_is_a_conflict():
    tasks = named(task(1, 0, 9), task(2, 10, 12), task(3, 9, 12), task(4, 0, 1))
    links = [(1, 2), (1, 3), (1, 4), (1, 99), (99, 1)]
    assert conflicts(tasks, links) == [Conflict(1, 4, 9), Conflict(1, 3, 0)]


def test_what_follows_moves_by_what_it_must_and_slack_is_used_first():
    tasks = named(task(1, 0, 19), task(2, 10, 14), task(3, 18, 20), task(4, 27, 30), task(5, 2, 3))
    found = shift(tasks, [(1, 2), (2, 3), (3, 4), (5, 4)], {1})
    assert {key: (start - JAN).days for key, (start, _) in found.moves.items()} == {2: 20, 3: 25, 4: 28}  # fmt: skip
    assert [(end - start).days for start, end in found.moves.values()] == [4, 2, 3]


def test_what_is_fixed_stays_and_says_so():
    tasks = named(task(1, 0, 19), task(2, 10, 14, fixed=True), task(3, 12, 20))
    found = shift(tasks, [(1, 2), (2, 3)], {1})
    assert found.moves == {}
    assert found.stuck == [(1, 2)]


def test_what_is_planned_to_a_quarter_moves_to_a_whole_quarter():
    quarter = Task(2, date(2027, 1, 1), date(2027, 6, 30), grain="quarter")
    found = shift(named(task(1, 0, 2), quarter), [(1, 2)], {1})
    assert found.moves == {2: (date(2027, 4, 1), date(2027, 9, 30))}


def test_a_ring_is_named_in_order_and_stops_nothing_else():
    links = [(1, 2), (2, 3), (3, 1), (3, 4), (4, 5)]
    kept, rings = without_rings(links)
    assert rings == [(1, 2, 3)]
    assert kept == [(3, 4), (4, 5)]
    tasks = named(*(task(n, 0, 4) for n in range(1, 6)))
    found = shift(tasks, links, {3})
    assert set(found.moves) == {4, 5}
    assert found.rings == [(1, 2, 3)]
    assert planned_network(tasks, links).critical == {3, 4, 5}


def test_the_chain_that_would_close_a_ring_is_found():
    assert path_between([(1, 2), (2, 3), (1, 4), (4, 3)], 1, 3) in {(1, 2, 3), (1, 4, 3)}
    assert path_between([(1, 2)], 2, 1) == ()
    assert path_between([], 7, 7) == (7,)


def test_the_calendar_ends():
    tasks = named(task(1, 0, 9), Task(2, JAN, date.max))
    with pytest.raises(OverflowError):
        shift(tasks, [(1, 2)], {1})


@pytest.mark.parametrize("case", gold_cases({"cpm_activity_on_arrow"}))
def test_published_slack_of_arrows(case):
    arcs = {n: tuple(arc) for n, arc in enumerate(case["inputs"]["arcs"])}
    links = [(a, b) for a, (_, end, _) in arcs.items() for b, (begin, _, _) in arcs.items() if end == begin]  # fmt: skip
    found = network({n: days for n, (_, _, days) in arcs.items()}, links)
    slack = {f"{arcs[n][0]}-{arcs[n][1]}": slot.slack for n, slot in found.slots.items()}
    assert slack == case["expected"]["slack"]
    assert max(s.earliest_finish for s in found.slots.values()) == case["expected"]["duration"]
    (path,) = found.paths
    assert [arcs[path[0]][0], *(arcs[n][1] for n in path)] == case["expected"]["critical_path"]


@pytest.mark.parametrize("case", gold_cases({"cpm_activity_on_node"}))
def test_published_duration_of_nodes(case):
    durations = {ord(name): days for name, days in case["inputs"]["durations"].items()}
    before = case["inputs"]["predecessors"]
    links = [(ord(a), ord(name)) for name, many in before.items() for a in many]
    found = network(durations, links)
    assert max(s.earliest_finish for s in found.slots.values()) == case["expected"]["duration"]
    assert ["".join(map(chr, path)) for path in found.paths] == ["ABCEFJLN"]


def test_the_critical_path_of_a_plan_begins_where_a_planned_day_decides():
    tasks = named(task(1, 0, 4), task(2, 10, 14), task(3, 15, 19), task(4, 15, 15), task(9, 0, 90))
    found = planned_network(tasks, [(1, 2), (2, 3), (2, 4)])
    assert found.paths == [(2, 3)]
    assert {key: slot.slack for key, slot in found.slots.items()} == {1: 5, 2: 0, 3: 0, 4: 4}


numbers = st.integers(0, 7)
pairs = [(a, b) for a in range(8) for b in range(8) if a != b]
graphs = st.lists(st.sampled_from(pairs), max_size=14)
spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), min_size=8, max_size=8)


def upward(links):
    """Links that can form no ring: each from the smaller key to the larger."""
    return [(min(link), max(link)) for link in links]


def finishes(durations, links, floor):
    """Ends by going over all links until nothing changes, which needs no order."""
    starts = dict(floor)
    for _ in durations:
        for a, b in links:
            starts[b] = max(starts[b], starts[a] + durations[a])
    return {key: starts[key] + durations[key] for key in durations}


@given(graphs, spans)
def test_a_task_may_slip_by_its_slack_and_not_a_day_more(links, found):
    links = upward(links)
    durations = {n: days for n, (_, days) in enumerate(found)}
    floor = {n: first for n, (first, _) in enumerate(found)}
    passes = network(durations, links, floor)
    ends = finishes(durations, links, floor)
    assert {key: slot.earliest_finish for key, slot in passes.slots.items()} == ends
    near = {key: {key} for key in durations}
    for _ in durations:
        for a, b in links:
            near[a] = near[b] = near[a] | near[b]
    for key, slot in passes.slots.items():
        for more in (0, 1):
            begin = slot.earliest_start + slot.slack + more
            later = finishes(durations, links, {**floor, key: begin})
            group = near[key]
            assert max(later[n] for n in group) - max(ends[n] for n in group) == more


@given(graphs, spans, numbers)
def test_a_shift_is_the_least_that_keeps_what_it_touches(links, found, moved):
    links = upward(links)
    tasks = named(*(task(n, first, first + days) for n, (first, days) in enumerate(found)))
    moves = shift(tasks, links, {moved}).moves
    after = {**tasks, **{k: Task(k, start, end) for k, (start, end) in moves.items()}}
    assert moved not in moves
    for a, b in links:
        if a in moves or a == moved or b in moves:
            assert after[a].end < after[b].start
    for key in moves:
        before = {a for a, b in links if b == key}
        assert after[key].start == max(after[a].end for a in before) + timedelta(days=1)
        assert after[key].start > tasks[key].start
        assert (moved in before) or before & moves.keys()


@given(graphs)
def test_rings_are_rings_and_nothing_is_left_of_them(links):
    kept, rings = without_rings(links)
    for ring in rings:
        assert all(pair in links for pair in zip(ring, [*ring[1:], ring[0]], strict=True))
    assert not any(path_between(kept, b, a) for a, b in kept)
    if not any(path_between(links, b, a) for a, b in links):
        assert rings == []


def test_buckets_are_whole_months_quarters_and_halves():
    assert whole("month", date(2028, 2, 3), date(2028, 2, 3)) == (date(2028, 2, 1), date(2028, 2, 29))  # fmt: skip
    assert whole("quarter", date(2027, 8, 9), date(2027, 8, 9)) == (date(2027, 7, 1), date(2027, 9, 30))  # fmt: skip
    assert whole("half", date(2027, 8, 9), date(2028, 1, 1)) == (date(2027, 7, 1), date(2028, 6, 30))  # fmt: skip
    assert whole("quarter", date(9999, 11, 1), date.max) == (date(9999, 10, 1), date.max)
    with pytest.raises(OverflowError):
        no_earlier("quarter", date(9999, 10, 1), date.max, date(9999, 10, 2))


def test_buckets_have_names():
    assert label("quarter", date(2027, 7, 1), date(2027, 9, 30)) == "Q3 2027"
    assert label("quarter", date(2027, 7, 1), date(2027, 12, 31)) == "Q3 to Q4 2027"
    assert label("half", date(2027, 7, 1), date(2028, 6, 30)) == "H2 2027 to H1 2028"
    assert label("month", date(2027, 3, 1), date(2027, 3, 31)) == "Mar 2027"
    assert label("day", JAN, JAN) == ""


days = st.dates(min_value=date(1900, 1, 1), max_value=date(2900, 1, 1))


@given(st.sampled_from(["month", "quarter", "half"]), days, st.integers(0, 700), days)
def test_a_bucket_moves_to_a_bucket_of_the_same_number(grain, start, length, wanted):
    start, end = whole(grain, start, start + timedelta(days=length))
    for move in (nearest, no_earlier):
        first, last = move(grain, start, end, wanted)
        assert whole(grain, first, last) == (first, last)
        months = [(b.year - a.year) * 12 + b.month - a.month for a, b in ((start, end), (first, last))]  # fmt: skip
        assert months[0] == months[1]
    assert no_earlier(grain, start, end, wanted)[0] >= wanted
    assert nearest(grain, start, end, start) == (start, end)
