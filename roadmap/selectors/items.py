"""Placed items as lines of a list, a card or a bar: rows of values, no model instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backlog.models import BacklogItem
from plm.models import Product
from roadmap.models.placement import HEALTH

ITEM_COLUMNS = (
    "item_id", "item__number", "item__title", "item__state", "item__progress_done",
    "item__progress_total",
)  # fmt: skip

HEALTH_HUES = {"on_track": "green", "at_risk": "amber", "off_track": "red"}


def percent_of(row: Mapping[str, Any]) -> int:
    """Progress of a placed item: by what is below it, or all or nothing by its state."""
    if row["item__state"] == "done":
        return 100
    total = row["item__progress_total"]
    return round(100 * row["item__progress_done"] / total) if total else 0


def phase_of(row: Mapping[str, Any], percent: int) -> str:
    """`planned`, `building` or `shipped`: how a bar is drawn."""
    if row["item__state"] == "done":
        return "shipped"
    active = row["item__state"] in BacklogItem.workflow.names("active")
    return "building" if active or percent else "planned"


@dataclass(frozen=True, slots=True)
class Line:
    """A placed item in a list. `health` and the update on it are empty where they were not read."""

    reference: str
    title: str
    url: str
    state_label: str
    state_hue: str
    percent: int
    health: str = ""
    health_hue: str = ""
    note: str = ""


def line_of(product: Product, row: Mapping[str, Any], note: str = "") -> Line:
    """`product` must have its workspace at hand."""
    reference = f"{product.key}-{row['item__number']}"
    state = BacklogItem.workflow.state(row["item__state"])
    return Line(
        reference=reference,
        title=row["item__title"],
        url=f"{product.workspace.get_absolute_url()}{reference}",
        state_label=state.label,
        state_hue=state.hue or state.group,
        percent=percent_of(row),
        health=dict(HEALTH).get(row.get("health", ""), ""),
        health_hue=HEALTH_HUES.get(row.get("health", ""), ""),
        note=note or row.get("health_note", ""),
    )
