"""A customer's own page on a portal."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from ideas.models import Idea, IdeaFollow, Person, PortalPost, Vote
from ideas.selectors.boards import Reader
from ideas.selectors.follows import is_mailed, is_reached, person_behind
from ideas.selectors.portal import PortalIdea, portal_ideas, portal_published, portal_waiting
from plm.models import Product
from plm.permissions import Actor

MOST, MOST_WAITING = 100, 20


@dataclass(frozen=True, slots=True)
class OwnIdea:
    """A published idea that a customer voted for, follows or sent in."""

    idea: PortalIdea
    sent: bool
    following: bool
    follow_url: str


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What a customer is on a portal. `signed_as` stands under their last comment, which the next one begins with: a
    name, empty for no name, None for who never commented. `mails` is False for who turned them off, `reached` where
    no address of theirs is confirmed."""

    name: str
    signed_as: str | None
    mails: bool
    reached: bool
    mails_url: str
    ideas: list[OwnIdea]
    waiting: list[str]


def portal_own(actor: Actor, product: Product, reader: Reader) -> OwnPage:
    """The own page of whoever is signed in: their newest hundred ideas, of those that they may read."""
    person = person_behind(actor, product.workspace_id)
    args = [product.workspace.slug, product.key.lower()]
    return OwnPage(
        name=person.name if person else actor.name,
        signed_as=_signed_as(person),
        mails=person is None or is_mailed(product, person),
        reached=is_reached(actor),
        mails_url=reverse("ideas:portal_mails", args=args),
        ideas=_ideas(actor, product, reader, person),
        waiting=portal_waiting(actor, product, MOST_WAITING),
    )


def _signed_as(person: Person | None) -> str | None:
    rows = PortalPost.objects.filter(person=person, kind="comment").order_by("-pk")
    return rows.values_list("name", flat=True).first() if person else None


def _ideas(actor: Actor, product: Product, reader: Reader, person: Person | None) -> list[OwnIdea]:
    follows = IdeaFollow.objects.standing().filter(person=person, idea__product=product)
    followed = set(follows.values_list("idea_id", flat=True)) if person else set()
    about = Q(pk__in=followed) | Q(created_by_id=actor.person_key, source="customer")
    about |= Q(pk__in=Vote.objects.of_account(actor.user_id).values("idea"))
    rows = list(portal_published(product, reader=reader).filter(about).order_by("-pk")[:MOST])
    shown = portal_ideas(actor, product, rows, portal=reader.portal)
    return [
        _own(actor, product, row, idea, followed) for row, idea in zip(rows, shown, strict=True)
    ]


def _own(
    actor: Actor, product: Product, row: Idea, idea: PortalIdea, followed: set[int]
) -> OwnIdea:
    args = [product.workspace.slug, product.key.lower(), row.number]
    return OwnIdea(
        idea=idea,
        sent=row.source == "customer" and row.created_by_id == actor.user_id,
        following=row.pk in followed,
        follow_url=reverse("ideas:portal_follow", args=args),
    )
