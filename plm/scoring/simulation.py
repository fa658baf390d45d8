"""Scores of items whose inputs are ranges: one row of draws an item.

Inputs are taken as independent of one another. Draws are held to the scale of their factor. RICE's confidence says how sure the
estimate is, and so does a range; it counts once, one of two ways:

- multiplier: it stays a factor of the score, as McBride has it;
- width: it is no factor; the score is spread around itself so that 80 % of the outcomes lie between score x confidence
  and score / confidence (lognormal, its median unchanged). Confidence 1 spreads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plm.scoring.definition import Definition
from plm.scoring.draws import DRAWS, SEED, drawn
from plm.scoring.factor import Factor
from plm.scoring.methods import RICE, WEIGHTED
from plm.scoring.ranges import LOGNORMAL, P10_P90, Estimate, Range
from plm.scoring.weighted import reversed_value, weights_total

MULTIPLIER, WIDTH = "multiplier", "width"
Inputs = Mapping[str, Estimate | None]
"""The estimates of one item by the keys of the factors."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """`scores[i, d]` is the score of item `keys[i]` in draw d. `unscored` lack an input, so they have no row."""

    definition: Definition
    keys: tuple[int, ...]
    scores: np.ndarray
    unscored: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """The values of one item's inputs as its score counts them: draws where an input is uncertain, else one number."""

    definition: Definition
    values: dict[str, np.ndarray | float]

    @property
    def uncertain(self) -> tuple[str, ...]:
        return tuple(k for k, value in self.values.items() if isinstance(value, np.ndarray))

    def score(self) -> np.ndarray | float:
        """The score of each draw, or the one score where every input is certain: the same bits as the exact formula."""
        v = self.values
        if self.definition.method == RICE:
            return v["reach"] * v["impact"] * v["confidence"] / v["effort"]
        total: np.ndarray | float = 0.0
        for factor in self.definition.factors:
            total = total + factor.weight * v[factor.key]
        return total / weights_total([factor.weight for factor in self.definition.factors])

    def expected(self, *known: str) -> np.ndarray | float:
        """The score to expect once these inputs are known, draw by draw; one number if none of them is uncertain.

        The others count by their means (effort, a divisor, by that of 1 / effort): exact, as inputs are independent.
        """
        means = {k: v if k in known else float(np.mean(v)) for k, v in self.values.items()}
        if self.definition.method == RICE and "effort" in self.uncertain and "effort" not in known:
            means["effort"] = float(1 / np.mean(1 / self.values["effort"]))
        return Counted(self.definition, means).score()

    def gain(self, *known: str) -> np.ndarray | float:
        """What doing the item is expected to bring: the score, for RICE before it is divided by the effort."""
        if self.definition.method != RICE:
            return self.expected(*known)
        return Counted(self.definition, self.values | {"effort": 1.0}).expected(*known)

    def effort(self, *known: str) -> np.ndarray | float:
        """The effort to expect in RICE, which has it as a factor."""
        value = self.values["effort"]
        return value if "effort" in known else float(np.mean(value))


def simulated(
    definition: Definition,
    items: Mapping[int, Inputs],
    *,
    confidence: str = MULTIPLIER,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Simulation:
    """The scores of all items that have every input, in the order given: by RICE or by weighted factors.

    Raises ValueError for another method.
    """
    if definition.method not in {RICE, WEIGHTED}:
        raise ValueError(
            f"Ranges are drawn for RICE and for weighted scoring, not for {definition.described.label}."
        )
    scored = {key: inputs for key, inputs in items.items() if complete(definition, inputs)}
    scores = np.empty((len(scored), draws))
    for row, (key, inputs) in enumerate(scored.items()):
        scores[row] = counted(
            definition, key, inputs, confidence=confidence, draws=draws, seed=seed
        ).score()
    return Simulation(
        definition, tuple(scored), scores, tuple(key for key in items if key not in scored)
    )


def complete(definition: Definition, inputs: Inputs) -> bool:
    """Whether every input is there. One that is missing makes no score; it is not 0."""
    return all(inputs.get(factor.key) is not None for factor in definition.factors)


def counted(
    definition: Definition,
    key: int,
    inputs: Inputs,
    *,
    confidence: str = MULTIPLIER,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Counted:
    """The values of one item. Raises ValueError where an input is missing or a width is asked of confidence 0."""
    if confidence not in {MULTIPLIER, WIDTH}:
        raise ValueError("Confidence counts as multiplier or as width.")
    found: dict[str, np.ndarray | float] = {}
    for factor in definition.factors:
        estimate = inputs.get(factor.key)
        if estimate is None:
            raise ValueError(f"{factor.label} is missing.")
        as_width = confidence == WIDTH and factor.key == "confidence"
        take = _spread if as_width and definition.method == RICE else _value
        found[factor.key] = take(factor, estimate, key, draws, seed)
    return Counted(definition, found)


def _value(
    factor: Factor, estimate: Estimate, key: int, draws: int, seed: int
) -> np.ndarray | float:
    if estimate.certain:
        value: np.ndarray | float = estimate.points.likely
    else:
        free = drawn(estimate, key, factor.key, draws=draws, seed=seed)
        value = np.clip(free, factor.low, factor.high)
    return reversed_value(value, factor.low, factor.high) if factor.backward else value  # type: ignore[arg-type]


def _spread(
    factor: Factor, estimate: Estimate, key: int, draws: int, seed: int
) -> np.ndarray | float:
    sure = estimate.points.likely
    if not 0 < sure <= 1:
        raise ValueError("A confidence that counts as width is above 0 and at most 100 %.")
    if sure == 1:
        return 1.0
    around = Estimate(Range(sure, 1.0, 1 / sure), LOGNORMAL, P10_P90)
    return drawn(around, key, factor.key, draws=draws, seed=seed)
