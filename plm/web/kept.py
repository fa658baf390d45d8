"""Answers to addresses that a secret opens, given again without the way through sessions, forms and sign-in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Again = Callable[[HttpRequest], HttpResponse | None]
_again: dict[str, Again] = {}


def register_again(prefix: str, again: Again) -> None:
    """For reads below `prefix`: `again` gives the answer if it is known and the secret still opens it, else None."""
    _again[prefix] = again


def answer_again(request: HttpRequest) -> HttpResponse | None:
    """The answer to a read whose address says all there is to know; None sends it the whole way."""
    if request.method not in {"GET", "HEAD"}:
        return None
    for prefix, again in _again.items():
        if request.path_info.startswith(prefix):
            return again(request)
    return None
