"""Pages that a secret in their address opens: what their answers carry, and what a wrong address gets."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from plm.web.errors import error_page
from plm.web.policy import PlmRequest

SECRET_HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


def missed(request: PlmRequest, *, allowed: bool) -> HttpResponse:
    """The answer to a link that opens nothing: as for any unknown address, and 429 where there were too many."""
    if allowed:
        raise Http404
    response = error_page(
        request,
        429,
        "Too many wrong addresses",
        "Wait a minute, then open the link you were given.",
    )
    response["Retry-After"] = "60"
    return response
