"""What holders of a link see: classes of their own, so that nothing else can reach the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from plm.models import Product
from plm.permissions import Actor
from plm.selectors import secret_hash
from roadmap import timeline as geometry
from roadmap.models import Placement, Share
from roadmap.selectors.board import board_of
from roadmap.selectors.chart import Asked, BarView, LaneView, timeline_of
from roadmap.selectors.marks import releases_within


@dataclass(frozen=True, slots=True)
class SharedBar:
    title: str
    start: date
    end: date
    percent: int
    phase: str
    place: geometry.Place


@dataclass(frozen=True, slots=True)
class SharedLane:
    key: str
    name: str
    hue: str
    percent: int | None
    bars: list[SharedBar]
    more: int


@dataclass(frozen=True, slots=True)
class SharedMark:
    title: str
    on: date
    place: geometry.Place


@dataclass(frozen=True, slots=True)
class SharedCard:
    title: str
    objective: str
    hue: str
    release: str
    starts_on: date | None
    ends_on: date | None
    percent: int


@dataclass(frozen=True, slots=True)
class SharedColumn:
    label: str
    cards: list[SharedCard]
    total: int
    more: int


@dataclass(frozen=True, slots=True)
class SharedTimeline:
    label: str
    weeks: int
    quarters: list[geometry.Head]
    months: list[geometry.Head]
    today: int | None
    marks: list[SharedMark]
    lanes: list[SharedLane]


def share_of(secret: str) -> Share | None:
    """The link of that secret if it opens: not revoked, not expired, its product not archived."""
    if not 20 <= len(secret) <= 100:
        return None
    found: Share | None = (
        Share.objects.live()
        .select_related("product__workspace")
        .filter(token_hash=secret_hash(secret), product__archived_at=None)
        .first()
    )
    return found


def shares_of(actor: Actor, product: Product) -> Any:
    """The links of a product for those who manage them, the latest first."""
    rows = Share.objects.visible_to(actor, "share.view").filter(product=product)
    return rows.select_related("created_by", "product__workspace").order_by("-created_at")


def _placed(product: Product) -> Any:
    """Places that may leave the house: not hidden, of items that are neither archived nor cancelled."""
    rows = Placement.objects.live().filter(product=product, hidden=False)
    return rows.exclude(item__state="cancelled")


def shared_timeline(share: Share, shown: geometry.Window) -> SharedTimeline:
    """The timeline behind a link: titles, dates, progress, names of goals or releases; no milestones."""
    product = share.product
    found = timeline_of(product, _placed(product), shown, Asked(share.lanes))
    lanes = [_lane(str(n), lane) for n, lane in enumerate(found.lanes) if lane.bars]
    releases = [release for release in releases_within(product, shown) if release.day]
    marks = [geometry.Mark(n, r.day, r.title) for n, r in enumerate(releases) if r.day]
    places, _ = geometry.mark_places(shown, marks, max_rows=3)
    return SharedTimeline(
        label=shown.label,
        weeks=shown.weeks,
        quarters=found.quarters,
        months=found.months,
        today=found.today,
        marks=[SharedMark(marks[p.key].label, marks[p.key].on, p) for p in places],
        lanes=lanes,
    )


def _lane(key: str, lane: LaneView) -> SharedLane:
    return SharedLane(
        key, lane.name, lane.hue, lane.percent, [_bar(bar) for bar in lane.bars], lane.more
    )


def _bar(bar: BarView) -> SharedBar:
    phase = "shipped" if bar.percent == 100 else "building" if bar.percent else "planned"
    return SharedBar(bar.title, bar.start, bar.end, bar.percent, phase, bar.place)


def shared_board(share: Share) -> list[SharedColumn]:
    """The columns behind a link."""
    columns, _ = board_of(share.product, _placed(share.product))
    return [
        SharedColumn(
            label=column.label,
            cards=[
                SharedCard(
                    c.title, c.objective, c.hue, c.release, c.starts_on, c.ends_on, c.percent
                )
                for c in column.cards
            ],
            total=column.total,
            more=column.more,
        )
        for column in columns
    ]
