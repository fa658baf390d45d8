"""Pages for what went wrong: what, why, what to do, and the request's id for whoever helps."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plm.logs import request_id

HINTS = {
    400: "Go back and check what you entered.",
    403: "Ask an admin of the workspace for a higher role if you need it.",
    404: "It may have been moved, or it is not shared with you.",
    409: "Reload the page to see how things stand now.",
    412: "Reload the page to see the newer version.",
    413: "Choose something smaller.",
    500: "The fault is ours and has been logged. Try again in a moment.",
    503: "Try again in a moment.",
}


def error_page(
    request: HttpRequest,
    status: int,
    title: str,
    message: str,
    fields: Mapping[str, str] | None = None,
    *,
    hint: str | None = None,
) -> HttpResponse:
    """An error as a page, or as one sentence for htmx and scripts, with the id of the request. Without a `hint` what to do
    is said as for every error of its status."""
    if request.path.startswith("/api/"):
        return _problem(status, title, message, fields or {})
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        text = " ".join([message, *(fields or {}).values()])
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    context = {
        "status": status,
        "title": title,
        "message": message,
        "fields": dict(fields or {}),
        "hint": HINTS.get(status, "") if hint is None else hint,
        "request_id": request_id.get(),
    }
    return render(request, "error.html", context, status=status)


def _problem(status: int, title: str, detail: str, fields: Mapping[str, str]) -> HttpResponse:
    """The same for a client of the API that came no further than the address."""
    body: dict[str, object] = {
        "type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id.get()
    }  # fmt: skip
    if fields:
        body["errors"] = dict(fields)
    return HttpResponse(orjson.dumps(body), status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    return error_page(
        request, 400, "That request makes no sense to us", "Something in it is malformed."
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    return error_page(request, 403, "That is not allowed", "Your role does not cover it.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    del exception
    return error_page(request, 404, "Nothing here", "There is nothing under that address.")


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(request, 500, "Something broke on our side", "Your data is as it was.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    del reason
    return error_page(
        request, 403, "The form had expired", "Go back, reload the page and send it again."
    )
