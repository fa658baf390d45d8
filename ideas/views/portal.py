"""The portal: published ideas for customers. Its pages get only what `selectors` made for the public."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ideas.forms.ideas import SubmitForm, while_typing
from ideas.models.idea import WORKFLOW
from ideas.selectors import portal as selectors
from ideas.selectors.similar import similar_published
from ideas.services.portal import portal_submit, portal_vote
from plm.counting import capped_counts
from plm.errors import NotVisible, PlmError
from plm.models import Product
from plm.paging import ordering_for, paginate
from plm.web.policy import PUBLIC, PlmRequest, policy

SORTS = {"top": "votes_count", "new": "created_at"}


def _page(
    request: PlmRequest, template: str, product: Product, status: int = 200, **context: Any
) -> HttpResponse:
    shown = selectors.portal_shown(product)
    context |= {
        "portal": shown,
        "public_name": shown.name,
        "public_kind": "Feedback",
        "public_url": shown.url,
        "public_tabs": [{"label": "Ideas", "url": shown.url, "current": True}],
    }
    return render(request, template, context, status=status)


@policy(PUBLIC, scope="none")
def portal(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Published ideas: `sort` top or new, `q` words, `state`."""
    product = selectors.portal_product(slug, key)
    sort = "new" if request.GET.get("sort") == "new" else "top"
    q, state = request.GET.get("q", "").strip()[:100], request.GET.get("state", "")[:24]
    rows = selectors.portal_published(product, q=q, state=state)
    page = paginate(
        rows, ordering=ordering_for(rows, f"-{sort}", SORTS), size=20,
        cursor=request.GET.get("cursor", ""), binding=f"{q}|{state}",
    )  # fmt: skip
    return _page(
        request, "ideas/portal_list.html", product, sort=sort, q=q, state=state, count=capped_counts([rows])[0],
        ideas=selectors.portal_ideas(request.actor, product, page.rows), cursor=page.next_cursor,
        states=WORKFLOW.choices, **selectors.portal_aside(request.actor, product),
    )  # fmt: skip


@policy(PUBLIC, scope="none")
def idea(request: PlmRequest, slug: str, key: str, number: int) -> HttpResponse:
    product = selectors.portal_product(slug, key)
    found = selectors.portal_idea(product, number)
    stands = selectors.portal_stands_for(found)
    if stands is not None:
        return HttpResponseRedirect(selectors.portal_ideas(request.actor, product, [stands])[0].url)
    return _page(
        request, "ideas/portal_idea.html", product,
        idea=selectors.portal_ideas(request.actor, product, [found])[0],
        comments=selectors.portal_comments(found),
    )  # fmt: skip


@policy(PUBLIC, scope="none", methods=("POST",))
def vote(request: PlmRequest, slug: str, key: str, number: int) -> HttpResponse:
    """Vote (`on=1`) or take the vote back; whoever is not signed in is asked to."""
    product = selectors.portal_product(slug, key)
    found = selectors.portal_idea(product, number)
    shown = selectors.portal_ideas(request.actor, product, [found])[0]
    if request.actor.is_anonymous:
        if request.headers.get("HX-Request"):
            raise NotVisible("Sign in to vote.")
        return redirect_to_login(shown.url)
    portal_vote(actor=request.actor, idea=found, voting=request.POST.get("on") == "1")
    if request.headers.get("HX-Request"):
        found.refresh_from_db(fields=["votes_count"])
        shown = selectors.portal_ideas(request.actor, product, [found])[0]
        return render(request, "ideas/_portal_vote.html", {"idea": shown, "me": request.user})
    return HttpResponseRedirect(shown.url)


@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def submit(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Share an idea. It comes up for the public when the team publishes it."""
    product = selectors.portal_product(slug, key)
    if request.actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    looking = request.method == "GET" or "look" in request.POST
    given = request.GET if request.method == "GET" else request.POST
    start = {name: given.get(name, "")[:10_000] for name in ("title", "description")}
    form = SubmitForm(None if looking else request.POST, initial=start)
    form.fields["title"].widget.attrs |= while_typing(_near_url(product))
    if not looking and form.is_valid():
        try:
            portal_submit(actor=request.actor, product=product, **form.cleaned_data)
        except PlmError as error:
            for name, text in (error.fields or {"": error.message}).items():
                form.add_error(name or None, text)
        else:
            messages.success(
                request,
                "Thank you. The team reads it first; when they publish it, others can vote.",
            )
            return HttpResponseRedirect(selectors.portal_shown(product).url)
    near = _near(request, product, start["title"])
    status = 422 if form.errors else 200
    return _page(request, "ideas/portal_submit.html", product, status, form=form, near=near)


@policy(PUBLIC, scope="none")
def similar(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Published ideas like the one a customer is writing."""
    product = selectors.portal_product(slug, key)
    near = _near(request, product, request.GET.get("title", ""))
    return render(request, "ideas/_portal_near.html", {"near": near})


def _near_url(product: Product) -> str:
    return reverse("ideas:portal_similar", args=[product.workspace.slug, product.key.lower()])


def _near(request: PlmRequest, product: Product, title: str) -> list[selectors.PortalIdea]:
    return selectors.portal_ideas(request.actor, product, similar_published(product, title[:250]))
