"""The roadmap of a product as it was at a moment: rows shaped like those that bars and cards are drawn from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from plm.events import plain
from plm.models import Product, StageRecord
from plm.past import values_before
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.models import Milestone, Release
from roadmap.models.placement import BUCKETS
from roadmap.selectors.board import MAX_CARDS, Column, card_of
from roadmap.selectors.chart import (
    LANE_HUES,
    Asked,
    Lanes,
    LaneView,
    Rows,
    Timeline,
    Ways,
    laid_out,
    plain_lanes,
    rest_lanes,
    rows_by_lane,
)
from roadmap.selectors.marks import MARK_HUES, KnownMark
from roadmap.selectors.past_rows import Row, day_of, rows_as_of, tell_bars


def timeline_as_of(
    actor: Actor, product: Product, moment: datetime, shown: geometry.Window, asked: Asked
) -> Timeline:
    """The timeline as it was at `moment`: its day is today there, and every bar leads to its item of then."""
    # A lane of a release tells how much of it was done, so all of its items are wanted.
    wanted = None if asked.lanes_by == "release" else shown
    link = () if asked.lanes_by == "phase" else (asked.lanes_by,)
    found = {row["item_id"]: row for row in rows_as_of(actor, product, moment, link, wanted)}
    rows: Rows = list(found.values())
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
    return laid_out(
        product, shown, asked, lanes, marks, today, undated=undated, ways=Ways(suffix),
        told=lambda keys: tell_bars(product, moment, {key: found[key] for key in keys}),
    )  # fmt: skip


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
            on = release["on"]
            lane = LaneView(
                key=f"release-{len(lanes)}", name=release["title"], hue=hue,
                note=f"{state}, {f'{on.day} {on:%b %Y}' if on else 'no day yet'}",
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
        *((r["on"], r["title"], "indigo", f"{home}{r['number']}") for r in releases if r["on"]),
    ]  # fmt: skip


def _releases_as_of(product: Product, moment: datetime) -> list[Row]:
    """Releases that were there at `moment`, by their day, each as {pk, number, title, state, on}."""
    names = ("title", "state", "release_on", "released_on", "archived_at")
    rows = _records_as_of(Release.objects.filter(product=product), names, moment)
    found = [{**row, "on": day_of(row["released_on"] or row["release_on"])} for row in rows]
    return sorted(found, key=lambda row: (row["on"] or date.max, row["number"]))


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
