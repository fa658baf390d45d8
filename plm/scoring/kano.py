"""Kano: what a feature does to satisfaction, from two questions about having it and not having it.

Source: Kano, Seraku, Takahashi & Tsuji 1984; Berger et al., "Kano's methods for understanding customer-defined quality",
CQM Journal 2(4), 1993 (table, tie order, category strength, coefficients, Fong's test, DuMouchel's scores). Each answer is
one of five: like, must-be, neutral, live-with, dislike. Tables differ between authors, so the table is data. Categories: A
attractive, O one-dimensional, M must-be, I indifferent, R reverse, Q questionable (contradicts itself).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LIKE, MUST_BE, NEUTRAL, LIVE_WITH, DISLIKE = "like", "must-be", "neutral", "live-with", "dislike"
ANSWERS = (
    (LIKE, "I like it"),
    (MUST_BE, "I expect it"),
    (NEUTRAL, "I am neutral"),
    (LIVE_WITH, "I can live with it"),
    (DISLIKE, "I dislike it"),
)
SCALE = tuple(key for key, _ in ANSWERS)
CATEGORIES = (
    ("M", "Must-be"),
    ("O", "One-dimensional"),
    ("A", "Attractive"),
    ("I", "Indifferent"),
    ("R", "Reverse"),
    ("Q", "Questionable"),
)
"""In the order that decides a tie: the one whose lack hurts most comes first (Berger: M > O > A > I)."""

BERGER = {LIKE: "QAAAO", MUST_BE: "RIIIM", NEUTRAL: "RIIIM", LIVE_WITH: "RIIIM", DISLIKE: "RRRRQ"}
"""Rows: the answer about having it. Letters: the answer about not having it, from like to dislike."""

FUNCTIONAL = {LIKE: 4.0, MUST_BE: 2.0, NEUTRAL: 0.0, LIVE_WITH: -1.0, DISLIKE: -2.0}
DYSFUNCTIONAL = {LIKE: -2.0, MUST_BE: -1.0, NEUTRAL: 0.0, LIVE_WITH: 2.0, DISLIKE: 4.0}
CUT = 2.0
LEAST_ANSWERS = 20
"""With fewer answers no category is shown."""
FONG_Q = 1.65
MANY_QUESTIONABLE = 1 / 3
LEAST_QUESTIONABLE = 2

Pair = tuple[str, str]
"""An answer about having it and one about not having it."""


def classified(functional: str, dysfunctional: str, table: Mapping[str, str] = BERGER) -> str:
    """The category of one pair of answers. Raises ValueError for an answer that is none of the five."""
    for answer in (functional, dysfunctional):
        if answer not in SCALE:
            raise ValueError(f"An answer is one of {', '.join(SCALE)}; {answer!r} is none.")
    return table[functional][SCALE.index(dysfunctional)]


def dropped_respondents(
    answers: Mapping[str, Sequence[Pair]], table: Mapping[str, str] = BERGER
) -> set[str]:
    """Who contradicts themselves too often to be counted: in two features or more, and in over a third of theirs."""
    dropped = set()
    for respondent, pairs in answers.items():
        questionable = sum(classified(*pair, table) == "Q" for pair in pairs)
        if questionable >= LEAST_QUESTIONABLE and questionable > MANY_QUESTIONABLE * len(pairs):
            dropped.add(respondent)
    return dropped


@dataclass(frozen=True, slots=True)
class Kano:
    """How often each category was met, and what follows. Counts may be shares: only their ratios and sum matter."""

    counts: Mapping[str, float]

    @classmethod
    def of_answers(cls, pairs: Iterable[Pair], table: Mapping[str, str] = BERGER) -> Kano:
        return cls(Counter(classified(*pair, table) for pair in pairs))

    @property
    def total(self) -> float:
        return math.fsum(self.counts.values())

    def _top_two(self) -> tuple[tuple[str, float], tuple[str, float]]:
        """The two most frequent categories with their counts; the tie order decides between equals."""
        met = sorted(
            ((key, float(self.counts.get(key, 0))) for key, _ in CATEGORIES), key=lambda c: -c[1]
        )
        return met[0], met[1]

    def category(self, least: int = LEAST_ANSWERS) -> str | None:
        """The most frequent category, or None with fewer answers than `least`."""
        if self.total < max(least, 1):
            return None
        return self._top_two()[0][0]

    @property
    def strength(self) -> float | None:
        """By which share of the answers the first category leads the second, or None without answers."""
        if self.total <= 0:
            return None
        (_, first), (_, second) = self._top_two()
        return (first - second) / self.total

    @property
    def is_clear(self) -> bool | None:
        """Fong's test at 90 %: does the first category lead the second by more than chance? None without answers.

        a - b >= 1.65 x sqrt((a + b) (2n - a - b) / 2n). Needs counts, not shares.
        """
        n = self.total
        if n <= 0:
            return None
        (_, a), (_, b) = self._top_two()
        return a - b >= FONG_Q * math.sqrt((a + b) * (2 * n - a - b) / (2 * n))

    @property
    def total_strength(self) -> float | None:
        """The share of answers to which the feature matters, whichever way: (M + O + A) / all; None without answers.

        Source: Lee & Newcomb, "Applying the Kano methodology to meet customer requirements", Quality Management
        Journal 4(3), 1997.
        """
        if self.total <= 0:
            return None
        return math.fsum(self.counts.get(key, 0) for key in "MOA") / self.total

    @property
    def better(self) -> float | None:
        """How much having it adds, 0 to 1: (A + O) / (A + O + M + I), or None where nobody answered one of these."""
        return self._coefficient("A", "O")

    @property
    def worse(self) -> float | None:
        """How much lacking it costs, 0 to -1: -(O + M) / (A + O + M + I), or None where nobody answered one of these."""
        found = self._coefficient("O", "M")
        return None if found is None else 0.0 - found

    def _coefficient(self, *counted: str) -> float | None:
        whole = sum(self.counts.get(key, 0) for key in "AOMI")
        return sum(self.counts.get(key, 0) for key in counted) / whole if whole > 0 else None


@dataclass(frozen=True, slots=True)
class Place:
    """A feature on DuMouchel's map: x from not having it, y from having it, each -2 to 4; the quadrant is cut at 2."""

    dysfunctional: float
    functional: float

    @property
    def quadrant(self) -> str:
        if self.functional >= CUT:
            return "O" if self.dysfunctional >= CUT else "A"
        return "M" if self.dysfunctional >= CUT else "I"


def scored(functional: str, dysfunctional: str) -> tuple[float, float]:
    """DuMouchel's scores of one pair of answers: having it, not having it. Raises ValueError for an unknown answer."""
    classified(functional, dysfunctional)
    return FUNCTIONAL[functional], DYSFUNCTIONAL[dysfunctional]


def continuous(pairs: Iterable[Pair]) -> Place | None:
    """The mean place of all pairs of answers, or None without any. Drop those who contradict themselves before."""
    scores = [scored(*pair) for pair in pairs]
    if not scores:
        return None
    having = math.fsum(f for f, _ in scores) / len(scores)
    lacking = math.fsum(d for _, d in scores) / len(scores)
    return Place(lacking, having)
