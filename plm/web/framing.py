"""Leave for other sites to show a page in a frame."""

from __future__ import annotations

from collections.abc import Sequence

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse


def framable_by(
    request: HttpRequest, response: HttpResponse, origins: Sequence[str]
) -> HttpResponse:
    """Let these sites show this page in a frame. Without any it stays closed, as all pages are."""
    if not origins:
        return response
    # X-Frame-Options knows no list; browsers that heed frame-ancestors need none.
    response.xframe_options_exempt = True
    csp_replace({"frame-ancestors": list(origins)})(lambda _: response)(request)
    return response
