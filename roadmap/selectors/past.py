"""The roadmap of a product as it was at a moment: rows shaped like those that bars and cards are drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from backlog.models import BacklogItem
from plm.events import plain
from plm.models import Product, Reference, StageRecord
from plm.past import values_before
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.grains import DAY
from roadmap.models import Milestone, Objective, Release
from roadmap.models.placement import BUCKETS
from roadmap.selectors.board import MAX_CARDS, Column, card_of
from roadmap.selectors.changes import roadmap_states
from roadmap.selectors.chart import (
    LANE_HUES,
    Asked,
    Lanes,
    LaneView,
    Rows,
    Timeline,
    laid_out,
    plain_lanes,
    rest_lanes,
    rows_by_lane,
)
from roadmap.selectors.marks import MARK_HUES, KnownMark

Row = dict[str, Any]


def rows_as_of(actor: Actor, product: Product, moment: datetime) -> Rows:
    """Placed items the actor may see, with what stood at `moment`, without cancelled ones, the first to begin first.

    Goals and releases bear the titles of now. How far an item had come is told by its state alone: counts of what lies
    below it are not kept. Nine statements, however many items there are.
    """
    states = roadmap_states(actor, product, (moment,))[0]
    states = {key: then for key, then in states.items() if then["state"] != "cancelled"}
    numbers = dict(BacklogItem.objects.filter(pk__in=states).values_list("pk", "number"))
    linked = {then[name] for then in states.values() for name in ("objective", "release")}
    keys = _keys(product, linked - {None})
    goals = Objective.objects.in_bulk([key for key, _ in keys.values()])
    rows = [_row(key, then, numbers[key], keys, goals) for key, then in states.items()]
    return sorted(rows, key=lambda row: (row["starts_on"] or date.max, row["item__number"]))


def _keys(product: Product, references: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Primary key and title by reference."""
    numbers = [int(reference.rpartition("-")[2]) for reference in references]
    rows = Reference.objects.filter(product=product, number__in=numbers)
    found = rows.values_list("number", "pk", "title")
    return {f"{product.key}-{number}": (pk, title) for number, pk, title in found}


def _row(
    key: int, then: Mapping[str, Any], number: int, keys: Mapping[str, tuple[int, str]], goals: Mapping[int, Objective]
) -> Row:  # fmt: skip
    goal, goal_title = keys.get(then["objective"], (None, ""))
    pursued = goals.get(goal) if goal else None
    release, release_title = keys.get(then["release"], (None, ""))
    return {
        "item_id": key, "item__number": number, "item__title": then["title"], "item__state": then["state"],
        "item__progress_done": 0, "item__progress_total": 0, "item__team_id": then["team"],
        "item__team__name": then["team"], "item__owner_id": then["owner"], "item__owner__name": then["owner"], "item__owner__email": "",
        "starts_on": _day(then["starts_on"]), "ends_on": _day(then["ends_on"]), "bucket": then["bucket"],
        "commitment": then["commitment"], "health": then["health"], "health_note": then["health_note"] or "", "hidden": False, "version": 0,
        "grain": then["grain"] or DAY,
        "objective_id": goal, "objective__title": goal_title,
        "objective__hue": pursued.hue if pursued else "gray",
        "release_id": release, "release__title": release_title,
    }  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def timeline_as_of(
    actor: Actor, product: Product, moment: datetime, shown: geometry.Window, asked: Asked
) -> Timeline:
    """The timeline as it was at `moment`: its day is today there, and every bar leads to its item of then."""
    rows = rows_as_of(actor, product, moment)
    dated = [r for r in rows if r["starts_on"] and shown.holds(r["starts_on"], r["ends_on"])]
    by_lane = rows_by_lane(dated, asked.lanes_by)
    releases = _releases_as_of(product, moment)
    if asked.lanes_by == "release":
        lanes = _release_lanes(releases, by_lane, rows)
    elif asked.lanes_by == "objective":
        lanes = _goal_lanes(by_lane)
    else:
        lanes = plain_lanes(by_lane, asked.lanes_by)
    marks = [mark for mark in _marks(product, moment, releases) if shown.holds(mark[0], mark[0])]
    undated = sum(row["starts_on"] is None and row["item__state"] != "done" for row in rows)
    suffix = f"/as-of?{urlencode({'at': moment.isoformat(timespec='seconds')})}"
    today = timezone.localdate(moment)
    return laid_out(product, shown, asked, lanes, marks, today, undated=undated, suffix=suffix)


