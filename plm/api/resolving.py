"""Addresses of the API, found by their first word: a list of 200 patterns is not tried one after the other."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

FIXED_WORD = re.compile(r"\^?([a-z][a-z0-9-]*)/")


class FirstWordResolver(URLResolver):
    """The patterns below one prefix. Only those that begin with the word asked for are tried, in their order."""

    def resolve(self, path: str) -> ResolverMatch:
        match = self.pattern.match(path)
        if match:
            found = self._by_word.get(match[0].partition("/")[0])
            if found is not None:
                return found.resolve(path)
        return super().resolve(path)

    @cached_property
    def _by_word(self) -> dict[str, URLResolver]:
        """A pattern that begins with no fixed word may be meant by any, so it stands in every group."""
        words = [first_word(pattern) for pattern in self.url_patterns]
        return {
            word: URLResolver(
                self.pattern,
                [p for p, of in zip(self.url_patterns, words, strict=True) if of in {word, ""}],
                app_name=self.app_name,
                namespace=self.namespace,
            )
            for word in set(words) - {""}
        }


def first_word(pattern: URLPattern | URLResolver) -> str:
    """The word before the first slash; empty where that is not fixed."""
    found = FIXED_WORD.match(str(pattern.pattern))
    return found[1] if found else ""


def below(prefix: str, patterns: list[Any], name: str) -> FirstWordResolver:
    """Patterns below a prefix, in a namespace: as `path(prefix, include((patterns, name)))`."""
    route = RoutePattern(prefix, is_endpoint=False)
    return FirstWordResolver(route, patterns, app_name=name, namespace=name)
