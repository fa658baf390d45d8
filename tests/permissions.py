"""The permission matrix: every route, found by walking the resolver, with what it declares."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from plm.permissions import Role, lowest_role

# Routes of libraries: what they show is decided by them; none of them shows a record.
LIBRARY_ROUTES = {
    "api/v1/schema/": "public",
    "api/v1/docs/": "public",
}
LIBRARY_PREFIXES = ("accounts/",)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """One route: its pattern, its callable, and the arguments it takes."""

    pattern: str
    view: Any
    converters: dict[str, Any]

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    @property
    def is_library(self) -> bool:
        return self.pattern in LIBRARY_ROUTES or self.pattern.startswith(LIBRARY_PREFIXES)

    def declared(self) -> dict[str, tuple[str, str]]:
        """HTTP method to (action, scope); empty when nothing is declared."""
        policy = getattr(self.view, "policy", None)
        if policy is not None:
            return {m: (policy.action_for(m), policy.scope) for m in policy.methods}
        cls = getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)
        policies = getattr(cls, "policies", {})
        actions = getattr(self.view, "actions", None)
        found = {}
        for method in METHODS:
            name = actions.get(method.lower()) if actions else method.lower()
            if name in policies:
                found[method] = (policies[name], "api")
        return found

    @property
    def kind(self) -> str:
        """The kind of record an API route is about; empty where it is about any."""
        cls = getattr(self.view, "cls", None)
        return str(getattr(getattr(cls, "kind", None), "name", ""))

    @property
    def workspace_wide(self) -> bool:
        """Whether an API route is about rows of the workspace as a whole."""
        cls = getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)
        return bool(getattr(cls, "workspace_wide", False))

    def served(self) -> set[str]:
        """The HTTP methods an API view answers at all."""
        cls = getattr(self.view, "cls", None) or getattr(self.view, "view_class", None)
        actions = getattr(self.view, "actions", None)
        if actions is not None:
            return {m.upper() for m in actions if m.upper() in METHODS}
        return {m for m in METHODS if hasattr(cls, m.lower())}

    def url(self, world_values: dict[str, Any]) -> str:
        """The route's path with values of the world; a random id where it asks for one the world does not name."""
        text = self.pattern
        for name in self.converters:
            value = world_values.get(name, uuid.uuid4())
            text = _replace(text, name, str(value))
        return "/" + text


def _replace(text: str, name: str, value: str) -> str:
    start = text.find("<")
    while start != -1:
        end = text.index(">", start)
        if text[start + 1 : end].rpartition(":")[2] == name:
            return text[:start] + value + text[end + 1 :]
        start = text.find("<", end)
    return text


def all_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", {}))


def _walk(patterns: Any, prefix: str, converters: dict[str, Any]) -> Iterator[Route]:
    for entry in patterns:
        here = prefix + _text(entry.pattern)
        known = {**converters, **_converters(entry.pattern)}
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, here, known)
        elif isinstance(entry, URLPattern):
            yield Route(here, entry.callback, known)


def _text(pattern: Any) -> str:
    """A path's own text; the regular expression of a REST router in the same notation."""
    if hasattr(pattern, "_route"):
        return str(pattern._route)
    text = str(pattern._regex).lstrip("^").rstrip("$").removesuffix(r"\Z")
    while "(?P<" in text:
        start = text.index("(?P<")
        name_end = text.index(">", start)
        depth, end = 1, start + 1
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        text = f"{text[:start]}<str:{text[start + 4 : name_end]}>{text[end:]}"
    return text.replace("\\.", ".").replace("\\", "")


def _converters(pattern: Any) -> dict[str, Any]:
    if pattern.converters:
        return dict(pattern.converters)
    return dict.fromkeys(pattern.regex.groupindex, str)


@lru_cache(maxsize=1)
def _tables() -> frozenset[str]:
    return frozenset(connection.introspection.table_names())


_last: list[Any] = [None, ()]
"""Until when a digest holds, and the digest."""


def digest() -> tuple[Any, ...]:
    """How many rows each table has and how far each workspace's events go: changes when anything is written.

    PostgreSQL counts what a transaction writes; where that stands still, nothing is counted again.
    """
    with connection.cursor() as cursor:
        until = _written(cursor) if connection.vendor == "postgresql" else None
        if until is None or _last[0] != until:
            _last[:] = until, _counted(cursor)
        return tuple(_last[1])


def _written(cursor: Any) -> tuple[Any, ...] | None:
    """The transaction that writes, its open savepoints (what is taken back ends with one), and how many rows it has
    written, taken back or not; None before its first."""
    cursor.execute(
        "SELECT pg_current_xact_id_if_assigned()::text, sum(pg_stat_get_xact_tuples_inserted(oid)"
        " + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid))"
        " FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    found = cursor.fetchone()
    return (*found, *connection.savepoint_ids) if found[0] else None


def _counted(cursor: Any) -> tuple[Any, ...]:
    present = _tables()
    parts = [
        f"SELECT '{model._meta.db_table}', count(*) FROM \"{model._meta.db_table}\""
        for model in apps.get_models()
        if model._meta.db_table in present and model._meta.db_table != "django_session"
    ]
    if connection.vendor == "postgresql":
        # Workers to count a hundred small tables take longer to start than the counting does.
        cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    cursor.execute(" UNION ALL ".join(parts))
    counts = tuple(sorted(cursor.fetchall()))
    cursor.execute("SELECT id, last_event FROM plm_workspace ORDER BY id")
    return counts, tuple(cursor.fetchall())


def allowed(action: str, kind: str, role: Role, *, read_only: bool = False) -> bool:
    """Whether the table lets a role do what a route declares."""
    if action in {"public", "signed in"}:
        return True
    needed = action.replace("*", kind)
    if read_only and not needed.endswith(".view"):
        return False
    return role >= lowest_role(needed)
