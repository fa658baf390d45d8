"""What an audience sees: classes of their own, made in one place, so that nothing else can reach a page or a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from plm.models import Product, Tagging
from plm.permissions import Actor
from plm.selectors import secret_hash
from roadmap.grains import DAY, coarser, when_said, whole
from roadmap.models import Objective, Placement, Share, ShareViewer
from roadmap.models.objective import HUES
from roadmap.models.placement import BUCKETS
from roadmap.selectors.goals import goals_of
from roadmap.selectors.items import ITEM_COLUMNS, percent_of, phase_of

MOST_ITEMS = 2000
LANE_HUES = [name for name, _ in HUES if name != "gray"]
STATE_HUES = {"planned": "gray", "building": "blue", "shipped": "green"}
PHASE_WORDS = {
    "planned": gettext_noop("Planned"), "building": gettext_noop("In progress"), "shipped": gettext_noop("Shipped"),
}  # fmt: skip
EVERYTHING, NO_GOAL, NO_RELEASE = (
    gettext_noop("Everything"), gettext_noop("No goal"), gettext_noop("No release"),
)  # fmt: skip
"""Lanes that are no goal's and no release's."""
COLUMNS = (
    *ITEM_COLUMNS, "public_title", "public_note", "bucket", "starts_on", "ends_on", "grain", "objective_id",
    "objective__title", "objective__hue", "objective__weight", "objective__number", "objective__archived_at",
    "objective__state", "release_id", "release__title", "release__archived_at", "release__state",
    "release__release_on", "release__released_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SharedItem:
    """One item as an audience may know it. What the share hides is empty, or None; days are as coarse as it says, or as
    they are planned."""

    title: str
    note: str
    column: str
    start: date | None
    end: date | None
    grain: str
    when: str
    percent: int | None
    phase: str
    goal: str
    release: str
    hue: str

    @property
    def phase_words(self) -> str:
        return PHASE_WORDS.get(self.phase, "")

    @property
    def column_words(self) -> str:
        return dict(BUCKETS).get(self.column, "")


@dataclass(frozen=True, slots=True)
class SharedGroup:
    """A lane: its name, colour, progress (None where hidden or not measured) and the places of its items in the view."""

    name: str
    hue: str
    percent: int | None
    items: list[int]


@dataclass(frozen=True, slots=True)
class SharedRelease:
    """A release on the period that its day lies in, from `start` to `on`: the same day where days are told."""

    title: str
    start: date
    on: date
    when: str


@dataclass(frozen=True, slots=True)
class SharedView:
    """All that a share shows, whatever draws it. `keys` and `release_keys` are primary keys, for the ledger and for what
    is derived from them; `more` are items beyond the first 2000."""

    items: list[SharedItem]
    keys: list[int]
    groups: list[SharedGroup]
    releases: list[SharedRelease]
    release_keys: list[int]
    more: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What a secret opens: a share, and by whose link if it came by mail."""

    share: Share
    viewer: ShareViewer | None = None


def opened_by(secret: str) -> Opened | None:
    """What that secret opens, if anything: not revoked, not expired, its product not archived.

    A share that goes by mail has no open link; its viewers have one each.
    """
    if not 20 <= len(secret) <= 100:
        return None
    hashed = secret_hash(secret)
    live = Share.objects.live().filter(product__archived_at=None)
    live = live.select_related("product__workspace")
    share = live.filter(token_hash=hashed, by_mail=False).first()
    if share is not None:
        return Opened(share)
    viewer = ShareViewer.objects.filter(token_hash=hashed, revoked_at=None).first()
    if viewer is None:
        return None
    share = live.filter(pk=viewer.share_id, by_mail=True).first()
    return None if share is None else Opened(share, viewer)


def shares_of(actor: Actor, product: Product) -> Any:
    """The links of a product for those who manage them, the latest first."""
    rows = Share.objects.visible_to(actor, "share.view").filter(product=product)
    return rows.select_related("created_by", "product__workspace").order_by("-created_at")


