"""What participants answer. Each writes their own rows alone, one at a time, so that two tabs and a hundred people at
once lose nothing; whoever reveals the round waits for the answer that is under way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from backlog.models import Round, RoundAnswer, RoundItem, RoundParticipant
from backlog.models.round import KANO, MAXDIFF, OPEN, PAIRS, POINTS, SCORES
from backlog.selectors.rounds import WHOLE, answers_expected, criteria_of, sets_of
from backlog.services.inputs import values_clean
from plm.errors import Conflict, Invalid, NotVisible
from plm.events import emit, service
from plm.numerals import whole_number
from plm.permissions import Actor
from plm.scoring.kano import SCALE
from plm.services.guard import require

Wanted = dict[str, Any]
"""Values by subject; None takes the answer away (in pairs the value {"winner": None} is "cannot tell")."""


@service
def round_answer(
    *, actor: Actor, participant: RoundParticipant, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Keep one answer or several; all of them now, by subject. Nothing is kept where one is wrong: raises Invalid.

    `given` by kind of round: scores {item, values}; points {points: {item: whole number or None}}; pairs {pair,
    winner}, the winner None for "cannot tell"; kano {item, with, without}; maxdiff {set, best, worst}. Items are named
    by their ids in the round. Emits `round.begun` with somebody's first answer and `round.answered` with their last,
    both without values. Raises Conflict once the round is not open.
    """
    current, items = _locked(actor, participant)
    kept = {row.subject: row for row in RoundAnswer.objects.filter(participant=current)}
    stood = {subject: row.value for subject, row in kept.items()}
    wanted = _READERS[current.round.kind](current, items, given, stood)
    now = timezone.now()
    for subject, value in wanted.items():
        _keep(current, subject, value, kept.get(subject), now)
    after = {s: v for s, v in {**stood, **wanted}.items() if v is not None}
    _tell(actor, current, len(stood), len(after), len(items))
    return after


def _locked(
    actor: Actor, participant: RoundParticipant
) -> tuple[RoundParticipant, list[RoundItem]]:
    """The participant, locked, in an open round that is read after the lock was had."""
    current = RoundParticipant.objects.select_for_update().filter(pk=participant.pk).first()
    if current is None or current.revoked_at is not None:
        raise NotVisible
    row = Round.objects.select_related("product__workspace").get(pk=current.round_id)
    if not current.is_guest:
        require(actor, "round.answer", row.product)
        if current.user_id != actor.user_id:
            raise NotVisible
    if row.state != OPEN or row.is_over:
        raise Conflict("This round takes no more answers. What you answered before is kept.")
    current.round = row
    return current, list(RoundItem.objects.filter(round=row))


def _keep(
    participant: RoundParticipant, subject: str, value: Any, row: RoundAnswer | None, now: Any
) -> None:
    if value is None:
        if row is not None:
            row.delete()
    elif row is None:
        RoundAnswer.objects.create(
            workspace_id=participant.workspace_id, participant=participant, subject=subject, value=value,
            answered_at=now,
        )  # fmt: skip
    elif row.value != value:
        row.value, row.answered_at, row.version = value, now, row.version + 1
        row.save(update_fields=["value", "answered_at", "version"])


def _tell(actor: Actor, current: RoundParticipant, before: int, after: int, items: int) -> None:
    row = current.round
    expected = answers_expected(row, current, items)
    done = expected > 0 and after >= expected
    verbs = ["begun"] if before == 0 < after else []
    if done and current.done_at is None:
        verbs.append("answered")
    if done != (current.done_at is not None):
        current.done_at = timezone.now() if done else None
        current.save(update_fields=["done_at"])
    who = actor if not current.is_guest else Actor(name=current.name)
    for verb in verbs:
        emit(
            f"round.{verb}", actor=who, workspace_id=row.workspace_id, product_id=row.product_id,
            id=row.uuid, title=row.title, participant=current.name,
        )  # fmt: skip


def _item(items: list[RoundItem], named: Any) -> RoundItem:
    found = next((item for item in items if str(item.uuid) == str(named)), None)
    if found is None:
        raise Invalid(fields={"item": "Name an item of this round."})
    return found


def _scores(
    who: RoundParticipant, items: list[RoundItem], given: Mapping[str, Any], stood: Wanted
) -> Wanted:
    del stood
    item = _item(items, given.get("item"))
    values = given.get("values")
    if not isinstance(values, Mapping):
        raise Invalid(fields={"values": "Give values by criterion."})
    cleaned = values_clean(criteria_of(who.round, who), values)
    return {f"{item.pk}.{key}": value for key, value in cleaned.items()}


