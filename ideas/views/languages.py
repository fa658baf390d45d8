"""The language of the portal: chosen by the visitor, else the one their browser asks for. All else speaks English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header

PREFIX = "/portal/"
COOKIE = "portal_language"
YEAR = 365 * 24 * 3600


class PortalLanguageMiddleware:
    """Answers below `/portal/` in the visitor's language. `?lang=de` chooses one, and a cookie keeps the choice."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        chosen = _known(request.GET.get("lang", ""))
        code = chosen or _known(request.COOKIES.get(COOKIE, "")) or _asked_for(request)
        with translation.override(code):
            response = self.get_response(request)
        # Style sheets, logos and the script for other sites speak no language: caches keep one of them for all.
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", code)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if chosen:
            response.set_cookie(
                COOKIE, chosen, max_age=YEAR, path=PREFIX, samesite="Lax", httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
        return response


def language_choices(request: HttpRequest) -> list[dict[str, Any]]:
    """The languages of the portal by their own names, with the address of this page in each."""
    query = request.GET.copy() if request.method == "GET" else request.GET.__class__(mutable=True)
    choices = []
    for code, name in settings.LANGUAGES:
        query["lang"] = code
        current = code == translation.get_language()
        choices.append(
            {"code": code, "name": name, "url": f"?{query.urlencode()}", "current": current}
        )
    return choices


def _known(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else ""


def _asked_for(request: HttpRequest) -> str:
    """The first language that the browser asks for and the portal has: `de-AT` is German."""
    for code, _ in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE
