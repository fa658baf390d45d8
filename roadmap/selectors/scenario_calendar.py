"""The calendar of a scenario: the days of the plan, with what the scenario has otherwise marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plm.permissions import Actor
from roadmap.months import Month
from roadmap.selectors.calendar import MOST_ITEMS, Calendar, calendar_from, month_rows
from roadmap.selectors.scenario_drawn import mark_of
from roadmap.selectors.scenario_table import MARKS
from roadmap.selectors.scenarios import PLAN_COLUMNS, Overlay


def scenario_calendar(actor: Actor, overlay: Overlay, month: Month, within: str) -> Calendar:
    """The days of a month. Items lead to what lies `within` that address, below their reference. Three statements."""
    product = overlay.product
    plan = month_rows(actor, product, month).exclude(item__in=list(overlay.changes))
    days = (month.first, month.last)
    rows = [
        row
        for row in overlay.rows(plan.values(*PLAN_COLUMNS)[: MOST_ITEMS + 1])
        if row["starts_on"] and (_in(days, row["starts_on"]) or _in(days, row["ends_on"]))
    ]
    rows.sort(key=lambda row: (row["starts_on"], row["item__number"]))

    def told(row: Mapping[str, Any]) -> tuple[str, str, str]:
        url, key = f"{within}{product.key}-{row['item__number']}", row["item_id"]
        mark, said = mark_of(overlay, key) if key in overlay.changes else ("", "")
        return url, MARKS[mark][0] if mark else "", said

    return calendar_from(product, month, rows, told)


def _in(days: tuple[Any, Any], day: Any) -> bool:
    return bool(days[0] <= day <= days[1])
