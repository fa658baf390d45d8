"""Slots on earlier pages that later rooms fill, without the earlier room knowing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plm.models import Product
from plm.permissions import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page. `load` gets the actor and the page's subject, and gives the template's context, or None
    for "nothing to show here". A subject is a Product on the slots `home` and `settings`, a Workspace on `inbox`,
    a record on `record:<kind>` and on `evidence:spec`, which stands beside the text of a specification."""

    slot: str
    name: str
    title: str
    template: str
    load: Callable[[Actor, Any], Mapping[str, Any] | None]
    order: int = 50
    span: int = 1


@dataclass(frozen=True, slots=True)
class Tile:
    """One stage's figure on the rail of the product's home page. `load` gives (count, note, needs attention)."""

    stage: str
    load: Callable[[Actor, Product], tuple[int, str, bool]]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """What can be done to several chosen rows of a kind's list. The references go as `ref` to `path` below the product."""

    kind: str
    name: str
    label: str
    icon: str
    path: str
    action: str


@dataclass(frozen=True, slots=True)
class Tab:
    """One more tab on the pages of an earlier room. `slot` names their row of tabs, `path` lies below the product."""

    slot: str
    name: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class PublicTab:
    """A page of a later room among those for visitors, below `slot` (`portal`). `there` says of a product whether it is,
    and `load` gets the reader of that slot and the product, and gives the template's context, or None."""

    slot: str
    name: str
    label: str
    template: str
    there: Callable[[Product], bool]
    load: Callable[[Any, Product], Mapping[str, Any] | None]


_public: dict[tuple[str, str], PublicTab] = {}
_tabs: dict[tuple[str, str], Tab] = {}
_panels: dict[tuple[str, str], Panel] = {}
_tiles: dict[str, Tile] = {}
_bulk: dict[tuple[str, str], BulkAction] = {}


def register(panel: Panel) -> None:
    _panels[panel.slot, panel.name] = panel


def register_tile(tile: Tile) -> None:
    _tiles[tile.stage] = tile


def panels_for(slot: str, actor: Actor, subject: Any) -> list[dict[str, Any]]:
    """The filled panels of a slot, in their order."""
    here = sorted((p for p in _panels.values() if p.slot == slot), key=lambda p: (p.order, p.name))
    filled = []
    for panel in here:
        context = panel.load(actor, subject)
        if context is not None:
            filled.append(
                {
                    "title": panel.title,
                    "template": panel.template,
                    "span": panel.span,
                    "name": panel.name,
                    **context,
                }
            )
    return filled


def register_bulk(action: BulkAction) -> None:
    _bulk[action.kind, action.name] = action


def bulk_actions(kind: str, actor: Actor, product: Product) -> list[dict[str, str]]:
    """What the actor may do to chosen rows of this kind's list."""
    return [
        {
            "name": a.name,
            "label": a.label,
            "icon": a.icon,
            "url": product.get_absolute_url() + a.path,
        }
        for a in _bulk.values()
        if a.kind == kind and actor.may(a.action, product.workspace_id, product.pk)
    ]


def register_tab(tab: Tab) -> None:
    _tabs[tab.slot, tab.name] = tab


def tabs_for(slot: str) -> list[Tab]:
    """What later rooms add to a row of tabs."""
    return [tab for tab in _tabs.values() if tab.slot == slot]


def tile_for(stage: str) -> Tile | None:
    return _tiles.get(stage)


def register_public_tab(tab: PublicTab) -> None:
    _public[tab.slot, tab.name] = tab


def public_tabs(slot: str, product: Product) -> list[PublicTab]:
    """The pages that later rooms have for visitors of a product now."""
    return [tab for tab in _public.values() if tab.slot == slot and tab.there(product)]
