"""The ways to divide items, and to choose them, that this room has itself: kinds, segments, what is planned, the first places."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from backlog.models import BacklogItem, SpecSegment
from backlog.models.item import TYPES
from backlog.selectors.balance import (
    MOST,
    PLANNED,
    Chains,
    Chosen,
    Group,
    Grouping,
    Scope,
    register_grouping,
    register_scope,
)
from backlog.selectors.priority import TYPE_ICONS
from ideas.models import Segment
from plm.models import Product
from plm.permissions import Actor

M = TypeVar("M")


def nearest(chains: Chains, own: Mapping[int, M]) -> dict[int, M]:
    """The groups of each item: its own, or those of the nearest above it that has any."""
    found = {}
    for pk, chain in chains.items():
        groups = next((own[one] for one in chain if own.get(one)), None)
        if groups:
            found[pk] = groups
    return found


def _kinds(actor: Actor, product: Product, kept: Mapping[str, float]) -> list[Group]:
    del actor, product
    return [
        Group(name, label, _share(kept, name), hue=TYPE_ICONS[name][1]) for name, label in TYPES
    ]


def _share(kept: Mapping[str, float], key: str) -> float | None:
    return kept[key] / 100 if key in kept else None


def _of_kinds(actor: Actor, product: Product, chains: Chains) -> dict[int, frozenset[str]]:
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product, pk__in=chains)
    return {pk: frozenset({kind}) for pk, kind in rows.values_list("pk", "type")}


def _segments(actor: Actor, product: Product, kept: Mapping[str, float]) -> list[Group]:
    rows = Segment.objects.visible_to(actor, "segment.view").filter(
        workspace_id=product.workspace_id
    )
    at = f"{product.get_absolute_url()}customers/segments/"
    return [Group(str(s.uuid), s.name, _share(kept, str(s.uuid)), f"{at}{s.uuid}") for s in rows]


def _of_segments(actor: Actor, product: Product, chains: Chains) -> dict[int, frozenset[str]]:
    """Whom the specification of an item is for."""
    del actor
    every = {pk for chain in chains.values() for pk in chain}
    rows = SpecSegment.objects.filter(
        spec__item__in=every, spec__product=product, spec__archived_at=None
    ).exclude(spec__state="superseded")
    own: dict[int, set[str]] = {}
    for pk, segment in rows.values_list("spec__item_id", "segment__uuid"):
        own.setdefault(pk, set()).add(str(segment))
    return nearest(chains, {pk: frozenset(keys) for pk, keys in own.items()})


def _planned(actor: Actor, product: Product, top: int) -> Chosen:
    del top
    rows = BacklogItem.objects.visible_to(actor, "item.view").unfinished()
    rows = rows.filter(product=product, state__in=PLANNED)
    found = list(rows.order_by("rank", "pk").values_list("pk", flat=True)[:MOST])
    return Chosen(found, "Open items that are planned or in work (to do, in progress, in review).")


def _top(actor: Actor, product: Product, top: int) -> Chosen:
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product, rank__gt=0)
    found = list(rows.order_by("rank", "pk").values_list("pk", flat=True)[:top])
    return Chosen(found, f"The first {top:,} places of the ranked list.")


def register_own() -> None:
    """Offer what this room knows."""
    register_scope(Scope("planned", "What is planned or in work", _planned, order=10))
    register_scope(Scope("top", "The first places of the ranked list", _top, order=40))
    register_grouping(
        Grouping("type", "Kinds", "No kind", _kinds, _of_kinds, settable=True, order=30)
    )
    register_grouping(
        Grouping(
            "segment", "Segments", "No segment", _segments, _of_segments, single=False, settable=True, order=20,
            hint="A segment is named on the specification of an item. An item for two segments counts in both.",
        )
    )  # fmt: skip
