"""What blocks what on the roadmap: conflicts, what has to follow a move, the critical path. Plain arithmetic.

A link (blocker, blocked) says that the blocked task begins after the last day of its blocker. Days are calendar days;
both the first and the last day of a task belong to it. The critical path is that of the critical path method
(Kelley and Walker 1959): forward pass, backward pass, total slack.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from roadmap.grains import DAY, no_earlier

Link = tuple[int, int]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Task:
    """Something with a first and a last day, planned to the `grain`. What is `fixed` is never moved by a shift."""

    key: int
    start: date
    end: date
    fixed: bool = False
    grain: str = DAY


@dataclass(frozen=True, slots=True)
class Conflict:
    """The blocker ends `days` days after the blocked task begins; 0 is the same day, which is too late as well."""

    blocker: int
    blocked: int
    days: int


def conflicts(tasks: Mapping[int, Task], links: Iterable[Link]) -> list[Conflict]:
    """Links that the dates break, the worst first. A link to something that is no task breaks nothing."""
    found = [
        Conflict(a, b, (tasks[a].end - tasks[b].start).days)
        for a, b in links
        if a in tasks and b in tasks and tasks[a].end >= tasks[b].start
    ]
    return sorted(found, key=lambda one: (-one.days, one.blocker, one.blocked))


def path_between(links: Iterable[Link], start: int, goal: int) -> tuple[int, ...]:
    """The shortest chain of links from `start` to `goal`, both named; empty where there is none."""
    after = _grouped(links)
    came: dict[int, int] = {start: start}
    waiting = deque([start])
    while waiting and goal not in came:
        here = waiting.popleft()
        for there in after.get(here, ()):
            if there not in came:
                came[there] = here
                waiting.append(there)
    if goal not in came:
        return ()
    path = [goal]
    while path[-1] != start:
        path.append(came[path[-1]])
    return tuple(reversed(path))


def _grouped(links: Iterable[Link], *, back: bool = False) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for a, b in links:
        found[b if back else a].append(a if back else b)
    return found


def ordered(links: Collection[Link]) -> tuple[list[int], set[int]]:
    """Every key of the links after all its blockers, and the keys for which that cannot be, for a ring is before them."""
    before = _grouped(links, back=True)
    after = _grouped(links)
    open_links = {key: len(before.get(key, ())) for key in {*before, *after}}
    ready = deque(sorted(key for key, count in open_links.items() if not count))
    order = []
    while ready:
        here = ready.popleft()
        order.append(here)
        for there in after.get(here, ()):
            open_links[there] -= 1
            if not open_links[there]:
                ready.append(there)
    return order, open_links.keys() - set(order)


def without_rings(links: Iterable[Link]) -> tuple[list[Link], list[tuple[int, ...]]]:
    """The links that are in no ring, and the rings: each as its keys in the order in which they block one another.

    What is in a ring has no order, so its links count for nothing until one of them is taken away.
    """
    kept = list(dict.fromkeys(links))
    rings: list[tuple[int, ...]] = []
    while True:
        _, left = ordered(kept)
        if not left:
            return kept, rings
        before = _grouped([link for link in kept if left.issuperset(link)], back=True)
        walked: dict[int, int] = {}
        here = min(left)
        while here not in walked:
            walked[here] = len(walked)
            here = min(before[here])
        ring = [key for key, at in walked.items() if at >= walked[here]][::-1]
        first = ring.index(min(ring))
        ring = ring[first:] + ring[:first]
        rings.append(tuple(ring))
        broken = set(zip(ring, [*ring[1:], ring[0]], strict=True))
        kept = [link for link in kept if link not in broken]


@dataclass(frozen=True, slots=True)
class Shift:
    """What has to follow: new (first, last) days by key, links that stay broken because the blocked task is fixed, and
    rings that were left out."""

    moves: dict[int, tuple[date, date]]
    stuck: list[Link]
    rings: list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Graph:
    """Links made ready for many shifts: without rings, in order, and grouped by the blocked task."""

    order: list[int]
    before: Mapping[int, list[int]]
    rings: list[tuple[int, ...]]


def graph_of(tasks: Mapping[int, Task], links: Iterable[Link]) -> Graph:
    """The graph of the links between these tasks."""
    kept, rings = without_rings((a, b) for a, b in links if a in tasks and b in tasks)
    return Graph(ordered(kept)[0], _grouped(kept, back=True), rings)


def shift(tasks: Mapping[int, Task], graph: Graph, moved: Collection[int]) -> Shift:
    """What has to move later because the tasks `moved` stand where they stand now, and everything after them.

    Each moves by as little as keeps it behind all its blockers: slack is used up first, lengths stay, nothing moves
    earlier. What no chain from a moved task pushes stays where it is, broken or not. Raises OverflowError where the
    calendar ends.
    """
    pushing, stuck = set(moved), []
    moves: dict[int, tuple[date, date]] = {}

    def end_of(key: int) -> date:
        return moves[key][1] if key in moves else tasks[key].end

    for key in graph.order:
        blockers = graph.before.get(key)
        if blockers is None or pushing.isdisjoint(blockers):
            continue
        task = tasks[key]
        late = [a for a in blockers if a in pushing and end_of(a) >= task.start]
        if not late:
            continue
        if task.fixed:
            stuck += [(a, key) for a in late]
            continue
        earliest = max(map(end_of, blockers)) + ONE_DAY
        moves[key] = no_earlier(task.grain, task.start, task.end, earliest)
        pushing.add(key)
    return Shift(moves, stuck, graph.rings)


@dataclass(frozen=True, slots=True)
class Slot:
    """When a task can begin and end, in days from any zero; ends are exclusive. `slack` is how far it can slip before
    the end of everything it is linked with slips."""

    earliest_start: int
    earliest_finish: int
    latest_start: int
    latest_finish: int

    @property
    def slack(self) -> int:
        return self.latest_start - self.earliest_start


@dataclass(frozen=True, slots=True)
class Network:
    """The passes over some tasks. `paths` has for each group of linked tasks one chain that decides its end, first task
    first; there may be others as long, whose tasks have no slack either."""

    slots: dict[int, Slot]
    paths: list[tuple[int, ...]]

    @property
    def critical(self) -> set[int]:
        """Tasks without slack that are linked with others."""
        return {key for key, slot in self.slots.items() if slot.slack == 0}


def network(
    durations: Mapping[int, int],
    links: Iterable[Link],
    not_before: Mapping[int, int] | None = None,
) -> Network:
    """Both passes. A task begins when all its blockers have ended and not before its day in `not_before` (0 if none).

    Each group of linked tasks has an end of its own. Rings are left out, see `without_rings`.
    """
    floor = not_before or {}
    kept, _ = without_rings((a, b) for a, b in links if a in durations and b in durations)
    before, after = _grouped(kept, back=True), _grouped(kept)
    linked = ordered(kept)[0]
    order = [*linked, *sorted(durations.keys() - set(linked))]
    starts: dict[int, int] = {}
    for key in order:
        ends = (starts[a] + durations[a] for a in before.get(key, ()))
        starts[key] = max([floor.get(key, 0), *ends])
    groups = _groups(order, kept)
    finish: dict[int, int] = {}
    for key in order:
        group = groups[key]
        finish[group] = max(
            finish.get(group, starts[key] + durations[key]), starts[key] + durations[key]
        )
    latest: dict[int, int] = {}
    for key in reversed(order):
        follows = [latest[b] - durations[b] for b in after.get(key, ())]
        latest[key] = min([finish[groups[key]], *follows])
    slots = {
        key: Slot(starts[key], starts[key] + durations[key], latest[key] - durations[key], latest[key])
        for key in order
    }  # fmt: skip
    return Network(slots, _paths(slots, before, groups, linked))


def _groups(order: Iterable[int], links: Iterable[Link]) -> dict[int, int]:
    """The group of each key: two keys have the same if links connect them, in whatever direction."""
    parent = {key: key for key in order}

    def root(key: int) -> int:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for a, b in links:
        parent[root(a)] = root(b)
    return {key: root(key) for key in parent}


def _paths(
    slots: Mapping[int, Slot],
    before: Mapping[int, list[int]],
    groups: Mapping[int, int],
    linked: Iterable[int],
) -> list[tuple[int, ...]]:
    last: dict[int, int] = {}
    for key in sorted(linked):
        there = last.setdefault(groups[key], key)
        if slots[key].earliest_finish > slots[there].earliest_finish:
            last[groups[key]] = key
    paths = []
    for key in last.values():
        path = [key]
        while True:
            begins = slots[path[-1]].earliest_start
            drives = [a for a in before.get(path[-1], ()) if slots[a].earliest_finish == begins]
            if not drives:
                break
            path.append(min(drives))
        paths.append(tuple(reversed(path)))
    return sorted(paths)


def planned_network(tasks: Mapping[int, Task], links: Iterable[Link]) -> Network:
    """The passes over planned tasks: none begins before its planned first day. What is linked with nothing, or in rings
    alone, is left out."""
    known, _ = without_rings((a, b) for a, b in links if a in tasks and b in tasks)
    keys = {key for link in known for key in link}
    return network(
        {key: (tasks[key].end - tasks[key].start).days + 1 for key in keys},
        known,
        {key: tasks[key].start.toordinal() for key in keys},
    )
