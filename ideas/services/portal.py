"""What customers may do on the portal: vote and submit. Nobody needs to be a member for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ideas.models import Board, Idea
from ideas.selectors.boards import board_fields, board_readable
from ideas.selectors.ended import ended
from ideas.services.follows import follow_set, follow_start, mails_set
from ideas.services.posts import idea_publish_at_once, post_note
from ideas.services.votes import VotesSpent, idea_vote_set
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.events import service
from plm.models import Comment, Product
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


def customer_of(actor: Actor, idea: Idea, keys: Iterable[str] = ()) -> Actor:
    """The actor as a customer of an idea that is published and, by its board, theirs to read. Raises NotVisible."""
    customer = portal_actor(actor, idea.product)
    if not idea.public or idea.archived_at is not None:
        raise NotVisible
    if not board_readable(customer, idea.board, keys):
        raise NotVisible
    return customer


@service
def portal_vote(*, actor: Actor, idea: Idea, voting: bool, keys: Iterable[str] = ()) -> int:
    """Give or take back a customer's vote for a published idea; how many vote for it now. Emits `idea.voted`.

    `keys` are the secrets of links they came by. Raises NotVisible for an idea on a board closed to them.
    """
    customer = customer_of(actor, idea, keys)
    votes = idea_vote_set(actor=customer, idea=idea, voting=voting, action="idea.support")
    if voting:
        follow_start(actor=customer, idea=idea)
    return votes


@service
def portal_follow(*, actor: Actor, idea: Idea, following: bool, keys: Iterable[str] = ()) -> None:
    """Follow a published idea or stop following it. Raises NotVisible as `portal_vote` does."""
    customer = customer_of(actor, idea, keys)
    require(customer, "idea.support", idea.product)
    follow_set(actor=customer, idea=idea, following=following)


@service
def portal_mails_set(*, actor: Actor, product: Product, on: bool) -> None:
    """Turn all mails about ideas of a portal off for a customer, or on again. What they follow stays."""
    customer = portal_actor(actor, product)
    require(customer, "idea.support", product)
    mails_set(actor=customer, product=product, on=on)


@service
def portal_submit(
    *,
    actor: Actor,
    product: Product,
    title: str,
    description: str = "",
    board: Board | None = None,
    custom: Mapping[str, Any] | None = None,
    keys: Iterable[str] = (),
) -> Idea:
    """Take a customer's idea in, with their vote if they have one left. Emits `idea.created`.

    It is not public until the team publishes it, unless the rules of the portal hold nothing against it. `custom` answers what the board's form asks for; a field that the
    product requires elsewhere is the team's to fill. Raises Conflict for the eleventh idea within an hour, and where the product has ended.
    """
    customer = portal_actor(actor, product)
    require(customer, "idea.submit", product)
    if customer.user_id is None:
        raise NotAllowed(_("Sign in to share an idea."))
    if ended(product) is not None:
        raise Conflict(_("%(name)s has ended and takes no new ideas.") % {"name": product.name})
    if board is not None and (
        board.product_id != product.pk or not board_readable(customer, board, keys)
    ):
        raise NotVisible
    name = " ".join(title.split())
    if not name:
        raise Invalid(fields={"title": _("Say in one line what you wish for.")})
    answers = _answers(board, custom or {})
    _check_pace(product, customer.user_id)
    values = {
        "title": name,
        "description": description.strip(),
        "source": "customer",
        "public": False,
        "board": board,
    }
    idea = record_create(
        Idea, actor=customer, product=product, values=values, custom=answers, action="idea.submit",
        whole=False,
    )  # fmt: skip
    with suppress(VotesSpent):
        idea_vote_set(actor=customer, idea=idea, voting=True, action="idea.support")
    follow_start(actor=customer, idea=idea)
    post = post_note(actor=customer, idea=idea, kind="idea", text=f"{name}\n{description}")
    return idea_publish_at_once(actor=customer, idea=idea, post=post)


def _answers(board: Board | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the board's form asks for, and nothing else. Raises Invalid for what it requires and does not get."""
    asked = {row.field.name: row for row in board_fields(board)} if board is not None else {}
    wrong = {
        f"custom.{name}": _("This form does not ask for that.")
        for name in given
        if name not in asked
    }
    for name, row in asked.items():
        if row.required and given.get(name) in (None, "", []):
            wrong[f"custom.{name}"] = _("Please answer this.")
    if wrong:
        raise Invalid(fields=wrong)
    return dict(given)


def _check_pace(product: Product, user_id: int) -> None:
    recent = Idea.objects.filter(
        product=product, created_by_id=user_id, created_at__gt=timezone.now() - timedelta(hours=1)
    )
    if recent.count() >= MOST_AN_HOUR:
        said = _(
            "%(count)s ideas within an hour is the most we take from one person. Come back later."
        )
        raise Conflict(said % {"count": MOST_AN_HOUR})


@service
def portal_answer(*, actor: Actor, idea: Idea, body: str) -> Comment:
    """Say something about an idea that customers may read on the portal. Emits `comment.added`."""
    return comment_add(actor=actor, record=idea, body=body, public=True)


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
