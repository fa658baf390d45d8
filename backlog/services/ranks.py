"""Places in the ranked list that people fix by hand."""

from __future__ import annotations

from django.utils import timezone

from backlog.models import BacklogItem, RankOverride
from backlog.models.item import FINISHED_STATES
from backlog.models.override import LIFTED, REPLACED, VERDICTS
from backlog.selectors.overrides import places_by_score
from plm.errors import Conflict, Invalid, Stale
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
    _record(actor, current, place, reason.strip())
    BacklogItem.objects.filter(pk=current.pk).update(rank_pinned=place, rank=place)
    current.rank = current.rank_pinned = place
    emit(
        "item.pinned", actor=actor, record=current, changes={"rank": (old or None, place)}, reason=reason.strip()
    )  # fmt: skip
    return current


def _record(actor: Actor, item: BacklogItem, place: int, reason: str) -> None:
    """Keep the override beside what the score alone would have given; one that stood is replaced by it."""
    _end(item, REPLACED)
    RankOverride.objects.create(
        workspace_id=item.workspace_id, product_id=item.product_id, item=item, place=place,
        place_before=item.rank or None, place_by_score=places_by_score(item.product_id, [item])[item.pk],
        reason=reason, made_by_id=actor.user_id, made_at=timezone.now(),
    )  # fmt: skip


def _end(item: BacklogItem, how: str) -> None:
    RankOverride.objects.filter(item=item, ended_at=None).update(ended_at=timezone.now(), end=how)


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
    _end(current, LIFTED)
    current.rank_pinned = None
    emit(
        "item.unpinned", actor=actor, record=current, changes={"rank_pinned": (old, None)}, reason=reason.strip()
    )  # fmt: skip
    return current


@service
def override_judge(
    *, actor: Actor, override: RankOverride, verdict: str, reason: str, version: int | None = None
) -> RankOverride:
    """Say what came of an override: paid off, did not, too early to say, with a sentence. A later verdict replaces it;
    the history keeps both. Emits `item.override_judged`. Raises Stale, Invalid.
    """
    require(actor, "item.rank", override.product)
    item = record_locked(override.item, version=None)
    current = RankOverride.objects.select_for_update().get(pk=override.pk)
    if version is not None and version != current.version:
        raise Stale("Somebody judged this override since you looked.", current=current.version)
    errors = {}
    if verdict not in dict(VERDICTS):
        errors["verdict"] = f"Choose one of: {', '.join(dict(VERDICTS))}."
    if not 3 <= len(reason.strip()) <= 2000:
        errors["reason"] = "Say in a few words by what you see it."
    if errors:
        raise Invalid(fields=errors)
    old = dict(VERDICTS).get(current.verdict)
    if (current.verdict, current.verdict_reason) == (verdict, reason.strip()):
        return current
    current.verdict, current.verdict_reason = verdict, reason.strip()
    current.verdict_by_id, current.verdict_at = actor.user_id, timezone.now()
    current.version += 1
    current.save()
    emit(
        "item.override_judged", actor=actor, record=item, changes={"verdict": (old, dict(VERDICTS)[verdict])},
        reason=reason.strip(), place=current.place,
    )  # fmt: skip
    return current
