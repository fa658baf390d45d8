"""What is said about the items of a round, and what is agreed on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from backlog.models import Round, RoundComment, RoundItem, RoundParticipant
from backlog.models.round import CLOSED, DRAFT, REVEALED
from backlog.selectors.sources import round_source
from backlog.services.assessments import assessment_set
from backlog.services.inputs import values_clean
from backlog.services.rounds import round_locked
from plm.errors import Conflict, Invalid, NotVisible, Stale
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require

LONGEST, MOST_COMMENTS = 2000, 500
TWICE = timedelta(minutes=1)


@service
def round_comment(
    *, actor: Actor, item: RoundItem, body: str, participant: RoundParticipant | None = None
) -> RoundComment:
    """Say something about an item of a round; a guest under their name. Emits `round.commented` without the words.

    The same words of the same person within a minute are one comment. Raises Invalid, Conflict.
    """
    guest = participant if participant is not None and participant.is_guest else None
    row = round_locked(item.round)
    if guest is None:
        require(actor, "round.comment", row.product)
    if row.state in {DRAFT, CLOSED} or (guest is not None and row.is_over):
        raise Conflict("Nothing is said in a round before it is open or after it is closed.")
    said = body.strip()
    if not 1 <= len(said) <= LONGEST:
        raise Invalid(fields={"body": f"Say something, in at most {LONGEST:,} characters."})
    name = guest.name if guest else actor.name[:80]
    rows = RoundComment.objects.filter(item=item)
    now = timezone.now()
    again = rows.filter(
        participant=guest, author_id=None if guest else actor.user_id, body=said,
        created_at__gt=now - TWICE,
    ).first()  # fmt: skip
    if again is not None:
        return again
    if rows.count() >= MOST_COMMENTS:
        raise Conflict(f"An item of a round has at most {MOST_COMMENTS} comments.")
    made = RoundComment.objects.create(
        workspace_id=row.workspace_id, item=item, participant=guest, name=name, body=said, created_at=now,
        author_id=None if guest else actor.user_id,
    )  # fmt: skip
    emit(
        "round.commented", actor=Actor(name=name) if guest else actor, workspace_id=row.workspace_id,
        product_id=row.product_id, id=row.uuid, title=row.title, item=item.title,
    )  # fmt: skip
    return made


@service
def round_decide(
    *, actor: Actor, item: RoundItem, version: int | None, values: Mapping[str, Any], reason: str
) -> tuple[RoundItem, list[str]]:
    """Agree on the values of an item and say why; the item's assessment and its place in the ranking follow.

    Gives the item and the labels of criteria that the scoring model no longer has: those are kept in the round alone.
    Emits `round.decided`. Raises Invalid, Stale, Conflict while the round is blind or once it is closed.
    """
    row = round_locked(item.round)
    require(actor, "round.edit", row.product)
    if row.state != REVEALED:
        raise Conflict("Values are agreed on after the reveal and before the round is closed.")
    current = RoundItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if version is not None and version != current.version:
        raise Stale("Somebody agreed on other values meanwhile.", current=current.version)
    why = reason.strip()
    if not 3 <= len(why) <= LONGEST:
        raise Invalid(fields={"reason": "Say why, in 3 to 2,000 characters."})
    formula = row.formula
    cleaned = values_clean(formula, values) if formula is not None else {}
    before = dict(current.decided)
    current.decided = {**before, **cleaned}
    current.decided_reason, current.decided_at = why, timezone.now()
    current.decided_by_id, current.version = actor.user_id, current.version + 1
    current.save()
    gone = _assess(actor, row, current, cleaned, why)
    # Values show in the history of the item with its assessment; words alone would show nowhere.
    about: dict[str, Any] = {"workspace_id": row.workspace_id, "product_id": row.product_id}
    emit(
        "round.decided", actor=actor, reason=why, id=row.uuid, title=row.title, item=item.title,
        changes={k: (before.get(k), v) for k, v in cleaned.items() if before.get(k) != v},
        **(about if formula is not None else {"record": item.item}),
    )  # fmt: skip
    return current, gone


def _assess(
    actor: Actor, row: Round, item: RoundItem, cleaned: Mapping[str, Any], why: str
) -> list[str]:
    formula, model = row.formula, row.scoring_model
    if formula is None or not cleaned:
        return []
    labels = {f.key: f.label for f in formula.factors}
    if model is None:
        return [labels[key] for key in cleaned]
    now = model.versions.get(version=model.version).formula
    kept = {key: value for key, value in cleaned.items() if now.factor(key) is not None}
    if kept:
        assessment_set(
            actor=actor,
            item=item.item,
            values=kept,
            model=model,
            reason=f"Round “{row.title}”: {why}",
            source=round_source(row),
        )
    return [labels[key] for key in cleaned if key not in kept]


def round_item_named(row: Round, uuid: UUID) -> RoundItem:
    """An item of the round by its id there. Raises NotVisible."""
    found: RoundItem | None = (
        RoundItem.objects.filter(round=row, uuid=uuid)
        .select_related("item__product__workspace")
        .first()
    )
    if found is None:
        raise NotVisible
    found.round = row
    return found
