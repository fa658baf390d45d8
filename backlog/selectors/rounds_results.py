"""What a round found, once it is revealed: read from the answers each time, by the pure formulas of plm/scoring."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog.models import Round, RoundAnswer, RoundItem, RoundParticipant
from backlog.selectors.cells import plain_number
from backlog.selectors.rounds import WHOLE
from plm.errors import Conflict
from plm.scoring import agreement, pairwise
from plm.scoring.agreement import INTERVAL, LEAST_CONSENSUS, ORDINAL, Summary
from plm.scoring.factor import Factor

STRONG = 0.8
DOT = 10
WIDE = 100
"""A scale longer than this is judged by order (reach in people), a shorter one by distance (1 to 5)."""
SURE = 1.96
"""Standard errors to each side of an interval of 95 %."""


def answers_by_person(one: Round) -> tuple[list[RoundParticipant], dict[int, dict[str, Any]]]:
    """Who takes part and all they answered, by participant and subject. Raises Conflict while the round is blind."""
    if one.is_blind:
        raise Conflict(
            f"{one.title} is blind until it is revealed: nobody sees what others answered, the organiser neither."
        )
    people = list(RoundParticipant.objects.taking_part().filter(round=one).select_related("user"))
    found: dict[int, dict[str, Any]] = {person.pk: {} for person in people}
    rows = RoundAnswer.objects.filter(participant__in=people)
    for who, subject, value in rows.values_list("participant_id", "subject", "value"):
        found[who][subject] = value
    return people, found


# --- Scores ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Dot:
    """One person's value; `x` is its place between the ends of the axis, 0 to 100, `level` the row it is stacked in.

    `cx` and `cy` are the same in the units of the drawing, in which a dot is 8 high.
    """

    name: str
    value: float
    shown: str
    x: float
    level: int
    of: int

    @property
    def cx(self) -> float:
        return 8 + 2 * self.x

    @property
    def cy(self) -> int:
        return DOT * (self.of - self.level) - DOT // 2


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion of one item: everybody's value. `dispute` is the spread as a share of the scale, 0 to 1 or more."""

    factor: Factor
    dots: list[Dot]
    summary: Summary | None
    dispute: float
    gone: bool
    agreed: float | None
    rows: int
    middle_x: float

    def shown(self, value: float) -> str:
        return shown_value(self.factor, value)

    @property
    def median(self) -> str:
        return self.shown(self.summary.median) if self.summary else ""

    @property
    def height(self) -> int:
        return DOT * self.rows + 2

    @property
    def base(self) -> int:
        return DOT * self.rows + 1

    @property
    def mid(self) -> float:
        return 8 + 2 * self.middle_x

    @property
    def decided(self) -> str:
        return "" if self.agreed is None else self.shown(self.agreed)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(plain_number(value), name) for value, name in self.factor.choices]

    @property
    def proposed(self) -> str:
        """What to agree on, as a form shows it: what was agreed before, else the median (or the choice next to it)."""
        value = self.agreed
        if value is None and self.summary is not None:
            middle = self.summary.median
            lawful = [choice for choice, _ in self.factor.choices]
            value = min(lawful, key=lambda c: (abs(c - middle), c)) if lawful else middle
        if value is not None and self.factor.percent:
            value *= 100
        return plain_number(value)

    @property
    def spread(self) -> str:
        """The distance between the quartiles, on the scale of the criterion."""
        if self.summary is None:
            return ""
        times = 100 if self.factor.percent else 1
        return f"{self.summary.spread * times:,.4g}{' %' if self.factor.percent else ''}"

    @property
    def span(self) -> str:
        if self.summary is None:
            return ""
        return f"{self.shown(self.summary.low)} to {self.shown(self.summary.high)}"

    @property
    def words(self) -> str:
        """How far the people agree on this one value, in words."""
        if self.summary is None or self.summary.count < 2:
            return "one answer" if self.summary else "no answer"
        if self.dispute == 0:
            return "agreed"
        return "close" if self.dispute < 0.2 else "apart" if self.dispute < 0.4 else "far apart"


@dataclass(frozen=True, slots=True)
class ItemScores:
    """One item with its criteria, and how disputed the most disputed of them is."""

    item: RoundItem
    judged: list[Judged]
    dispute: float

    @property
    def agreed(self) -> str:
        """The values agreed on, as a list in words."""
        return ", ".join(f"{j.factor.label} {j.decided}" for j in self.judged if j.decided)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the raters agree on one criterion over all items: Krippendorff's alpha, and in words."""

    factor: Factor
    alpha: float | None
    words: str


def agreement_words(alpha: float | None) -> str:
    """What an alpha means, in a sentence."""
    if alpha is None:
        return "Too few answers differ to tell how far you agree."
    if alpha >= STRONG:
        return "You agree: the median stands for all."
    if alpha >= LEAST_CONSENSUS:
        return "You agree well enough to take the median; look at the items that stand apart."
    if alpha >= 0:
        return "No consensus: talk before you take a middle value."
    return "You contradict each other: you may not mean the same thing by it."


def shown_value(factor: Factor, value: float) -> str:
    """A value as the scale of its criterion shows it."""
    if factor.percent:
        return f"{value * 100:.10g} %"
    named = dict(factor.choices).get(value)
    text = f"{value:,.10g}"
    return f"{text} ({named.lower()})" if named and named != f"{value:g}" else text


