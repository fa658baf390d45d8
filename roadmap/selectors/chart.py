"""The timeline of a product: lanes of bars, a row of diamonds, all laid out by `roadmap.timeline`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from plm.models import Product
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.forecasting.words import forecast_said
from roadmap.models import Milestone, Objective, Placement, Release
from roadmap.models.objective import HUES
from roadmap.selectors.goals import Goal, goals_of
from roadmap.selectors.items import ITEM_COLUMNS, percent_of, phase_of
from roadmap.selectors.pasts import ProductPast
from roadmap.selectors.releases import release_counts

LANES = (("objective", "Goal"), ("team", "Team"), ("release", "Release"))
LANE_FIELD = {"objective": "objective_id", "team": "item__team_id", "release": "release_id"}
FEW_ROWS, MANY_ROWS, MARK_ROWS = 6, 24, 3
BAR_COLUMNS = (
    *ITEM_COLUMNS, "starts_on", "ends_on", "health", "objective_id", "release_id", "item__team_id",
    "item__team__name",
)  # fmt: skip
LANE_HUES = [name for name, _ in HUES if name != "gray"]


@dataclass(frozen=True, slots=True)
class Tail:
    """What is drawn of a forecast: columns from the end of the bar to the day of 85 %, and the one of the half; 0 where
    they are out of sight or there is none."""

    column: int
    span: int
    half: int
    said: str


@dataclass(frozen=True, slots=True)
class BarView:
    reference: str
    title: str
    url: str
    start: date
    end: date
    percent: int
    phase: str
    late: bool
    place: geometry.Place
    tail: Tail | None = None


@dataclass(frozen=True, slots=True)
class MarkView:
    title: str
    url: str
    on: date
    hue: str
    place: geometry.Place


@dataclass(slots=True)
class LaneView:
    """One lane. `percent` is None where there is nothing to measure; `more` bars found no row."""

    key: str
    name: str
    hue: str = "gray"
    note: str = ""
    url: str = ""
    percent: int | None = None
    bars: list[BarView] = field(default_factory=list)
    more: int = 0
    opened: bool = False
    part: int = 1

    @property
    def next_part(self) -> int:
        return self.part + 1


@dataclass(frozen=True, slots=True)
class Timeline:
    shown: geometry.Window
    lanes_by: str
    quarters: list[geometry.Head]
    months: list[geometry.Head]
    today: int | None
    marks: list[MarkView]
    more_marks: int
    lanes: list[LaneView]
    undated: int
    bars: int
    forecasts: bool = False


def placed_rows(actor: Actor, product: Product) -> Any:
    """Places the actor may see, of items that are neither archived nor cancelled."""
    rows = Placement.objects.visible_to(actor, "placement.view").live()
    return rows.filter(product=product).exclude(item__state="cancelled")


def default_lanes(product: Product) -> str:
    """By goal, unless the product has releases and no goal."""
    if Objective.objects.live().filter(product=product).exists():
        return "objective"
    return "release" if Release.objects.live().filter(product=product).exists() else "objective"


def timeline_of(
    product: Product,
    rows: Any,
    shown: geometry.Window,
    lanes_by: str,
    *,
    opened: str = "",
    part: int = 1,
    past: ProductPast | None = None,
) -> Timeline:
    """The timeline of the places in `rows`, with at most eight statements however many there are.

    Each lane has at most six rows, the lane `opened` the next 24 in each `part`; what finds no row is counted in
    `more`. With `past` the bars of unfinished items say when they come.
    """
    found = list(rows.dated(shown.begin, shown.last).order_by("starts_on").values(*BAR_COLUMNS))
    by_lane: dict[int | None, list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        by_lane[row[LANE_FIELD[lanes_by]]].append(row)
    lanes = {
        "objective": _goal_lanes, "release": _release_lanes, "team": _team_lanes,
    }[lanes_by](product, rows, shown, by_lane)  # fmt: skip
    for lane, lane_rows in lanes:
        lane.opened = lane.key == opened
        lane.part = part if lane.opened else 1
        _fill(product, shown, lane, lane_rows, past)
    marks, more_marks = marks_of(product, shown)
    today = timezone.localdate()
    return Timeline(
        shown=shown,
        lanes_by=lanes_by,
        quarters=geometry.quarters(shown),
        months=geometry.months(shown),
        today=shown.column(today) if shown.begin <= today <= shown.last else None,
        marks=marks,
        more_marks=more_marks,
        lanes=[lane for lane, _ in lanes],
        undated=rows.filter(starts_on=None).exclude(item__state="done").count(),
        bars=len(found),
        forecasts=any(bar.tail and bar.tail.span for lane, _ in lanes for bar in lane.bars),
    )


Rows = list[Mapping[str, Any]]
Lanes = list[tuple[LaneView, Rows]]


def _fill(
    product: Product, shown: geometry.Window, lane: LaneView, rows: Rows, past: ProductPast | None
) -> None:
    by_key = {row["item_id"]: row for row in rows}
    bars = [
        geometry.Bar(
            row["item_id"], row["starts_on"], row["ends_on"], row["item__title"],
            percent=phase_of(row, percent_of(row)) == "building",
        )
        for row in rows
    ]  # fmt: skip
    limit = MANY_ROWS if lane.opened else FEW_ROWS
    passed = limit * (lane.part - 1)
    places, lane.more = geometry.bar_places(shown, bars, max_rows=passed + limit)
    places = [replace(place, row=place.row - passed) for place in places if place.row > passed]
    base, today = product.workspace.get_absolute_url(), timezone.localdate()
    lane.bars = [_bar(product, base, today, by_key[place.key], place) for place in places]
    if past is None:
        return
    lane.bars = [
        replace(bar, tail=_tail(shown, past, by_key[bar.place.key], bar)) for bar in lane.bars
    ]


def _tail(
    shown: geometry.Window, past: ProductPast, row: Mapping[str, Any], bar: BarView
) -> Tail | None:
    """What the forecast adds to the bar of an unfinished item."""
    found = (
        None
        if bar.phase == "shipped"
        else past.forecast(row["item_id"], bar.end, row["item__state"])
    )
    if found is None:
        return None
    half, most = found.p50, found.p85 or found.p50
    begin = bar.place.column + bar.place.span
    seen = half is not None and most is not None and shown.first <= most and begin <= shown.weeks
    span = shown.column(most) - begin + 1 if seen and most else 0
    at = shown.column(half) if half and span > 0 and half <= shown.last else 0
    return Tail(begin, max(span, 0), at if at >= begin else 0, forecast_said(found))


def _bar(
    product: Product, base: str, today: date, row: Mapping[str, Any], place: geometry.Place
) -> BarView:
    reference = f"{product.key}-{row['item__number']}"
    percent = percent_of(row)
    open_still = row["item__state"] != "done"
    return BarView(
        reference=reference,
        title=row["item__title"],
        url=f"{base}{reference}",
        start=row["starts_on"],
        end=row["ends_on"],
        percent=percent,
        phase=phase_of(row, percent),
        late=open_still and (row["ends_on"] < today or row["health"] == "off_track"),
        place=place,
    )


def _goal_lanes(
    product: Product, rows: Any, shown: geometry.Window, by_lane: Mapping[int | None, Rows]
) -> Lanes:
    del rows
    pursued = (
        Q(state__in=("planned", "active"))
        & (Q(starts_on=None) | Q(starts_on__lte=shown.last))
        & (Q(ends_on=None) | Q(ends_on__gte=shown.begin))
    )
    ids = [pk for pk in by_lane if pk is not None]
    records = (
        Objective.objects.live()
        .filter(product=product)
        .filter(pursued | Q(pk__in=ids))
        .order_by("-weight", "number")
    )
    lanes: Lanes = []
    for goal in goals_of(records):
        goal.record.product = product
        lanes.append((_goal_lane(goal), by_lane.get(goal.record.pk, [])))
    return [*lanes, *_rest("No goal", lanes, by_lane)]


def _goal_lane(goal: Goal) -> LaneView:
    return LaneView(
        key=goal.record.reference, name=goal.record.title, hue=goal.record.hue, note=goal.note,
        url=goal.record.get_absolute_url(), percent=goal.percent,
    )  # fmt: skip


def _rest(name: str, lanes: Lanes, by_lane: Mapping[int | None, Rows]) -> Lanes:
    """What belongs to no lane: without a link, or with one to something that is archived."""
    shown = {row["item_id"] for _, rows in lanes for row in rows}
    left = [row for rows in by_lane.values() for row in rows if row["item_id"] not in shown]
    if not left and lanes:
        return []
    return [(LaneView(key="none", name=name if lanes else "Everything"), left)]


def _release_lanes(
    product: Product, rows: Any, shown: geometry.Window, by_lane: Mapping[int | None, Rows]
) -> Lanes:
    ids = [pk for pk in by_lane if pk is not None]
    records = list(
        Release.objects.live()
        .filter(product=product)
        .annotate(on_day=Coalesce("released_on", "release_on"))
        .filter(Q(pk__in=ids) | Q(on_day__gte=shown.begin, on_day__lte=shown.last))
        .exclude(state="cancelled")
        .order_by("on_day", "number")
    )
    counts = release_counts(rows, [record.pk for record in records])
    lanes: Lanes = []
    for position, record in enumerate(records):
        record.product = product
        lane = _release_lane(record, counts.get(record.pk, (0, 0)))
        lane.hue = LANE_HUES[position % len(LANE_HUES)]
        lanes.append((lane, by_lane.get(record.pk, [])))
    return [*lanes, *_rest("No release", lanes, by_lane)]


def _release_lane(record: Release, counts: tuple[int, int]) -> LaneView:
    done, total = counts
    day = f"{record.day.day} {record.day:%b %Y}" if record.day else "no day yet"
    return LaneView(
        key=record.reference, name=record.title, note=f"{record.state_label}, {day}",
        url=record.get_absolute_url(), percent=round(100 * done / total) if total else None,
    )  # fmt: skip


def _team_lanes(
    product: Product, rows: Any, shown: geometry.Window, by_lane: Mapping[int | None, Rows]
) -> Lanes:
    del product, rows, shown
    named = sorted(
        ((lane_rows[0]["item__team__name"], pk) for pk, lane_rows in by_lane.items() if pk),
        key=lambda pair: (pair[0].casefold(), pair[1]),
    )
    lanes: Lanes = []
    for position, (name, pk) in enumerate(named):
        hue = LANE_HUES[position % len(LANE_HUES)]
        count = len(by_lane[pk])
        note = f"{count} item{'' if count == 1 else 's'}"
        lanes.append((LaneView(key=f"team-{position}", name=name, hue=hue, note=note), by_lane[pk]))
    return [*lanes, *_rest("No team", lanes, by_lane)]


MARK_HUES = {"release": "indigo", "gate": "rose", "event": "amber"}


def marks_of(product: Product, shown: geometry.Window) -> tuple[list[MarkView], int]:
    """Milestones and releases of the window as diamonds, and how many found no room."""
    milestones = (
        Milestone.objects.live()
        .filter(product=product, on__range=(shown.begin, shown.last))
        .exclude(state="cancelled")
        .order_by("on")
    )
    releases = releases_within(product, shown)
    base = product.workspace.get_absolute_url()
    known = [
        *((m.on, m.title, MARK_HUES[m.type], m.number) for m in milestones[:200]),
        *((r.day, r.title, "indigo", r.number) for r in releases if r.day),
    ]
    marks = [geometry.Mark(i, on, title) for i, (on, title, _, _) in enumerate(known)]
    places, more = geometry.mark_places(shown, marks, max_rows=MARK_ROWS)
    return [
        MarkView(known[p.key][1], f"{base}{product.key}-{known[p.key][3]}", known[p.key][0], known[p.key][2], p)
        for p in places
    ], more  # fmt: skip


def releases_within(product: Product, shown: geometry.Window) -> list[Release]:
    """Releases whose day lies in the window."""
    rows = Release.objects.live().filter(product=product).exclude(state="cancelled")
    dated = rows.annotate(on_day=Coalesce("released_on", "release_on"))
    return list(dated.filter(on_day__range=(shown.begin, shown.last)).order_by("on_day")[:200])
