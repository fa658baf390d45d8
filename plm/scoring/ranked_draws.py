"""A ranked list with its line, drawn: chance of being above the line, ranks, ties, and what is worth finding out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from plm.numeric import np
from plm.scoring.confidence import Inputs, widened
from plm.scoring.definition import Definition
from plm.scoring.draws import DRAWS, SEED
from plm.scoring.information import Cut, Worth, information
from plm.scoring.simulation import Counted, counted
from plm.scoring.uncertainty import Line, standings, tie_groups

SHOWN_WORTHS = 10
MOST_KEPT = 512
"""Items whose draws are kept while a list is worked on: 80 kB for each of their uncertain inputs."""
Of = Callable[[int], Counted]


@dataclass(frozen=True, slots=True)
class Entry:
    """One scored item in the order of the list. `effort` counts where the method has none and the line is a capacity."""

    key: int
    inputs: Inputs
    effort: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where one item may stand. `tie` numbers the groups of neighbours that cannot be told apart; 0 is apart."""

    key: int
    inside: float
    median: float
    low: float
    high: float
    tie: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """`draws` is 1 where no input is uncertain: all draws would be the same."""

    places: list[Place]
    draws: int
    uncertain: int
    worths: list[Worth]


def effort_of(definition: Definition) -> str:
    """The factor that says how much work an item is, or "" where the method has none."""
    return definition.divisor.key if definition.divisor else ""


def ranked_draws(
    definition: Definition,
    entries: Sequence[Entry],
    *,
    top: int | None = None,
    capacity: float | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Drawn:
    """The standings of these items at a line after `top` of them or at a `capacity`. The same inputs give the same bytes.

    An item whose formula has no score in some draw is left out. Raises ValueError for an input that is missing, or an
    effort at a capacity.
    """
    uncertain = sum(
        1
        for e in entries
        for one in widened(definition, e.inputs).values()
        if one is not None and not one.certain
    )
    drawn = draws if uncertain else 1
    by_key = {entry.key: entry.inputs for entry in entries}

    @lru_cache(maxsize=MOST_KEPT)
    def of(key: int) -> Counted:
        return counted(definition, key, by_key[key], draws=drawn, seed=seed)

    rows = {entry.key: np.broadcast_to(of(entry.key).score(), drawn) for entry in entries}
    entries = [entry for entry in entries if np.isfinite(rows[entry.key]).all()]
    scores = np.array([rows[entry.key] for entry in entries]).reshape(len(entries), drawn)
    line = Line(top=top) if top is not None else _capacity_line(definition, entries, capacity, of, drawn)  # fmt: skip
    standing = standings(scores, line)
    groups = tie_groups(scores, _by_score(definition, entries))
    ties = _numbered(groups)
    places = [
        Place(
            e.key, min(1.0, float(standing.inside[row])), float(standing.median[row]), float(standing.low[row]),
            float(standing.high[row]), ties[row],
        )
        for row, e in enumerate(entries)
    ]  # fmt: skip
    cut = Cut(top=top, capacity=capacity) if uncertain else None
    return Drawn(places, drawn, uncertain, _worths(definition, entries, cut, of))


def _by_score(definition: Definition, entries: Sequence[Entry]) -> list[int]:
    """The rows by the score of the likely values: a place fixed by hand is no tie with its neighbours."""
    likely = [
        definition.score({k: v.points.likely if v else None for k, v in e.inputs.items()}) or 0.0
        for e in entries
    ]
    return sorted(range(len(entries)), key=lambda row: -likely[row])


def _numbered(groups: list[list[int]]) -> dict[int, int]:
    """The number of its group by row; who stands alone has 0."""
    found: dict[int, int] = {}
    number = 0
    for group in groups:
        number += len(group) > 1
        found |= dict.fromkeys(group, number if len(group) > 1 else 0)
    return found


def _capacity_line(
    definition: Definition, entries: Sequence[Entry], capacity: float | None, of: Of, draws: int
) -> Line:
    """The line at a capacity, with the efforts that were drawn where the method has effort as a factor."""
    key = effort_of(definition)
    if not key:
        missing = [e.key for e in entries if e.effort is None]
        if missing:
            raise ValueError("A capacity needs the effort of every item.")
        return Line(capacity=capacity, efforts=np.array([e.effort for e in entries], dtype=float))
    efforts = np.empty((len(entries), draws))
    for row, entry in enumerate(entries):
        efforts[row] = of(entry.key).values[key]
    return Line(capacity=capacity, efforts=efforts)


def _worths(
    definition: Definition, entries: Sequence[Entry], cut: Cut | None, of: Of
) -> list[Worth]:
    """The estimates most worth knowing at the line, those that change nothing left out."""
    if cut is None:
        return []
    if cut.capacity is not None and not effort_of(definition):
        cut = replace(cut, efforts={e.key: float(e.effort or 0) for e in entries})
    found = information([e.key for e in entries], of, cut)
    return [replace(w, gain=round(w.gain, 9)) for w in found if w.gain > 0][:SHOWN_WORTHS]
