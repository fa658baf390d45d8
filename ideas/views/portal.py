"""The portal: published ideas for customers. Its pages get only what `selectors` made for the public."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ideas.colours import shades
from ideas.forms.ideas import while_typing
from ideas.forms.moderation import CommentForm
from ideas.forms.portal import SubmitForm
from ideas.models import Board, Idea
from ideas.models.idea import WORKFLOW
from ideas.selectors import portal as selectors
from ideas.selectors.boards import Reader, board_of_link, portal_reader
from ideas.selectors.embedding import allowed_origins
from ideas.selectors.ended import ended
from ideas.selectors.follows import portal_following
from ideas.selectors.moderation import comments_waiting
from ideas.selectors.similar import similar_published
from ideas.services.portal import portal_actor, portal_submit, portal_vote
from ideas.services.votes import VotesSpent
from ideas.views.embedding import framable
from ideas.views.languages import language_choices
from plm.counting import capped_counts
from plm.errors import NotVisible, PlmError
from plm.models import Product
from plm.paging import ordering_for, paginate
from plm.panels import public_tabs
from plm.web.policy import PUBLIC, PlmRequest, policy

SORTS = {"trending": "trending", "top": "votes_count", "new": "created_at", "changed": "moved_at"}
SORT_LABELS = (
    ("trending", gettext_lazy("Trending"), "flame"),
    ("top", gettext_lazy("Top"), "chevron-up"),
    ("new", gettext_lazy("New"), "clock"),
    ("changed", gettext_lazy("Updated"), "history"),
)
LINKS, MOST_LINKS = "portal_links", 20
"""Where a session keeps the secrets of links somebody came by, and how many of them."""


def links_of(request: PlmRequest) -> list[str]:
    """The secrets of links that somebody came by."""
    found: list[str] = request.session.get(LINKS, [])
    return found


def reader_of(request: PlmRequest, product: Product) -> Reader:
    """Who looks at the portal of a product, with the boards that are open to them."""
    return portal_reader(portal_actor(request.actor, product), product, links_of(request))


def portal_page(
    request: PlmRequest, template: str, product: Product, reader: Reader, status: int = 200, *, tab: str = "ideas",
    framed: bool = False, **context: Any,
) -> HttpResponse:  # fmt: skip
    shown = selectors.portal_shown(product, reader)
    tabs = [{"label": _("Ideas"), "url": shown.url, "current": tab == "ideas"}]
    tabs += [
        {"label": _(one.label), "url": f"{shown.url}{one.name}", "current": tab == one.name}
        for one in public_tabs("portal", product)
    ]
    if not request.actor.is_anonymous:
        tabs.append({"label": _("Your votes"), "url": shown.votes_url, "current": tab == "votes"})
        tabs.append({"label": _("Your page"), "url": shown.own_url, "current": tab == "you"})
    context |= {
        "portal": shown,
        "boards": reader.boards,
        "public_name": shown.title,
        "public_kind": _("Feedback"),
        "public_url": shown.url,
        "public_logo": shown.logo_url,
        "public_theme": shown.theme_url,
        "public_tabs": tabs if len(tabs) > 1 else [],
        "public_framed": framed and bool(allowed_origins(reader.portal)),
        "public_languages": language_choices(request),
    }
    response = render(request, template, context, status=status)
    return framable(request, response, reader.portal) if framed else response


def sign_in_first(product: Product, path: str) -> HttpResponse:
    """Lead a visitor to the sign-in of the portal, and back to where they were."""
    return HttpResponseRedirect(
        f"{selectors.portal_shown(product).sign_in_url}?{urlencode({'next': path}, safe='/')}"
    )


@policy(PUBLIC, scope="none")
def portal(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Published ideas: `sort` trending, top, new or changed (the latest change of state first), `q` words, `state`, `board`."""
    product = selectors.portal_product(slug, key)
    reader = reader_of(request, product)
    asked = request.GET.get("sort", "")
    sort = asked if asked in SORTS else "trending"
    q, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")[:24]
    board = _board(request, reader)
    rows = selectors.portal_published(product, reader=reader, board=board, q=q, state=state)
    page = paginate(
        rows, ordering=ordering_for(rows, f"-{sort}", SORTS), size=20,
        cursor=request.GET.get("cursor", ""), binding=f"{q}|{state}|{board.pk if board else ''}",
    )  # fmt: skip
    return portal_page(
        request, "ideas/portal_list.html", product, reader, framed=True, sort=sort, q=q, state=state, board=board,
        count=capped_counts([rows])[0], cursor=page.next_cursor, sorts=SORT_LABELS, states=WORKFLOW.choices,
        ideas=selectors.portal_ideas(reader.actor, product, page.rows, portal=reader.portal),
        **selectors.portal_aside(reader.actor, product, reader),
    )  # fmt: skip


