"""What becomes of an open idea when its product ends: it goes on in another product, or it is closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from ideas.models import Idea, IdeaFollow, Redirect, Vote
from ideas.models.idea import CLOSED
from ideas.services.ended import require_going_on
from ideas.services.merging import ACTION, count_votes
from plm.events import emit, plain, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_update

AT_ONCE = 500
KEPT = ("state", "snoozed_until", "response", "responded_at")


@service
def idea_redirect(
    *, actor: Actor, idea: Idea, target: Product | None, word: str, redirection: UUID
) -> Idea | None:
    """Close an open idea with a word for its customers; with a `target` it goes on there, and the new idea comes back.

    The new one waits in triage, unpublished, since its product has other readers. Votes count there as well, as old as
    they are, and who follows here and wants mails follows there; comments, files and quotes stay and are found by the
    lineage. The official response of a published idea becomes the word, which followers get with its last state. An idea
    that is closed or archived already stays as it is. Emits `idea.moved`, and there `idea.created` and `idea.voted`.
    """
    require(actor, ACTION, idea.product)
    if target is not None:
        require(actor, "idea.create", target)
        require(actor, "idea.vote_for", target)
        require_going_on(actor, target)
    current = record_locked(idea, version=None)
    if current.archived_at is not None or current.state in CLOSED:
        return None
    made = _made(actor, current, target) if target is not None else None
    values: dict[str, Any] = {
        "state": "declined" if target is None else "redirected",
        "snoozed_until": None,
    }
    if current.public and word:
        values |= {"response": word, "responded_at": timezone.now()}
    Redirect.objects.create(
        workspace_id=current.workspace_id, redirection=redirection, idea=current, made=made, by_id=actor.user_id,
        before={name: plain(getattr(current, name)) for name in KEPT},
        given={name: value for name, value in values.items() if name in {"state", "response"}},
    )  # fmt: skip
    record_update(
        current, actor=actor, version=None, values=values, action=ACTION, verb="moved", reason=word
    )
    return made


def _made(actor: Actor, idea: Idea, target: Product) -> Idea:
    values = {
        "title": idea.title, "description": idea.description, "source": idea.source, "type": idea.type,
        "size": idea.size,
    }  # fmt: skip
    made = record_create(
        Idea, actor=actor, product=target, values=values, whole=False,
        reason="It goes on here: the product it was for ends.",
    )  # fmt: skip
    # No part of the event: not everybody who reads of the one product may read of the other.
    Idea.objects.filter(pk=made.pk).update(redirected_from=idea)
    _votes_copied(idea, made)
    follows = IdeaFollow.objects.mailed().filter(idea=idea).values_list("person_id", "language")
    IdeaFollow.objects.bulk_create(
        [
            IdeaFollow(workspace_id=made.workspace_id, idea=made, person_id=person, language=language)
            for person, language in follows
        ],
        batch_size=AT_ONCE,
    )  # fmt: skip
    count_votes(made)
    made.refresh_from_db()
    if made.votes_count:
        emit("idea.voted", actor=actor, record=made, votes=made.votes_count, voting=True)
    return made


def _votes_copied(idea: Idea, made: Idea) -> None:
    """A wish is as old as it was: the time decides how much it weighs."""
    given = {vote.person_id: vote for vote in Vote.objects.filter(idea=idea)}
    copies = [
        Vote(
            workspace_id=made.workspace_id, idea=made, person_id=vote.person_id, importance=vote.importance,
            added_by_id=vote.added_by_id, unproved=vote.unproved,
        )
        for vote in given.values()
    ]  # fmt: skip
    Vote.objects.bulk_create(copies, batch_size=AT_ONCE)
    for copy in copies:
        copy.created_at = given[copy.person_id].created_at
    Vote.objects.bulk_update(copies, ["created_at"], batch_size=AT_ONCE)
