"""The open ideas of a product that ends, and what redirecting them would do."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.db.models import Q, Sum

from ideas.models import Idea
from ideas.models.idea import CLOSED, IdeaQuerySet
from ideas.selectors.ended import heir_of
from ideas.selectors.follows import follows_reached
from ideas.selectors.redirects import Standing
from plm.models import Job, Product
from plm.permissions import Actor
from roadmap.models import Sunset

REDIRECT, TAKE_BACK = "roadmap.ideas_redirect", "roadmap.ideas_take_back"
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Redirection:
    """What would be done: `count` open ideas with `votes`, the first fifty of them, and how many followers would be told.

    They would go on in `target`, or be closed where there is none. `missing` says what stands in the way. `seen` names
    exactly these ideas and that target, so that what is confirmed is what was shown. `job` did or does it last.
    """

    target: Product | None
    count: int
    votes: int
    published: int
    told: int
    ideas: list[Idea]
    seen: str
    missing: str
    job: Job | None


def barred(actor: Actor, one: Standing) -> str:
    """What keeps the actor from taking a redirection back: new ideas of another product are put away with it."""
    if not one.went_on:
        return ""
    if one.target is None:
        return "The product where they went on is not open to you. Ask somebody who works in both."
    if not actor.may("idea.archive", one.target.workspace_id, one.target.pk):
        return f"You may not archive ideas of {one.target.name}. Ask somebody who works in both."
    return ""


def redirection_of(actor: Actor, product: Product, plan: Sunset) -> Redirection:
    """What redirecting the open ideas would do now. Seven statements."""
    rows = open_ideas(actor, product)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    figures = rows.aggregate(votes=Sum("votes_count"))
    target = _target(actor, plan)
    return Redirection(
        target,
        len(keys),
        figures["votes"] or 0,
        rows.filter(public=True).count(),
        follows_reached(rows).count() if product.portal_open else 0,
        list(rows.select_related("product__workspace").order_by("-votes_count", "pk")[:SHOWN]),
        seen_of(keys, target),
        _missing(actor, plan, target),
        redirect_job(product),
    )


def open_ideas(actor: Actor, product: Product) -> IdeaQuerySet:
    """The ideas of a product that wait for something."""
    rows: IdeaQuerySet = Idea.objects.visible_to(actor, "idea.view").live()
    return rows.filter(~Q(state__in=CLOSED), product=product)


def seen_of(keys: list[int], target: Product | None) -> str:
    """A name for these ideas and where they would go."""
    text = f"{target.pk if target else 0}:{','.join(map(str, sorted(keys)))}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def redirect_job(product: Product) -> Job | None:
    """The last job that redirected ideas of the product or took that back; None before the first."""
    rows = Job.objects.filter(key=f"{REDIRECT}:{product.pk}", product=product)
    return rows.order_by("-pk").first()


def _target(actor: Actor, plan: Sunset) -> Product | None:
    """The product that follows, for those who may see it."""
    return Product.objects.visible_to(actor).filter(pk=plan.successor_id or 0).first()


def _missing(actor: Actor, plan: Sunset, target: Product | None) -> str:
    if not plan.version:
        return "Plan the end first: its plan says where ideas go on."
    if plan.successor_id is None:
        return ""
    if target is None:
        return "The product that follows is not open to you. Ask somebody who works in both."
    if target.archived_at is not None:
        return f"{target.name} is archived. Choose another product that follows, or none."
    if heir_of(target) is not None:
        return f"{target.name} has ended itself. Choose a product that goes on, or none."
    here = (target.workspace_id, target.pk)
    if not (actor.may("idea.create", *here) and actor.may("idea.vote_for", *here)):
        return f"You may not add ideas with their votes to {target.name}. Ask somebody who works in both."
    return ""
