"""Saying why, after the change: a move by hand does not wait for a reason."""

from __future__ import annotations

from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.models import Event, StageRecord
from plm.models.event import EXPLAINED
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked

SHORTEST, LONGEST = 3, 500


@service
def change_explain(*, actor: Actor, record: StageRecord, reason: str) -> None:
    """Give the reason of the latest change of a record, where the actor made it and gave none.

    Facts stay as they are: the reason is one of its own, `placement.explained` for `placement.moved`, and names in `of` the
    sequence of the one it is about. Raises Invalid, and Conflict where that change is not theirs or has a reason.
    """
    require(actor, f"{record.kind}.comment", record.product)
    why = " ".join(reason.split())
    if not SHORTEST <= len(why) <= LONGEST:
        raise Invalid(fields={"reason": f"Say why in {SHORTEST} to {LONGEST} characters."})
    record_locked(
        record, version=None
    )  # Of two who say why at once the second finds the reason of the first.
    facts = Event.objects.of_record(record.pk)
    last = facts.exclude(changes={}).first()
    if last is None or actor.user_id is None or last.actor_id != actor.user_id:
        raise Conflict("Somebody else changed it last. Give your reason as a comment.")
    if (
        last.reason
        or facts.filter(sequence__gt=last.sequence, verb__endswith=f".{EXPLAINED}").exists()
    ):
        raise Conflict("The latest change has a reason already.")
    emit(
        f"{last.verb.partition('.')[0]}.{EXPLAINED}",
        actor=actor,
        record=record,
        reason=why,
        of=last.sequence,
    )