@policy(PUBLIC, scope="none")
def more(request: PlmRequest, slug: str, key: str, tab: str) -> HttpResponse:
    """A page that a later room has for visitors of the portal."""
    product = selectors.portal_product(slug, key)
    found = next((one for one in public_tabs("portal", product) if one.name == tab), None)
    reader = reader_of(request, product)
    context = None if found is None else found.load(reader, product)
    if found is None or context is None:
        raise NotVisible
    return portal_page(request, found.template, product, reader, tab=tab, framed=True, **context)


def _board(request: PlmRequest, reader: Reader) -> Board | None:
    slug = (request.POST.get("board") or request.GET.get("board") or "")[:40]
    return reader.board(slug) if slug else None


@policy(PUBLIC, scope="none")
def idea(request: PlmRequest, slug: str, key: str, number: int) -> HttpResponse:
    product = selectors.portal_product(slug, key)
    reader = reader_of(request, product)
    found = selectors.portal_idea(product, number, reader)
    stands = selectors.portal_stands_for(found, reader)
    if stands is not None:
        return HttpResponseRedirect(selectors.portal_ideas(request.actor, product, [stands])[0].url)
    return idea_page(request, product, reader, found)


def idea_page(
    request: PlmRequest, product: Product, reader: Reader, found: Idea, said: CommentForm | None = None
) -> HttpResponse:  # fmt: skip
    """The page of a published idea; `said` is a comment that was not taken."""
    return portal_page(
        request, "ideas/portal_idea.html", product, reader, 422 if said else 200, framed=True,
        idea=selectors.portal_ideas(reader.actor, product, [found], portal=reader.portal)[0],
        comments=selectors.portal_comments(found), follow=portal_following(reader.actor, found),
        said=said or CommentForm.for_actor(reader.actor, product), waiting=comments_waiting(reader.actor, found),
        comment_url=reverse("ideas:portal_comment", args=[product.workspace.slug, product.key.lower(), found.number]),
    )  # fmt: skip


@policy(PUBLIC, scope="none", methods=("POST",))
def vote(request: PlmRequest, slug: str, key: str, number: int) -> HttpResponse:
    """Vote (`on=1`) or take the vote back; whoever is not signed in is asked to."""
    product = selectors.portal_product(slug, key)
    reader = reader_of(request, product)
    found = selectors.portal_idea(product, number, reader)
    shown = selectors.portal_ideas(reader.actor, product, [found], portal=reader.portal)[0]
    fragment = bool(request.headers.get("HX-Request"))
    if request.actor.is_anonymous:
        if fragment:
            raise NotVisible(_("Sign in to vote."))
        return sign_in_first(product, shown.url)
    voting = request.POST.get("on") == "1"
    try:
        portal_vote(actor=request.actor, idea=found, voting=voting, keys=links_of(request))
    except VotesSpent as error:
        if fragment:
            raise
        messages.error(request, error.message)
        return HttpResponseRedirect(selectors.portal_shown(product, reader).votes_url)
    if fragment:
        found.refresh_from_db(fields=["votes_count"])
        shown = selectors.portal_ideas(reader.actor, product, [found], portal=reader.portal)[0]
        return render(request, "ideas/_portal_vote.html", {"idea": shown, "me": request.user})
    return HttpResponseRedirect(shown.url)


