"""What begins, ends and goes out on the days of a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from plm.models import Product
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.grains import DAY, label
from roadmap.models import Milestone
from roadmap.months import Month
from roadmap.selectors.chart import placed_rows
from roadmap.selectors.marks import MARK_HUES, releases_within

MOST_ITEMS, SHOWN = 500, 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing on a day. `what` is begins, ends, milestone or release; `hue` its colour; `mark` a word for what a scenario
    has otherwise than the plan."""

    what: str
    title: str
    url: str
    hue: str
    note: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    day: date
    inside: bool
    today: bool
    entries: list[Entry]
    more: list[Entry]


@dataclass(frozen=True, slots=True)
class Calendar:
    """`left_out` items begin or end in the month beyond the first 500."""

    month: Month
    weeks: list[list[CalendarDay]]
    count: int
    left_out: int


def calendar_of(actor: Actor, product: Product, month: Month) -> Calendar:
    """The days of a month in three statements."""
    base = product.workspace.get_absolute_url()
    columns = ("item__number", "item__title", "starts_on", "ends_on", "grain", "objective__hue")
    rows = list(month_rows(actor, product, month).values(*columns)[: MOST_ITEMS + 1])
    return calendar_from(
        product, month, rows, lambda row: (f"{base}{product.key}-{row['item__number']}", "", "")
    )


def month_rows(actor: Actor, product: Product, month: Month) -> Any:
    """The places of items that begin or end in a month, the earliest first."""
    within = (month.first, month.last)
    rows = placed_rows(actor, product)
    rows = rows.filter(Q(starts_on__range=within) | Q(ends_on__range=within))
    return rows.order_by("starts_on", "pk")


def calendar_from(
    product: Product,
    month: Month,
    rows: Sequence[Mapping[str, Any]],
    told: Callable[[Mapping[str, Any]], tuple[str, str, str]],
) -> Calendar:
    """The days of a month with the first 500 of these rows. Each shows its first four entries; the others stand in `more`.

    `told` gives the address of a row, a word for how it stands otherwise than in the plan, and how.
    """
    by_day: dict[date, list[Entry]] = defaultdict(list)
    _dates(product, month, by_day)
    for row in rows[:MOST_ITEMS]:
        _item(month, row, told(row), by_day)
    today = timezone.localdate()
    weeks = [
        [
            CalendarDay(day, day.month == month.month, day == today, by_day[day][:SHOWN], by_day[day][SHOWN:])
            for day in week
        ]
        for week in month.weeks()
    ]  # fmt: skip
    return Calendar(month, weeks, sum(map(len, by_day.values())), max(0, len(rows) - MOST_ITEMS))


def _dates(product: Product, month: Month, by_day: dict[date, list[Entry]]) -> None:
    """Milestones and releases stand first."""
    base = product.workspace.get_absolute_url()
    milestones = Milestone.objects.live().filter(
        product=product, on__range=(month.first, month.last)
    )
    for milestone in milestones.exclude(state="cancelled").order_by("on", "number")[:200]:
        url = f"{base}{product.key}-{milestone.number}"
        by_day[milestone.on].append(
            Entry("milestone", milestone.title, url, MARK_HUES[milestone.type])
        )
    monday = month.weeks()[0][0]
    window = geometry.Window(month.year, 26, 1, month.first, monday, month.last)
    for release in releases_within(product, window):
        if release.day:
            url = f"{base}{product.key}-{release.number}"
            by_day[release.day].append(Entry("release", release.title, url, "indigo"))


def _item(
    month: Month,
    row: Mapping[str, Any],
    told: tuple[str, str, str],
    by_day: dict[date, list[Entry]],
) -> None:
    """When an item begins and ends, as far as that is in the month."""
    url, mark, otherwise = told
    coarse = label(row["grain"], row["starts_on"], row["ends_on"]) if row["grain"] != DAY else ""
    note = ". ".join(filter(None, (coarse, otherwise)))
    for what, name in (("begins", "starts_on"), ("ends", "ends_on")):
        if month.first <= row[name] <= month.last:
            hue = row["objective__hue"] or "gray"
            by_day[row[name]].append(Entry(what, row["item__title"], url, hue, note, mark))
