"""A scenario as a table: what stands otherwise than in the plan first, then the rest of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from plm.paging import paginate
from plm.permissions import Actor
from roadmap.selectors.chart import placed_rows
from roadmap.selectors.items import line_of
from roadmap.selectors.scenario_drawn import mark_of
from roadmap.selectors.scenarios import PLAN_COLUMNS, Overlay
from roadmap.selectors.scenarios import Row as Values
from roadmap.selectors.table import SIZE, Row, ordering_of, row_of

MARKS = {
    "clash": ("Both changed", "red"), "added": ("Only here", "green"), "out": ("Taken out", "gray"),
    "moved": ("Moved", "amber"), "changed": ("Changed", "amber"),
}  # fmt: skip
"""What differs most is first, each with a word and a hue."""


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """An item as the scenario has it, or as the plan has it where the scenario takes it out. `mark` and `said` are empty
    where both have it the same."""

    row: Row
    mark: str = ""
    hue: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class ScenarioTable:
    """`differing` rows, all of them on the first page, then a page of the others; `more` is the cursor of the next."""

    differing: list[ScenarioRow]
    same: list[ScenarioRow]
    more: str


def scenario_table(actor: Actor, overlay: Overlay, within: str, cursor: str = "") -> ScenarioTable:
    """A page of the table of a scenario. Items lead to what lies `within` that address. Two statements at most."""
    product = overlay.product
    ordering = ordering_of("starts")
    page = paginate(
        placed_rows(actor, product).exclude(item__in=list(overlay.changes)),
        ordering=ordering,
        cursor=cursor,
        size=SIZE,
        binding=f"scenario:{overlay.scenario.uuid if overlay.scenario else ''}",
        fetch=lambda found: list(found.values(*PLAN_COLUMNS)),
        key=lambda row: (row[ordering.column], row["pk"]),
    )
    same = [ScenarioRow(_row(overlay, row, within)) for row in page.rows]
    return ScenarioTable([] if cursor else _differing(overlay, within), same, page.next_cursor)


def _differing(overlay: Overlay, within: str) -> list[ScenarioRow]:
    found = []
    for key in overlay.changes:
        mark, said = mark_of(overlay, key) if key not in overlay.gone else ("", "")
        values = overlay.row(key) or overlay.plan.get(key)
        if mark and values:
            word, hue = MARKS[mark]
            row = _row(overlay, values, within)
            order = (list(MARKS).index(mark), row.starts_on or date.max, values["item__number"])
            found.append((order, ScenarioRow(row, word, hue, said)))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def _row(overlay: Overlay, values: Values, within: str) -> Row:
    line = line_of(overlay.product, values)
    return row_of(overlay.product, values, replace(line, url=f"{within}{line.reference}"))
