"""One factor of a score: its scale, its unit, and what is wrong with a value."""

from __future__ import annotations

import math
from dataclasses import dataclass


def _named(choice: float, name: str) -> str:
    shown = f"{choice:g}"
    return shown if name == shown else f"{shown} ({name.lower()})"


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor. `slot` says in which column of an assessment its value stands.

    `choices` are the only lawful values, with their names; `percent` shows a share as percent; `whole` takes whole numbers
    alone; `backward` counts the value from the other end of the scale. `scale` is its kind (`scales.py`), `levels` the
    rubric: what single values mean, in words, from low to high.
    """

    key: str
    label: str
    slot: int
    weight: float = 1.0
    low: float = 1.0
    high: float = 5.0
    backward: bool = False
    unit: str = ""
    percent: bool = False
    choices: tuple[tuple[float, str], ...] = ()
    help: str = ""
    scale: str = "linear"
    whole: bool = False
    levels: tuple[tuple[float, str], ...] = ()

    @property
    def shown_range(self) -> str:
        if any(name != f"{value:g}" for value, name in self.choices):
            return ", ".join(name for _, name in self.choices)
        if self.percent:
            return f"{self.low * 100:g} to {self.high * 100:g} %"
        return f"{self.low:,.10g} to {self.high:,.10g}{' ' + self.unit if self.unit else ''}"

    @property
    def rubric(self) -> tuple[tuple[str, str], ...]:
        """The levels as people read them: the name of the value, and what it means."""
        names = dict(self.choices)
        return tuple(
            (names.get(v, f"{v * 100:g} %" if self.percent else f"{v:,.10g}"), text)
            for v, text in self.levels
        )

    @property
    def explained(self) -> str:
        """Range, help and rubric in one line."""
        levels = "".join(f" {name}: {text.rstrip('.')}." for name, text in self.rubric)
        return f"{self.shown_range}. {self.help}{levels}"

    def problem(self, value: float) -> str:
        """What is wrong with a value and what would be right, or nothing."""
        if not math.isfinite(value):
            return f"{self.label} is a number, {self.shown_range}."
        if self.choices and value not in {choice for choice, _ in self.choices}:
            known = ", ".join(_named(choice, name) for choice, name in self.choices)
            return f"{self.label} is one of: {known}."
        if not self.low <= value <= self.high:
            if self.percent:
                return (
                    f"{self.label} is a share of {self.low:g} to {self.high:g}"
                    f" ({self.shown_range}); {value * 100:.10g} % is outside."
                )
            return f"{self.label} goes from {self.shown_range}; {value:.10g} is outside."
        if self.whole and value != int(value):
            return f"{self.label} is a whole number, {self.shown_range}; {value:.10g} is not whole."
        return ""
