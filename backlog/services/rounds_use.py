"""Results of a round written into a factor of the scoring model."""

from __future__ import annotations

from django.utils import timezone

from backlog.models import Round, RoundItem
from backlog.models.round import REVEALED
from backlog.selectors.rounds import items_of
from backlog.selectors.rounds_use import Mapping, fitting_factors, mapping_of
from backlog.selectors.sources import round_source
from backlog.services.assessments import assessments_set
from backlog.services.rounds import round_locked
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require


@service
def round_use(
    *, actor: Actor, row: Round, factor: str, reason: str, seen: str | None = None
) -> Mapping:
    """Use what points, pairs, Kano or MaxDiff found as one factor of the active model; what was written, by item.

    Items that the round says nothing about keep what they have. The values name the round as their source and stand
    before data. `seen` is the mark of the mapping somebody looked at. Emits `round.used`, and `item.assessed` per item.
    Raises Invalid, Conflict before the reveal, Stale where the mapping is another one by now.
    """
    require(actor, "round.edit", row.product)
    current = round_locked(row)
    if current.state != REVEALED:
        raise Conflict("Results are used after the reveal and before the round is closed.")
    why = reason.strip()
    if not 3 <= len(why) <= 2000:
        raise Invalid(fields={"reason": "Say why, in 3 to 2,000 characters."})
    items = items_of(current)
    found = mapping_of(current, items, factor)
    if found is None:
        known = ", ".join(f.key for f in fitting_factors(current)) or "none of this model"
        raise Invalid(fields={"factor": f"Factors that fit are: {known}."})
    if seen is not None and seen != found.mark:
        raise Stale("The scoring model or the answers changed since you looked. Look at it again.")
    chosen = [one for one in found.rows if one.value is not None]
    if not chosen:
        raise Conflict("The round says nothing about any of its items yet.")
    assessments_set(
        actor=actor, product=row.product, model=found.model, source=round_source(current),
        rows=[(one.item.item, {factor: one.value}) for one in chosen], reason=f"Round “{row.title}”: {why}",
    )  # fmt: skip
    now = timezone.now()
    for one in chosen:
        item = one.item
        item.decided = {**item.decided, factor: one.value}
        item.decided_reason = f"Used as {found.factor.label}: {one.becomes}. {why}"
        item.decided_at, item.decided_by_id, item.version = now, actor.user_id, item.version + 1
    RoundItem.objects.bulk_update(
        [one.item for one in chosen],
        ["decided", "decided_reason", "decided_at", "decided_by", "version"],
    )
    emit(
        "round.used", actor=actor, workspace_id=row.workspace_id, product_id=row.product_id, reason=why,
        id=row.uuid, title=row.title, factor=found.factor.label,
        values={one.item.item.reference: one.value for one in chosen},
    )  # fmt: skip
    return found
