"""What a Kano questionnaire and a MaxDiff found, once they are revealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backlog.models import Round, RoundItem, RoundParticipant
from backlog.selectors.rounds_results import answers_by_person
from plm.scoring import kano, maxdiff


# --- Kano -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Need:
    """What an item does to satisfaction: counts by category, the category where there are enough answers, how far the
    first leads, the share of answers to which it `matters` (0 to 1), and its place on the map of means (x lacking it, y having it, each -2 to 4)."""

    item: RoundItem
    answers: int
    counts: list[tuple[str, str, int]]
    category: str
    leading: str
    strength: float | None
    matters: float | None
    clear: bool | None
    better: float | None
    worse: float | None
    place: kano.Place | None

    @property
    def x(self) -> float:
        return round(100 * (self.place.dysfunctional + 2) / 6, 1) if self.place else 0.0

    @property
    def y(self) -> float:
        return round(100 - 100 * (self.place.functional + 2) / 6, 1) if self.place else 0.0

    @property
    def label_x(self) -> float:
        return self.x + 3.5

    @property
    def quadrant(self) -> str:
        return dict(kano.CATEGORIES)[self.place.quadrant] if self.place else ""


@dataclass(frozen=True, slots=True)
class KanoResults:
    """`dropped` are those who contradict themselves too often to be counted."""

    needs: list[Need]
    dropped: list[str]
    least: int = field(default=kano.LEAST_ANSWERS)


def kano_results(one: Round, items: Sequence[RoundItem]) -> KanoResults:
    """Each item's category, strength and place, from both questions."""
    people, answers = answers_by_person(one)

    def pair(person: RoundParticipant, item: RoundItem) -> tuple[str, str] | None:
        given = answers[person.pk]
        both = (given.get(f"{item.pk}.with"), given.get(f"{item.pk}.without"))
        return (str(both[0]), str(both[1])) if all(b in kano.SCALE for b in both) else None

    said = {p.pk: {i.pk: found for i in items if (found := pair(p, i))} for p in people}
    odd = kano.dropped_respondents({str(pk): list(rows.values()) for pk, rows in said.items()})
    counted = [p for p in people if str(p.pk) not in odd]
    needs = [_need(i, [said[p.pk][i.pk] for p in counted if i.pk in said[p.pk]]) for i in items]
    return KanoResults(needs, [p.name for p in people if str(p.pk) in odd])


def _need(item: RoundItem, pairs: list[tuple[str, str]]) -> Need:
    names = dict(kano.CATEGORIES)
    found = kano.Kano.of_answers(pairs)
    category, leading = found.category(), found.category(least=1)
    counts = [(key, name, int(found.counts.get(key, 0))) for key, name in kano.CATEGORIES]
    return Need(
        item, len(pairs), counts, names.get(category or "", ""), names.get(leading or "", ""),
        found.strength, found.total_strength, found.is_clear, found.better, found.worse, kano.continuous(pairs),
    )  # fmt: skip


# --- MaxDiff --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Preferred:
    """One item of a MaxDiff: its share of preference (all together 100), its utility (mean 0), and how it was counted."""

    item: RoundItem
    share: float | None
    utility: float | None
    score: float | None
    shown: int
    best: int
    worst: int


def maxdiff_results(one: Round, items: Sequence[RoundItem]) -> list[Preferred]:
    """The items by preference, those that nobody was shown last."""
    _, answers = answers_by_person(one)
    places = {item.pk: place for place, item in enumerate(items)}
    choices = [c for given in answers.values() for v in given.values() if (c := _choice(v, places))]
    count = len(items)
    found_utilities = maxdiff.utilities(count, choices)
    seen = maxdiff.times_shown(count, choices)
    shares = maxdiff.shares(found_utilities) if choices else [None] * count
    scores = maxdiff.counting_scores(count, choices)
    found = [
        Preferred(
            item, shares[n], found_utilities[n], scores[n], seen[n],
            sum(c.best == n for c in choices), sum(c.worst == n for c in choices),
        )
        for n, item in enumerate(items)
    ]  # fmt: skip
    found.sort(key=lambda row: (row.share is None, -(row.share or 0)))
    return found


def _choice(value: Any, places: Mapping[int, int]) -> maxdiff.Choice | None:
    if not isinstance(value, dict) or not isinstance(value.get("shown"), list):
        return None
    pks = [*value["shown"], value.get("best"), value.get("worst")]
    if any(not isinstance(pk, int) or pk not in places for pk in pks):
        return None
    *shown, best, worst = (places[pk] for pk in pks)
    try:
        return maxdiff.Choice(tuple(shown), best, worst)
    except ValueError:
        return None
