"""How sure a ranking is: from draws of the scores, where each item may stand.

Every function takes `scores` of items x draws, finite, higher first. Items that are equal in a draw share the average of
their places there. Quantiles of ranks are the smallest rank that at least that share of the draws reaches, so they are
ranks that happened. The work is one sort a draw and counting after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plm.numeric import np

TOGETHER = 500
"""Draws that are ranked in one go: as many as a processor's cache likes."""
OUTER = (0.1, 0.5, 0.9)
SURE = 0.8
SLACK = 1e-9
"""What sums of fractions are off by."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Per item, in the order of the rows: `inside` is the probability of being above the cut line, `low` and `high`
    hold 80 % of its ranks between them, `tied` is the share of the draws in which it shares its place."""

    inside: np.ndarray
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    tied: np.ndarray


@dataclass(frozen=True, slots=True)
class Line:
    """Where the list is cut: after `top` items, or where, in the order of the ranks, the next item's effort no longer
    fits into `capacity` (nothing below it is looked at then).

    At a top k items that are equal share the places left; a capacity takes them in the order given, as the list does.
    `efforts` are one an item or one an item and draw.
    """

    top: int | None = None
    capacity: float | None = None
    efforts: np.ndarray | None = None

    def __post_init__(self) -> None:
        if (self.top is None) == (self.capacity is None):
            raise ValueError("A line is drawn after a number of items or at a capacity.")
        if self.capacity is not None and self.efforts is None:
            raise ValueError("A capacity needs the efforts of the items.")


def standings(scores: np.ndarray, line: Line) -> Standing:
    """Where each item stands over all draws. Raises ValueError where a score is not finite."""
    if not np.isfinite(scores).all():
        raise ValueError("Every score is a finite number; items without a score have no rank.")
    items, draws = scores.shape
    doubled = np.zeros(items * (2 * items + 1), dtype=np.int64)
    inside, tied = np.zeros(items), np.zeros(items)
    for first in range(0, draws, TOGETHER):
        part = slice(first, first + TOGETHER)
        order, start, end = _places(scores[:, part])
        codes = order * (2 * items + 1) + (start + end + 2)
        doubled += np.bincount(codes.ravel(), minlength=doubled.size)
        inside += _inside(order, start, end, line, part)
        shared = start != end
        if shared.any():
            tied += np.bincount(order[shared], minlength=items)
    counts = doubled.reshape(items, 2 * items + 1)
    reached = np.cumsum(counts, axis=1)
    low, median, high = ((reached < share * draws - SLACK).sum(axis=1) / 2 for share in OUTER)
    mean = counts @ np.arange(counts.shape[1]) / (2 * draws)
    return Standing(inside / draws, median, low, high, mean, tied / draws)


def _places(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(draws x items) the items from the highest score down, and the first and last place, from 0, of those equal to
    the one at each place."""
    items = scores.shape[0]
    falling = -scores.T
    order = np.argsort(falling, axis=1)
    sorted_scores = np.take_along_axis(falling, order, axis=1)
    differs = sorted_scores[:, 1:] != sorted_scores[:, :-1]
    at = np.broadcast_to(np.arange(items), order.shape)
    if differs.all():
        return order, at, at
    edge = np.ones((len(order), 1), dtype=bool)
    start = np.maximum.accumulate(np.where(np.hstack([edge, differs]), at, 0), axis=1)
    ends = np.where(np.hstack([differs, edge]), at, items)
    end = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
    return order, start, end


def _inside(
    order: np.ndarray, start: np.ndarray, end: np.ndarray, line: Line, part: slice
) -> np.ndarray:
    """How often each item is above the line in these draws; in parts where equal items share the last places."""
    items = order.shape[1]
    if line.top is not None:
        counted = np.bincount(order[end < line.top], minlength=items).astype(float)
        across = (start < line.top) & (end >= line.top)
        share = (line.top - start[across]) / (end[across] - start[across] + 1)
        return counted + np.bincount(order[across], weights=share, minlength=items)
    as_given = np.sort(start * items + order, axis=1) - start * items
    efforts, capacity = np.asarray(line.efforts, dtype=float), line.capacity or 0.0
    taken = efforts[as_given] if efforts.ndim == 1 else np.take_along_axis(efforts.T[part], as_given, axis=1)  # fmt: skip
    fits = np.cumsum(taken, axis=1) <= capacity * (1 + SLACK)
    return np.bincount(as_given[fits], minlength=items).astype(float)


def beats(scores: np.ndarray, one: int, other: int) -> float:
    """The probability that one item's score is above another's; where they are equal each wins half."""
    return float(_wins(scores[one], scores[other]))


def beat_table(scores: np.ndarray, rows: Sequence[int]) -> np.ndarray:
    """`beats` of each of these items (down) over each of them (across); 0.5 on the diagonal."""
    chosen = scores[list(rows)]
    table = np.full((len(rows), len(rows)), 0.5)
    for at in range(len(rows) - 1):
        table[at, at + 1 :] = _wins(chosen[at], chosen[at + 1 :])
        table[at + 1 :, at] = 1 - table[at, at + 1 :]
    return table


def _wins(score: np.ndarray, others: np.ndarray) -> np.ndarray:
    above = np.count_nonzero(score > others, axis=-1)
    below = np.count_nonzero(score < others, axis=-1)
    return 0.5 + np.asarray(above - below) / (2 * score.size)


def tie_groups(scores: np.ndarray, order: Sequence[int], sure: float = SURE) -> list[list[int]]:
    """The items in their order, together as long as the first of a group is not surely above the next one.

    Inside a group the order says little. Two items belong apart only where the one beats the other with probability
    `sure` or more.
    """
    groups: list[list[int]] = []
    for row in order:
        if groups and beats(scores, groups[-1][0], row) < sure:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
