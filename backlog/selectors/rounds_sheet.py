"""What one participant is asked and has answered: all that the page of a guest may show, in classes of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from backlog.models import Round, RoundAnswer, RoundItem, RoundParticipant
from backlog.models.round import KANO, MAXDIFF, PAIRS, POINTS, SCORES
from backlog.selectors.cells import Cell, cells_of, plain_number
from backlog.selectors.rounds import (
    WHOLE,
    answers_expected,
    answers_of,
    comments_of,
    criteria_gone,
    criteria_of,
    items_of,
    sets_of,
)
from backlog.selectors.rounds_results import duels_of, number
from plm.permissions import Actor
from plm.scoring import kano, pairwise
from plm.scoring.definition import Definition

MOST_STEPS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """An item as its participants read it. `url` leads members to the item; guests get none."""

    id: UUID
    title: str
    about: str
    with_it: str
    without_it: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment that this participant may read."""

    name: str
    body: str
    at: Any


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One criterion as a form control; `steps` are the few whole values of a short scale, to choose with one touch."""

    cell: Cell

    @property
    def steps(self) -> list[str]:
        factor = self.cell.factor
        whole = float(factor.low).is_integer() and float(factor.high).is_integer()
        if factor.choices or factor.percent or not whole or factor.high - factor.low > MOST_STEPS:
            return []
        return [str(n) for n in range(int(factor.low), int(factor.high) + 1)]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One item with the participant's own answers. `errors` are what was refused, by field."""

    asked: Asked
    cells: list[SheetCell] = field(default_factory=list)
    points: str = ""
    kept_points: str = ""
    having: str = ""
    lacking: str = ""
    said: list[Said] = field(default_factory=list)
    done: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def questions(self) -> list[tuple[str, str, str, Any]]:
        """The two questions of Kano: (field, question, answer kept, answers there are)."""
        return [
            ("with", self.asked.with_it, self.having, kano.ANSWERS),
            ("without", self.asked.without_it, self.lacking, kano.ANSWERS),
        ]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything one participant is shown. `pair` or `set_shown` is what is asked next, None where all is answered."""

    round_id: UUID
    kind: str
    title: str
    intro: str
    state: str
    takes_answers: bool
    ends_at: Any
    name: str
    role: str
    rows: list[SheetRow]
    given: int
    expected: int
    gone: list[str]
    spent: int = 0
    left: int = WHOLE
    pair: list[Asked] = field(default_factory=list)
    set_number: int = 0
    set_shown: list[Asked] = field(default_factory=list)
    remarks_members: bool = True
    remarks_guests: bool = False

    @property
    def readers(self) -> str:
        """Who reads a remark after the reveal, beside whoever runs the round."""
        if self.remarks_members:
            return "members and guests of this round" if self.remarks_guests else "members"
        return "guests of this round" if self.remarks_guests else ""

    @property
    def is_blind(self) -> bool:
        return self.state in {"draft", "open"}

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.given / self.expected)) if self.expected else 0


def sheet_of(
    participant: RoundParticipant,
    *,
    actor: Actor | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    about: str = "",
) -> Sheet:
    """The sheet of one participant. What was typed and refused (`typed`, `errors`) stays at the item `about`."""
    one = participant.round
    items, answers = items_of(one), answers_of(participant)
    said = comments_of(one, actor=actor, participant=participant)
    guest = participant.is_guest
    asked = {item.pk: _asked(item, guest=guest) for item in items}
    rows = []
    for item in items:
        refused = str(item.uuid) == about or (one.kind == POINTS and errors)
        kept = {"typed": typed, "errors": errors} if refused else {}
        rows.append(_row(participant, item, asked[item.pk], answers, said.get(item.pk, []), **kept))
    spent = sum(int(number(v) or 0) for v in answers.values()) if one.kind == POINTS else 0
    gone_keys = criteria_gone(one) if one.kind == SCORES else set()
    gone = [f.label for f in criteria_of(one, participant).factors if f.key in gone_keys]
    return Sheet(
        one.uuid, one.kind, one.title, one.intro, one.state, one.state == "open" and not one.is_over,
        one.ends_at, participant.name, participant.role, rows, len(answers),
        answers_expected(one, participant, len(items)), gone, spent, WHOLE - spent,
        remarks_members=one.remarks_members, remarks_guests=one.remarks_guests,
        **_next(one, participant, items, asked, answers),
    )  # fmt: skip


def _asked(item: RoundItem, *, guest: bool) -> Asked:
    url = "" if guest else item.item.get_absolute_url()
    return Asked(item.uuid, item.title, item.about, item.with_it, item.without_it, url)


def _row(
    participant: RoundParticipant,
    item: RoundItem,
    asked: Asked,
    answers: Mapping[str, Any],
    said: Sequence[Any],
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> SheetRow:
    kind, pk = participant.round.kind, item.pk
    told = [Said(row.name, row.body, row.created_at) for row in said]
    wrong = dict(errors or {})
    if kind == SCORES:
        criteria = criteria_of(participant.round, participant)
        kept = _Kept({f.key: number(answers.get(f"{pk}.{f.key}")) for f in criteria.factors})
        cells = cells_of(criteria, kept, typed=typed, errors=errors)
        return SheetRow(
            asked, [SheetCell(c) for c in cells], said=told, errors=wrong,
            done=bool(cells) and all(c.kept for c in cells),
        )  # fmt: skip
    if kind == POINTS:
        points = plain_number(number(answers.get(str(pk))))
        shown = (typed or {}).get(f"p-{item.uuid}", points)
        wrong = {n: text for n, text in wrong.items() if n == str(item.uuid)}
        return SheetRow(
            asked, points=shown, kept_points=points, said=told, done=bool(points), errors=wrong
        )
    if kind == KANO:
        both = [str(answers.get(f"{pk}.{part}") or "") for part in ("with", "without")]
        return SheetRow(
            asked, having=both[0], lacking=both[1], said=told, done=all(both), errors=wrong
        )
    return SheetRow(asked, said=told)


@dataclass(frozen=True, slots=True)
class _Kept:
    """Answers in the shape in which `cells_of` reads an assessment."""

    found: Mapping[str, float | None]
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def values(self, definition: Definition) -> Mapping[str, float | None]:
        del definition
        return self.found


def _next(
    one: Round,
    participant: RoundParticipant,
    items: list[RoundItem],
    asked: Mapping[int, Asked],
    answers: Mapping[str, Any],
) -> dict[str, Any]:
    """What is asked next in a round that asks one thing at a time."""
    if one.kind == PAIRS:
        pair = next_pair_of(participant, items, answers)
        return {"pair": [asked[item.pk] for item in pair]}
    if one.kind == MAXDIFF and len(items) > 3:
        sets = sets_of(participant, items)
        open_sets = [n for n in range(len(sets)) if str(n) not in answers]
        if open_sets:
            shown = [asked[item.pk] for item in sets[open_sets[0]]]
            return {"set_number": open_sets[0], "set_shown": shown}
    return {}


def next_pair_of(
    participant: RoundParticipant, items: Sequence[RoundItem], answers: Mapping[str, Any]
) -> list[RoundItem]:
    """The pair that teaches most of those this participant has not judged, by all votes there are; none when all are.

    Which pair comes next says nothing about who voted how.
    """
    places = {item.pk: place for place, item in enumerate(items)}
    everybody: dict[int, dict[str, Any]] = {}
    rows = RoundAnswer.objects.filter(
        participant__round_id=participant.round_id, participant__revoked_at=None
    )
    for who, subject, value in rows.values_list("participant_id", "subject", "value"):
        everybody.setdefault(who, {})[subject] = value
    duels, _ = duels_of(everybody, places, 2.0 * len(items))
    done = []
    for subject in answers:
        one, _, other = subject.partition(".")
        if one.isdecimal() and other.isdecimal() and {int(one), int(other)} <= places.keys():
            done.append((places[int(one)], places[int(other)]))
    fitted = pairwise.bradley_terry(len(items), duels)
    found = pairwise.next_pair(fitted, done, seed=participant.pk * 1009 + len(answers))
    return [items[n] for n in found] if found else []