def shared_view(share: Share) -> SharedView:
    """What the share shows: the items that may leave, each with its public words, in an order that tells no more.

    Hidden, archived and cancelled items are never among them; a timeline has what is dated, a board what is not done,
    and a share that was not saved and names no view has both. At most six statements.
    """
    rows = list(_placed(share).values(*COLUMNS)[: MOST_ITEMS + 1])
    more = _placed(share).count() - MOST_ITEMS if len(rows) > MOST_ITEMS else 0
    pairs = [(row, _item(share, row)) for row in rows[:MOST_ITEMS]]
    if share.view == "timeline":
        pairs.sort(key=lambda pair: _order(pair[1]))
    found = [row for row, _ in pairs]
    items = [item for _, item in pairs]
    releases = _releases(share, found)
    return SharedView(
        items=items,
        keys=[row["item_id"] for row in found],
        groups=_groups(share, found, items),
        releases=list(releases.values()),
        release_keys=list(releases),
        more=more,
    )


def _placed(share: Share) -> Any:
    rows = Placement.objects.live().filter(product_id=share.product_id, hidden=False)
    rows = rows.exclude(item__state="cancelled")
    if share.view == "board":
        rows = rows.exclude(item__state="done")
    elif share.view == "timeline":
        rows = rows.exclude(starts_on=None)
    paths = {
        "goals": "objective__number__in", "releases": "release__number__in",
        "teams": "item__team__uuid__in", "commitments": "commitment__in",
    }  # fmt: skip
    for name, path in paths.items():
        if share.filters.get(name):
            rows = rows.filter(**{path: share.filters[name]})
    tags = share.filters.get("tags")
    if tags:
        tagged = Tagging.objects.filter(tag__product_id=share.product_id, tag__name__in=tags)
        rows = rows.filter(item_id__in=tagged.values("record_id"))
    return rows.order_by("position", "pk")


def _order(item: SharedItem) -> tuple[Any, ...]:
    return item.start, item.end, item.title.casefold(), item.title


def _item(share: Share, row: Mapping[str, Any]) -> SharedItem:
    start, end = row["starts_on"], row["ends_on"]
    if not share.shows("dates") or start is None:
        start, end, grain = None, None, DAY
    else:
        grain = coarser(share.grain, row["grain"])
        start, end = whole(grain, start, end)
    percent = percent_of(row)
    phase = phase_of(row, percent)
    known = share.shows("progress")
    goal = _linked(row, "objective", share, "goal")
    return SharedItem(
        title=row["public_title"] or row["item__title"],
        note=row["public_note"] if share.shows("note") else "",
        column="" if share.view == "timeline" else row["bucket"],
        start=start,
        end=end,
        grain=grain,
        when=when_said(grain, start, end),
        percent=percent if known else None,
        phase=phase if known else "",
        goal=goal,
        release=_linked(row, "release", share, "release"),
        hue=_hue(share, row, goal, phase),
    )


def _linked(row: Mapping[str, Any], name: str, share: Share, field: str) -> str:
    """The name of a goal or a release, if the audience sees it and it still stands."""
    gone = row[f"{name}__archived_at"] is not None or row[f"{name}__state"] == "cancelled"
    return "" if gone or not share.shows(field) else row[f"{name}__title"] or ""


def _hue(share: Share, row: Mapping[str, Any], goal: str, phase: str) -> str:
    if share.colours == "state" and share.shows("progress"):
        return STATE_HUES[phase]
    if share.colours == "goal" and share.shows("goal"):
        return (row["objective__hue"] if goal else None) or "gray"
    return "teal"


