"""Releases with what goes out in them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Q, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils import timezone

from plm.models import Product
from plm.permissions import Actor
from roadmap.models import Placement, Release
from roadmap.selectors.items import ITEM_COLUMNS, Line, line_of

MAX_RELEASES = 60
FIRST_ITEMS = 8
MAX_ITEMS = 300


@dataclass(frozen=True, slots=True)
class ReleaseCard:
    """A release, its first items, and how many of all its items are done."""

    record: Release
    lines: list[Line]
    done: int
    total: int
    late_days: int

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


def placed_in(actor: Actor) -> Any:
    """Places that count in a release: of items that are neither archived nor cancelled."""
    rows = Placement.objects.visible_to(actor, "placement.view").live()
    return rows.exclude(item__state="cancelled")


def release_counts(rows: Any, ids: list[int]) -> dict[int, tuple[int, int]]:
    """(done, all) items per release, in one statement."""
    found = (
        rows.filter(release_id__in=ids)
        .values_list("release_id")
        .annotate(done=Count("pk", filter=Q(item__state="done")), total=Count("pk"))
    )
    return {pk: (done, total) for pk, done, total in found}


def release_cards(actor: Actor, product: Product) -> list[ReleaseCard]:
    """Open releases by their day, then those that went out, the latest first. Three statements."""
    over = Case(When(state__in=("planned", "in_progress"), then=Value(0)), default=Value(1))
    releases = list(
        Release.objects.visible_to(actor, "release.view")
        .live()
        .filter(product=product)
        .with_people()
        .annotate(over=over, on_day=Coalesce("released_on", "release_on"))
        .order_by("over", F("on_day").desc(nulls_last=True), "-number")[:MAX_RELEASES]
    )
    ids = [release.pk for release in releases]
    counts = release_counts(placed_in(actor), ids)
    lines = _first_lines(actor, product, ids)
    today = timezone.localdate()
    cards = [_card(r, lines[r.pk], counts.get(r.pk, (0, 0)), today) for r in releases]
    coming = [card for card in cards if card.record.state in {"planned", "in_progress"}]
    coming.sort(key=lambda card: (card.record.day or date.max, card.record.number))
    return coming + cards[len(coming) :]


def _first_lines(actor: Actor, product: Product, ids: list[int]) -> dict[int, list[Line]]:
    place = Window(RowNumber(), partition_by=F("release_id"), order_by=("position", "pk"))
    rows = (
        placed_in(actor)
        .filter(release_id__in=ids)
        .annotate(place=place)
        .filter(place__lte=FIRST_ITEMS)
        .order_by("release_id", "place")
        .values("release_id", "health", "health_note", *ITEM_COLUMNS)
    )
    lines: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        lines[row["release_id"]].append(line_of(product, row))
    return lines


def _card(release: Release, lines: list[Line], counts: tuple[int, int], today: date) -> ReleaseCard:
    reached = release.released_on or (
        today if release.state in {"planned", "in_progress"} else None
    )
    late = (reached - release.release_on).days if reached and release.release_on else 0
    return ReleaseCard(release, lines, *counts, late_days=max(0, late))


def release_page(actor: Actor, release: Release) -> dict[str, Any]:
    """What the page of a release shows beyond what every record shows."""
    rows = placed_in(actor).filter(release=release)
    done, total = release_counts(rows, [release.pk]).get(release.pk, (0, 0))
    lines = rows.order_by("position", "pk").values("health", "health_note", *ITEM_COLUMNS)[
        :MAX_ITEMS
    ]
    milestones = release.milestones.filter(archived_at=None).order_by("on")
    return {
        "lines": [line_of(release.product, row) for row in lines],
        "done": done,
        "total": total,
        "milestones": list(milestones.select_related("product__workspace")[:20]),
        "may_place": actor.may("placement.edit", release.workspace_id, release.product_id),
    }
