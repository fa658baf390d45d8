"""The timeline of a product: lanes of bars, a row of diamonds, all laid out by `roadmap.timeline`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from plm.models import Product
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.grains import label
from roadmap.links import Piece
from roadmap.models import Objective, Placement, Release
from roadmap.models.objective import HUES
from roadmap.selectors.bars import BarView
from roadmap.selectors.goals import Goal, goals_of
from roadmap.selectors.items import ITEM_COLUMNS, percent_of, phase_of
from roadmap.selectors.marks import KnownMark, MarkView, known_marks, marks_of
from roadmap.selectors.releases import release_counts

LANES = (
    ("objective", "Goal"), ("team", "Team"), ("release", "Release"), ("owner", "Owner"), ("phase", "Phase"),
    ("component", "Component"),
)  # fmt: skip
LANE_FIELD = {
    "objective": "objective_id", "team": "item__team_id", "release": "release_id", "owner": "item__owner_id",
    "component": "item__component_id",
}  # fmt: skip
PHASES = (("building", "In progress"), ("planned", "Planned"), ("shipped", "Shipped"))
FEW_ROWS, MANY_ROWS = 6, 24
BAR_COLUMNS = (
    *ITEM_COLUMNS, "starts_on", "ends_on", "health", "health_note", "objective_id", "release_id", "item__team_id",
    "item__team__name", "item__owner_id", "item__owner__name", "item__owner__email", "version", "grain",
    "item__component_id", "item__component__name",
)  # fmt: skip
LANE_HUES = [name for name, _ in HUES if name != "gray"]


@dataclass(slots=True)
class LaneView:
    """One lane. `percent` is None where there is nothing to measure; `more` bars found no row. `links` are the pieces of
    the lines between bars that lie in it, see `roadmap.links`."""

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
    links: list[Piece] = field(default_factory=list)

    @property
    def next_part(self) -> int:
        return self.part + 1


Rows = list[Mapping[str, Any]]
Lanes = list[tuple[LaneView, Rows]]
Placed = tuple[Mapping[str, Any], geometry.Place]
Told = Callable[[list[int]], None]
"""Makes the rows of these items say what only drawn bars do."""
Counts = Callable[[list[int]], Mapping[int, tuple[int, int]]]
"""(done, all) items of these releases."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where bars lead: to their items, whose addresses get `suffix`, or to what lies `within` an address."""

    suffix: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What lanes a timeline has, the key of the one that is opened, and which part of it."""

    lanes_by: str
    opened: str = ""
    part: int = 1


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
    asked: Asked,
) -> Timeline:
    """The timeline of the places in `rows`, with at most eight statements however many there are.

    Each lane has at most six rows, the lane `opened` the next 24 in each `part`; what finds no row is counted in
    `more`.
    """
    found = list(rows.dated(shown.begin, shown.last).order_by("starts_on").values(*BAR_COLUMNS))
    undated = rows.filter(starts_on=None).exclude(item__state="done").count()
    return timeline_from(
        product, found, shown, asked, undated, lambda keys: release_counts(rows, keys)
    )


def timeline_from(
    product: Product,
    found: Rows,
    shown: geometry.Window,
    asked: Asked,
    undated: int,
    counts: Counts,
    ways: Ways = Ways(),
) -> Timeline:
    """The timeline of rows of BAR_COLUMNS, the first to begin first, with the goals, releases and marks of now."""
    by_lane = rows_by_lane(found, asked.lanes_by)
    if asked.lanes_by == "objective":
        lanes = _goal_lanes(product, shown, by_lane)
    elif asked.lanes_by == "release":
        lanes = _release_lanes(product, counts, shown, by_lane)
    else:
        lanes = plain_lanes(by_lane, asked.lanes_by)
    marks, today = known_marks(product, shown), timezone.localdate()
    return laid_out(product, shown, asked, lanes, marks, today, undated=undated, ways=ways)


def rows_by_lane(rows: Rows, lanes_by: str) -> dict[Any, Rows]:
    """The rows of bars by the key of their lane, which is None for those that have none."""
    by_lane: dict[Any, Rows] = defaultdict(list)
    for row in rows:
        by_lane[lane_key(row, lanes_by)].append(row)
    return by_lane


def laid_out(
    product: Product,
    shown: geometry.Window,
    asked: Asked,
    lanes: Lanes,
    known: list[KnownMark],
    today: date,
    *,
    undated: int,
    ways: Ways = Ways(),
    told: Told | None = None,
) -> Timeline:
    """Lanes with their rows, and marks, put on the grid.

    `product` has the workspace at hand; rows of other products than it name theirs as `product__key`. `told` is for rows
    that are not complete: it is asked once, for those that find room.
    """
    drawn: list[tuple[LaneView, list[Placed]]] = []
    for lane, lane_rows in lanes:
        lane.opened = lane.key == asked.opened
        lane.part = asked.part if lane.opened else 1
        drawn.append((lane, _placed(shown, lane, lane_rows)))
    if told:
        told([row["item_id"] for _, placed in drawn for row, _ in placed])
    base = product.workspace.get_absolute_url()
    for lane, placed in drawn:
        lane.bars = [
            replace(
                _bar(product, base, today, row, place, ways),
                figure=geometry.has_figure(shown, place),
                icon=geometry.has_icon(shown, place),
            )
            for row, place in placed
        ]
    marks, more_marks = marks_of(shown, known)
    return Timeline(
        shown=shown,
        lanes_by=asked.lanes_by,
        quarters=geometry.quarters(shown),
        months=geometry.months(shown),
        today=shown.column(today) if shown.begin <= today <= shown.last else None,
        marks=marks,
        more_marks=more_marks,
        lanes=[lane for lane, _ in lanes],
        undated=undated,
        bars=sum(len(lane_rows) for _, lane_rows in lanes),
    )


def lane_key(row: Mapping[str, Any], lanes_by: str) -> Any:
    """Which lane a row of BAR_COLUMNS belongs to; the place in PHASES from 1 where lanes are phases."""
    if lanes_by == "phase":
        phase = phase_of(row, percent_of(row))
        return next(at for at, (name, _) in enumerate(PHASES, 1) if name == phase)
    return row[LANE_FIELD[lanes_by]]


def _placed(shown: geometry.Window, lane: LaneView, rows: Rows) -> list[Placed]:
    """The rows that find room in the lane, with their places; how many do not is noted in it."""
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
    return [
        (by_key[place.key], replace(place, row=place.row - passed))
        for place in places
        if place.row > passed
    ]


def _bar(
    product: Product, base: str, today: date, row: Mapping[str, Any], place: geometry.Place, ways: Ways
) -> BarView:  # fmt: skip
    reference = f"{row.get('product__key') or product.key}-{row['item__number']}"
    percent = percent_of(row)
    open_still = row["item__state"] != "done"
    url = f"{ways.within or base}{reference}"
    return BarView(
        reference=reference,
        title=row["item__title"],
        url=f"{url}{ways.suffix}",
        move_url=f"{url}/place/dates",
        state=row["item__state"],
        start=row["starts_on"],
        end=row["ends_on"],
        percent=percent,
        phase=phase_of(row, percent),
        late=open_still and (row["ends_on"] < today or row["health"] == "off_track"),
        place=place,
        note=row["health_note"],
        version=row["version"],
        grain=row["grain"],
        when=label(row["grain"], row["starts_on"], row["ends_on"]),
    )


def _goal_lanes(
    product: Product, shown: geometry.Window, by_lane: Mapping[int | None, Rows]
) -> Lanes:
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
    return [*lanes, *rest_lanes("No goal", lanes, by_lane)]


def _goal_lane(goal: Goal) -> LaneView:
    return LaneView(
        key=goal.record.reference, name=goal.record.title, hue=goal.record.hue, note=goal.note,
        url=goal.record.get_absolute_url(), percent=goal.percent,
    )  # fmt: skip


def rest_lanes(name: str, lanes: Lanes, by_lane: Mapping[Any, Rows]) -> Lanes:
    """What belongs to no lane: without a link, or with one to something that is archived."""
    shown = {row["item_id"] for _, rows in lanes for row in rows}
    left = [row for rows in by_lane.values() for row in rows if row["item_id"] not in shown]
    if not left and lanes:
        return []
    return [(LaneView(key="none", name=name if lanes else "Everything"), left)]


def _release_lanes(
    product: Product, counts_of: Counts, shown: geometry.Window, by_lane: Mapping[int | None, Rows]
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
    counts = counts_of([record.pk for record in records])
    lanes: Lanes = []
    for position, record in enumerate(records):
        record.product = product
        lane = _release_lane(record, counts.get(record.pk, (0, 0)))
        lane.hue = LANE_HUES[position % len(LANE_HUES)]
        lanes.append((lane, by_lane.get(record.pk, [])))
    return [*lanes, *rest_lanes("No release", lanes, by_lane)]


def _release_lane(record: Release, counts: tuple[int, int]) -> LaneView:
    done, total = counts
    day = f"{record.day.day} {record.day:%b %Y}" if record.day else "no day yet"
    return LaneView(
        key=record.reference, name=record.title, note=f"{record.state_label}, {day}",
        url=record.get_absolute_url(), percent=round(100 * done / total) if total else None,
    )  # fmt: skip


def plain_lanes(by_lane: Mapping[Any, Rows], lanes_by: str) -> Lanes:
    """Lanes of what has a name and no page: team, component, owner, phase."""
    if lanes_by == "team":
        return _named_lanes("team", "No team", by_lane, lambda row: row["item__team__name"])
    if lanes_by == "component":
        return _named_lanes(
            "component", "No component", by_lane, lambda row: row["item__component__name"]
        )
    if lanes_by == "owner":
        return _named_lanes(
            "owner", "No owner", by_lane, lambda row: row["item__owner__name"] or row["item__owner__email"]
        )  # fmt: skip
    return [
        (LaneView(key=name, name=label_, hue=LANE_HUES[at], note=_items(len(by_lane[at]))), by_lane[at])
        for at, (name, label_) in enumerate(PHASES, 1)
        if by_lane.get(at)
    ] or [(LaneView(key="none", name="Everything"), [])]  # fmt: skip


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def _named_lanes(
    key: str,
    rest: str,
    by_lane: Mapping[Any, Rows],
    name_of: Callable[[Mapping[str, Any]], str],
) -> Lanes:
    """Lanes of what has a name and no page, by that name."""
    named = sorted(
        ((name_of(lane_rows[0]), pk) for pk, lane_rows in by_lane.items() if pk),
        key=lambda pair: (pair[0].casefold(), pair[1]),
    )
    lanes: Lanes = []
    for position, (name, pk) in enumerate(named):
        hue = LANE_HUES[position % len(LANE_HUES)]
        note = _items(len(by_lane[pk]))
        lanes.append(
            (LaneView(key=f"{key}-{position}", name=name, hue=hue, note=note), by_lane[pk])
        )
    return [*lanes, *rest_lanes(rest, lanes, by_lane)]
