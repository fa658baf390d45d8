"""The placed items of a product as a table that the importer takes again."""

from __future__ import annotations

from collections.abc import Iterator

from plm.models import Product
from plm.permissions import Actor
from plm.tabular import cell_text, csv_line
from roadmap.selectors.chart import placed_rows

COLUMNS = {
    "title": "item__title", "state": "item__state", "team": "item__team__name", "owner": "item__owner__email",
    "starts_on": "starts_on", "ends_on": "ends_on", "bucket": "bucket", "grain": "grain",
    "objective": "objective__number", "release": "release__number", "commitment": "commitment",
}  # fmt: skip
LINKS = ("objective", "release")
CHUNK = 1000


def plan_csv(actor: Actor, product: Product) -> Iterator[str]:
    """A line for each placed item, found again by its reference; goals and releases by theirs, people by their mail."""
    yield csv_line(["reference", *COLUMNS])
    rows = placed_rows(actor, product).order_by("item__number")
    for number, *values in rows.values_list("item__number", *COLUMNS.values()).iterator(CHUNK):
        cells = [
            f"{product.key}-{value}" if name in LINKS and value else value
            for name, value in zip(COLUMNS, values, strict=True)
        ]
        yield csv_line([f"{product.key}-{number}", *map(cell_text, cells)])
