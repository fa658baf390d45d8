"""Shared links: the page that manages them, and the page that they open."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from limits import RateLimitItemPerMinute

from plm.api.throttles import within
from plm.errors import InvalidQuery, NotVisible, PlmError
from plm.web.accounts import public_url
from plm.web.pages import show_errors
from plm.web.policy import PUBLIC, PlmRequest, policy
from plm.web.secret_links import SECRET_HEADERS, missed
from roadmap.forms.plan import ShareForm
from roadmap.selectors.shared import share_of, shared_board, shared_timeline, shares_of
from roadmap.services.shares import share_create, share_revoke, share_viewed
from roadmap.views.roadmap import neighbours, roadmap_frame, window_asked

MISSES = RateLimitItemPerMinute(20)


@policy("share.view", methods=("GET", "POST"))
def shares(request: PlmRequest) -> HttpResponse:
    """The links of the product; a POST makes one and shows its address this once."""
    form = ShareForm(request.POST if request.method == "POST" else None)
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = share_create(
                actor=request.actor, product=request.product, **form.cleaned_data
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            link = public_url(request, f"/share/{secret}/")
            messages.success(request, f"The link for {made.name} is ready.")
            form = ShareForm()
    context = {
        **roadmap_frame(request, "shares"),
        "form": form,
        "link": link,
        "shares": shares_of(request.actor, request.product)[:200],
    }
    response = render(request, "roadmap/shares.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "private, no-store"
    return response


@policy("share.edit", methods=("POST",))
def revoke(request: PlmRequest, uuid: UUID) -> HttpResponse:
    share = shares_of(request.actor, request.product).filter(uuid=uuid).first()
    if share is None:
        raise NotVisible
    share_revoke(actor=request.actor, share=share)
    messages.success(request, f"The link for {share.name} opens no more.")
    return HttpResponseRedirect(f"{request.product.get_absolute_url()}roadmap/shares")


@policy(PUBLIC, scope="none")
def shared(request: PlmRequest, token: str) -> HttpResponse:
    """What a link opens. Unknown, revoked and expired ones answer like an address that does not exist."""
    share = share_of(token)
    if share is None:
        return missed(
            request, allowed=within(MISSES, "share-miss", request.META.get("REMOTE_ADDR", ""))
        )
    share_viewed(share=share)
    context: dict[str, object] = {
        "public_name": share.product.name,
        "public_kind": "Roadmap",
        "public_url": request.path,
    }
    if share.view == "board":
        template, context["columns"] = "roadmap/shared_board.html", shared_board(share)
    else:
        template = "roadmap/shared_timeline.html"
        try:
            shown = window_asked(request.GET)
        except InvalidQuery:
            shown = window_asked(type(request.GET)())
        context |= {"chart": shared_timeline(share, shown), **neighbours(shown)}
    response = render(request, template, context)
    for name, value in SECRET_HEADERS.items():
        response[name] = value
    return response
