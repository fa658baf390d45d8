"""The places of a product as rows of a table, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backlog.models import BacklogItem
from plm.errors import InvalidQuery
from plm.models import Product
from plm.paging import Ordering, paginate
from plm.permissions import Actor
from roadmap.grains import label
from roadmap.models import Placement
from roadmap.models.placement import BUCKETS, COMMITMENTS, HEALTH
from roadmap.selectors.chart import placed_rows
from roadmap.selectors.items import HEALTH_HUES, ITEM_COLUMNS, Line, line_of

ORDERS: Mapping[str, tuple[type[Any], str, str]] = {
    "title": (BacklogItem, "title", "item__title"),
    "starts": (Placement, "starts_on", "starts_on"),
    "ends": (Placement, "ends_on", "ends_on"),
    "state": (BacklogItem, "state", "item__state"),
    "column": (Placement, "bucket", "bucket"),
    "commitment": (Placement, "commitment", "commitment"),
    "health": (Placement, "health", "health"),
    "updated": (Placement, "updated_at", "updated_at"),
}
COLUMNS = (
    "pk", *ITEM_COLUMNS, "starts_on", "ends_on", "grain", "bucket", "commitment", "health", "updated_at",
    "objective__title", "release__title", "item__team__name", "item__owner__name", "item__owner__email",
)  # fmt: skip
SIZE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A placed item; texts are empty where nothing is known."""

    line: Line
    starts_on: date | None
    ends_on: date | None
    when: str
    bucket: str
    commitment: str
    health: str
    health_hue: str
    objective: str
    release: str
    team: str
    owner: str


def ordering_of(asked: str) -> Ordering:
    """The ordering of a name, with - before it descending. Raises InvalidQuery."""
    name = asked.removeprefix("-")
    if name not in ORDERS:
        raise InvalidQuery(
            f"Order by one of: {', '.join(sorted(ORDERS))}; put - before it for descending.",
            fields={"order": "Unknown ordering."},
        )
    model, field, column = ORDERS[name]
    return Ordering(asked, column, asked.startswith("-"), model._meta.get_field(field))


def table_page(
    actor: Actor, product: Product, ordering: Ordering, cursor: str
) -> tuple[list[Row], str]:
    """A page of rows and the cursor of the next one, empty on the last. Two statements at most."""
    page = paginate(
        placed_rows(actor, product),
        ordering=ordering,
        cursor=cursor,
        size=SIZE,
        binding=f"table:{product.key}",
        fetch=lambda found: list(found.values(*COLUMNS)),
        key=lambda row: (row[ordering.column], row["pk"]),
    )
    return [row_of(product, row) for row in page.rows], page.next_cursor


def row_of(product: Product, row: Mapping[str, Any], line: Line | None = None) -> Row:
    """A row of COLUMNS in words. `line` is that of the item where it leads elsewhere than to its own page."""
    start, end = row["starts_on"], row["ends_on"]
    return Row(
        line=line or line_of(product, row),
        starts_on=start,
        ends_on=end,
        when=label(row["grain"], start, end) if start else "",
        bucket=dict(BUCKETS)[row["bucket"]],
        commitment=dict(COMMITMENTS)[row["commitment"]],
        health=dict(HEALTH).get(row["health"], ""),
        health_hue=HEALTH_HUES.get(row["health"], ""),
        objective=row["objective__title"] or "",
        release=row["release__title"] or "",
        team=row["item__team__name"] or "",
        owner=row["item__owner__name"] or row["item__owner__email"] or "",
    )
