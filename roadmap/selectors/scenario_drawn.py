"""A scenario drawn by the timeline and the board of the plan, with what differs marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Count

from plm.models import Product
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.changes import Clash
from roadmap.grains import when_said
from roadmap.models.placement import BUCKETS
from roadmap.selectors.bars import BarView, Ghost
from roadmap.selectors.board import CARD_COLUMNS, MAX_CARDS, Column, card_of, first_cards
from roadmap.selectors.chart import (
    Asked,
    Timeline,
    Ways,
    placed_rows,
    timeline_from,
)
from roadmap.selectors.dependencies import Ties, blocking_links, tied_rows, ties_from
from roadmap.selectors.releases import release_counts
from roadmap.selectors.scenarios import PLAN_COLUMNS, Overlay, Row

LINK_WORDS = {"objective": "goal", "release": "release"}


def scenario_timeline(
    actor: Actor, overlay: Overlay, shown: geometry.Window, asked: Asked, within: str
) -> Timeline:
    """The timeline of a scenario. Bars lead to what lies `within` that address, below their reference.

    Statements as many as for the timeline of the plan, and none more for each change.
    """
    product = overlay.product
    plan = placed_rows(actor, product).exclude(item__in=list(overlay.changes))
    changed = [row for row in map(overlay.row, overlay.changes) if row]
    dated = list(plan.dated(shown.begin, shown.last).values(*PLAN_COLUMNS))
    found = [
        row for row in overlay.rows(dated) if row["starts_on"] and shown.holds(row["starts_on"], row["ends_on"])
    ]  # fmt: skip
    found.sort(key=lambda row: (row["starts_on"], row["item__number"]))
    undated = plan.filter(starts_on=None).exclude(item__state="done").count()
    undated += sum(row["starts_on"] is None and row["item__state"] != "done" for row in changed)

    def counts(keys: list[int]) -> Mapping[int, tuple[int, int]]:
        known = release_counts(plan, keys)
        for row in changed:
            if row["release_id"] in keys:
                done, total = known.get(row["release_id"], (0, 0))
                known[row["release_id"]] = (done + (row["item__state"] == "done"), total + 1)
        return known

    chart = timeline_from(product, list(found), shown, asked, undated, counts, Ways(within=within))
    return _marked(chart, overlay)


def _marked(chart: Timeline, overlay: Overlay) -> Timeline:
    key = overlay.product.key
    by_name = {f"{key}-{row['item__number']}": pk for pk, row in {**overlay.plan, **overlay.unplaced}.items()}  # fmt: skip
    for lane in chart.lanes:
        lane.bars = [
            _told(replace(bar, move_url=f"{bar.url}/dates"), overlay, by_name.get(bar.reference), chart.shown)
            for bar in lane.bars
        ]  # fmt: skip
    return chart


def _told(bar: BarView, overlay: Overlay, key: int | None, shown: geometry.Window) -> BarView:
    if key is None:
        return bar
    mark, said = mark_of(overlay, key)
    was = overlay.plan.get(key)
    ghost = None
    shows = was and was["starts_on"] and shown.holds(was["starts_on"], was["ends_on"])
    if was and shows and (was["starts_on"], was["ends_on"]) != (bar.start, bar.end):
        column = shown.column(was["starts_on"])
        ghost = Ghost(column, shown.column(was["ends_on"]) - column + 1)
    note = ". ".join(part for part in (bar.note.rstrip("."), said) if part)
    return replace(bar, mark=mark, note=note, ghost=ghost)


def mark_of(overlay: Overlay, key: int) -> tuple[str, str]:
    """How a scenario has an item otherwise, as a mark of a bar and in words."""
    now, then = overlay.now(key), overlay.then(key)
    if now == then:
        return "", ""
    if clash := overlay.clash(key):
        return "clash", _clash_said(overlay.plan.get(key), clash)
    if not now:
        return "added", "Not in the plan"
    if not then:
        return "out", "Out of this scenario"
    words = _plan_words(overlay.plan[key], {name for name in now if now[name] != then.get(name)})
    moved = now["starts_on"] != then["starts_on"] or now["ends_on"] != then["ends_on"]
    return "moved" if moved else "changed", f"In the plan: {', '.join(words)}"


def _plan_words(row: Row, differ: set[str]) -> list[str]:
    """What the plan has of the fields that `differ`."""
    named = {
        "bucket": dict(BUCKETS)[row["bucket"]],
        **{name: row[f"{name}__title"] or f"no {word}" for name, word in LINK_WORDS.items()},
        "team": row["item__team__name"] or "no team",
        "owner": row["item__owner__name"] or row["item__owner__email"] or "no owner",
        "commitment": row["commitment"],
    }
    when = when_said(row["grain"], row["starts_on"], row["ends_on"]) or "no dates"
    words = [when] if differ & {"starts_on", "ends_on", "grain"} else []
    return [*words, *(word for name, word in named.items() if name in differ)]


def _clash_said(row: Row | None, clash: Clash) -> str:
    if row is None:
        return "The plan has taken it out since then"
    when = when_said(row["grain"], row["starts_on"], row["ends_on"])
    if "starts_on" in clash or "ends_on" in clash:
        return f"The plan has moved it too, to {when}" if when else "The plan took its dates away"
    return "The plan has changed it too since then"


def scenario_board(actor: Actor, overlay: Overlay, within: str) -> tuple[list[Column], int]:
    """The columns of a scenario: each in the order of the plan, with what came into it on top. Two statements."""
    rows = placed_rows(actor, overlay.product)
    coming = rows.exclude(item__state="done").exclude(item__in=list(overlay.changes))
    first = list(first_cards(coming, MAX_CARDS).values(*CARD_COLUMNS, "position", "pk"))
    totals = dict(coming.values_list("bucket").annotate(cards=Count("pk")))
    changed = [row for row in map(overlay.row, overlay.changes) if row and row["item__state"] != "done"]  # fmt: skip
    columns = []
    for name, label in BUCKETS:
        own = [row for row in changed if row["bucket"] == name]
        cards = sorted(
            [*own, *(row for row in first if row["bucket"] == name)],
            key=lambda row: _place(overlay, row, name),
        )
        shown = [_card(overlay, row, within) for row in cards[:MAX_CARDS]]
        columns.append(Column(name, label, shown, totals.get(name, 0) + len(own)))
    return columns, rows.filter(item__state="done").count()


def _place(overlay: Overlay, row: Row, bucket: str) -> tuple[bool, int, int]:
    was = overlay.plan.get(row["item_id"])
    came = row["item_id"] in overlay.changes and (was is None or was["bucket"] != bucket)
    return not came, row["position"], row["pk"]


def _card(overlay: Overlay, row: Row, within: str) -> Any:
    key = row["item_id"]
    said = mark_of(overlay, key)[1] if key in overlay.changes else ""
    card = card_of(overlay.product, within, row)
    return replace(card, mark=said)


def scenario_ties(actor: Actor, overlay: Overlay) -> Ties:
    """What blocks what in a scenario. Two statements."""
    product: Product = overlay.product
    links = blocking_links(product)
    if not links:
        return Ties({}, [])
    ends = {key for link in links for key in link}
    plan = [row for row in tied_rows(actor, links) if row["item_id"] not in overlay.changes]
    ours = [
        row for key, row in ((k, overlay.row(k)) for k in overlay.changes) if key in ends and row
    ]
    dated: list[Row] = [row for row in ours if row["starts_on"]]
    return ties_from(product, links, [*plan, *dated])
