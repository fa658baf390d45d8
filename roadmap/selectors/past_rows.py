"""The placed items of a product as they were at a moment, in the shape of the rows that bars and cards are drawn from.

Of thousands of items each field costs a look at the events, so a page names those it shows, and what only a drawn bar
says is looked for when it is known which bars are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from backlog.models import BacklogItem
from plm.models import Product, Reference
from plm.past import values_before
from plm.permissions import Actor
from plm.querysets import among
from roadmap.grains import DAY
from roadmap.models import Objective
from roadmap.selectors.states import gone_since, places_of
from roadmap.timeline import Window

Row = dict[str, Any]

COLUMNS = {
    "title": ("item__title",),
    "state": ("item__state",),
    "archived_at": ("item__archived_at",),
    "owner": ("item__owner_id", "item__owner__name", "item__owner__email"),
    "team": ("item__team_id", "item__team__name"),
    "component": ("item__component_id", "item__component__name"),
    "bucket": ("bucket",),
    "starts_on": ("starts_on",),
    "ends_on": ("ends_on",),
    "grain": ("grain",),
    "objective": ("objective_id", "objective__title", "objective__hue"),
    "release": ("release_id", "release__title"),
    "commitment": ("commitment",),
    "health": ("health",),
    "health_note": ("health_note",),
}
"""The columns of a row that say each field of the events."""
ALL = tuple(COLUMNS)
TOLD_BY_BARS = ("grain", "health", "health_note")
DATES = ("starts_on", "ends_on")
ASKED_ALWAYS = ("title", "state", "archived_at", "bucket")
NAMED = ("owner", "team", "component")
"""Links that events keep by name, so that a row bears the name in the place of the key too."""
LINKED = ("objective", "release")
UNCOUNTED = {
    "item__progress_done": 0,
    "item__progress_total": 0,
    "item__owner__email": "",
    "hidden": False,
    "version": 0,
}
"""What is not kept of a moment; the name of an owner without one is their address."""


def rows_as_of(
    actor: Actor, product: Product, moment: datetime, names: Iterable[str] = ALL, shown: Window | None = None
) -> list[Row]:  # fmt: skip
    """Placed items the actor may see, with what stood at `moment`, without cancelled ones, the first to begin first;
    with `shown` those alone that had no days or one of these.

    Beside title, state, column and days only the fields `names` are of then. Goals and releases bear the titles of now.
    How far an item had come is told by its state alone: counts of what lies below it are not kept. Eight statements at
    most, however many items there are.
    """
    asked = {*ASKED_ALWAYS, *DATES, *names}
    places, gone = places_of(actor, product), gone_since(actor, product, moment)
    moved: Mapping[int, Mapping[str, Any]] = {}
    if shown is not None:
        asked -= {*DATES}
        placed = set(places.values_list("item_id", flat=True))
        keys, gone = placed | gone, gone - placed
        moved = values_before(keys, moment, DATES) if keys else {}
        seen = Q(starts_on=None) | Q(starts_on__lte=shown.last, ends_on__gte=shown.first)
        places = places.filter(seen | Q(item_id__in=among(moved)))
    rows = _rows_now(places, gone, moment, {*asked, *DATES, *TOLD_BY_BARS})
    if shown is not None:
        _take_back(product, rows, moved)
        rows = {key: row for key, row in rows.items() if _seen(row, shown)}
    _take_back(product, rows, values_before(rows, moment, sorted(asked)) if rows else {})
    found = [row for row in rows.values() if _stood(row)]
    for row in found:
        _complete(row)
    return sorted(found, key=lambda row: (row["starts_on"] or date.max, row["item__number"]))


def tell_bars(product: Product, moment: datetime, rows: Mapping[int, Row]) -> None:
    """Make rows of `rows_as_of` that are drawn as bars say TOLD_BY_BARS too as of `moment`, in one statement."""
    if rows:
        _take_back(product, rows, values_before(rows, moment, TOLD_BY_BARS))
        for row in rows.values():
            _complete(row)


def _rows_now(
    places: Any, gone: set[int], moment: datetime, names: Iterable[str]
) -> dict[int, Row]:
    """What is said now of the items that were there at `moment`, with no place where it was taken away since."""
    columns = [column for name in names for column in COLUMNS[name]]
    placed = places.filter(item__created_at__lte=moment)
    found = {row["item_id"]: row for row in placed.values("item_id", "item__number", *columns)}
    if left := gone - found.keys():
        own = [c.removeprefix("item__") for c in columns if c.startswith("item__")]
        rows = BacklogItem.objects.filter(pk__in=among(left), created_at__lte=moment)
        for key, *values in rows.values_list("pk", "number", *own):
            said = zip(["item__number", *(f"item__{name}" for name in own)], values, strict=True)
            found[key] = {**dict.fromkeys(columns), "item_id": key, **dict(said)}
    named = [name for name in NAMED if name in names]
    for row in found.values():
        for name in named:
            said_by = row[f"item__{name}__name"] or row.get(f"item__{name}__email")
            row[f"item__{name}_id"] = row[f"item__{name}__name"] = said_by
        row.update(UNCOUNTED)
    return found


def _take_back(
    product: Product, rows: Mapping[int, Row], before: Mapping[int, Mapping[str, Any]]
) -> None:
    """Make the rows say what they said `before`."""
    asked = {then[name] for then in before.values() for name in LINKED if then.get(name)}
    links = _linked(product, asked) if asked else {}
    for key in before.keys() & rows.keys():
        row, then = rows[key], before[key]
        for name, old in then.items():
            if name in LINKED:
                row.update(zip(COLUMNS[name], links.get(old, (None, "", "gray")), strict=False))
            elif name in NAMED:
                row[f"item__{name}_id"] = row[f"item__{name}__name"] = old
            else:
                row[COLUMNS[name][0]] = day_of(old) if name in DATES else old


def _linked(product: Product, references: Iterable[str]) -> dict[str, tuple[int, str, str]]:
    """Primary key, title and hue by reference."""
    numbers = [int(reference.rpartition("-")[2]) for reference in references]
    hue = Objective.objects.filter(pk=OuterRef("pk")).values("hue")[:1]
    rows = Reference.objects.filter(product=product, number__in=numbers).annotate(hue=Subquery(hue))
    return {
        f"{product.key}-{number}": (pk, title, hue or "gray")
        for number, pk, title, hue in rows.values_list("number", "pk", "title", "hue")
    }


def _seen(row: Row, shown: Window) -> bool:
    first, last = row["starts_on"], row["ends_on"]
    return first is None or last is None or shown.holds(first, last)


def _stood(row: Row) -> bool:
    """Whether the item had a place and was neither archived nor cancelled."""
    placed = row["bucket"] is not None and row["item__archived_at"] is None
    return placed and row["item__state"] != "cancelled"


def _complete(row: Row) -> None:
    """What events say nothing of was never said of the place."""
    row["grain"] = row["grain"] or DAY
    row["health_note"] = row["health_note"] or ""


def day_of(text: str | None) -> date | None:
    """A day as events keep it."""
    return date.fromisoformat(text) if text else None