def _groups(
    share: Share, rows: list[Mapping[str, Any]], items: list[SharedItem]
) -> list[SharedGroup]:
    """The lanes. An item whose goal or release is not shown stands in the last one."""
    if share.view == "board":
        return [
            SharedGroup(label, "gray", None, [i for i, one in enumerate(items) if one.column == name])
            for name, label in BUCKETS
        ]  # fmt: skip
    every = list(range(len(items)))
    if share.lanes == "objective" and share.shows("goal"):
        by, ordered = (
            _by([one.goal for one in items], [row["objective_id"] for row in rows]),
            _goals,
        )
    elif share.lanes == "release" and share.shows("release"):
        by, ordered = (
            _by([one.release for one in items], [row["release_id"] for row in rows]),
            _dated,
        )
    else:
        return [SharedGroup(EVERYTHING, "teal", None, every)] if every else []
    groups = [
        SharedGroup(name, hue, percent, by[key])
        for key, name, hue, percent in ordered(share, rows, items, by)
    ]
    rest = by.get(None, [])
    name = EVERYTHING if not groups else NO_GOAL if share.lanes == "objective" else NO_RELEASE
    return [*groups, SharedGroup(name, "gray", None, rest)] if rest else groups


Places = dict[int | None, list[int]]
Named = Iterable[tuple[int, str, str, int | None]]


def _by(names: list[str], keys: list[int | None]) -> Places:
    found: Places = {}
    for place, (name, key) in enumerate(zip(names, keys, strict=True)):
        found.setdefault(key if name else None, []).append(place)
    return found


def _goals(
    share: Share, rows: list[Mapping[str, Any]], items: list[SharedItem], by: Places
) -> Named:
    """Goals by weight, as on the pages of the team, with their progress where the audience sees progress."""
    first = {key: rows[places[0]] for key, places in by.items() if key is not None}
    percents: dict[int, int | None] = {}
    if share.shows("progress"):
        goals = goals_of(Objective.objects.filter(pk__in=list(first)))
        percents = {goal.record.pk: goal.percent for goal in goals}
    ordered = sorted(
        first, key=lambda k: (-first[k]["objective__weight"], first[k]["objective__number"])
    )
    for key in ordered:
        row = first[key]
        hue = row["objective__hue"] if share.colours == "goal" else items[by[key][0]].hue
        yield key, row["objective__title"], hue, percents.get(key)


def _dated(
    share: Share, rows: list[Mapping[str, Any]], items: list[SharedItem], by: Places
) -> Named:
    """Releases by their day as the audience knows it, then by name; progress is the part that is shipped."""
    first = {key: rows[places[0]] for key, places in by.items() if key is not None}

    def order(key: int) -> tuple[date, str]:
        day = _day(share, first[key])
        return day or date.max, first[key]["release__title"].casefold()

    for position, key in enumerate(sorted(first, key=order)):
        shipped = sum(items[place].phase == "shipped" for place in by[key])
        percent = round(100 * shipped / len(by[key])) if share.shows("progress") else None
        hue = LANE_HUES[position % len(LANE_HUES)] if share.colours == "goal" else "gray"
        yield key, first[key]["release__title"], hue, percent


def _day(share: Share, row: Mapping[str, Any]) -> date | None:
    """The day of a release as the audience knows it: the last one of the period it lies in."""
    day = row["release__released_on"] or row["release__release_on"]
    return whole(share.grain, day, day)[1] if day and share.shows("dates") else None


def _releases(share: Share, rows: list[Mapping[str, Any]]) -> dict[int, SharedRelease]:
    """The releases of the items that are shown, by day; without dates there are none."""
    found: dict[int, SharedRelease] = {}
    for row in rows:
        title, day = _linked(row, "release", share, "release"), _day(share, row)
        if title and day:
            start = whole(share.grain, day, day)[0]
            found[row["release_id"]] = SharedRelease(
                title, start, day, when_said(share.grain, start, day)
            )
    return dict(sorted(found.items(), key=lambda pair: (pair[1].on, pair[1].title.casefold())))
