"""The roadmap of a product at moments of its past, and what changed between two of them, with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backlog.models import BacklogItem
from plm.events import plain
from plm.models import Event, Product, Reference
from plm.past import values_before
from plm.permissions import Actor
from roadmap.changes import Said, difference, said
from roadmap.models import Placement

PLACE_FIELDS = (
    "bucket",
    "starts_on",
    "ends_on",
    "grain",
    "objective",
    "release",
    "commitment",
    "health",
    "health_note",
)
ITEM_FIELDS = ("title", "state", "owner", "team")
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


@dataclass(frozen=True, slots=True)
class RoadmapChanges:
    """`titles` has what the goals and releases that the lines name by reference are called now."""

    lines: list[ChangeLine]
    titles: dict[str, str]
    more: int
    placed_before: int
    placed_after: int


def roadmap_states(
    actor: Actor, product: Product, moments: Iterable[datetime]
) -> list[dict[int, dict[str, Any]]]:
    """The placed items at each moment, by primary key, with the values that events keep. Archived items have no place.

    Four statements and one for each moment, however many items there are.
    """
    wanted = list(moments)
    rows = Placement.objects.visible_to(actor, "placement.view").filter(product=product)
    rows = rows.select_related(
        "item__owner", "item__team", "objective__product", "release__product"
    )
    now = {row.item_id: _now(row.item, row) for row in rows}
    made = {row.item_id: row.item.created_at for row in rows}
    gone = (
        Event.objects.visible_to(actor, "placement.view")
        .filter(product=product, verb="placement.removed", created_at__gt=min(wanted))
        .values_list("record_id", flat=True)
    )
    for item in BacklogItem.objects.filter(pk__in=set(gone) - now.keys()).select_related(
        "owner", "team"
    ):
        now[item.pk], made[item.pk] = _now(item, None), item.created_at
    states = []
    for moment in wanted:
        before = values_before(now, moment) if now else {}
        state = {}
        for key, values in now.items():
            then = {name: before.get(key, {}).get(name, value) for name, value in values.items()}
            archived = then.pop("archived_at")
            if then["bucket"] is not None and archived is None and made[key] <= moment:
                state[key] = then
        states.append(state)
    return states


def _now(item: BacklogItem, placement: Placement | None) -> dict[str, Any]:
    own = {name: plain(getattr(item, name)) for name in (*ITEM_FIELDS, "archived_at")}
    place = {n: plain(getattr(placement, n)) if placement else None for n in PLACE_FIELDS}
    return {**own, **place}


def roadmap_changes(
    actor: Actor, product: Product, since: datetime, until: datetime, kept: Kept | None = None
) -> RoadmapChanges:
    """What is different at `until` from what was at `since`, the first 500 items. What moved and moved back is not."""
    before, after = roadmap_states(actor, product, (since, until))
    found = said(difference(before, after))
    if kept is not None:
        found = [s for s in found if kept(s.key, before.get(s.key, {}), after.get(s.key, {}))]
    shown = found[:MOST_LINES]
    keys = [line.key for line in shown]
    items = BacklogItem.objects.select_related("product__workspace").in_bulk(keys)
    why = reasons_given(keys, since, until)
    lines = [ChangeLine(items[line.key], line, *why.get(line.key, ((), ""))) for line in shown]
    return RoadmapChanges(
        lines, _titles(product, shown), len(found) - len(shown), len(before), len(after)
    )


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
        .exclude(changes={})
        .order_by("-created_at", "-sequence")
        .values_list("record_id", "reason", "actor_name")
    )
    found: dict[int, tuple[tuple[str, ...], str]] = {}
    for key, reason, name in rows:
        known, by = found.get(key, ((), name))
        found[key] = ((*known, reason) if reason and reason not in known else known, by)
    return found
