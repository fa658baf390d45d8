"""What changed on the roadmap of a product between two moments, with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from backlog.models import BacklogItem
from backlog.selectors.backlog_past import ranks_of_then
from plm.models import Event, Product, Reference
from plm.models.event import EXPLAINED
from plm.permissions import Actor
from roadmap.changes import RANK, REQUIREMENTS, Said, difference, said
from roadmap.scope import ScopeChange, scope_change
from roadmap.selectors.rescoped import Rescoped, rescoped
from roadmap.selectors.states import State, roadmap_states

MOST_LINES = 500
Kept = Callable[[int, Mapping[str, Any], Mapping[str, Any]], bool]
"""Whether a change is told: asked with the key of the item and what it was before and after, empty without a place."""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One item that is different, and why: the reasons given for it in that time, the latest first."""

    item: BacklogItem
    said: Said
    reasons: tuple[str, ...]
    by: str

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        """The fields that are different, without the requirements: `scope` tells those."""
        return {name: pair for name, pair in self.said.fields.items() if name != REQUIREMENTS}

    @property
    def scope(self) -> ScopeChange | None:
        pair = self.said.fields.get(REQUIREMENTS)
        return scope_change(*pair) if pair else None


@dataclass(frozen=True, slots=True)
class RoadmapChanges:
    """`titles` has what the goals and releases that the lines name by reference are called now."""

    lines: list[ChangeLine]
    titles: dict[str, str]
    more: int
    placed_before: int
    placed_after: int


def roadmap_changes(
    actor: Actor,
    product: Product,
    since: datetime,
    until: datetime,
    kept: Kept | None = None,
    *,
    scopes: bool = False,
    ranks: bool = False,
) -> RoadmapChanges:
    """What is different at `until` from what was at `since`, the first 500 items. What moved and moved back is not.

    Of items that had a place at both moments also the requirements, with `scopes`, which are nothing for whoever looks
    from outside, and the places in the ranked list, with `ranks`: too many for whoever is told by mail.
    """
    before, after = roadmap_states(actor, product, (since, until))
    both, asked = before.keys() & after.keys(), dict[int, Rescoped]()
    inside = actor.may("item.view", product.workspace_id, product.pk)
    if ranks and inside:
        _rank(product, both, (since, before), (until, after))
    if scopes and inside:
        asked = rescoped(actor, product, both, since, until)
    different = difference(before, after)
    different |= {(key, REQUIREMENTS): one.pair for key, one in asked.items()}
    found = said(different)
    if kept is not None:
        found = [s for s in found if kept(s.key, before.get(s.key, {}), after.get(s.key, {}))]
    shown = found[:MOST_LINES]
    keys = [line.key for line in shown]
    items = BacklogItem.objects.select_related("product__workspace").in_bulk(keys)
    why = reasons_given(keys, since, until)
    lines = [
        ChangeLine(items[line.key], line, *_why(why.get(line.key, ((), "")), asked.get(line.key)))
        for line in shown
    ]
    return RoadmapChanges(
        lines, _titles(product, shown), len(found) - len(shown), len(before), len(after)
    )


def _why(given: tuple[tuple[str, ...], str], scope: Rescoped | None) -> tuple[tuple[str, ...], str]:
    """Reasons given for an item, then those given for its specification; who changed it, or else that."""
    if scope is None:
        return given
    reasons, by = given
    return (*reasons, *(one for one in scope.reasons if one not in reasons)), by or scope.by


def _rank(product: Product, both: Set[int], *sides: tuple[datetime, State]) -> None:
    """Give items that had a place on the roadmap at both moments their places in the ranked list of then."""
    for moment, state in sides:
        places = ranks_of_then(product, moment).places
        for key in both:
            state[key][RANK] = places.get(key) or None


def _titles(product: Product, lines: list[Said]) -> dict[str, str]:
    named = {
        value
        for line in lines
        for name in ("objective", "release")
        for value in line.fields.get(name, ())
        if value
    }
    numbers = [int(reference.rpartition("-")[2]) for reference in named]
    rows = Reference.objects.filter(product=product, number__in=numbers)
    return {
        f"{product.key}-{number}": title for number, title in rows.values_list("number", "title")
    }


def reasons_given(
    keys: list[int], since: datetime, until: datetime
) -> dict[int, tuple[tuple[str, ...], str]]:
    """By item, the reasons that were given in that time and who changed it last."""
    rows = (
        Event.objects.filter(record_id__in=keys, created_at__gt=since, created_at__lte=until)
        .filter(~Q(changes={}) | Q(verb__endswith=f".{EXPLAINED}"))
        .order_by("-created_at", "-sequence")
        .values_list("record_id", "reason", "actor_name")
    )
    found: dict[int, tuple[tuple[str, ...], str]] = {}
    for key, reason, name in rows:
        known, by = found.get(key, ((), name))
        found[key] = ((*known, reason) if reason and reason not in known else known, by)
    return found
