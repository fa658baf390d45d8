"""A timeline with the dependencies between its bars drawn in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from roadmap.links import Spot, pieces
from roadmap.selectors.bars import BarView
from roadmap.selectors.chart import Timeline
from roadmap.selectors.dependencies import Dependencies, Tied, day_text

MOST_DRAWN, MOST_NAMED = 300, 3


def draw_dependencies(chart: Timeline, found: Dependencies) -> int:
    """Put lines, warnings and marks into the lanes of a timeline; how many lines there was no room for.

    A bar that blocks or waits for something that is not shown gets a mark, and words in its title.
    """
    key_of = {tied.reference: key for key, tied in found.ties.items.items()}
    spots = {
        key_of[bar.reference]: Spot(at, bar.place.row, bar.place.column, bar.place.span)
        for at, lane in enumerate(chart.lanes)
        for bar in lane.bars
        if bar.reference in key_of
    }
    critical = {key for key, slack in found.slack.items() if slack == 0}
    left = _draw_lines(chart, found, spots, critical)
    notes = _notes(found)
    before, after = _outside(found, spots)
    for lane in chart.lanes:
        lane.bars = [
            _with_ties(bar, notes.get(key, ""), before[key], after[key], critical=key in critical)
            for bar in lane.bars
            for key in (key_of.get(bar.reference, 0),)
        ]
    return left


def _draw_lines(
    chart: Timeline, found: Dependencies, spots: Mapping[int, Spot], critical: set[int]
) -> int:
    broken = {(one.blocker, one.blocked) for one in found.broken}
    both_shown = [link for link in found.ties.links if link[0] in spots and link[1] in spots]
    # Broken ones first: they are drawn even where there are too many.
    both_shown.sort(key=lambda link: link not in broken)
    for a, b in both_shown[:MOST_DRAWN]:
        both = a in critical and b in critical
        for at, piece in pieces(spots[a], spots[b], bad=(a, b) in broken, critical=both):
            chart.lanes[at].links.append(piece)
    return max(0, len(both_shown) - MOST_DRAWN)


Outside = dict[int, list[Tied]]


def _outside(found: Dependencies, spots: Mapping[int, Spot]) -> tuple[Outside, Outside]:
    """What blocks each item, and what it blocks, where that is not shown."""
    before: Outside = defaultdict(list)
    after: Outside = defaultdict(list)
    for a, b in found.ties.links:
        if a not in spots:
            before[b].append(found.ties.items[a])
        if b not in spots:
            after[a].append(found.ties.items[b])
    return before, after


def _with_ties(
    bar: BarView, note: str, before: list[Tied], after: list[Tied], *, critical: bool
) -> BarView:
    """The bar with what is to be said of it; `before` and `after` are what it is linked with outside of what is shown."""
    words = [word for word in (bar.note.rstrip("."), note) if word]
    if before:
        words.append(f"Waits for {_named(before)}")
    if after:
        words.append(f"Blocks {_named(after)}")
    tied = ("in" if before else "") + ("out" if after else "")
    clash = bool(note)
    return replace(bar, note=". ".join(words), clash=clash, tied=tied, critical=critical)


def _named(items: list[Tied]) -> str:
    shown = ", ".join(f"{tied.title} ({day_text(tied.task.start)})" for tied in items[:MOST_NAMED])
    more = len(items) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _notes(found: Dependencies) -> dict[int, str]:
    notes: dict[int, str] = {}
    for clash in found.clashes:
        for tied in (clash.blocker, clash.blocked):
            notes.setdefault(tied.task.key, clash.text)
    return notes
