"""Merging one idea into another, and taking it back exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from ideas.models import Idea, Merge, SimilarAnswer, Vote
from ideas.services.carriers import carriers
from ideas.services.similar import similar_answer
from plm.errors import Conflict, NotVisible
from plm.events import service
from plm.models import Relation
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_update

ACTION = "idea.move"


@service
def idea_merge(
    *,
    actor: Actor,
    source: Idea,
    target: Idea,
    reason: str = "",
    rank: int = 0,
    undecided: bool = False,
) -> Merge:
    """Make `source` a duplicate of `target`; votes, comments, files, followers, links and all else go along.

    What both have stays once: votes are the union of persons. Custom values that `target` lacks are taken over.
    Emits `idea.merged` and `idea.extended`. Raises Conflict for itself, an archived idea, or one that is merged
    already, NotVisible for an idea of another product: numbers, fields and portals are a product's own.
    With `undecided` only an idea that waits in triage is merged.
    """
    require(actor, ACTION, source.product)
    if source.product_id != target.product_id:
        raise NotVisible
    if source.pk == target.pk:
        raise Conflict(
            "An idea cannot be merged into itself.", fields={"other": "Choose another idea."}
        )
    source, target = _locked(source, target)
    _check(source, target, undecided=undecided)
    linked = _links(source, target).exists()
    similar_answer(actor=actor, idea=source, other=target, accepted=True, rank=rank)
    before: dict[str, Any] = {"linked": linked, "state": source.state, "snoozed_until": source.snoozed_until and source.snoozed_until.isoformat()}  # fmt: skip
    custom = {
        name: value
        for name, value in source.custom.items()
        if value not in (None, "", []) and target.custom.get(name) in (None, "", [])
    }
    merge = Merge.objects.create(
        workspace_id=source.workspace_id, source=source, target=target, custom=custom, by_id=actor.user_id,
        before={**before, "custom": {n: target.custom[n] for n in custom if n in target.custom}},
    )  # fmt: skip
    counts = _carry(merge)
    count_votes(source, target)
    values = {"state": "duplicate", "duplicate_of": target, "snoozed_until": None}
    record_update(
        source, actor=actor, version=None, values=values, action=ACTION, verb="merged",
        reason=reason.strip()[:2000] or f"The same as {target.reference}",
    )  # fmt: skip
    record_update(
        target, actor=actor, version=None, values={"custom": {**target.custom, **custom}} if custom else {},
        action=ACTION, verb="extended", rows={"merged": (None, source.reference)}, reason=said(counts),
    )  # fmt: skip
    return merge


def _locked(source: Idea, target: Idea) -> tuple[Idea, Idea]:
    """Both as they stand, locked in the order of their keys, so that two merges never wait for each other."""
    rows = Idea.objects.select_for_update(of=("self",)).select_related("product__workspace")
    found = {i.pk: i for i in rows.filter(pk__in=[source.pk, target.pk]).order_by("pk")}
    return found[source.pk], found[target.pk]


def _check(source: Idea, target: Idea, *, undecided: bool) -> None:
    if source.archived_at is not None or target.archived_at is not None:
        gone = source if source.archived_at is not None else target
        raise Conflict(
            f"{gone.reference} is archived. Restore it first.",
            fields={"other": f"{gone.reference} is archived."},
        )
    if source.state == "duplicate":
        raise Conflict(f"{source.reference} is a duplicate already.")
    if undecided and source.state != "open":
        raise Conflict(f"{source.reference} is {source.state_label.lower()} already.")
    if target.state == "duplicate":
        raise Conflict(
            f"{target.reference} is a duplicate itself. Merge into the idea that stands for it.",
            fields={"other": f"{target.reference} is a duplicate itself."},
        )


def _carry(merge: Merge) -> dict[str, int]:
    """Move what the target has not; how many rows of each carrier. A second call moves what has become free."""
    counts = {}
    for carrier in carriers():
        keys = carrier.movable(merge.source_id, merge.target_id)
        if keys:
            carrier.move(keys, merge.source_id, merge.target_id)
            merge.moved[carrier.name] = [*merge.moved.get(carrier.name, []), *keys]
            counts[carrier.label] = len(keys)
    if counts:
        merge.save(update_fields=["moved"])
    return counts


def said(counts: Mapping[str, int]) -> str:
    """How many of what went along, for the history."""
    return ", ".join(f"{count} {label}" for label, count in counts.items())


def count_votes(*ideas: Idea) -> None:
    """Store how many persons vote for each."""
    for idea in ideas:
        idea.votes_count = Vote.objects.filter(idea=idea).count()
        Idea.objects.filter(pk=idea.pk).update(votes_count=idea.votes_count)


@service
def idea_unmerge(*, actor: Actor, idea: Idea, reason: str = "") -> Idea:
    """Take a merge back: `idea` is what it was, and all that went along is with it again, as far as it still stands.

    Emits `idea.unmerged` and `idea.reduced`. Raises Conflict where nothing is merged, or where the other idea was
    merged itself since: the later merge is taken back first.
    """
    require(actor, ACTION, idea.product)
    merge = standing_merge(idea)
    if merge is None:
        raise Conflict(f"{idea.reference} is not merged into another idea.")
    source, target = _locked(idea, merge.target)
    merge = Merge.objects.standing().select_for_update().filter(pk=merge.pk).first()
    if merge is None:
        raise Conflict(f"{idea.reference} is not merged into another idea.")
    if standing_merge(target) is not None:
        raise Conflict(f"{target.reference} was merged itself since. Take that back first.")
    if not merge.before["linked"]:
        _links(source, target).delete()
    SimilarAnswer.objects.filter(idea=source, other=target, accepted=True).delete()
    for carrier in carriers():
        carrier.move(merge.moved.get(carrier.name, []), target.pk, source.pk)
    Merge.objects.filter(pk=merge.pk).update(undone_at=timezone.now(), undone_by_id=actor.user_id)
    for other in Merge.objects.standing().filter(target=target).order_by("pk"):
        _carry(other)  # What two merged ideas had both is the other one's to bring now.
        count_votes(other.source)
    count_votes(source, target)
    values = {"state": merge.before["state"], "duplicate_of": None, "snoozed_until": merge.before["snoozed_until"]}  # fmt: skip
    restored = record_update(
        source, actor=actor, version=None, values=values, action=ACTION, verb="unmerged",
        reason=reason.strip()[:2000],
    )  # fmt: skip
    record_update(
        target, actor=actor, version=None, values=_custom_without(target, merge), action=ACTION, verb="reduced",
        rows={"merged": (source.reference, None)},
    )  # fmt: skip
    return restored


def _links(source: Idea, target: Idea) -> Any:
    return Relation.objects.filter(source_id=source.pk, target_id=target.pk, type="duplicates")


def _custom_without(target: Idea, merge: Merge) -> dict[str, Any]:
    """The target's custom values without those the merge brought, where nobody has changed them since."""
    custom = dict(target.custom)
    for name, value in merge.custom.items():
        if custom.get(name) == value:
            custom.pop(name)
            if name in merge.before["custom"]:
                custom[name] = merge.before["custom"][name]
    return {"custom": custom} if merge.custom else {}


def standing_merge(idea: Idea) -> Merge | None:
    """The merge that made the idea a duplicate; None for one that stands for itself."""
    return Merge.objects.standing().select_related("target__product__workspace").filter(source=idea).first()  # fmt: skip
