"""The promise ledger: what each audience was told, and how often it moved since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from backlog.models import BacklogItem
from plm.models import Product
from plm.permissions import Actor
from roadmap.grains import when_said
from roadmap.models import Share, Shown
from roadmap.models.placement import BUCKETS
from roadmap.promises import Line, Move, Promise, promise_of

MOST_LINES = 20_000
PHASE_WORDS = {"planned": "Planned", "building": "In progress", "shipped": "Shipped"}
MOVE_WORDS = {
    "later": "later", "earlier": "earlier", "dated": "got dates", "undated": "lost its dates",
    "gone": "not shown any more", "back": "shown again",
}  # fmt: skip
COLUMNS = (
    "share_id", "item_id", "item__number", "at", "title", "starts_on", "ends_on", "grain", "column", "state", "gone",
)  # fmt: skip


def words_of(line: Line) -> str:
    """What a line told: its dates, else its column, else its state."""
    if line.gone:
        return "Not shown"
    when = when_said(line.grain, line.start, line.end)
    return when or dict(BUCKETS).get(line.column, "") or PHASE_WORDS.get(line.state, "") or "Shown"


@dataclass(frozen=True, slots=True)
class MoveLine:
    """One move in words."""

    at: datetime
    words: str
    days: int | None
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """One item as one audience was told of it."""

    share: Share
    reference: str
    title: str
    promise: Promise

    @property
    def first(self) -> str:
        return words_of(self.promise.first)

    @property
    def now(self) -> str:
        return words_of(self.promise.last)

    @property
    def moves(self) -> list[MoveLine]:
        return [_move(move) for move in self.promise.moves]

    @property
    def days(self) -> int:
        return abs(self.promise.days)


def _move(move: Move) -> MoveLine:
    return MoveLine(
        move.at, MOVE_WORDS[move.kind], move.days, words_of(move.before), words_of(move.after)
    )


@dataclass(frozen=True, slots=True)
class Audience:
    """A share and what it promised, what slipped most first."""

    share: Share
    lines: list[PromiseLine]

    @property
    def moved(self) -> int:
        return sum(1 for line in self.lines if line.promise.moved)


def promises_of(
    actor: Actor, product: Product, *, share: Share | None = None, item: BacklogItem | None = None
) -> list[PromiseLine]:
    """What was shown of the product's items to each audience, for those who manage shares: by audience, what slipped
    most first. Two statements; the last 20,000 lines at most."""
    rows = Shown.objects.visible_to(actor, "share.view").filter(product=product)
    if share is not None:
        rows = rows.filter(share=share)
    if item is not None:
        rows = rows.filter(item=item)
    latest = rows.order_by("-pk").values_list("pk", *COLUMNS)[:MOST_LINES]
    found = sorted(latest, key=lambda row: (row[1], row[2], row[0]))
    if not found:
        return []
    shares = Share.objects.select_related("product__workspace").in_bulk({row[1] for row in found})
    lines = [
        _promise(product, shares[key[0]], list(group))
        for key, group in groupby(found, key=lambda row: (row[1], row[2]))
    ]
    return sorted(
        lines, key=lambda one: (-one.share.pk, -one.promise.days, -one.promise.moved, one.title)
    )


def _promise(product: Product, share: Share, rows: Sequence[Sequence[Any]]) -> PromiseLine:
    lines = [Line(*row[4:]) for row in rows]
    reference = f"{product.key}-{rows[0][3]}"
    return PromiseLine(share, reference, lines[-1].title, promise_of(lines))


def audiences(lines: Iterable[PromiseLine]) -> list[Audience]:
    """The same by audience."""
    return [
        Audience(group[0].share, group)
        for _, found in groupby(lines, key=lambda line: line.share.pk)
        if (group := list(found))
    ]


def shown_at(share: Share, moment: datetime) -> list[Shown]:
    """What a share showed at a moment, as its readers last saw it before: one line an item, in the order of the view."""
    rows = Shown.objects.standing(share, moment).filter(gone=False).select_related("item")
    return list(rows.order_by("starts_on", "ends_on", "title", "pk"))