def score_results(
    one: Round, items: Sequence[RoundItem], gone: set[str]
) -> tuple[list[ItemScores], list[Agreement]]:
    """Items with everybody's values, the most disputed first, and the agreement on each criterion."""
    formula = one.formula
    people, answers = answers_by_person(one)
    if formula is None:
        return [], []
    found = []
    for item in items:
        judged = [_judged(item, f, people, answers, gone=f.key in gone) for f in formula.factors]
        found.append(ItemScores(item, judged, max((j.dispute for j in judged), default=0.0)))
    found.sort(key=lambda row: -row.dispute)
    agreed = []
    for factor in formula.factors:
        ratings = [
            [number(answers[p.pk].get(f"{i.pk}.{factor.key}")) for i in items] for p in people
        ]
        level = ORDINAL if factor.high - factor.low > WIDE else INTERVAL
        alpha = agreement.krippendorff_alpha(ratings, level) if ratings else None
        agreed.append(Agreement(factor, alpha, agreement_words(alpha)))
    return found, agreed


def number(value: Any) -> float | None:
    """A stored answer as a number, or None where it is none."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _judged(
    item: RoundItem,
    factor: Factor,
    people: Sequence[RoundParticipant],
    answers: Mapping[int, Mapping[str, Any]],
    *,
    gone: bool,
) -> Judged:
    given = [(p, number(answers[p.pk].get(f"{item.pk}.{factor.key}"))) for p in people]
    values = [(p.name, v) for p, v in given if v is not None]
    told = agreement.summary([v for _, v in values])
    low, high = factor.low, factor.high
    if high - low > WIDE and told is not None:
        low, high = 0.0, max(told.high, 1.0)

    def place(value: float) -> float:
        return (
            round(100 * min(1.0, max(0.0, (value - low) / (high - low))), 2) if high > low else 50.0
        )

    stacked: Counter[float] = Counter(place(value) for _, value in values)
    rows, seen = max(stacked.values(), default=1), Counter[float]()
    dots = []
    for name, value in values:
        x = place(value)
        dots.append(Dot(name, value, shown_value(factor, value), x, seen[x], rows))
        seen[x] += 1
    dispute = told.spread / (high - low) if told is not None and high > low else 0.0
    agreed = number(item.decided.get(factor.key))
    middle = place(told.median) if told is not None else 50.0
    return Judged(factor, dots, told, dispute, gone, agreed, rows, middle)


# --- Points ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Share:
    """What an item got. `share` is its part of all that was given, 0 to 100; `each` who gave how much."""

    item: RoundItem
    points: int
    share: float
    givers: int
    each: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class PointResults:
    """`unspent` names who began and left points, with how many."""

    shares: list[Share]
    given: int
    unspent: list[tuple[str, int]]


def point_results(one: Round, items: Sequence[RoundItem]) -> PointResults:
    """The items by what they got, the most first."""
    people, answers = answers_by_person(one)

    def points(person: RoundParticipant, item: RoundItem) -> int:
        value = answers[person.pk].get(str(item.pk))
        return value if isinstance(value, int) and not isinstance(value, bool) else 0

    spent = {p.pk: sum(points(p, i) for i in items) for p in people}
    whole = sum(spent.values())
    found = []
    for item in items:
        each = [(p.name, points(p, item)) for p in people if points(p, item)]
        total = sum(n for _, n in each)
        found.append(Share(item, total, 100 * total / whole if whole else 0.0, len(each), each))
    found.sort(key=lambda row: -row.points)
    left = [(p.name, WHOLE - spent[p.pk]) for p in people if 0 < spent[p.pk] < WHOLE]
    return PointResults(found, whole, left)


# --- Pairs ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Strength:
    """How often an item would beat another of the round, out of 100, with its interval; None where nobody compared it."""

    item: RoundItem
    share: float | None
    low: float
    high: float
    wins: int
    losses: int


def duels_of(
    answers: Mapping[int, Mapping[str, Any]], places: Mapping[int, int], most: float
) -> tuple[list[pairwise.Duel], list[tuple[int, int]]]:
    """All votes, weighted so that nobody counts for more than `most`, and (winner, loser) of each."""
    votes = []
    for who, given in answers.items():
        for subject, value in given.items():
            one, _, other = subject.partition(".")
            winner = value.get("winner") if isinstance(value, dict) else None
            if not (one.isdecimal() and other.isdecimal()) or winner not in (int(one), int(other)):
                continue
            loser = int(other) if winner == int(one) else int(one)
            if winner in places and loser in places:
                votes.append((str(who), places[winner], places[loser]))
    return pairwise.capped(votes, most), [(won, lost) for _, won, lost in votes]


def pair_results(one: Round, items: Sequence[RoundItem]) -> list[Strength]:
    """The items by strength (Bradley-Terry with a prior), those that nobody compared last."""
    _, answers = answers_by_person(one)
    places = {item.pk: place for place, item in enumerate(items)}
    duels, met = duels_of(answers, places, 2.0 * len(items))
    fitted = pairwise.bradley_terry(len(items), duels)
    found = []
    for place, item in enumerate(items):
        wins = sum(won == place for won, _ in met)
        losses = sum(lost == place for _, lost in met)
        low, share, high = _interval(fitted, place)
        known = share if wins + losses else None
        found.append(Strength(item, known, low, high, wins, losses))
    found.sort(key=lambda row: (row.share is None, -(row.share or 0)))
    return found


def _interval(fitted: pairwise.Strengths, place: int) -> tuple[float, float, float]:
    """100 x the mean chance to beat another item, between its ends: each difference moved by its own error."""
    others = [n for n in range(len(fitted.values)) if n != place]
    ends = []
    for sign in (-SURE, 0.0, SURE):
        chances = [
            1 / (1 + math.exp(-(
                float(fitted.values[place] - fitted.values[n]) + sign * fitted.difference_error(place, n)
            )))
            for n in others
        ]  # fmt: skip
        ends.append(100 * math.fsum(chances) / len(others) if others else pairwise.NO_VOTES)
    return ends[0], ends[1], ends[2]
