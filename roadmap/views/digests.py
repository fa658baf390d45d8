"""Digests of what changed: asked for, looked at, stopped; and the link in the mail that stops them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from plm.errors import InvalidQuery, NotVisible, PlmError
from plm.selectors import views_for
from plm.web.pages import show_errors
from plm.web.policy import PUBLIC, PlmRequest, policy
from plm.web.secret_links import SECRET_HEADERS
from roadmap.forms.digests import DigestForm
from roadmap.models import Digest, DigestSubscription
from roadmap.models.digest import in_words
from roadmap.selectors.digests import last_digests, subscriptions_of, told
from roadmap.services.digests import (
    digest_named,
    digest_stop,
    digest_stop_by_link,
    digest_subscribe,
)
from roadmap.views.roadmap import roadmap_frame


@policy("digest.view", methods=("GET", "POST"), write="digest.follow")
def digests(request: PlmRequest) -> HttpResponse:
    """What the reader is told and when; a POST asks for one more, or for another time of one there is."""
    views = views_for(request.actor, request.product.pk, "item")
    sent = request.POST if request.method == "POST" else None
    form = DigestForm(sent, product=request.product, views=views)
    if request.method == "POST" and form.is_valid():
        try:
            made = digest_subscribe(actor=request.actor, product=request.product, **form.values())
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"You are told what changes: {made.part}.")
            return HttpResponseRedirect(request.path)
    context = {
        **roadmap_frame(request, "digests"),
        "form": form,
        "subscriptions": subscriptions_of(request.actor, request.product),
    }
    return render(request, "roadmap/digests.html", context, status=422 if form.errors else 200)


@policy("digest.view")
def digest(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """What the next mail would say by now; with `digest=<id>` what an earlier one said, by what may be seen today."""
    row = _named(request, uuid)
    earlier = _earlier(row, request.GET.get("digest", ""))
    since, until = _span(row, earlier)
    problem = ""
    try:
        found = told(request.actor, row, since, until, earlier.left if earlier else row.seen_items)
    except InvalidQuery as refused:
        found, problem = None, refused.message
    context = {
        **roadmap_frame(request, "digests"),
        "subscription": row,
        "told": found,
        "problem": problem,
        "earlier": earlier,
        "span": f"{in_words(since, row.time_zone)} to {in_words(until, row.time_zone)}",
        "digests": last_digests(row),
    }
    return render(request, "roadmap/digest.html", context)


def _span(row: DigestSubscription, earlier: Digest | None) -> tuple[datetime, datetime]:
    if earlier is not None:
        return earlier.since, earlier.until
    return row.seen_at, max(timezone.now(), row.seen_at)


def _earlier(row: DigestSubscription, text: str) -> Digest | None:
    if not text:
        return None
    try:
        return row.digests.filter(uuid=UUID(text)).first()
    except ValueError:
        raise NotVisible from None


@policy("digest.follow", methods=("POST",))
def stop(request: PlmRequest, uuid: UUID) -> HttpResponse:
    row = _named(request, uuid)
    digest_stop(actor=request.actor, subscription=row)
    messages.success(request, f"You are no longer told: {row.part}.")
    return HttpResponseRedirect(f"{request.product.get_absolute_url()}roadmap/digests")


def _named(request: PlmRequest, uuid: UUID) -> DigestSubscription:
    row: DigestSubscription | None = (
        subscriptions_of(request.actor, request.product).filter(uuid=uuid).first()
    )
    if row is None:
        raise NotVisible
    return row


@csrf_exempt
@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def stop_link(request: PlmRequest, token: str) -> HttpResponse:
    """Stop digests by the link in one of them (RFC 8058). Looking changes nothing: programs that check mails follow
    every link. It names no product: whoever has the mail may have lost access."""
    row = digest_named(token)
    if request.method == "POST":
        digest_stop_by_link(token=token)
        row = None
    response = render(request, "roadmap/digest_stop.html", {"stopped": row is None})
    for name, value in SECRET_HEADERS.items():
        response[name] = value
    return response