def board_as_of(actor: Actor, product: Product, moment: datetime) -> tuple[list[Column], int]:
    """The columns as they were at `moment`, each in the order in which its items end, and how many items were done."""
    rows = rows_as_of(actor, product, moment)
    coming = [row for row in rows if row["item__state"] != "done"]
    coming.sort(key=lambda row: (row["ends_on"] or date.max, row["item__number"]))
    base = product.workspace.get_absolute_url()
    columns = []
    for name, label in BUCKETS:
        own = [row for row in coming if row["bucket"] == name]
        cards = [card_of(product, base, row) for row in own[:MAX_CARDS]]
        columns.append(Column(name, label, cards, len(own)))
    return columns, len(rows) - len(coming)


def _goal_lanes(by_lane: dict[Any, Rows]) -> Lanes:
    lanes: Lanes = []
    for pk, rows in by_lane.items():
        if pk is not None:
            name, hue = rows[0]["objective__title"], rows[0]["objective__hue"]
            lanes.append((LaneView(key=f"goal-{len(lanes)}", name=name, hue=hue), rows))
    return [*lanes, *rest_lanes("No goal", lanes, by_lane)]


def _release_lanes(releases: list[Row], by_lane: dict[Any, Rows], rows: Rows) -> Lanes:
    lanes: Lanes = []
    for release in releases:
        own = by_lane.get(release["pk"], [])
        if own:
            placed = [row["item__state"] for row in rows if row["release_id"] == release["pk"]]
            hue = LANE_HUES[len(lanes) % len(LANE_HUES)]
            state = Release.workflow.state(release["state"]).label
            lane = LaneView(
                key=f"release-{len(lanes)}", name=release["title"], hue=hue,
                note=f"{state}, {release['on'].day} {release['on']:%b %Y}",
                percent=round(100 * placed.count("done") / len(placed)),
            )  # fmt: skip
            lanes.append((lane, own))
    return [*lanes, *rest_lanes("No release", lanes, by_lane)]


def _marks(product: Product, moment: datetime, releases: list[Row]) -> list[KnownMark]:
    names = ("title", "state", "type", "on", "archived_at")
    milestones = _records_as_of(Milestone.objects.filter(product=product), names, moment)
    home = f"{product.workspace.get_absolute_url()}{product.key}-"
    return [
        *((date.fromisoformat(m["on"]), m["title"], MARK_HUES[m["type"]], f"{home}{m['number']}") for m in milestones),
        *((r["on"], r["title"], "indigo", f"{home}{r['number']}") for r in releases),
    ]  # fmt: skip


def _releases_as_of(product: Product, moment: datetime) -> list[Row]:
    """Releases with a day that were there at `moment`, by that day, each as {pk, number, title, state, on}."""
    names = ("title", "state", "release_on", "released_on", "archived_at")
    rows = _records_as_of(Release.objects.filter(product=product), names, moment)
    found = [{**row, "on": _day(row["released_on"] or row["release_on"])} for row in rows]
    return sorted((row for row in found if row["on"]), key=lambda row: (row["on"], row["number"]))


def _records_as_of(records: Any, names: tuple[str, ...], moment: datetime) -> list[Row]:
    there: list[StageRecord] = list(records.filter(created_at__lte=moment)[:1000])
    before = values_before([record.pk for record in there], moment) if there else {}
    found = []
    for record in there:
        now = {name: plain(getattr(record, name)) for name in names}
        then = {**now, **{n: v for n, v in before.get(record.pk, {}).items() if n in now}}
        if then.pop("archived_at") is None and then["state"] != "cancelled":
            found.append({"pk": record.pk, "number": record.number, **then})
    return found
