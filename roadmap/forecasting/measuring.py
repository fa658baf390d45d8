"""How good forecasts were: chances against what came.

Sources: Brier 1950; Murphy 1973 (a forecast is calibrated where, of what it gave p, the share p came); Naeini, Cooper &
Hauskrecht 2015 (expected calibration error: the mean distance over groups of equally many forecasts).
`chances` are floats in [0, 1], `came` 0 or 1, both of the same length n >= 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plm.numeric import np

GROUPS = 10


@dataclass(frozen=True, slots=True)
class Group:
    """Forecasts next to each other in chance: how many, their mean chance, and the share that came."""

    count: int
    chance: float
    came: float


def brier(chances: Sequence[float], came: Sequence[float]) -> float:
    """The mean squared distance of chance and outcome: 0 is perfect, 0.25 a coin's."""
    return float(np.mean((np.asarray(chances) - np.asarray(came)) ** 2))


def groups(chances: Sequence[float], came: Sequence[float], count: int = GROUPS) -> list[Group]:
    """The forecasts in order of their chance, cut into `count` groups of as equal a size as can be. Equal chances keep
    the order they are given in."""
    order = np.argsort(np.asarray(chances), kind="stable")
    parts = [part for part in np.array_split(order, count) if len(part)]
    given, seen = np.asarray(chances, dtype=float), np.asarray(came, dtype=float)
    return [Group(len(p), float(given[p].mean()), float(seen[p].mean())) for p in parts]


def calibration_error(
    chances: Sequence[float], came: Sequence[float], count: int = GROUPS
) -> float:
    """The mean distance of chance and share over the groups, weighted by their sizes."""
    found = groups(chances, came, count)
    return sum(g.count * abs(g.chance - g.came) for g in found) / len(chances)


def chance_error(chances: Sequence[float], draws: int = 200, seed: int = 1) -> float:
    """The calibration error that forecasts with these chances would show on average if each of them were exactly true:
    what is below it cannot be told from perfect."""
    given = np.asarray(chances, dtype=float)
    random = np.random.default_rng(seed)
    seen = (random.random((draws, len(given))) < given).astype(float)
    return float(np.mean([calibration_error(chances, row) for row in seen]))
