"""What customers see. Only what stands in these classes leaves the house."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator

from ideas.models import Idea, Vote
from ideas.models.idea import CLOSED, WORKFLOW, IdeaQuerySet
from plm.errors import NotVisible
from plm.markdown import render as markdown
from plm.models import Comment, Product
from plm.permissions import Actor


@dataclass(frozen=True, slots=True)
class PortalProduct:
    """A product as customers see it."""

    name: str
    url: str
    submit_url: str


@dataclass(frozen=True, slots=True)
class PortalIdea:
    """A published idea as customers see it. `text` is its description, which is public by publishing it;
    `response` is the official one as safe HTML, empty where there is none."""

    number: int
    title: str
    summary: str
    state_label: str
    state_hue: str
    votes: int
    voted: bool
    takes_votes: bool
    comments: int
    created_at: datetime
    url: str
    vote_url: str
    text: str = ""
    response: str = ""
    responded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PortalComment:
    """What the team answered in public; by whom is nobody's business."""

    html: str
    created_at: datetime


def portal_product(slug: str, key: str) -> Product:
    """The product of an open portal, by the addresses of workspace and product. Raises NotVisible."""
    found = (
        Product.objects.with_portal()
        .select_related("workspace")
        .filter(workspace__slug=slug, key=key.upper())
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def portal_shown(product: Product) -> PortalProduct:
    """What of the product its portal shows."""
    args = [product.workspace.slug, product.key.lower()]
    return PortalProduct(
        product.name, reverse("ideas:portal", args=args), reverse("ideas:portal_submit", args=args)
    )


def portal_published(product: Product, *, q: str = "", state: str = "") -> IdeaQuerySet:
    """Published ideas with these words, in this state."""
    rows: IdeaQuerySet = Idea.objects.published().filter(product=product)
    if q:
        rows = rows.filter(Q(title__icontains=q) | Q(description__icontains=q))
    return rows.filter(state=state) if state in WORKFLOW.names() else rows


def portal_ideas(actor: Actor, product: Product, rows: Iterable[Idea]) -> list[PortalIdea]:
    """Ideas as customers see them: two statements more, for one's own votes and the public comments."""
    ideas = list(rows)
    ids = [idea.pk for idea in ideas]
    mine: set[int] = set()
    if actor.user_id is not None:
        votes = Vote.objects.of_account(actor.user_id).filter(idea_id__in=ids)
        mine = set(votes.values_list("idea_id", flat=True))
    said = Comment.objects.filter(record_id__in=ids, public=True, deleted_at=None)
    comments = dict(said.values_list("record_id").annotate(Count("pk")).order_by())
    args = [product.workspace.slug, product.key.lower()]
    return [
        PortalIdea(
            number=idea.number, title=idea.title, summary=_summary(idea), state_label=idea.state_label,
            state_hue=idea.state_hue, votes=idea.votes_count, voted=idea.pk in mine,
            takes_votes=idea.state not in CLOSED, comments=comments.get(idea.pk, 0),
            created_at=idea.created_at, url=reverse("ideas:portal_idea", args=[*args, idea.number]),
            vote_url=reverse("ideas:portal_vote", args=[*args, idea.number]), text=idea.description_html,
            response=idea.response_html if idea.response else "", responded_at=idea.responded_at,
        )
        for idea in ideas
    ]  # fmt: skip


def _summary(idea: Idea) -> str:
    """The first words of a description, without its markup."""
    return Truncator(strip_tags(idea.description_html).replace("\n", " ").strip()).chars(180)


def portal_idea(product: Product, number: int) -> Idea:
    """A published idea by its number. Raises NotVisible."""
    found = portal_published(product).select_related("product__workspace").filter(number=number)
    idea = found.first()
    if not isinstance(idea, Idea):
        raise NotVisible
    return idea


def portal_stands_for(idea: Idea) -> Idea | None:
    """The published idea that this one was merged into, however often; None where there is none to be shown."""
    seen, found = {idea.pk}, idea
    while found.duplicate_of_id is not None and found.duplicate_of_id not in seen:
        seen.add(found.duplicate_of_id)
        found = Idea.objects.select_related("product__workspace").get(pk=found.duplicate_of_id)
    shown = found.public and found.archived_at is None
    return found if found.pk != idea.pk and shown else None


def portal_comments(idea: Idea) -> list[PortalComment]:
    """The 200 oldest public comments, oldest first, without their writers."""
    rows = Comment.objects.filter(record_id=idea.pk, public=True, deleted_at=None)
    return [
        PortalComment(markdown(body), at)
        for body, at in rows.order_by("created_at", "pk").values_list("body", "created_at")[:200]
    ]


def portal_aside(actor: Actor, product: Product) -> dict[str, Any]:
    """What stands beside the list: what is being built, and one's own ideas that wait for the team."""
    building = portal_published(product, state="in_progress").order_by("-votes_count", "-pk")[:4]
    waiting: list[str] = []
    if actor.user_id is not None:
        own = Idea.objects.live().filter(product=product, created_by_id=actor.user_id, public=False)
        own = own.filter(source="customer").order_by("-created_at")
        waiting = list(own.values_list("title", flat=True)[:5])
    return {"building": portal_ideas(actor, product, building), "waiting": waiting}
