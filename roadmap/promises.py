"""What became of what an audience was told. Plain arithmetic.

A promise is the end of the stretch an item was shown in, or on a board its column. It moved when a reader who looked
twice would say so: by the days between the two ends. Where dates were told more or less exactly in between, it moved
only if neither stretch holds the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

COLUMN_ORDER = ("now", "next", "later")


@dataclass(frozen=True, slots=True)
class Line:
    """What was shown of an item from a moment on."""

    at: datetime
    title: str
    start: date | None
    end: date | None
    grain: str = "day"
    column: str = ""
    state: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One change of what was shown. `kind` is later, earlier, dated, undated, gone or back; `days` is how far the end
    moved, None where there is no telling."""

    at: datetime
    kind: str
    days: int | None
    before: Line
    after: Line


@dataclass(frozen=True, slots=True)
class Promise:
    """An item as an audience was told of it: first, last, and each move in between, in the order of time."""

    first: Line
    last: Line
    moves: tuple[Move, ...]

    @property
    def moved(self) -> int:
        """How often it became later or earlier."""
        return sum(move.kind in {"later", "earlier"} for move in self.moves)

    @property
    def days(self) -> int:
        """By how many days in all; positive is later."""
        return sum(move.days or 0 for move in self.moves)


def promise_of(lines: Sequence[Line]) -> Promise:
    """The promise in the lines of one item for one audience, oldest first. Raises ValueError without any."""
    if not lines:
        raise ValueError("nothing was shown")
    moves: list[Move] = []
    seen = lines[0]
    for previous, line in itertools.pairwise(lines):
        if line.gone:
            moves.append(Move(line.at, "gone", None, seen, line))
            continue
        if previous.gone:
            moves.append(Move(line.at, "back", None, seen, line))
        kind, days = change(seen, line)
        if kind:
            moves.append(Move(line.at, kind, days, seen, line))
        seen = line
    return Promise(lines[0], lines[-1], tuple(moves))


def change(before: Line, after: Line) -> tuple[str, int | None]:
    """How a promise moved between two lines that were both shown, and by how many days; an empty kind for not at all."""
    if before.end is None and after.end is None:
        return _column(before.column, after.column), None
    if before.end is None or after.end is None:
        return ("dated" if before.end is None else "undated"), None
    if before.grain != after.grain and (_holds(before, after) or _holds(after, before)):
        return "", None
    days = (after.end - before.end).days
    if days:
        return ("later" if days > 0 else "earlier"), days
    return _column(before.column, after.column), None


def _holds(outer: Line, inner: Line) -> bool:
    if outer.start is None or outer.end is None or inner.start is None or inner.end is None:
        return False
    return outer.start <= inner.start and inner.end <= outer.end


def _column(before: str, after: str) -> str:
    if not before or not after or before == after:
        return ""
    return "later" if COLUMN_ORDER.index(after) > COLUMN_ORDER.index(before) else "earlier"
