"""Roadmaps as pictures: from the rows of their pages alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.text import slugify

from plm.drawing import Drawing, drawing_png
from plm.models import Product
from roadmap import picture
from roadmap import timeline as geometry
from roadmap.grains import DAY, when_said
from roadmap.models import Share
from roadmap.selectors.bars import BarView
from roadmap.selectors.chart import LaneView, Timeline
from roadmap.selectors.shared import SharedView
from roadmap.selectors.shared_drawn import SharedLane, shared_board, shared_timeline

MOST_CARDS = 14
SCALE = 1.2
"""Pixels to a point: 1,920 across, as wide as a slide."""


def shared_picture(share: Share, view: SharedView, shown: geometry.Window) -> Drawing:
    """What a share shows: its timeline in that time, or its columns. Nothing that the page would not show."""
    if share.view == "board":
        return _board(share, view)
    chart = shared_timeline(view, shown)
    drawn = sum(len(lane.bars) + lane.more for lane in chart.lanes)
    elsewhere = len(view.items) - drawn
    return picture.timeline_drawing(
        picture.DrawnTimeline(
            title=f"Roadmap of {share.product.name}",
            subtitle=_subtitle(chart.label),
            weeks=chart.weeks,
            quarters=_heads(chart.quarters),
            months=_heads(chart.months),
            today=chart.today,
            marks=[
                _mark(mark.release.title, "indigo", mark.place) for mark in chart.marks
            ],
            mark_name="Releases",
            lanes=[_shared_lane(lane) for lane in chart.lanes],
            left_out=[*_counted(elsewhere, f"outside of {chart.label}"), *_beyond(view)],
        )
    )  # fmt: skip


def timeline_picture(product: Product, chart: Timeline, moment: datetime | None = None) -> Drawing:
    """The timeline as the team sees it on its page, now or at a moment of the past."""
    label = chart.shown.label
    left_out = [*_counted(chart.undated, "without dates"), *_counted(chart.more_marks, "among the milestones, for lack of room")]  # fmt: skip
    return picture.timeline_drawing(
        picture.DrawnTimeline(
            title=f"Roadmap of {product.name}",
            subtitle=_subtitle(label, moment),
            weeks=chart.shown.weeks,
            quarters=_heads(chart.quarters),
            months=_heads(chart.months),
            today=chart.today,
            marks=[_mark(mark.title, mark.hue, mark.place) for mark in chart.marks],
            mark_name="Milestones",
            lanes=[_lane(lane) for lane in chart.lanes if lane.bars or lane.percent is not None],
            left_out=left_out,
            late=any(bar.late for lane in chart.lanes for bar in lane.bars),
        )
    )


def _subtitle(label: str, moment: datetime | None = None) -> str:
    day = timezone.localdate(moment)
    return f"{label}, as it {'stood' if moment else 'stands'} on {when_said(DAY, day, day)}"


@dataclass(frozen=True, slots=True)
class PictureFile:
    content: bytes
    content_type: str
    name: str


def _timeline_png(product: Product, chart: Timeline, moment: datetime | None) -> PictureFile:
    content = drawing_png(timeline_picture(product, chart, moment), SCALE)
    return PictureFile(content, "image/png", _name(product, "png"))


def _timeline_pdf(product: Product, chart: Timeline, moment: datetime | None) -> PictureFile:
    from plm.pdf import tables_pdf  # noqa: PLC0415 - only who prints pays for it

    drawing = timeline_picture(product, chart, moment)
    content = tables_pdf(f"Roadmap of {product.name}", "", [], drawing)
    return PictureFile(content, "application/pdf", _name(product, "pdf"))


def _name(product: Product, ending: str) -> str:
    return f"roadmap-{slugify(product.name) or 'product'}.{ending}"


PICTURES: Mapping[str, Callable[[Product, Timeline, datetime | None], PictureFile]] = {
    "png": _timeline_png, "pdf": _timeline_pdf,
}  # fmt: skip
"""By ending, how a file is made of a timeline of now or of a moment."""


def _counted(count: int, where: str) -> list[str]:
    return [f"Not in the picture: {count:,} item{'' if count == 1 else 's'} {where}."] if count > 0 else []  # fmt: skip


def _beyond(view: SharedView) -> list[str]:
    return _counted(view.more, f"beyond the first {len(view.items):,}")


def _heads(heads: Iterable[geometry.Head]) -> list[picture.DrawnHead]:
    return [picture.DrawnHead(head.label, head.column, head.span) for head in heads]


def _mark(title: str, hue: str, place: geometry.Place) -> picture.DrawnMark:
    return picture.DrawnMark(title, hue, place.column, place.span, place.row, place.flip)


def _shared_lane(lane: SharedLane) -> picture.DrawnLane:
    bars = [
        _bar(bar.item.title, bar.item.hue, bar.place, bar.item.phase, bar.item.percent)
        for bar in lane.bars
    ]
    return picture.DrawnLane(lane.name, lane.hue, lane.percent, bars, lane.more)


def _lane(lane: LaneView) -> picture.DrawnLane:
    bars = [_bar(bar.title, _hue(lane, bar), bar.place, bar.phase, bar.percent) for bar in lane.bars]  # fmt: skip
    return picture.DrawnLane(lane.name, lane.hue, lane.percent, bars, lane.more)


def _hue(lane: LaneView, bar: BarView) -> str:
    return "red" if bar.late else lane.hue


def _bar(
    title: str, hue: str, place: geometry.Place, phase: str, percent: int | None
) -> picture.DrawnBar:
    return picture.DrawnBar(
        title, hue, place.column, place.span, place.row, place.out, place.flip, phase, percent
    )


def _board(share: Share, view: SharedView) -> Drawing:
    columns = [
        picture.DrawnColumn(
            column.label,
            [
                (card.title, card.hue, " · ".join(part for part in (card.when, card.goal, card.release, card.phase_words) if part))
                for card in column.cards[:MOST_CARDS]
            ],
            column.total - min(len(column.cards), MOST_CARDS),
        )
        for column in shared_board(view)
    ]  # fmt: skip
    title = f"Roadmap of {share.product.name}"
    return picture.board_drawing(title, _subtitle("Now, next, later"), columns, _beyond(view))
