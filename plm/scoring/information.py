"""What an estimate is worth knowing: how much better the chosen set would get if one input were known exactly.

The expected value of partial perfect information (Raiffa & Schlaifer 1961): the expected value of the set chosen after
the input is known, less that of the set chosen now. Inputs are independent, so knowing one moves the expectation of its
own item alone; that expectation is exact (`Counted.expected`), and the draws of the input are the only ones to average
over: no nested simulation and none of its bias.

The rule of choosing is the cut line of the list: the `top` items by expected score, whose value is the sum of their
scores; or all items from the top down as long as their expected effort fits a `capacity`, whose value is the sum of
what they bring (the score before it is divided by the effort; where nothing divides it, the score, and the capacity
counts items). A rule that goes down a list is not the best use of
a capacity, so there a worth may come out a little below 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from plm.numeric import np
from plm.scoring.simulation import Counted
from plm.scoring.uncertainty import SLACK


@dataclass(frozen=True, slots=True)
class Worth:
    """`gain` in units of the value chosen by; `changes` is the probability that another set would be chosen."""

    item: int
    factor: str
    gain: float
    changes: float


@dataclass(frozen=True, slots=True)
class Cut:
    """How the set is chosen. `efforts` by item where they are not a factor of the score."""

    top: int | None = None
    capacity: float | None = None
    efforts: Mapping[int, float] | None = None

    def __post_init__(self) -> None:
        if (self.top is None) == (self.capacity is None):
            raise ValueError("A line is drawn after a number of items or at a capacity.")

    @property
    def room(self) -> float:
        return float(self.top if self.top is not None else self.capacity or 0)


@dataclass(frozen=True, slots=True)
class _Expected:
    """What is expected of one item: numbers, or draws where something of it is known."""

    score: np.ndarray
    value: np.ndarray
    effort: np.ndarray


def information(keys: Sequence[int], of: Callable[[int], Counted], cut: Cut) -> list[Worth]:
    """The worth of every uncertain input, the highest first. `of` gives the values of an item, which it may draw anew
    each time it is asked. Earlier keys stand first where scores are equal."""
    now = [_expected(key, of(key), cut) for key in keys]
    items = np.array([[e.score[0], e.value[0], e.effort[0]] for e in now]).reshape(-1, 3).T
    order = np.argsort(-items[0], kind="stable")
    found = []
    for row, key in enumerate(keys):
        item = of(key)
        if not item.uncertain:
            continue
        others = _Others(items, order, row, cut.room)
        base, base_set = others.chosen(now[row])
        for factor in item.uncertain:
            rising = Counted(item.definition, item.values | {factor: np.sort(item.values[factor])})
            values, sets = others.chosen(_expected(key, rising, cut, factor))
            found.append(
                Worth(key, factor, float(np.mean(values - base)), float(np.mean(sets != base_set)))
            )
    return sorted(found, key=lambda w: (-w.gain, -w.changes))


def _expected(key: int, item: Counted, cut: Cut, *known: str) -> _Expected:
    score = np.atleast_1d(item.expected(*known))
    if cut.top is not None:
        return _Expected(score, score, np.ones(1))
    effort = item.effort(*known) if cut.efforts is None else cut.efforts[key]
    return _Expected(score, np.atleast_1d(item.gain(*known)), np.atleast_1d(effort))


class _Others:
    """All items but one, from the top down, with what comes of adding the one."""

    def __init__(self, items: np.ndarray, order: np.ndarray, row: int, room: float) -> None:
        rest = order[order != row]
        self.falling = -items[0, rest]
        self.before = rest < row
        self.values = np.concatenate([[0.0], np.cumsum(items[1, rest])])
        self.efforts = np.concatenate([[0.0], np.cumsum(items[2, rest])])
        self.room = room * (1 + SLACK)

    def chosen(self, item: _Expected) -> tuple[np.ndarray, np.ndarray]:
        """The value of the set and a number that names it, per draw of the item."""
        place = self._place(item.score)
        reached = self.efforts[place] <= self.room
        fits = self.efforts[place] + item.effort <= self.room
        left = self.room - np.where(fits, item.effort, 0.0)
        count = np.searchsorted(self.efforts, left, side="right") - 1
        count = np.where(reached & ~fits, np.minimum(count, place), count)
        return self.values[count] + np.where(fits, item.value, 0.0), 2 * count + fits

    def _place(self, scores: np.ndarray) -> np.ndarray:
        """How many of the others stand above each of these scores."""
        earlier, later = self.falling[self.before], self.falling[~self.before]
        return np.searchsorted(earlier, -scores, side="right") + np.searchsorted(later, -scores)
