"""What a scoring model is: a method and its factors, and how a score comes of values.

A definition is a value: it is kept per version of a model, so that any score can be computed again from the values and
the definition it came from, to the last bit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from plm.scoring.rice import IMPACTS, LEAST_EFFORT, rice
from plm.scoring.weighted import reversed_value, shares, weighted

RICE, WEIGHTED = "rice", "weighted"
METHODS = ((RICE, "RICE"), (WEIGHTED, "Weighted scoring"))
DECIMALS = 6
MOST_FACTORS = 10
SCALES = ((1.0, 5.0), (0.0, 100.0))


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor. `slot` says in which column of an assessment its value stands.

    `choices` are the only lawful values, with their names; `percent` shows a share as percent; `backward` counts the
    value from the other end of the scale.
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

    @property
    def shown_range(self) -> str:
        if self.percent:
            return f"{self.low * 100:g} to {self.high * 100:g} %"
        return f"{self.low:,.10g} to {self.high:,.10g}{' ' + self.unit if self.unit else ''}"

    def problem(self, value: float) -> str:
        """What is wrong with a value and what would be right, or nothing."""
        if not math.isfinite(value):
            return f"{self.label} is a number, {self.shown_range}."
        if self.choices and value not in {choice for choice, _ in self.choices}:
            known = ", ".join(f"{choice:g} ({name.lower()})" for choice, name in self.choices)
            return f"{self.label} is one of: {known}."
        if not self.low <= value <= self.high:
            if self.percent:
                return (
                    f"{self.label} is a share of {self.low:g} to {self.high:g}"
                    f" ({self.shown_range}); {value * 100:.10g} % is outside."
                )
            return f"{self.label} goes from {self.shown_range}; {value:.10g} is outside."
        return ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one factor does to a score: its value as given, as counted, its weight's share, what it adds (weighted)."""

    factor: Factor
    given: float | None
    counted: float | None
    share: float
    adds: float | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A method with its factors in their order."""

    method: str
    factors: tuple[Factor, ...]

    def factor(self, key: str) -> Factor | None:
        return next((f for f in self.factors if f.key == key), None)

    def score(self, values: Mapping[str, float | None]) -> float | None:
        """The score of these values by key, or None where one is missing."""
        if self.method == RICE:
            return rice(
                values.get("reach"),
                values.get("impact"),
                values.get("confidence"),
                values.get("effort"),
            )
        counted = [self._counted(f, values.get(f.key)) for f in self.factors]
        return weighted(counted, [f.weight for f in self.factors])

    @staticmethod
    def _counted(factor: Factor, value: float | None) -> float | None:
        if value is None or not factor.backward:
            return value
        return reversed_value(value, factor.low, factor.high)

    def parts(self, values: Mapping[str, float | None]) -> list[Part]:
        """The score taken apart, factor by factor. In a product like RICE a factor has no addend."""
        portions = shares([f.weight for f in self.factors])
        found = []
        for factor, share in zip(self.factors, portions, strict=True):
            given = values.get(factor.key)
            counted = self._counted(factor, given)
            adds = None if counted is None or self.method == RICE else share * counted
            found.append(Part(factor, given, counted, share, adds))
        return found

    @property
    def ceiling(self) -> float | None:
        """The highest score there can be, where the scale has an end worth showing."""
        return None if self.method == RICE else max((f.high for f in self.factors), default=None)

    def as_json(self) -> dict[str, Any]:
        return {"method": self.method, "factors": [asdict(f) for f in self.factors]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Definition:
        names = {f.name for f in fields(Factor)}
        factors = []
        for row in kept["factors"]:
            known = {k: v for k, v in row.items() if k in names}
            known["choices"] = tuple((float(v), str(n)) for v, n in row.get("choices") or ())
            factors.append(Factor(**known))
        return cls(str(kept["method"]), tuple(factors))


RICE_DEFAULT = Definition(
    RICE,
    (
        Factor("reach", "Reach", 1, low=0, high=1e9, unit="people per quarter",
               help="How many people it touches in a quarter."),
        Factor("impact", "Impact", 2, low=0.25, high=3, choices=IMPACTS,
               help="How much it does for each of them."),
        Factor("confidence", "Confidence", 3, low=0, high=1, percent=True,
               help="100 % high, 80 % medium, 50 % low; below that it is a moonshot."),
        Factor("effort", "Effort", 4, low=LEAST_EFFORT, high=1000, unit="person-months",
               help="Work of all teams together; half a month at the least."),
    ),
)  # fmt: skip

WEIGHTED_DEFAULT = Definition(
    WEIGHTED,
    (
        Factor("customer_need", "Customer need", 1, help="1: nobody misses it. 5: customers cannot do without."),
        Factor("market_demand", "Market demand", 2, help="1: a few ask. 5: the market expects it."),
        Factor("ease", "Ease of implementation", 3, help="1: hardest to build. 5: easiest."),
    ),
)  # fmt: skip
"""Equal weights are a default to begin with, not a finding about what matters."""
