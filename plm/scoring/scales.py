"""Kinds of scales on which a criterion is judged, and what a value on them counts.

Sources: the scales that prioritization and estimation tools share: linear marks, powers of two, Fibonacci, T-shirt sizes
(XS 1, S 2, M 3, L 5, XL 8, as in Linear), money, percent, points. A value counts from 0 at the low end to 1 at the high
end, evenly between, for a step of a series too: 8 of 1 to 16 is nearly a half, not the fourth of five. The ends are fixed
(anchors): were they the least and the most of what is there, an item that comes or goes would change other items' scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Choices = tuple[tuple[float, str], ...]


def _steps(*values: float) -> Choices:
    return tuple((value, f"{value:g}") for value in values)


T_SHIRT: Choices = ((1.0, "XS"), (2.0, "S"), (3.0, "M"), (5.0, "L"), (8.0, "XL"))
YES_NO: Choices = ((0.0, "No"), (1.0, "Yes"))
POWERS_OF_TWO = _steps(0, 1, 2, 4, 8, 16)
FIBONACCI = _steps(0, 1, 2, 3, 5, 8, 13)


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: its ends, and where only some values are lawful, those with their names.

    `whole` takes whole numbers alone; `percent` keeps a share of 0 to 1 and shows percent. Raises ValueError where the ends
    are none.
    """

    kind: str
    label: str
    low: float
    high: float
    choices: Choices = ()
    whole: bool = False
    percent: bool = False
    unit: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.high - self.low < math.inf:
            raise ValueError(f"A scale goes from a low end to a higher one, not {self._range}.")

    @property
    def _range(self) -> str:
        if self.percent:
            return f"{self.low * 100:g} to {self.high * 100:g} %"
        return f"{self.low:,.10g} to {self.high:,.10g}{' ' + self.unit if self.unit else ''}"

    @property
    def expected(self) -> str:
        """What a value on this scale is, as the end of a sentence."""
        if self.choices:
            return "one of " + ", ".join(name for _, name in self.choices)
        return f"a {'whole ' if self.whole else ''}number, {self._range}"

    def problem(self, value: float) -> str:
        """What is wrong with a value and what would be right, or nothing."""
        if not math.isfinite(value):
            return f"Give {self.expected}."
        if self.choices and value not in {choice for choice, _ in self.choices}:
            return f"Give {self.expected}; {value:.10g} is none."
        if not self.low <= value <= self.high:
            shown = f"{value * 100:.10g} %" if self.percent else f"{value:,.10g}"
            return f"Give {self.expected}; {shown} is outside."
        if self.whole and value != int(value):
            return f"Give {self.expected}; {value:.10g} is not whole."
        return ""

    def counted(self, value: float | None) -> float | None:
        """The value from 0 at the low end to 1 at the high end, or None without one.

        Raises ValueError for a value that is not lawful.
        """
        if value is None:
            return None
        problem = self.problem(value)
        if problem:
            raise ValueError(problem)
        return (value - self.low) / (self.high - self.low)

    def named(self, text: str) -> float | None:
        """The value whose name was written ("xl", "Yes", "8"), or None where the scale has no such name."""
        wanted = text.strip().casefold()
        return next((value for value, name in self.choices if name.casefold() == wanted), None)

    def shown(self, value: float) -> str:
        """The value as people write it on this scale."""
        if self.percent:
            return f"{value * 100:.10g} %"
        written = next((name for choice, name in self.choices if choice == value), f"{value:,.10g}")
        return f"{written} {self.unit}" if self.unit else written


def _of_choices(kind: str, label: str, choices: Choices) -> Scale:
    values = [value for value, _ in choices]
    return Scale(kind, label, min(values), max(values), choices)


SCALES: dict[str, Scale] = {
    scale.kind: scale
    for scale in (
        Scale("linear", "Linear", 1, 5),
        _of_choices("powers_of_two", "Powers of two", POWERS_OF_TWO),
        _of_choices("fibonacci", "Fibonacci", FIBONACCI),
        Scale("zero_to_five", "0 to 5", 0, 5),
        Scale("zero_to_ten", "0 to 10", 0, 10),
        _of_choices("t_shirt", "T-shirt size", T_SHIRT),
        _of_choices("yes_no", "Yes or no", YES_NO),
        Scale("money", "Money", 0, 1_000_000),
        Scale("percent", "Percent", 0, 1, percent=True),
        Scale("points", "Points", 0, 100, whole=True, unit="points"),
    )
}
"""The kinds with the ends they have until somebody declares others."""
OPEN = ("linear", "money", "points")
"""Kinds whose ends can be declared."""


def scale(kind: str, low: float | None = None, high: float | None = None, unit: str = "") -> Scale:
    """The scale of a kind, with ends and a unit of its own where the kind is open.

    Raises ValueError for an unknown kind, ends that are none, or ends for a kind that has fixed ones.
    """
    if kind not in SCALES:
        raise ValueError(f"A scale is one of {', '.join(SCALES)}; {kind!r} is none.")
    known = SCALES[kind]
    if low is None and high is None and not unit:
        return known
    if kind not in OPEN and not (low in {None, known.low} and high in {None, known.high}):
        raise ValueError(f"{known.label} goes from {known.low:g} to {known.high:g}, always.")
    start, end = known.low if low is None else low, known.high if high is None else high
    return Scale(
        kind, known.label, start, end, known.choices, known.whole, known.percent, unit or known.unit
    )
