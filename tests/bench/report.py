"""One table of what was measured."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass

HEADS = ("workload", "ours", "reference", "ratio", "goal", "")


@dataclass(frozen=True)
class Row:
    """One line: `met` is None where there is a figure and no goal."""

    workload: str
    ours: str
    reference: str = ""
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        word = {True: "met", False: "not met", None: ""}[self.met]
        return (self.workload, self.ours, self.reference, self.ratio, self.goal, word)


def table(rows: Sequence[Row]) -> str:
    """As Markdown, in columns a person can read."""
    lines = [HEADS, *(row.cells for row in rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(HEADS))]
    shown = [_line(line, widths) for line in lines]
    shown.insert(1, "|".join(["", *("-" * (width + 2) for width in widths), ""]))
    return "\n".join(shown)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |"


def machine() -> str:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()};"
        f" load before the run {load}"
    )


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
