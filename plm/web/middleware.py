"""What happens around every request: its id, clean input, the actor, and pages for what went wrong."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from secrets import token_hex

from csp.utils import build_policy
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from plm.errors import PlmError
from plm.logs import request_id
from plm.selectors import actor_of
from plm.web.errors import error_page
from plm.web.kept import answer_again

log = logging.getLogger("plm.web")
Next = Callable[[HttpRequest], HttpResponseBase]
GIVEN_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
SECRET_PATHS = re.compile(
    r"^/(share|invite|api/v1/(?:round-links|inbound)|accounts/password/reset/key|accounts/confirm-email)/[^/]+"
)


class RequestIdMiddleware:
    """Gives each request an id (or keeps a proxy's), in logs, in the answer and in every error."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        current = given if GIVEN_ID.match(given) else token_hex(16)
        token = request_id.set(current)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = current
            log.info(
                "request",
                extra={
                    "method": request.method,
                    "path": _shown(request.path),
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                },
            )
            return response
        finally:
            request_id.reset(token)


def _shown(path: str) -> str:
    """A path without the secret that it may hold."""
    found = SECRET_PATHS.match(path)
    return path if found is None else f"/{found[1]}/***{path[found.end() :]}"


_doors: list[Next] = []


class DoorMiddleware:
    """The last of the chain: leaves what is behind it, the views, for `TokenCallMiddleware`, and steps aside."""

    def __init__(self, get_response: Next) -> None:
        _doors.append(get_response)
        raise MiddlewareNotUsed


class TokenCallMiddleware:
    """Calls of the API with a token go straight to the view: see docs/adr/0007.

    What stands between is about browsers: sessions, CSRF, messages, sign-in. Everything that protects an answer stays.
    """

    def __init__(self, get_response: Next) -> None:
        self.whole_chain = get_response
        self.view = _doors.pop()  # Django builds a chain from its end.
        self.headers = {
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
            "Content-Security-Policy": build_policy(),
        }

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        known = None if _holds_nul(request) else answer_again(request)
        if known is not None:
            return self._headed(request, known)
        # An address without its last slash is redirected further down, one with a NUL refused there.
        if (
            "HTTP_AUTHORIZATION" not in request.META
            or not path.startswith("/api/v1/")
            or path[-1] != "/"
            or _holds_nul(request)
        ):
            return self.whole_chain(request)
        return self._headed(request, self.view(request))

    def _headed(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """With the headers that the rest of the chain gives; refused where the host is none of ours."""
        request.get_host()  # Raises DisallowedHost, as CommonMiddleware does.
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class CleanInputMiddleware:
    """Refuses bytes no text has: NUL in paths, query strings and forms."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if _holds_nul(request):
            return error_page(
                request, 400, "That address holds a NUL character", "Remove it and try again."
            )
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Forms, once CSRF has been checked: a browser cannot type a NUL, so this is no slip that a form must show."""
        if request.method != "POST" or request.path.startswith("/api/"):
            return None
        held = [n for n, values in request.POST.lists() if "\x00" in n + "".join(map(str, values))]
        if not held:
            return None
        fields = {name.replace("\x00", "")[:80]: "Remove the NUL character." for name in held[:20]}
        return error_page(
            request, 400, "A text holds a NUL character", "Nothing was written.", fields
        )


def _holds_nul(request: HttpRequest) -> bool:
    query = request.META.get("QUERY_STRING", "")
    return "\x00" in request.path or "%00" in query or "\x00" in query


class ActorMiddleware:
    """`request.actor`: whoever asks, with all their roles; read from the database only when somebody looks."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = SimpleLazyObject(lambda: actor_of(request.user))  # type: ignore[attr-defined]
        return self.get_response(request)


class ErrorPageMiddleware:
    """Turns what a service refused, and what a database refused, into a page that says what to do."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, PlmError):
            return error_page(request, error.status, error.title, error.message, error.fields)
        if isinstance(error, IntegrityError):
            log.warning("conflict", exc_info=error)
            return error_page(
                request, 409, "That clashes with what is already there", "Reload and try again."
            )
        if isinstance(error, DataError | OverflowError | RecursionError):
            return error_page(
                request, 400, "A value does not fit", "Shorten it or choose a smaller number."
            )
        if isinstance(error, OperationalError):
            log.error("database", exc_info=error)
            response = error_page(
                request, 503, "The database is busy", "Nothing was lost. Try again in a moment."
            )
            response["Retry-After"] = "5"
            return response
        return None
