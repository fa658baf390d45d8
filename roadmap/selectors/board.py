"""Now, next, later."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from plm.models import Product
from roadmap.models.placement import BUCKETS, COMMITMENTS, HEALTH
from roadmap.selectors.items import HEALTH_HUES, ITEM_COLUMNS, percent_of

MAX_CARDS = 60
CARD_COLUMNS = (
    *ITEM_COLUMNS, "bucket", "starts_on", "ends_on", "commitment", "health", "hidden",
    "objective__title", "objective__hue", "release__title", "item__owner__name",
    "item__owner__email",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    reference: str
    title: str
    url: str
    percent: int
    starts_on: date | None
    ends_on: date | None
    objective: str
    hue: str
    release: str
    commitment: str
    health: str
    health_hue: str
    hidden: bool
    owner: str
    mark: str = ""
    """How a scenario has it otherwise, in words."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: str
    cards: list[Card]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.cards)


def board_of(product: Product, rows: Any) -> tuple[list[Column], int]:
    """The three columns of what is not done yet, 60 cards each at most, and how many are done. Three statements."""
    coming = rows.exclude(item__state="done")
    totals = dict(coming.values_list("bucket").annotate(cards=Count("pk")))
    found = first_cards(coming, MAX_CARDS)
    base = product.workspace.get_absolute_url()
    cards: dict[str, list[Card]] = defaultdict(list)
    for row in found.values(*CARD_COLUMNS):
        cards[row["bucket"]].append(card_of(product, base, row))
    columns = [Column(n, label, cards[n], totals.get(n, 0)) for n, label in BUCKETS]
    return columns, rows.filter(item__state="done").count()


def first_cards(coming: Any, most: int) -> Any:
    """The first places of each column, in its order."""
    place = Window(RowNumber(), partition_by=F("bucket"), order_by=("position", "pk"))
    return coming.annotate(place=place).filter(place__lte=most).order_by("bucket", "place")


def card_of(product: Product, base: str, row: Any) -> Card:
    """The card of a row of CARD_COLUMNS; `base` is the address of the workspace."""
    reference = f"{product.key}-{row['item__number']}"
    committed = row["commitment"] != "planned"
    return Card(
        reference=reference,
        title=row["item__title"],
        url=f"{base}{reference}",
        percent=percent_of(row),
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        objective=row["objective__title"] or "",
        hue=row["objective__hue"] or "gray",
        release=row["release__title"] or "",
        commitment=dict(COMMITMENTS)[row["commitment"]] if committed else "",
        health=dict(HEALTH).get(row["health"], ""),
        health_hue=HEALTH_HUES.get(row["health"], "gray"),
        hidden=row["hidden"],
        owner=row["item__owner__name"] or row["item__owner__email"] or "",
    )
