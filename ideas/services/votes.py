"""Votes: each person counts once, whoever gave the vote in."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ideas.models import Board, Idea, Person, Portal, Vote
from ideas.models.idea import CLOSED, IMPORTANCES
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.events import emit, service
from plm.models import User
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked


class VotesSpent(Conflict):
    """All votes that a person has are on ideas that are still open."""

    code = "votes_spent"
    title = "Your votes are all given"


@service
def idea_vote_set(*, actor: Actor, idea: Idea, voting: bool, action: str = "idea.vote") -> int:
    """Give or take back the actor's own vote; how many persons vote for the idea now. Emits `idea.voted`.

    Voting twice counts once. Ideas that are shipped, declined or duplicates take no votes. Whoever votes in a
    workspace for the first time becomes one of its people. Raises VotesSpent where the portal or the board gives
    each person so many votes and all that they gave themselves (`VoteQuerySet.spending`) are on open ideas.
    """
    require(actor, action, idea.product)
    if actor.user_id is None:
        raise NotAllowed("Sign in to vote.")
    current = _open_idea(idea, voting=voting)
    if voting:
        person = person_of_account(actor, current.workspace_id)
        if not Vote.objects.filter(idea=current, person=person).exists():
            _spend(current, person)
        _add(current, person)
    else:
        Vote.objects.filter(idea=current).of_account(actor.user_id).delete()
    return _counted(actor, current, voting=voting)


@service
def vote_add_for(*, actor: Actor, idea: Idea, person: Person, importance: int = 1) -> int:
    """Vote on behalf of a person; how many persons vote for the idea now. Emits `idea.voted`.

    Who added it is kept. Whoever votes already stays who they are: only how important it is to them changes. It is
    outside the budget of votes, and possible where that is spent.
    """
    require(actor, "idea.vote_for", idea.product)
    if importance not in dict(IMPORTANCES):
        raise Invalid(fields={"importance": "Choose 0 (not important) to 3 (critical)."})
    current = _open_idea(idea, voting=True)
    if person.workspace_id != current.workspace_id:
        raise NotVisible
    if person.archived_at is not None:
        raise Conflict(f"{person.name} is archived.", fields={"person": "This person is archived."})
    changed = Vote.objects.filter(idea=current, person=person).update(importance=importance)
    if not changed:
        _add(current, person, importance=importance, added_by_id=actor.user_id)
    return _counted(actor, current, voting=True, person=person)


@service
def vote_remove_for(*, actor: Actor, idea: Idea, person: Person) -> int:
    """Take a person's vote away; how many persons vote for the idea now. Emits `idea.voted`."""
    require(actor, "idea.vote_for", idea.product)
    current = _open_idea(idea, voting=False)
    if not Vote.objects.filter(idea=current, person=person).delete()[0]:
        raise NotVisible
    return _counted(actor, current, voting=False, person=person)


def _open_idea(idea: Idea, *, voting: bool) -> Idea:
    """The idea, locked: votes for one idea come one after the other. Raises Conflict when it takes none."""
    current = record_locked(idea, version=None)
    if voting and current.state in CLOSED:
        raise Conflict(
            f"{current.reference} is {current.state_label.lower()}; it takes no votes any more."
        )
    return current


def _spend(idea: Idea, person: Person) -> None:
    """Lock the person and see that a vote is left: their votes for several ideas come one after the other."""
    board = Board.objects.filter(ideas=idea, vote_budget__isnull=False).first()
    portal = None if board else Portal.objects.filter(product_id=idea.product_id).first()
    budget = board.vote_budget if board else portal.vote_budget if portal else None
    if budget is None:
        return
    Person.objects.select_for_update().get(pk=person.pk)
    given = Vote.objects.filter(person=person).open_on(idea.product_id).spending()
    given = (
        given.filter(idea__board=board) if board else given.filter(idea__board__vote_budget=None)
    )
    if given.count() >= budget:
        raise VotesSpent(_spent(budget, given.filter(idea__public=True)))


def _spent(budget: int, given: Any) -> str:
    """Says what a person may take back to vote again: the three latest of it."""
    titles = list(given.order_by("-pk").values_list("idea__title", flat=True)[:3])
    said = ngettext(
        "You have %(count)s vote, and it is given.",
        "You have %(count)s votes, and all are given.",
        budget,
    ) % {"count": budget}
    quoted = ", ".join(f"“{title}”" for title in titles)
    back = _("Take one back first, such as that for %(titles)s.") % {"titles": quoted}
    return f"{said} {back}" if titles else said


def _add(
    idea: Idea, person: Person, *, importance: int = 1, added_by_id: int | None = None
) -> None:
    vote = Vote(
        workspace_id=idea.workspace_id, idea=idea, person=person, importance=importance, added_by_id=added_by_id
    )  # fmt: skip
    Vote.objects.bulk_create([vote], ignore_conflicts=True)


def _counted(actor: Actor, idea: Idea, *, voting: bool, person: Person | None = None) -> int:
    """Store how many persons vote for the locked idea, and say so when that is new."""
    count = Vote.objects.filter(idea=idea).count()
    if count != idea.votes_count:
        Idea.objects.filter(pk=idea.pk).update(votes_count=count)
        behalf: dict[str, Any] = {} if person is None else {"person": person.uuid}
        emit("idea.voted", actor=actor, record=idea, votes=count, voting=voting, **behalf)
    return count


def person_of_account(actor: Actor, workspace_id: int) -> Person:
    """The person behind the actor's account in a workspace, made when there is none.

    A person who is known by the account's confirmed address is that one. Two first votes at the same time find the
    same person: the database lets only one be made.
    """
    found = Person.objects.filter(workspace_id=workspace_id, user_id=actor.person_key).first()
    if found is not None:
        return found.standing
    user = User.objects.get(pk=actor.person_key)
    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list(
        "email", flat=True
    )
    addresses = [address.casefold() for address in confirmed]
    known = Person.objects.filter(workspace_id=workspace_id, email__in=addresses, user=None)
    person = known.select_for_update().order_by("pk").first() if addresses else None
    try:
        with transaction.atomic():
            return (
                _linked(person, user)
                if person is not None
                else _made(user, workspace_id, addresses)
            )
    except IntegrityError:
        return Person.objects.get(workspace_id=workspace_id, user_id=user.pk)


def _linked(person: Person, user: User) -> Person:
    Person.objects.filter(pk=person.pk).update(user=user)
    person.user = user
    return person


def _made(user: User, workspace_id: int, addresses: list[str]) -> Person:
    taken = Person.objects.filter(workspace_id=workspace_id, email__in=addresses)
    free = [a for a in addresses if a not in set(taken.values_list("email", flat=True))]
    person = Person(
        workspace_id=workspace_id, name=str(user)[:200], email=free[0] if free else "", user=user
    )
    person.save(force_insert=True)
    emit(
        "person.created", actor=Actor(name=str(user), user_id=user.pk), workspace_id=workspace_id, id=person.uuid
    )  # fmt: skip
    return person
