"""The factors of an item as controls of a form: in the ranked list and on the page of one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from backlog.selectors.sources import ROUND, is_given
from plm.scoring.definition import Definition
from plm.scoring.factor import Factor
from plm.scoring.range_text import range_written
from plm.scoring.ranges import ENDS, LOGNORMAL, P10_P90, PERT, TRIANGULAR

FORMS = (
    (f"{PERT} {P10_P90}", "80 % sure: one in ten lies below low, one above high (PERT)"),
    (f"{PERT} {ENDS}", "Least and most possible: nothing lies outside (PERT)"),
    (f"{TRIANGULAR} {P10_P90}", "80 % sure (triangular)"),
    (f"{TRIANGULAR} {ENDS}", "Least and most possible (triangular)"),
    (f"{LOGNORMAL} {P10_P90}", "80 % sure, with a long tail upward (lognormal)"),
)
"""What low and high of a range may mean, the usual one first."""


@dataclass(slots=True)
class Cell:
    """One factor of one item as a form control: `shown` is what stands in it, `error` what is wrong with it, `kept`
    what is stored, as text. `low`, `likely`, `high` and `form` are its parts; `source` is where it came from."""

    factor: Factor
    shown: str
    error: str = ""
    kept: str = ""
    low: str = ""
    likely: str = ""
    high: str = ""
    form: str = FORMS[0][0]
    source: str = ""
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(plain_number(value), name) for value, name in self.factor.choices]

    @property
    def unit(self) -> str:
        return "%" if self.factor.percent else ""

    @property
    def parts(self) -> list[dict[str, str]]:
        """The three points as controls of their own."""
        key, none = self.factor.key, "Not judged yet"
        likely = self.likely if self.ranged else self.shown
        return [
            {"label": "Low", "name": f"{key}.low", "value": self.low, "blank": "As likely"},
            {"label": "Likely", "name": key, "value": likely, "blank": none},
            {"label": "High", "name": f"{key}.high", "value": self.high, "blank": "As likely"},
        ]

    @property
    def forms(self) -> tuple[tuple[str, str], ...]:
        return FORMS

    @property
    def ranged(self) -> bool:
        return bool(self.low or self.high)

    @property
    def from_data(self) -> bool:
        return not is_given(self.source)

    @property
    def from_round(self) -> bool:
        return self.source.startswith(ROUND)


class Judged(Protocol):
    """What was judged: an assessment, or the answers of a participant of a round."""

    @property
    def inputs(self) -> Mapping[str, Any]: ...

    def values(self, definition: Definition) -> Mapping[str, float | None]: ...


def plain_number(value: float | None) -> str:
    """0.5 as "0.5", 2000.0 as "2000", nothing as ""."""
    if value is None:
        return ""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text or "0"


def cells_of(
    definition: Definition,
    assessment: Judged | None,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[Cell]:
    """The factors of an item in their order; what was typed and refused stays in its place."""
    values = assessment.values(definition) if assessment else {}
    found = []
    for factor in definition.factors:
        given = getattr(assessment, "inputs", {}).get(factor.key) or {}
        cell = _cell(factor, values.get(factor.key), given)
        if typed:
            _typed(cell, typed)
        cell.error = (errors or {}).get(factor.key, "")
        found.append(cell)
    return found


def _cell(factor: Factor, value: float | None, given: dict[str, Any]) -> Cell:
    def shown(number: float | None) -> str:
        return plain_number(number * 100 if factor.percent and number is not None else number)

    cell = Cell(factor, shown(value), likely=shown(value), source=given.get("source", ""), given=given)  # fmt: skip
    if "low" in given:
        cell.low, cell.high = shown(given["low"]), shown(given["high"])
        cell.form = f"{given['shape']} {given['meaning']}"
        cell.shown = range_written(
            cell.low, cell.likely, cell.high, given["shape"], given["meaning"]
        )
    cell.kept = cell.shown
    return cell


def _typed(cell: Cell, typed: Mapping[str, str]) -> None:
    key = cell.factor.key
    cell.shown = typed.get(key, cell.shown)
    if f"{key}.low" in typed:
        cell.likely = cell.shown
        cell.low, cell.high = typed[f"{key}.low"], typed.get(f"{key}.high", "")
        cell.form = typed.get(f"{key}.form", cell.form)