@policy(PUBLIC, scope="none")
def votes(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Where one's open votes are, and how many are left."""
    product = selectors.portal_product(slug, key)
    if request.actor.is_anonymous:
        return sign_in_first(product, request.get_full_path())
    reader = reader_of(request, product)
    own = selectors.portal_votes(reader.actor, product, reader)
    return portal_page(
        request, "ideas/portal_votes.html", product, reader, tab="votes", framed=True, own=own
    )


@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def submit(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Share an idea. It comes up for the public when the team publishes it."""
    product = selectors.portal_product(slug, key)
    reader = reader_of(request, product)
    board = _board(request, reader)
    if request.actor.is_anonymous:
        return sign_in_first(product, request.get_full_path())
    looking = request.method == "GET" or "look" in request.POST
    given = request.GET if request.method == "GET" else request.POST
    start = {name: given.get(name, "")[:10_000] for name in ("title", "description")}
    form = SubmitForm(None if looking else request.POST, initial=start, board=board)
    form.fields["title"].widget.attrs |= while_typing(_near_url(product))
    if not looking and form.is_valid() and _taken(request, product, board, form):
        return HttpResponseRedirect(selectors.portal_shown(product, reader).url)
    near = _near(product, reader, start["title"])
    status = 422 if form.errors else 200
    return portal_page(
        request, "ideas/portal_submit.html", product, reader, status, framed=True, form=form, near=near, board=board,
        title=start["title"], ended=ended(product),
    )  # fmt: skip


def _taken(request: PlmRequest, product: Product, board: Board | None, form: SubmitForm) -> bool:
    """Whether the service takes the idea; what it refuses stands in the form."""
    text = {name: form.cleaned_data[name] for name in ("title", "description")}
    try:
        idea = portal_submit(
            actor=request.actor, product=product, board=board, custom=form.custom(), keys=links_of(request), **text
        )  # fmt: skip
    except PlmError as error:
        for name, said in (error.fields or {"": error.message}).items():
            form.add_error(name if name in form.fields else None, said)
        return False
    thanks = _("Thank you. The team reads it first; when they publish it, others can vote.")
    if idea.public:
        thanks = _("Thank you. Your idea is on the portal; others can vote for it now.")
    messages.success(request, thanks)
    return True


@policy(PUBLIC, scope="none")
def similar(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Published ideas like the one a customer is writing."""
    product = selectors.portal_product(slug, key)
    near = _near(product, reader_of(request, product), request.GET.get("title", ""))
    return render(request, "ideas/_portal_near.html", {"near": near})


def _near_url(product: Product) -> str:
    return reverse("ideas:portal_similar", args=[product.workspace.slug, product.key.lower()])


def _near(product: Product, reader: Reader, title: str) -> list[selectors.PortalIdea]:
    rows = similar_published(product, title[:250], boards=reader.board_ids)
    return selectors.portal_ideas(reader.actor, product, rows, portal=reader.portal)


@policy(PUBLIC, scope="none")
def link(request: PlmRequest, slug: str, key: str, secret: str) -> HttpResponse:
    """Open a board by its secret link. The session remembers it, so that the secret stands in no later address."""
    product = selectors.portal_product(slug, key)
    board = board_of_link(product, secret)
    known = [one for one in links_of(request) if one != secret]
    request.session[LINKS] = [*known, secret][-MOST_LINKS:]
    return HttpResponseRedirect(f"{selectors.portal_shown(product).url}?board={board.slug}")


@policy(PUBLIC, scope="none")
def theme(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """The accent colour of the portal as a style sheet; its address changes with the settings."""
    product = selectors.portal_product(slug, key)
    accent = reader_of(request, product).portal.accent
    context = {"shades": shades(accent) if accent else None}
    response = render(request, "ideas/portal_theme.css", context, content_type="text/css")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@policy(PUBLIC, scope="none")
def logo(request: PlmRequest, slug: str, key: str) -> FileResponse:
    """The logo of an open portal: an image by its first bytes, and nothing a browser would run."""
    product = selectors.portal_product(slug, key)
    found = reader_of(request, product).portal
    try:
        image = default_storage.open(found.logo) if found.logo else None
    except FileNotFoundError:
        image = None
    if image is None:
        raise NotVisible
    response = FileResponse(image, content_type=found.logo_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=3600"
    return response
