"""What customers see. Only what stands in these classes leaves the house."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from ideas.models import Board, Idea, Portal, Vote
from ideas.models.idea import CLOSED, WORKFLOW, IdeaQuerySet
from ideas.selectors.boards import Reader, portal_settings
from plm.errors import NotVisible
from plm.markdown import render as markdown
from plm.models import Comment, Product
from plm.permissions import Actor
from plm.search import with_words


@dataclass(frozen=True, slots=True)
class PortalProduct:
    """A product as customers see it; `title` is what its portal is called."""

    name: str
    title: str
    url: str
    submit_url: str
    votes_url: str
    own_url: str
    sign_in_url: str
    welcome: str = ""
    logo_url: str = ""
    theme_url: str = ""


@dataclass(frozen=True, slots=True)
class PortalIdea:
    """A published idea as customers see it. `text` is its description, which is public by publishing it; `response` is
    the official one as safe HTML, empty where there is none. `votes` is None where the portal does not show how many
    there are, `moved_at` where its state is the first still."""

    number: int
    title: str
    summary: str
    state_label: str
    state_hue: str
    votes: int | None
    voted: bool
    takes_votes: bool
    comments: int
    created_at: datetime
    url: str
    vote_url: str
    text: str = ""
    response: str = ""
    responded_at: datetime | None = None
    moved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PortalComment:
    """What the team answered in public, by whom is nobody's business; or what a customer said, under the name they
    chose, or under none."""

    html: str
    created_at: datetime
    team: bool = True
    name: str = ""


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


def portal_shown(product: Product, reader: Reader | None = None) -> PortalProduct:
    """What of the product and its settings the portal shows."""
    args = [product.workspace.slug, product.key.lower()]
    portal = reader.portal if reader else portal_settings(product)
    version = f"?v={portal.version}"
    return PortalProduct(
        product.name,
        portal.name or product.name,
        reverse("ideas:portal", args=args),
        reverse("ideas:portal_submit", args=args),
        reverse("ideas:portal_votes", args=args),
        reverse("ideas:portal_you", args=args),
        reverse("ideas:portal_sign_in", args=args),
        welcome=portal.welcome,
        logo_url=reverse("ideas:portal_logo", args=args) + version if portal.logo else "",
        theme_url=reverse("ideas:portal_theme", args=args) + version if portal.accent else "",
    )


def portal_published(
    product: Product,
    *,
    reader: Reader | None = None,
    board: Board | None = None,
    q: str = "",
    state: str = "",
) -> IdeaQuerySet:
    """Published ideas that `reader` may read (by default: any visitor), with these words in title or description, in
    this state, on this board."""
    rows: IdeaQuerySet = Idea.objects.published(reader.board_ids if reader else None)
    rows = rows.filter(product=product)
    if board is not None:
        rows = rows.filter(board=board)
    if q:
        rows = with_words(rows, q)
    return rows.filter(state=state) if state in WORKFLOW.names() else rows


def _votes_shown(portal: Portal, idea: Idea, *, voted: bool) -> int | None:
    shown = portal.counts == "always" or (portal.counts == "voted" and voted)
    return idea.votes_count if shown else None


def portal_ideas(
    actor: Actor, product: Product, rows: Iterable[Idea], *, portal: Portal | None = None
) -> list[PortalIdea]:
    """Ideas as customers see them: two statements more, for one's own votes and the public comments, and one for the
    portal's settings where they are not given."""
    ideas = list(rows)
    portal = portal or portal_settings(product)
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
            number=idea.number, title=idea.title, summary=_summary(idea), state_label=_(idea.state_label),
            state_hue=idea.state_hue, votes=_votes_shown(portal, idea, voted=idea.pk in mine), voted=idea.pk in mine,
            takes_votes=idea.state not in CLOSED, comments=comments.get(idea.pk, 0),
            created_at=idea.created_at, url=reverse("ideas:portal_idea", args=[*args, idea.number]),
            vote_url=reverse("ideas:portal_vote", args=[*args, idea.number]), text=idea.description_html,
            response=idea.response_html if idea.response else "", responded_at=idea.responded_at,
            moved_at=idea.moved_at,
        )
        for idea in ideas
    ]  # fmt: skip


