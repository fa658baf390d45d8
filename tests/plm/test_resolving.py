"""Addresses of the API are found by their first word, and are the same ones as in the plain list."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import Resolver404, URLResolver, include, path, resolve, reverse
from django.urls.resolvers import RegexPattern

from plm.api.resolving import below, first_word
from plm.config.api import urlpatterns

ID = "0b8ac6a5-6e8f-4d58-9bd4-8d9c24e42b7d"
PLAIN = URLResolver(RegexPattern("^/"), [path("api/v1/", include((urlpatterns, "api")))])


def view(request: Any, word: str = "") -> HttpResponse:
    del request, word
    return HttpResponse()


def addresses() -> list[str]:
    """One address for each that the API has, made from the name of its pattern."""
    found = []
    patterns: list[Any] = urlpatterns
    for pattern in patterns:
        converters = pattern.pattern.converters
        values = {
            name: ID
            if name == "uuid"
            else {"UUIDConverter": ID, "IntConverter": 7}.get(
                type(converters.get(name)).__name__, "ATL-1"
            )
            for name in pattern.pattern.regex.groupindex
        }
        found.append(reverse(f"api:{pattern.name}", kwargs=values))
    return found


def test_each_address_leads_where_the_plain_list_leads() -> None:
    asked = addresses()
    assert len(asked) > 150
    for address in asked:
        found, plain = resolve(address), PLAIN.resolve(address)
        assert found.func is plain.func, address
        for name in ("kwargs", "url_name", "app_names", "namespaces", "route"):
            assert getattr(found, name) == getattr(plain, name), (address, name)


@pytest.mark.parametrize("rest", ["", "nothing/", "items/ATL-1/nothing/", "items", "ITEMS/"])
def test_an_address_that_is_not_there_is_not_found(rest: str) -> None:
    for resolver in (PLAIN.resolve, resolve):
        with pytest.raises(Resolver404):
            resolver(f"/api/v1/{rest}")


def test_a_pattern_that_begins_with_no_fixed_word_keeps_its_place() -> None:
    patterns = [
        path("one/early/", view, name="early"),
        path("<str:word>/", view, name="any"),
        path("one/", view, name="late"),
        path("other/", view, name="other"),
    ]
    assert [first_word(p) for p in patterns] == ["one", "", "one", "other"]
    resolver = below("x/", patterns, "x")
    names = {a: resolver.resolve(f"x/{a}").url_name for a in ("one/early/", "one/", "two/")}
    assert names == {"one/early/": "early", "one/": "any", "two/": "any"}