def _points(
    who: RoundParticipant, items: list[RoundItem], given: Mapping[str, Any], stood: Wanted
) -> Wanted:
    del who
    asked = given.get("points")
    if not isinstance(asked, Mapping):
        raise Invalid(fields={"points": "Give points by item."})
    wanted: Wanted = {}
    for named, raw in asked.items():
        subject, points = str(_item(items, named).pk), _whole(raw)
        if points is None:
            raise Invalid(fields={str(named): f"Give a whole number of points from 0 to {WHOLE}."})
        wanted[subject] = points or None
    spent = sum(v for v in {**stood, **wanted}.values() if isinstance(v, int))
    if spent > WHOLE:
        over = spent - WHOLE
        text = f"That is {over} more than the {WHOLE} points there are. Take {over} away from another item first."
        raise Invalid(fields={str(named): text for named in asked} or {"points": text})
    return wanted


def _whole(raw: Any) -> int | None:
    if raw is None or raw == "":
        return 0
    if isinstance(raw, bool):
        return None
    value = raw if isinstance(raw, int) else whole_number(str(raw).strip(), digits=3)
    return value if value is not None and 0 <= value <= WHOLE else None


def _pairs(
    who: RoundParticipant, items: list[RoundItem], given: Mapping[str, Any], stood: Wanted
) -> Wanted:
    del who, stood
    pair = given.get("pair")
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise Invalid(fields={"pair": "Name the two items that are compared."})
    one, other = (_item(items, named) for named in pair)
    if one.pk == other.pk:
        raise Invalid(fields={"pair": "Name two different items."})
    winner = given.get("winner")
    won = None if winner is None or winner == "" else _item([one, other], winner).pk
    low, high = sorted((one.pk, other.pk))
    return {f"{low}.{high}": {"winner": won}}


def _kano(
    who: RoundParticipant, items: list[RoundItem], given: Mapping[str, Any], stood: Wanted
) -> Wanted:
    del who, stood
    item = _item(items, given.get("item"))
    wanted: Wanted = {}
    for part in ("with", "without"):
        if part not in given:
            continue
        value = given[part]
        if value not in (None, "", *SCALE):
            raise Invalid(fields={part: f"Choose one of: {', '.join(SCALE)}."})
        wanted[f"{item.pk}.{part}"] = value or None
    if not wanted:
        raise Invalid(fields={"with": "Answer at least one of the two questions."})
    return wanted


def _maxdiff(
    who: RoundParticipant, items: list[RoundItem], given: Mapping[str, Any], stood: Wanted
) -> Wanted:
    del stood
    sets = sets_of(who, items)
    number = given.get("set")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < len(sets):
        raise Invalid(fields={"set": f"Name a set by its number, 0 to {len(sets) - 1}."})
    shown = sets[number]
    chosen = {}
    for name in ("best", "worst"):
        chosen[name] = next((i for i in shown if str(i.uuid) == str(given.get(name))), None)
        if chosen[name] is None:
            raise Invalid(fields={name: "Choose an item of the set that was shown."})
    best, worst = chosen["best"], chosen["worst"]
    if best is None or worst is None or best.pk == worst.pk:
        raise Invalid(fields={"worst": "The best and the worst are two different items."})
    return {str(number): {"shown": [i.pk for i in shown], "best": best.pk, "worst": worst.pk}}


_READERS = {SCORES: _scores, POINTS: _points, PAIRS: _pairs, KANO: _kano, MAXDIFF: _maxdiff}


@service
def round_answer_undo(*, actor: Actor, participant: RoundParticipant) -> bool:
    """Take back the last vote of a participant in pairs or sets; whether there was one. Raises Conflict, NotVisible."""
    current, items = _locked(actor, participant)
    if current.round.kind not in {PAIRS, MAXDIFF}:
        raise Conflict("Only votes in pairs and in sets are taken back; other answers are changed.")
    rows = RoundAnswer.objects.filter(participant=current)
    last = rows.order_by("-answered_at", "-pk").first()
    if last is None:
        return False
    before = rows.count()
    last.delete()
    _tell(actor, current, before, before - 1, len(items))
    return True


def participant_named(row: Round, uuid: UUID) -> RoundParticipant:
    """Somebody who takes part, by id. Raises NotVisible."""
    found: RoundParticipant | None = RoundParticipant.objects.filter(round=row, uuid=uuid).first()
    if found is None:
        raise NotVisible
    found.round = row
    return found
