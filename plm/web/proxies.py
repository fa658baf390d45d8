"""Who calls, where proxies stand in front: limits count the caller's address, not the proxy's."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase


class TrustedProxies:
    """Takes the caller's address from X-Forwarded-For, counted from the right.

    Each proxy adds the address it was called from at the right end, so with n trusted ones the n-th from the right
    is what the outermost of them saw. What stands further left was sent by the caller and may be invented.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        trusted = settings.TRUSTED_PROXIES
        if trusted > 0:
            address = caller_address(request.META.get("HTTP_X_FORWARDED_FOR", ""), trusted)
            request.META["REMOTE_ADDR"] = address or request.META.get("REMOTE_ADDR", "")
        return self.get_response(request)


def caller_address(forwarded: str, trusted: int) -> str:
    """The address that the outermost trusted proxy was called from; empty when the header does not tell."""
    parts = [part.strip() for part in forwarded.split(",")]
    if len(parts) < trusted:
        return ""
    try:
        return str(ip_address(parts[-trusted]))
    except ValueError:
        return ""
