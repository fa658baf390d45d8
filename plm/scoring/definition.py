"""What a scoring model is: a method and its factors, and how a score comes of values.

A definition is a value: it is kept per version of a model, so that any score can be computed again from the values and
the definition it came from, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from typing import Any

from plm.scoring.expression import Node, describe, evaluate, parse
from plm.scoring.factor import Factor
from plm.scoring.methods import MULTIPLIER, RICE, WEIGHTED, Method, method_of
from plm.scoring.structure import PER, roles
from plm.scoring.weighted import counted, mixed, shares, weighted, weighted_tree

DECIMALS = 6
MOST_FACTORS = 10


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
    formula: str = ""
    """The text of a formula of the owner's own (method "formula")."""
    confidence: str = MULTIPLIER
    """How RICE's confidence counts (`plm.scoring.confidence`)."""

    @property
    def described(self) -> Method:
        return method_of(self.method, self.confidence)

    def factor(self, key: str) -> Factor | None:
        return next((f for f in self.factors if f.key == key), None)

    def score(self, values: Mapping[str, float | None]) -> float | None:
        """The score of these values by key, or None where one is missing."""
        formula = self.described.formula
        if formula is not None:
            return formula(*(values.get(f.key) for f in self.described.factors))
        if self.text:
            return evaluate(self.tree, values).value
        counts = [self.counted(f, values.get(f.key)) for f in self.factors]
        return weighted(counts, [f.weight for f in self.factors])

    @property
    def tree(self) -> Node:
        """The score as one formula over the keys of the factors: what columns and SQL are derived from."""
        return _tree(self)

    @property
    def roles(self) -> Mapping[str, str]:
        """How the score depends on each factor it reads (`plm.scoring.structure`)."""
        return _roles(self)

    def reads(self, factor: Factor) -> bool:
        """Whether the score depends on the factor at all."""
        return factor.key in self.roles

    @property
    def divisor(self) -> Factor | None:
        """The one factor that divides the whole score, as effort does: a score is a gain for each unit of it."""
        dividing = [f for f in self.factors if self.roles.get(f.key) == PER]
        return dividing[0] if len(dividing) == 1 else None

    @property
    def text(self) -> str:
        """The formula as it is written, or nothing where it is made of the criteria (weighted)."""
        return self.formula or self.described.text

    @property
    def says(self) -> str:
        """The formula as people read it."""
        if self.formula:
            return describe(self.tree, {f.key: f.label.lower() for f in self.factors})
        if self.method == WEIGHTED and mixed(self.factors):
            return "Σ weight × share of the scale (0 to 100) / Σ weight"
        return self.described.says

    def reason(self, values: Mapping[str, float | None]) -> str:
        """Why these values have no score, in a sentence; empty where they have one."""
        if self.score(values) is not None:
            return ""
        labels = {f.key: f.label for f in self.factors}
        if not self.text:
            return (
                f"{next(f.label for f in self.factors if values.get(f.key) is None)} has no value."
            )
        return evaluate(self.tree, values).told(self.text, labels)

    def counted(self, factor: Factor, value: float | None) -> float | None:
        """A value as the score counts it."""
        if value is None or not self.reads(factor):
            return None
        if self.method != WEIGHTED:
            return value
        return counted(factor, value, as_share=mixed(self.factors))

    def parts(self, values: Mapping[str, float | None]) -> list[Part]:
        """The score taken apart, factor by factor. A factor has an addend in a weighted mean alone."""
        portions = shares([f.weight for f in self.factors])
        found = []
        for factor, share in zip(self.factors, portions, strict=True):
            given = values.get(factor.key)
            counts = self.counted(factor, given)
            adds = share * counts if counts is not None and self.method == WEIGHTED else None
            found.append(Part(factor, given, counts, share, adds))
        return found

    @property
    def ceiling(self) -> float | None:
        """The highest score there can be, where the scale has an end worth showing."""
        if self.method != WEIGHTED:
            return None
        if mixed(self.factors):
            return 100.0
        return max((f.high for f in self.factors), default=None)

    def as_json(self) -> dict[str, Any]:
        kept = {"method": self.method, "factors": [asdict(f) for f in self.factors]}
        if self.confidence != MULTIPLIER:
            kept["confidence"] = self.confidence
        return kept | ({"formula": self.formula} if self.formula else {})

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Definition:
        names = {f.name for f in fields(Factor)}
        factors = []
        for row in kept["factors"]:
            known = {k: v for k, v in row.items() if k in names}
            for name in ("choices", "levels"):
                known[name] = tuple((float(v), str(n)) for v, n in row.get(name) or ())
            factors.append(Factor(**known))
        return cls(
            str(kept["method"]), tuple(factors), str(kept.get("formula", "")),
            str(kept.get("confidence", MULTIPLIER)),
        )  # fmt: skip


@lru_cache(maxsize=256)
def _tree(definition: Definition) -> Node:
    return parse(definition.text) if definition.text else weighted_tree(definition.factors)


@lru_cache(maxsize=256)
def _roles(definition: Definition) -> Mapping[str, str]:
    return roles(definition.tree)


RICE_DEFAULT = Definition(RICE, method_of(RICE).factors)
WEIGHTED_DEFAULT = Definition(WEIGHTED, method_of(WEIGHTED).factors)
