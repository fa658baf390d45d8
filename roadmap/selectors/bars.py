"""Bars of the timeline as templates draw them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from roadmap.timeline import Place


@dataclass(frozen=True, slots=True)
class Tail:
    """What is drawn of a forecast: columns from the end of the bar to the day of 85 %, and the one of the half; 0 where
    they are out of sight or there is none."""

    column: int
    span: int
    half: int
    said: str


@dataclass(frozen=True, slots=True)
class Ghost:
    """Where the plan has what a scenario has moved."""

    column: int
    span: int


@dataclass(frozen=True, slots=True)
class BarView:
    """One item on the timeline. `figure` says that its percent has room in the bar, `icon` that the mark of what is
    shipped has; `move_url` is where a move is sent; `mark` says how a scenario has it otherwise: moved, added, changed or
    clash."""

    reference: str
    title: str
    url: str
    start: date
    end: date
    percent: int
    phase: str
    late: bool
    place: Place
    state: str = ""
    version: int = 0
    grain: str = "day"
    when: str = ""
    note: str = ""
    clash: bool = False
    critical: bool = False
    tied: str = ""
    tail: Tail | None = None
    move_url: str = ""
    mark: str = ""
    ghost: Ghost | None = None
    figure: bool = False
    icon: bool = True