def _summary(idea: Idea) -> str:
    """The first words of a description, without its markup."""
    return Truncator(strip_tags(idea.description_html).replace("\n", " ").strip()).chars(180)


def portal_idea(product: Product, number: int, reader: Reader | None = None) -> Idea:
    """A published idea by its number that `reader` (by default any visitor) may read. Raises NotVisible."""
    rows = portal_published(product, reader=reader)
    found = rows.select_related("product__workspace", "board").filter(number=number)
    idea = found.first()
    if not isinstance(idea, Idea):
        raise NotVisible
    return idea


def portal_stands_for(idea: Idea, reader: Reader | None = None) -> Idea | None:
    """The published idea that this one was merged into, however often; None where there is none to be shown."""
    seen, found = {idea.pk}, idea
    while found.duplicate_of_id is not None and found.duplicate_of_id not in seen:
        seen.add(found.duplicate_of_id)
        found = Idea.objects.select_related("product__workspace").get(pk=found.duplicate_of_id)
    readable = portal_published(idea.product, reader=reader).filter(pk=found.pk)
    return found if found.pk != idea.pk and readable.exists() else None


def portal_comments(idea: Idea) -> list[PortalComment]:
    """The 200 oldest public comments, oldest first, without their writers' accounts."""
    rows = Comment.objects.filter(record_id=idea.pk, public=True, deleted_at=None)
    return [
        PortalComment(markdown(body), at, team=name is None, name=name or "")
        for body, at, name in rows.order_by("created_at", "pk").values_list(
            "body", "created_at", "portal_post__name"
        )[:200]
    ]


def portal_aside(actor: Actor, product: Product, reader: Reader) -> dict[str, Any]:
    """What stands beside the list: what is being built, and one's own ideas that wait for the team."""
    rows = portal_published(product, reader=reader, state="in_progress")
    building = rows.order_by("-votes_count", "-pk")[:4]
    shown = portal_ideas(actor, product, building, portal=reader.portal)
    return {"building": shown, "waiting": portal_waiting(actor, product, 5)}


def portal_waiting(actor: Actor, product: Product, most: int) -> list[str]:
    """The titles of one's own newest ideas that wait for the team."""
    if actor.user_id is None:
        return []
    own = Idea.objects.live().filter(product=product, created_by_id=actor.user_id, public=False)
    own = own.filter(source="customer").order_by("-created_at")
    return list(own.values_list("title", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class OwnVotes:
    """Where one's open votes are. `added` are those given in on one's behalf, outside the budget; `budgets` are
    (board or "", votes given, votes there are)."""

    ideas: list[PortalIdea]
    added: list[PortalIdea]
    waiting: list[str]
    budgets: list[tuple[str, int, int]]


def portal_votes(actor: Actor, product: Product, reader: Reader) -> OwnVotes:
    """One's open votes on a portal: those that can be taken back, and on ideas that wait for the team."""
    votes = Vote.objects.of_account(actor.person_key).open_on(product.pk)
    keys = votes.values_list("idea_id", flat=True)
    spent = dict(votes.spending().values_list("idea_id", "idea__board_id"))
    rows = list(portal_published(product, reader=reader).filter(pk__in=keys).order_by("-pk")[:100])
    shown = portal_ideas(actor, product, rows, portal=reader.portal)
    pairs = list(zip(rows, shown, strict=True))
    hidden = Idea.objects.live().filter(pk__in=keys, public=False, created_by_id=actor.user_id)
    waiting = list(hidden.values_list("title", flat=True)[:20])
    purses: dict[int | None, int] = {}
    own = {board.pk: board for board in reader.boards if board.vote_budget is not None}
    for board_id in spent.values():
        purse = board_id if board_id in own else None
        purses[purse] = purses.get(purse, 0) + 1
    budgets = [(board.name, purses.get(pk, 0), board.vote_budget or 0) for pk, board in own.items()]
    if reader.portal.vote_budget is not None:
        budgets.insert(0, ("", purses.get(None, 0), reader.portal.vote_budget))
    return OwnVotes(
        [view for idea, view in pairs if idea.pk in spent],
        [view for idea, view in pairs if idea.pk not in spent], waiting, budgets,
    )  # fmt: skip
