"""The timeline and the columns of a share, laid out from its own rows alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from roadmap import timeline as geometry
from roadmap.grains import QUARTER, label, whole
from roadmap.selectors.shared import SharedGroup, SharedItem, SharedRelease, SharedView

MAX_CARDS, LANE_ROWS, MARK_ROWS, ON_A_SLIDE = 60, 12, 3, 8


@dataclass(frozen=True, slots=True)
class SharedBar:
    """`icon` says that the mark of what is shipped has room in the bar."""

    item: SharedItem
    place: geometry.Place
    icon: bool


@dataclass(frozen=True, slots=True)
class SharedMark:
    release: SharedRelease
    place: geometry.Place


@dataclass(frozen=True, slots=True)
class SharedLane:
    name: str
    hue: str
    percent: int | None
    bars: list[SharedBar]
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


@dataclass(frozen=True, slots=True)
class SharedColumn:
    label: str
    cards: list[SharedItem]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.cards)


def shared_timeline(view: SharedView, shown: geometry.Window) -> SharedTimeline:
    """The lanes with something in the window, twelve rows each at most."""
    marks = [geometry.Mark(n, one.on, one.title) for n, one in enumerate(view.releases)]
    places, _ = geometry.mark_places(shown, marks, max_rows=MARK_ROWS)
    today = timezone.localdate()
    lanes = [_lane(view, group, shown) for group in view.groups]
    return SharedTimeline(
        label=shown.label,
        weeks=shown.weeks,
        quarters=geometry.quarters(shown),
        months=geometry.months(shown),
        today=shown.column(today) if shown.begin <= today <= shown.last else None,
        marks=[SharedMark(view.releases[place.key], place) for place in places],
        lanes=[lane for lane in lanes if lane.bars],
    )


def _lane(view: SharedView, group: SharedGroup, shown: geometry.Window) -> SharedLane:
    bars = []
    for place in group.items:
        item = view.items[place]
        if item.start is not None and item.end is not None:
            bars.append(geometry.Bar(place, item.start, item.end, item.title))
    places, more = geometry.bar_places(shown, bars, max_rows=LANE_ROWS)
    drawn = [
        SharedBar(view.items[place.key], place, geometry.has_icon(shown, place)) for place in places
    ]
    return SharedLane(group.name, group.hue, group.percent, drawn, more)


def shared_board(view: SharedView) -> list[SharedColumn]:
    """The columns, sixty cards each at most."""
    return [
        SharedColumn(
            group.name, [view.items[place] for place in group.items[:MAX_CARDS]], len(group.items)
        )
        for group in view.groups
    ]


@dataclass(frozen=True, slots=True)
class SharedSlide:
    """A part of the presentation: a lane, a column or a quarter, eight items at most; what is more goes on to the next."""

    number: int
    title: str
    hue: str
    items: list[SharedItem]


def shared_slides(view: SharedView, by: str) -> list[SharedSlide]:
    """The view a lane after another, or with `quarter` a quarter after another: there what lies in several is in each."""
    parts = _quarters(view) if by == "quarter" else _lanes(view)
    slides: list[SharedSlide] = []
    for title, hue, items in parts:
        for begin in range(0, len(items), ON_A_SLIDE):
            name = title if not begin else f"{title}, continued"
            slides.append(
                SharedSlide(len(slides) + 1, name, hue, items[begin : begin + ON_A_SLIDE])
            )
    return slides


Parts = list[tuple[str, str, list[SharedItem]]]


def _lanes(view: SharedView) -> Parts:
    return [
        (group.name, group.hue, [view.items[place] for place in group.items])
        for group in view.groups
    ]


def _quarters(view: SharedView) -> Parts:
    found: dict[date, list[SharedItem]] = {}
    for item in view.items:
        if item.start is None or item.end is None:
            continue
        begin, end = whole(QUARTER, item.start, item.end)
        while begin <= end:
            found.setdefault(begin, []).append(item)
            begin = date(begin.year + (begin.month + 2) // 12, (begin.month + 2) % 12 + 1, 1)
    return [(label(QUARTER, day, day), "teal", found[day]) for day in sorted(found)]
