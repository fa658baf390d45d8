"""Scores of items whose inputs are ranges: one row of draws an item.

Inputs are taken as independent of one another. Draws are held to the scale of their factor, but for an impact that
RICE's confidence widens (`confidence.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plm.numeric import np
from plm.scoring.confidence import Inputs, widened
from plm.scoring.definition import Definition
from plm.scoring.draws import DRAWS, SEED, drawn
from plm.scoring.expression.columns import evaluate_columns
from plm.scoring.factor import Factor
from plm.scoring.ranges import Estimate
from plm.scoring.structure import OTHER, PER, PER_LINE

SAMPLE = 256


@dataclass(frozen=True, slots=True)
class Simulation:
    """`scores[i, d]` is the score of item `keys[i]` in draw d. `unscored` lack an input, so they have no row."""

    definition: Definition
    keys: tuple[int, ...]
    scores: np.ndarray
    unscored: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """The values of one item's inputs: draws where an input is uncertain, else one number. One that is not given
    counts as missing, which a formula may allow (`coalesce`)."""

    definition: Definition
    values: dict[str, np.ndarray | float]

    @property
    def uncertain(self) -> tuple[str, ...]:
        return tuple(k for k, value in self.values.items() if isinstance(value, np.ndarray))

    def score(self) -> np.ndarray | float:
        """The score of each draw, or the one score where every input is certain: the same bits as the exact formula.

        NaN where a draw has no score.
        """
        rows = max((v.size for v in self.values.values() if isinstance(v, np.ndarray)), default=1)
        columns = {
            k: np.broadcast_to(np.asarray(v, dtype=float), rows) for k, v in self.values.items()
        }
        found = evaluate_columns(self.definition.tree, columns, rows).values
        return found if self.uncertain else float(found[0])

    def expected(self, *known: str) -> np.ndarray | float:
        """The score to expect once these inputs are known, draw by draw; one number if none of them is uncertain.

        Where the score is a line in each of the others (or in its reciprocal: effort) it is that of their means, exact as
        inputs are independent. Else it is a mean over draws of the others, see `_averaged`.
        """
        others = [k for k in self.uncertain if k not in known]
        role = self.definition.roles
        if any(role.get(k) == OTHER for k in others):
            return self._averaged([k for k in self.uncertain if k in known])
        means = {k: _mean(v, role.get(k)) if k in others else v for k, v in self.values.items()}
        return Counted(self.definition, means).score()

    def _averaged(self, known: list[str]) -> np.ndarray | float:
        """The expectation where no means will do: at 256 of the known draws, over 256 draws of the others, linear between.

        It is moved so that its own mean is that over all draws: to know an input does not change what is expected
        before. The rest of its error is that of 256 draws, about 6 % of the spread that the others make.
        """
        whole = float(np.mean(self.score()))
        if not known:
            return whole
        if len(known) > 1:
            raise ValueError("One input at a time is known where the formula bends.")
        (key,) = known
        draws = np.asarray(self.values[key])
        grid = np.quantile(draws, np.linspace(0, 1, SAMPLE))
        values = {k: v[:SAMPLE] if isinstance(v, np.ndarray) else v for k, v in self.values.items()}
        width = max((v.size for v in values.values() if isinstance(v, np.ndarray)), default=1)
        tiled = {
            k: np.tile(v, SAMPLE) if isinstance(v, np.ndarray) else v for k, v in values.items()
        }
        scores = Counted(self.definition, tiled | {key: np.repeat(grid, width)}).score()
        means = np.asarray(scores).reshape(SAMPLE, width).mean(axis=1)
        at: np.ndarray = np.interp(draws, grid, means)
        return at + (whole - float(np.mean(at)))

    def gain(self, *known: str) -> np.ndarray | float:
        """What doing the item is expected to bring: the score before it is divided by the effort, if it is divided by one."""
        divisor = self.definition.divisor
        if divisor is None:
            return self.expected(*known)
        return Counted(self.definition, self.values | {divisor.key: 1.0}).expected(*known)

    def effort(self, *known: str) -> np.ndarray | float:
        """The effort to expect, where the score is divided by one; else each item counts 1."""
        divisor = self.definition.divisor
        if divisor is None:
            return 1.0
        value = self.values[divisor.key]
        return value if divisor.key in known else float(np.mean(value))


def _mean(value: np.ndarray | float, role: str | None) -> float:
    return float(1 / np.mean(1 / value)) if role in (PER, PER_LINE) else float(np.mean(value))


def simulated(
    definition: Definition,
    items: Mapping[int, Inputs],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Simulation:
    """The scores of all items that have a score in every draw, in the order given."""
    rows, keys, unscored = [], [], []
    for key, inputs in items.items():
        if not complete(definition, inputs):
            unscored.append(key)
            continue
        item = counted(definition, key, inputs, draws=draws, seed=seed)
        scores = np.broadcast_to(item.score(), draws)
        if np.isfinite(scores).all():
            rows.append(scores)
            keys.append(key)
        else:
            unscored.append(key)
    found = np.array(rows) if rows else np.empty((0, draws))
    return Simulation(definition, tuple(keys), found, tuple(unscored))


def complete(definition: Definition, inputs: Inputs) -> bool:
    """Whether the likely values make a score. An input that is missing is not 0; most formulas then have none."""
    likely = {key: e.points.likely if e is not None else None for key, e in inputs.items()}
    return definition.score(likely) is not None


def counted(
    definition: Definition,
    key: int,
    inputs: Inputs,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Counted:
    """The values of one item. Raises ValueError where an input is missing."""
    found: dict[str, np.ndarray | float] = {}
    whole, taken = complete(definition, inputs), widened(definition, inputs)
    for factor in definition.factors:
        estimate = taken.get(factor.key)
        if estimate is None:
            if whole:
                continue
            raise ValueError(f"{factor.label} is missing.")
        held = estimate is inputs.get(factor.key)
        found[factor.key] = _value(factor, estimate, key, draws, seed, held=held)
    return Counted(definition, found)


def _value(
    factor: Factor, estimate: Estimate, key: int, draws: int, seed: int, *, held: bool
) -> np.ndarray | float:
    if estimate.certain:
        return float(estimate.points.likely)
    free = drawn(estimate, key, factor.key, draws=draws, seed=seed)
    return np.clip(free, factor.low, factor.high) if held else free
