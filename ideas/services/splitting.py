"""Splitting one idea into two. Merging the new one back is the way to undo it: the first has what it had before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from ideas.models import Idea, Vote
from ideas.models.idea import CLOSED
from ideas.services.carriers import Carrier, carriers
from ideas.services.merging import ACTION, count_votes, said
from plm.errors import Conflict, Invalid
from plm.events import service
from plm.models import CustomField, Follow
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_update

Chosen = Mapping[str, Collection[UUID]]


@service
def idea_split(
    *,
    actor: Actor,
    idea: Idea,
    version: int | None,
    values: Mapping[str, Any],
    chosen: Chosen,
    everything: Collection[str] = (),
    both: Collection[UUID] = (),
    tags: Iterable[str] = (),
    reason: str = "",
) -> Idea:
    """Make a second idea out of a part of this one; the new idea.

    `chosen` names, by carrier, what goes along, `everything` the carriers of which all does; all else stays. `both` are persons who want both: their vote counts
    for each. Followers follow both. The new idea has this one's source, owner, team and custom values; it waits in
    triage only where this one does. Emits `idea.created` and `idea.split`. Raises Stale, Conflict for a duplicate or
    an archived idea, Invalid where one of the two would be left with nothing or a chosen thing is not there.
    """
    require(actor, ACTION, idea.product)
    current = record_locked(idea, version=version)
    _check(current)
    _check_names(chosen, everything, both)
    moving = {
        carrier: _all_but(carrier, current, both)
        if carrier.name in everything
        else _rows(carrier, current, chosen)
        for carrier in sharing()
    }
    shared = _shared(current, both)
    _check_both_have_some(current, moving, len(shared))
    made = _made(actor, current, values, tags)
    _hand_over(current, made, moving, shared)
    counts = {carrier.label: len(keys) for carrier, keys in moving.items() if keys}
    if shared:
        counts["votes for both"] = len(shared)
    record_update(
        current, actor=actor, version=None, values={}, action=ACTION, verb="split",
        rows={"split": (None, made.reference)}, reason=reason.strip()[:2000] or said(counts),
    )  # fmt: skip
    made.refresh_from_db()
    return made


def sharing() -> list[Carrier]:
    """The carriers whose rows are shared out one by one."""
    return [carrier for carrier in carriers() if carrier.split]


def _check(idea: Idea) -> None:
    if idea.archived_at is not None:
        raise Conflict(f"{idea.reference} is archived. Restore it first.")
    if idea.state == "duplicate":
        raise Conflict(f"{idea.reference} is a duplicate. Split the idea that stands for it.")


def _check_names(chosen: Chosen, everything: Collection[str], both: Collection[UUID]) -> None:
    known = {carrier.name for carrier in sharing()}
    wrong = {*chosen, *everything} - known
    if wrong:
        raise Invalid(fields={"move": f"Choose among: {', '.join(sorted(known))}."})
    twice = set(both) & set(chosen.get("votes", ()))
    if twice:
        raise Invalid(fields={"both": "A person's vote goes along, or counts for both: not both at once."})  # fmt: skip


def _rows(carrier: Carrier, idea: Idea, chosen: Chosen) -> list[int]:
    wanted = set(chosen.get(carrier.name, ()))
    if not wanted:
        return []
    found = dict(carrier.shown(idea.pk).values_list("split_key", "pk"))
    if not wanted <= found.keys():
        raise Invalid(
            fields={carrier.name: f"Some of these {carrier.label} are not on {idea.reference}."}
        )
    return [found[key] for key in wanted]


def _all_but(carrier: Carrier, idea: Idea, both: Collection[UUID]) -> list[int]:
    """All rows, but for those of `both` where a carrier knows such."""
    aside = set(both) if carrier.both else set()
    rows = carrier.shown(idea.pk).values_list("split_key", "pk")
    return [pk for key, pk in rows if key not in aside]


def _shared(idea: Idea, both: Collection[UUID]) -> list[Vote]:
    votes = list(Vote.objects.filter(idea=idea, person__uuid__in=set(both)).order_by("pk"))
    if len(votes) != len(set(both)):
        raise Invalid(fields={"both": f"Some of these persons do not vote for {idea.reference}."})
    return votes


def _check_both_have_some(idea: Idea, moving: Mapping[Carrier, list[int]], shared: int) -> None:
    going = sum(len(keys) for keys in moving.values())
    staying = sum(carrier.shown(idea.pk).count() for carrier in moving) - going
    if going + shared == 0:
        raise Invalid(
            fields={"move": "Choose what goes to the new idea: at least one vote, quote, comment or file."}
        )  # fmt: skip
    if staying == 0:
        raise Invalid(
            fields={"move": f"Nothing would be left on {idea.reference}. Leave something there, or only change its title."}
        )  # fmt: skip


def _made(actor: Actor, idea: Idea, values: Mapping[str, Any], tags: Iterable[str]) -> Idea:
    undecided = idea.state == "open"
    taken: dict[str, Any] = {
        "title": " ".join(str(values.get("title", "")).split()),
        "description": str(values.get("description", "")),
        "public": bool(values.get("public", idea.public)),
        "source": idea.source, "owner": idea.owner, "team": idea.team, "split_from": idea,
        "state": "open" if undecided else "under_review" if idea.state in CLOSED else idea.state,
    }  # fmt: skip
    if not taken["title"]:
        raise Invalid(fields={"title": "Say in one line what the new idea is."})
    return record_create(
        Idea, actor=actor, product=idea.product, values=taken, tags=tags, custom=_custom(idea),
        reason=f"Split off from {idea.reference}",
    )  # fmt: skip


def _custom(idea: Idea) -> dict[str, Any]:
    """The custom values of fields that the product still has."""
    live = CustomField.objects.for_kind(idea.product_id, idea.kind).values_list("name", flat=True)
    return {name: idea.custom[name] for name in live if name in idea.custom}


def _hand_over(
    idea: Idea, made: Idea, moving: Mapping[Carrier, list[int]], shared: list[Vote]
) -> None:
    for carrier, keys in moving.items():
        carrier.move(keys, idea.pk, made.pk)
    for vote in shared:
        copy = Vote(
            workspace_id=vote.workspace_id, idea=made, person_id=vote.person_id, importance=vote.importance,
            added_by_id=vote.added_by_id, unproved=vote.unproved,
        )  # fmt: skip
        copy.save(force_insert=True)
        # A wish is as old as it was: the time decides how much it weighs.
        Vote.objects.filter(pk=copy.pk).update(created_at=vote.created_at)
    followers = Follow.objects.filter(record_id=idea.pk).values_list("user_id", flat=True)
    Follow.objects.bulk_create(
        [Follow(workspace_id=idea.workspace_id, record_id=made.pk, user_id=user) for user in followers],
        ignore_conflicts=True,
    )  # fmt: skip
    count_votes(idea, made)
