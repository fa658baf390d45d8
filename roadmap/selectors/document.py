"""The roadmap as data for clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plm.models import Product
from plm.permissions import Actor
from roadmap.models import Milestone, Placement, Release
from roadmap.models.vision import VISION_FIELDS
from roadmap.selectors.goals import Goal, goal_cards, vision_of
from roadmap.selectors.items import ITEM_COLUMNS, percent_of

PLACE_COLUMNS = (
    *ITEM_COLUMNS, "starts_on", "ends_on", "grain", "bucket", "position", "commitment", "health", "health_note",
    "health_at", "hidden", "public_title", "public_note", "version", "updated_at", "objective__number",
    "objective__product__key", "release__number",
    "release__product__key",
)  # fmt: skip


def _reference(key: str | None, number: int | None) -> str | None:
    return None if number is None else f"{key}-{number}"


def place_json(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A place as the API shows it, from a row of PLACE_COLUMNS."""
    return {
        "item": f"{key}-{row['item__number']}",
        "title": row["item__title"],
        "state": row["item__state"],
        "progress": percent_of(row) / 100,
        "starts_on": row["starts_on"],
        "ends_on": row["ends_on"],
        "grain": row["grain"],
        "bucket": row["bucket"],
        "objective": _reference(row["objective__product__key"], row["objective__number"]),
        "release": _reference(row["release__product__key"], row["release__number"]),
        "commitment": row["commitment"],
        "health": row["health"],
        "health_note": row["health_note"],
        "health_at": row["health_at"],
        "hidden": row["hidden"],
        "public_title": row["public_title"],
        "public_note": row["public_note"],
        "version": row["version"],
        "updated_at": row["updated_at"],
    }


def _goal(goal: Goal) -> dict[str, Any]:
    record = goal.record
    return {
        "reference": record.reference,
        "title": record.title,
        "state": record.state,
        "period": record.period,
        "starts_on": record.starts_on,
        "ends_on": record.ends_on,
        "progress": None if goal.percent is None else goal.percent / 100,
        "at_risk": goal.at_risk,
        "key_results": [
            {
                "reference": r.reference, "title": r.title, "metric": r.metric, "unit": r.unit,
                "start": r.start, "target": r.target, "current": r.current, "due_on": r.due, "progress": r.progress,
            }
            for r in goal.key_results
        ],
    }  # fmt: skip


def roadmap_document(actor: Actor, product: Product) -> dict[str, Any]:
    """The whole roadmap of a product in seven statements, however large it is."""
    vision = vision_of(actor, product)
    goals = goal_cards(actor, product, pursued=True)
    dates = ("number", "title", "state", "cycle_begins", "freeze_on", "release_on", "released_on")
    releases = Release.objects.visible_to(actor, "release.view").live().filter(product=product)
    milestones = (
        Milestone.objects.visible_to(actor, "milestone.view").live().filter(product=product)
    )
    places = Placement.objects.visible_to(actor, "placement.view").live().filter(product=product)
    return {
        "product": product.key,
        "vision": {name: getattr(vision, name) for name in VISION_FIELDS},
        "objectives": [_goal(goal) for goal in goals],
        "releases": [
            _numbered(product, row) for row in releases.order_by("release_on").values(*dates)
        ],
        "milestones": [
            _numbered(product, row)
            for row in milestones.order_by("on").values("number", "title", "state", "on", "type")
        ],
        "placements": [
            place_json(product.key, row)
            for row in places.order_by("bucket", "position", "pk").values(*PLACE_COLUMNS)
        ],
    }


def _numbered(product: Product, row: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in row.items() if name != "number"}
    return {"reference": f"{product.key}-{row['number']}", **rest}
