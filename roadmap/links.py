"""The lines between bars that block one another, in pieces on the grids of the lanes. Plain arithmetic.

A line runs along the row of the blocker, in the gap below or above it, to the week in which the blocked bar begins, and
from there down or up to that bar. Lanes are as high as their text makes them, so a line is made of one piece for each lane that it crosses, and each
piece says between which rows of the grid it lies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a bar lies: lane from 0, the rest as in `roadmap.timeline.Place`."""

    lane: int
    row: int
    column: int
    span: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line. `span` weeks along the row `top` if it is not 0, `side` saying where (below, above, mid);
    else upright at the beginning of `column`, from the row `top` (0: from the lane's upper edge) to the row `bottom`
    (0: to its lower edge).

    `back`: it runs to the left; `upward`: the blocked bar lies above; `arrow`: it ends at the blocked bar.
    """

    column: int
    top: int
    bottom: int = 0
    span: int = 0
    side: str = ""
    back: bool = False
    upward: bool = False
    arrow: bool = False
    bad: bool = False
    critical: bool = False

    @property
    def classes(self) -> str:
        """Names of the classes that place it (grid.css, roadmap.css)."""
        marks = [" bad" if self.bad else "", " crit" if self.critical else ""]
        if self.span:
            back = " back" if self.back else ""
            return f"dh {self.side} c{self.column} s{self.span} r{self.top}{back}{''.join(marks)}"
        top = f" r{self.top}" if self.top else ""
        bottom = f" t{self.bottom}" if self.bottom else ""
        way = (" up" if self.upward else " down") if self.arrow else ""
        ends = " from" if self.top and not (self.arrow and self.upward) else ""
        ends += " to" if self.bottom and self.upward else ""
        return f"dv c{self.column}{top}{bottom}{way}{ends}{''.join(marks)}"


def pieces(
    blocker: Spot, blocked: Spot, *, bad: bool = False, critical: bool = False
) -> list[tuple[int, Piece]]:
    """The line between two bars as (lane, piece). Two bars of one row need no upright piece."""
    return [
        (lane, replace(piece, bad=bad, critical=critical))
        for lane, piece in _line(blocker, blocked)
    ]


def _line(blocker: Spot, blocked: Spot) -> list[tuple[int, Piece]]:
    found = []
    after = blocker.column + blocker.span
    at = blocked.column
    upward = (blocked.lane, blocked.row) < (blocker.lane, blocker.row)
    level = (blocked.lane, blocked.row) == (blocker.lane, blocker.row)
    side = "mid" if level else "above" if upward else "below"
    if at >= after:
        piece = Piece(after - 1, blocker.row, span=at - after + 1, side=side)
        found.append((blocker.lane, piece))
    elif at < blocker.column:
        piece = Piece(at, blocker.row, span=blocker.column - at + 1, side=side, back=True)
        found.append((blocker.lane, piece))
    if level:
        return found
    if blocker.lane == blocked.lane:
        if blocked.row > blocker.row:
            piece = Piece(at, blocker.row, blocked.row, arrow=True)
        else:
            piece = Piece(at, blocked.row + 1, blocker.row + 1, upward=True, arrow=True)
        return [*found, (blocker.lane, piece)]
    lanes = range(min(blocker.lane, blocked.lane) + 1, max(blocker.lane, blocked.lane))
    found += [(lane, Piece(at, 0)) for lane in lanes]
    if upward:
        found.append((blocker.lane, Piece(at, 0, blocker.row + 1, upward=True)))
        found.append((blocked.lane, Piece(at, blocked.row + 1, upward=True, arrow=True)))
    else:
        found.append((blocker.lane, Piece(at, blocker.row)))
        found.append((blocked.lane, Piece(at, 0, blocked.row, arrow=True)))
    return found
