"""Places in the ranked list that people fix by hand."""

from __future__ import annotations

from backlog.models import BacklogItem
from backlog.models.item import FINISHED_STATES
from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked

LAST = 1_000_000_000


@service
def item_rank_pin(
    *,
    actor: Actor,
    item: BacklogItem,
    reason: str,
    rank: int | None = None,
    after: BacklogItem | None = None,
) -> BacklogItem:
    """Fix an item's place: at `rank`, or behind `after`. It stays there whatever the scores do, until it is unpinned.

    Items fixed at that place and right behind it move down by one; all others follow by the job (the rule is in
    `plm.scoring.ranking`). Emits `item.pinned` with the reason. Raises Invalid, Conflict.
    """
    require(actor, "item.rank", item.product)
    current = record_locked(item, version=None)
    place = _place(current, rank, after)
    _reason(reason)
    if current.archived_at is not None or current.state in FINISHED_STATES:
        raise Conflict(f"{current.reference} is out of the ranking: it is archived or finished.")
    if current.rank_pinned == place:
        return current
    _make_room(current, place)
    old = current.rank
    BacklogItem.objects.filter(pk=current.pk).update(rank_pinned=place, rank=place)
    current.rank = current.rank_pinned = place
    emit(
        "item.pinned", actor=actor, record=current, changes={"rank": (old or None, place)}, reason=reason.strip()
    )  # fmt: skip
    return current


def _place(item: BacklogItem, rank: int | None, after: BacklogItem | None) -> int:
    if after is not None:
        if after.product_id != item.product_id or after.pk == item.pk or after.rank < 1:
            raise Invalid(fields={"after": "Give another ranked item of this product."})
        above = 0 < item.rank < after.rank
        return after.rank if above else after.rank + 1
    if rank is None or not 1 <= rank <= LAST:
        raise Invalid(fields={"rank": "Give a place from 1 (the first) on."})
    return rank


def _reason(reason: str) -> None:
    if not 3 <= len(reason.strip()) <= 2000:
        raise Invalid(
            fields={"reason": "Say in a few words why the order of the scores does not hold here."}
        )


def _make_room(item: BacklogItem, place: int) -> None:
    """Move the unbroken run of fixed places that begins at `place` down by one."""
    taken = dict(
        BacklogItem.objects.filter(product_id=item.product_id, rank_pinned__gte=place)
        .exclude(pk=item.pk)
        .order_by("rank_pinned", "pk")
        .values_list("pk", "rank_pinned")
    )
    run: list[int] = []
    free = place
    for pk, fixed in taken.items():
        if fixed > free:
            break
        run.append(pk)
        free = fixed + 1
    for pk in reversed(run):
        BacklogItem.objects.filter(pk=pk).update(rank_pinned=taken[pk] + 1)


@service
def item_rank_unpin(*, actor: Actor, item: BacklogItem, reason: str = "") -> BacklogItem:
    """Let the scores place the item again. Emits `item.unpinned`."""
    require(actor, "item.rank", item.product)
    current = record_locked(item, version=None)
    if current.rank_pinned is None:
        return current
    old = current.rank_pinned
    BacklogItem.objects.filter(pk=current.pk).update(rank_pinned=None)
    current.rank_pinned = None
    emit(
        "item.unpinned", actor=actor, record=current, changes={"rank_pinned": (old, None)}, reason=reason.strip()
    )  # fmt: skip
    return current
