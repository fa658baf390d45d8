"""What customers may do on the portal: vote and submit. Nobody needs to be a member for it."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from ideas.models import Idea
from ideas.services.votes import idea_vote_set
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.events import service
from plm.models import Product
from plm.permissions import ANONYMOUS, Actor, Grant, Role
from plm.services.guard import require
from plm.services.notes import comment_add
from plm.services.records import record_create, record_locked, record_update

MOST_AN_HOUR = 10
LONGEST_RESPONSE = 10_000


def portal_actor(actor: Actor, product: Product) -> Actor:
    """The actor as the portal of this one product sees them.

    A member keeps their role. Any other signed-in person is a customer in exactly this product, as long as its
    portal is open, and nothing anywhere else. A visitor stays a visitor.
    """
    if actor.is_anonymous or not product.portal_open or product.archived_at is not None:
        return ANONYMOUS
    role = max(actor.role_in(product.workspace_id, product.pk), Role.CUSTOMER)
    return Actor(
        name=actor.name,
        user_id=actor.user_id,
        grants={product.workspace_id: Grant(Role.NONE, {product.pk: role})},
    )


@service
def portal_vote(*, actor: Actor, idea: Idea, voting: bool) -> int:
    """Give or take back a customer's vote for a published idea; how many vote for it now. Emits `idea.voted`."""
    if not idea.public or idea.archived_at is not None:
        raise NotVisible
    return idea_vote_set(
        actor=portal_actor(actor, idea.product), idea=idea, voting=voting, action="idea.support"
    )


@service
def portal_submit(*, actor: Actor, product: Product, title: str, description: str = "") -> Idea:
    """Take a customer's idea in, with their vote. Emits `idea.created`.

    It is not public until the team publishes it. Raises Conflict for the eleventh one within an hour.
    """
    customer = portal_actor(actor, product)
    require(customer, "idea.submit", product)
    if customer.user_id is None:
        raise NotAllowed("Sign in to share an idea.")
    name = " ".join(title.split())
    if not name:
        raise Invalid(fields={"title": "Say in one line what you wish for."})
    recent = Idea.objects.filter(
        product=product,
        created_by_id=customer.user_id,
        created_at__gt=timezone.now() - timedelta(hours=1),
    )
    if recent.count() >= MOST_AN_HOUR:
        raise Conflict(
            f"{MOST_AN_HOUR} ideas within an hour is the most we take from one person. Come back later."
        )
    values = {
        "title": name,
        "description": description.strip(),
        "source": "customer",
        "public": False,
    }
    idea = record_create(Idea, actor=customer, product=product, values=values, action="idea.submit")
    idea_vote_set(actor=customer, idea=idea, voting=True, action="idea.support")
    return idea


@service
def portal_answer(*, actor: Actor, idea: Idea, body: str) -> None:
    """Say something about an idea that customers may read on the portal. Emits `comment.added`."""
    comment_add(actor=actor, record=idea, body=body, public=True, action="idea.answer")


@service
def response_set(*, actor: Actor, record: Idea, version: int | None, body: str) -> Idea:
    """Say officially what becomes of an idea; customers read it above their comments. Empty takes it back.

    Emits `idea.responded`. Raises Stale, Invalid for a text of more than 10,000 characters.
    """
    text = body.strip()
    if len(text) > LONGEST_RESPONSE:
        raise Invalid(fields={"body": f"A response has at most {LONGEST_RESPONSE:,} characters."})
    current = record_locked(record, version=version)
    if text == current.response:
        require(actor, "idea.answer", current.product)
        return current
    values = {"response": text, "responded_at": timezone.now() if text else None}
    return record_update(
        current, actor=actor, version=None, values=values, action="idea.answer", verb="responded"
    )
