"""What the link of a guest opens: their own sheet, and nothing else of the workspace."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from limits import RateLimitItemPerMinute

from backlog.selectors.rounds import guest_of
from backlog.selectors.rounds_sheet import sheet_of
from backlog.views.rounds_answers import sheet_post
from plm.api.throttles import within
from plm.permissions import Actor
from plm.web.errors import error_page
from plm.web.policy import PUBLIC, PlmRequest, policy
from plm.web.secret_links import SECRET_HEADERS, missed

MISSES = RateLimitItemPerMinute(20)
WRITES = RateLimitItemPerMinute(600)
# A page with a form names its own site to itself, or the form would be refused as one of another site.
HEADERS = {**SECRET_HEADERS, "Referrer-Policy": "same-origin"}


@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def round_guest(request: PlmRequest, token: str) -> HttpResponse:
    """The sheet behind a link. Unknown, renewed, revoked and ended ones answer like an address that does not exist."""
    guest = guest_of(token)
    if guest is None:
        return missed(
            request, allowed=within(MISSES, "round-miss", request.META.get("REMOTE_ADDR", ""))
        )
    context = {
        "public_name": guest.round.product.name,
        "public_kind": "Round",
        "public_url": request.path,
    }
    if request.method == "POST":
        if not within(WRITES, "round-answer", str(guest.pk)):
            return error_page(
                request, 429, "Too many answers at once", "Wait a minute, then go on."
            )
        response = sheet_post(
            request, guest, actor=Actor(name=guest.name), here=request.path, page="backlog/round_guest.html",
            more=context,
        )  # fmt: skip
    else:
        sheet = sheet_of(guest)
        response = render(
            request, "backlog/round_guest.html", {**context, "sheet": sheet, "here": request.path}
        )
    for name, value in HEADERS.items():
        response[name] = value
    return response
