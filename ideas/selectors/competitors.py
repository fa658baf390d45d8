"""The comparison with competitors, as a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ideas.models import Capability, CapabilityRating, Competitor
from plm.errors import NotVisible
from plm.models import Product
from plm.permissions import Actor

HUES = {0: "gray", 1: "amber", 2: "blue", 3: "green"}
US = "us"
MOST_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """The latest rating in one cell. `moved` is how much it differs from the one before, 0 where there is none."""

    who: str
    name: str
    rating: int | None
    label: str
    hue: str
    on: date | None
    moved: int


@dataclass(frozen=True, slots=True)
class GridRow:
    capability: Capability
    marks: list[Mark]
    behind: bool
    """Somebody does it better than we do."""


@dataclass(frozen=True, slots=True)
class Grid:
    competitors: list[Competitor]
    rows: list[GridRow]
    left_out: int


def capability_of(product: Product, uuid: Any) -> Capability:
    """A line of the product's comparison. Raises NotVisible."""
    found = (
        Capability.objects.select_related("product__workspace", "record__product__workspace")
        .filter(product=product, uuid=uuid)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def comparison(actor: Actor, product: Product) -> Grid:
    """Every line and its latest ratings: us first, then the competitors still watched. Three statements."""
    competitors = list(
        Competitor.objects.visible_to(actor)
        .live()
        .with_people()
        .filter(product=product, state="watched")
        .order_by("title")[: MOST_COLUMNS + 1]
    )
    lines = list(
        Capability.objects.select_related("record__product__workspace")
        .filter(product=product, archived_at=None)
        .order_by("position", "pk")
    )
    found: dict[tuple[int, int | None], list[CapabilityRating]] = {}
    for rating in CapabilityRating.objects.filter(capability__in=[line.pk for line in lines]):
        found.setdefault((rating.capability_id, rating.competitor_id), []).append(rating)
    shown = competitors[:MOST_COLUMNS]
    rows = [_row(line, shown, found) for line in lines]
    return Grid(shown, rows, len(competitors) - len(shown))


def _row(
    line: Capability,
    shown: Sequence[Competitor],
    found: dict[tuple[int, int | None], list[CapabilityRating]],
) -> GridRow:
    ours = _mark(US, "We", found.get((line.pk, None), []))
    marks = [ours, *(_mark(c.reference, c.title, found.get((line.pk, c.pk), [])) for c in shown)]
    best = max((mark.rating for mark in marks[1:] if mark.rating is not None), default=None)
    behind = ours.rating is not None and best is not None and best > ours.rating
    return GridRow(line, marks, behind)


def _mark(who: str, name: str, ratings: list[CapabilityRating]) -> Mark:
    """`ratings` are newest first."""
    if not ratings:
        return Mark(who, name, None, "Not rated", "gray", None, 0)
    last = ratings[0]
    moved = last.rating - ratings[1].rating if len(ratings) > 1 else 0
    return Mark(
        who, name, last.rating, last.get_rating_display(), HUES[last.rating], last.on, moved
    )


def ratings_of(capability: Capability, competitor: Competitor | None) -> list[CapabilityRating]:
    """The ratings of one cell, newest first, at most 50."""
    rows = CapabilityRating.objects.filter(capability=capability, competitor=competitor)
    return list(rows.select_related("by", "competitor__product")[:50])


def competitor_page(actor: Actor, competitor: Competitor) -> dict[str, Any]:
    """What the page of a competitor shows beyond what every record shows."""
    rated = (
        CapabilityRating.objects.filter(competitor=competitor, capability__archived_at=None)
        .select_related("capability")
        .order_by("capability__position", "capability_id", "-on", "-pk")
    )
    latest: dict[int, CapabilityRating] = {}
    for rating in rated:
        latest.setdefault(rating.capability_id, rating)
    return {
        "rated": [(rating, HUES[rating.rating]) for rating in latest.values()],
        "changes": sorted(rated, key=lambda r: (r.on, r.pk), reverse=True)[:10],
        "may_rate": actor.may("competitor.edit", competitor.workspace_id, competitor.product_id),
    }
