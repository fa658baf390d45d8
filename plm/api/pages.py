"""Addresses of the pages of a list."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode

from django.utils.encoding import iri_to_uri
from rest_framework.request import Request


def binding_of(params: Mapping[str, list[str]]) -> str:
    """What a cursor of this query string is good for: the same query, at any page and size."""
    rest = ((k, v) for k, vs in params.items() for v in vs if k not in {"cursor", "size"})
    return _encoded(tuple(sorted(rest)))


def next_address(request: Request, cursor: str) -> str | None:
    """Where the page after this one is; None where there is none."""
    if not cursor:
        return None
    lists = request.query_params.lists()
    rest = _encoded(tuple((k, v) for k, vs in lists for v in vs if k != "cursor"))
    after = cursor.replace(":", "%3A")  # All else in it stands in an address as it is.
    asked = f"{rest}&cursor={after}".lstrip("&")
    return f"{request.scheme}://{request.get_host()}{iri_to_uri(request.path)}?{asked}"


@lru_cache(maxsize=256)
def _encoded(pairs: tuple[tuple[str, str], ...]) -> str:
    """As a query string: the same for all pages of a list, and its commas make it slow."""
    return urlencode(pairs)
