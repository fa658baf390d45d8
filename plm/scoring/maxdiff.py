"""MaxDiff: of four or five items, which is best and which worst; and the sets to ask with.

Source: Louviere, best-worst scaling, 1991; Finn & Louviere 1992; Sawtooth Software, "The MaxDiff System technical paper".
The counting score is (times best - times worst) / times shown, -1 to 1; it is biased where items are shown unequally
often or in unequal company, then take the utilities: a multinomial logit in which the best is chosen with probability
exp(u) / sum exp(u) over the set, and then the worst with exp(-u) / sum exp(-u) over what is left. A normal prior keeps
an item that always wins finite. Utilities are logarithms with mean 0.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from plm.numeric import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SET_SIZES = (4, 5)
LEAST_TIMES = 3
"""How often a respondent sees each item, at the least."""
PRIOR_SPREAD = 3.0
"""Standard deviation of the prior of a utility: wide, a ratio of 20 is nothing unusual."""
DRAWS = 10
TOLERANCE = 1e-10
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """One set that was shown, by the places of its items, and which was best and which worst.

    Raises ValueError where best and worst are one, were not shown, or an item is shown twice.
    """

    shown: tuple[int, ...]
    best: int
    worst: int

    def __post_init__(self) -> None:
        if len(set(self.shown)) != len(self.shown):
            raise ValueError("A set shows each of its items once.")
        if self.best == self.worst or not {self.best, self.worst} <= set(self.shown):
            raise ValueError("Best and worst are two different items of the set that was shown.")


def counting_scores(count: int, choices: Iterable[Choice]) -> list[float | None]:
    """(best - worst) / shown for each of `count` items, or None for one that was never shown."""
    shown: Counter[int] = Counter()
    net: Counter[int] = Counter()
    for choice in choices:
        shown.update(choice.shown)
        net[choice.best] += 1
        net[choice.worst] -= 1
    return [net[item] / shown[item] if shown[item] else None for item in range(count)]


def times_shown(count: int, choices: Iterable[Choice]) -> list[int]:
    """How often each item was shown: where these differ, counting scores are biased."""
    shown = Counter(item for choice in choices for item in choice.shown)
    return [shown[item] for item in range(count)]


def utilities(count: int, choices: Sequence[Choice]) -> list[float | None]:
    """The utility of each item by the logit, mean 0 over the items shown, or None for one that was never shown."""
    left = [(choice.best, list(choice.shown), 1.0) for choice in choices]
    left += [
        (choice.worst, [item for item in choice.shown if item != choice.best], -1.0)
        for choice in choices
    ]
    values = np.zeros(count)
    for _ in range(MOST_STEPS):
        slope, hessian = _derivatives(values, left)
        step = np.linalg.solve(hessian, slope)
        step /= max(1.0, float(np.abs(step).max(initial=0.0)))
        values += step
        if np.abs(step).max(initial=0.0) <= TOLERANCE:
            break
    shown = times_shown(count, choices)
    seen = [item for item in range(count) if shown[item]]
    middle = float(values[seen].mean()) if seen else 0.0
    return [float(values[item]) - middle if shown[item] else None for item in range(count)]


def _derivatives(
    values: Floats, picks: list[tuple[int, list[int], float]]
) -> tuple[Floats, Floats]:
    """Gradient, and negative Hessian, of the log-likelihood with its prior; a sign of -1 is a pick of the worst."""
    precision = 1 / PRIOR_SPREAD**2
    slope = -precision * values
    hessian = precision * np.eye(len(values))
    for picked, among, sign in picks:
        reached = np.exp(sign * values[among] - (sign * values[among]).max())
        chance = reached / reached.sum()
        slope[picked] += sign
        slope[among] -= sign * chance
        hessian[np.ix_(among, among)] += np.diag(chance) - np.outer(chance, chance)
    return slope, hessian


def shares(found: Sequence[float | None], set_size: int = 4) -> list[float | None]:
    """Utilities on 0 to 100, together 100: exp(u) / (exp(u) + size - 1), the chance to be best in a set of average items."""
    raised = [None if u is None else 1 / (1 + (set_size - 1) * float(np.exp(-u))) for u in found]
    whole = sum(value for value in raised if value is not None)
    return [None if value is None else 100 * value / whole for value in raised]


def design(
    count: int, *, set_size: int = 4, times: int = LEAST_TIMES, seed: int = 0
) -> list[tuple[int, ...]]:
    """Sets for one respondent: each item at least `times` times, at most once more than any other; pairs spread evenly.

    The same seed gives the same sets; give each respondent another, so that company and order differ. Raises ValueError for
    a size that is not 4 or 5, for fewer items than a set takes, and for less than three times.
    """
    if set_size not in SET_SIZES:
        raise ValueError(f"A set has 4 or 5 items, not {set_size}.")
    if count < set_size:
        raise ValueError(f"A set of {set_size} needs as many items; there are {count}.")
    if times < LEAST_TIMES:
        raise ValueError(f"Each item is shown {LEAST_TIMES} times or more, not {times}.")
    draw = random.Random(seed)  # noqa: S311 - what is shown is no secret
    return min((_drawn(count, set_size, times, draw) for _ in range(DRAWS)), key=_unevenness)


def _drawn(count: int, size: int, times: int, draw: random.Random) -> list[tuple[int, ...]]:
    """Sets filled with what was shown least, then with what met the others of its set least, then by chance."""
    shown, met = [0] * count, Counter[tuple[int, int]]()
    sets = []
    for _ in range(-(-count * times // size)):
        chosen: list[int] = []
        for _ in range(size):
            rest = [item for item in range(count) if item not in chosen]
            least = min(
                rest,
                key=lambda item: (
                    shown[item],
                    sum(met[min(item, other), max(item, other)] for other in chosen),
                    draw.random(),
                ),
            )
            chosen.append(least)
            shown[least] += 1
        met.update(combinations(sorted(chosen), 2))
        draw.shuffle(chosen)
        sets.append(tuple(chosen))
    draw.shuffle(sets)
    return sets


def _unevenness(sets: Sequence[tuple[int, ...]]) -> int:
    """The sum of squares of how often pairs meet: the lower, the more evenly."""
    met = Counter(pair for shown in sets for pair in combinations(sorted(shown), 2))
    return sum(times * times for times in met.values())
