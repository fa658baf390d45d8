"""Errors of the API as RFC 9457 problem+json: what, why, which field, and the request's id."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from plm.errors import NotVisible, PlmError, Stale
from plm.logs import request_id

log = logging.getLogger("plm.api")

MAX_ERRORS = 50


def problem(
    code: int,
    title: str,
    detail: str,
    *,
    kind: str = "about:blank",
    errors: Mapping[str, Any] | None = None,
) -> Response:
    """A problem document. `errors` maps a field to what is wrong with it and what would be right."""
    body: dict[str, Any] = {
        "type": kind, "title": title, "status": code, "detail": detail, "request_id": request_id.get()
    }  # fmt: skip
    if errors:
        body["errors"] = errors
    return Response(body, status=code, content_type="application/problem+json")


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every error a call can end in; None (a real 500) only for our own mistakes."""
    del context
    set_rollback()
    if isinstance(error, Http404):
        error = NotVisible()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, PlmError):
        response = problem(
            error.status,
            error.title,
            error.message,
            kind=f"plm:{error.code}",
            errors=some(error.fields),
        )
        if isinstance(error, Stale) and error.current:
            response.data["current_version"] = error.current
        return response
    if isinstance(error, exceptions.ValidationError):
        detail = error.detail if isinstance(error.detail, dict) else {"body": error.detail}
        return problem(
            422,
            "Some values need another look",
            "Nothing was written.",
            kind="plm:invalid",
            errors=some(flat(detail)),
        )
    if isinstance(error, exceptions.APIException):
        return _drf_problem(error)
    return _database_problem(error)


def _drf_problem(error: exceptions.APIException) -> Response:
    response = problem(
        error.status_code,
        status_title(error.status_code),
        str(error.detail),
        kind=f"plm:{error.default_code}",
    )
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(max(1, round(wait)))
    return response


def _database_problem(error: Exception) -> Response | None:
    if isinstance(error, IntegrityError):
        log.warning("conflict", exc_info=error)
        return problem(
            409, "That clashes with what is already there", "Read the current state and try again."
        )
    if isinstance(error, RequestDataTooBig):
        return problem(413, "That is too large", "A request body has at most 5 MB.")
    if isinstance(error, RecursionError):
        return problem(400, "That is nested too deeply", "Send fewer levels of lists and objects.")
    if isinstance(error, DataError | OverflowError):
        return problem(400, "A value does not fit", "Shorten it or choose a smaller number.")
    if isinstance(error, OperationalError):
        log.error("database", exc_info=error)
        response = problem(
            503, "The database is busy", "Nothing was written. Try again in a moment."
        )
        response["Retry-After"] = "5"
        return response
    return None


def some(errors: Mapping[str, str]) -> dict[str, str]:
    """The first of very many errors: an answer stays short, however much was sent."""
    kept = {name[:200]: text for name, text in list(errors.items())[:MAX_ERRORS]}
    if len(errors) > MAX_ERRORS:
        kept["…"] = f"And {len(errors) - MAX_ERRORS} more."
    return kept


def flat(detail: Any, prefix: str = "") -> dict[str, str]:
    """Nested validation messages as `field.sub: sentence`."""
    if isinstance(detail, dict):
        found: dict[str, str] = {}
        for name, part in detail.items():
            found |= flat(part, f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(detail, list) and any(isinstance(part, dict | list) for part in detail):
        found = {}
        for position, part in enumerate(detail):
            found |= flat(part, f"{prefix}.{position}" if prefix else str(position))
        return found
    parts = detail if isinstance(detail, list) else [detail]
    return {prefix or "body": " ".join(str(part) for part in parts)}


def status_title(code: int) -> str:
    titles = {
        status.HTTP_401_UNAUTHORIZED: "Who is calling?",
        status.HTTP_403_FORBIDDEN: "That is not allowed",
        status.HTTP_405_METHOD_NOT_ALLOWED: "This address does not do that",
        status.HTTP_406_NOT_ACCEPTABLE: "This address speaks JSON",
        status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "Send JSON",
        status.HTTP_429_TOO_MANY_REQUESTS: "Too many requests",
    }
    return titles.get(code, "The request cannot be served")
