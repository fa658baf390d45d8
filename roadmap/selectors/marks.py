"""Milestones and releases as diamonds on the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models.functions import Coalesce

from plm.models import Product
from roadmap import timeline as geometry
from roadmap.models import Milestone, Release

MARK_ROWS = 3
KnownMark = tuple[date, str, str, str]
"""Day, title, hue and address of what is drawn as a diamond."""

MARK_HUES = {"release": "indigo", "gate": "rose", "event": "amber"}


@dataclass(frozen=True, slots=True)
class MarkView:
    title: str
    url: str
    on: date
    hue: str
    place: geometry.Place


def known_marks(product: Product, shown: geometry.Window) -> list[KnownMark]:
    """Milestones and releases of the window, 200 of each at most."""
    milestones = (
        Milestone.objects.live()
        .filter(product=product, on__range=(shown.begin, shown.last))
        .exclude(state="cancelled")
        .order_by("on")
    )
    releases = releases_within(product, shown)
    home = f"{product.workspace.get_absolute_url()}{product.key}-"
    return [
        *((m.on, m.title, MARK_HUES[m.type], f"{home}{m.number}") for m in milestones[:200]),
        *((r.day, r.title, "indigo", f"{home}{r.number}") for r in releases if r.day),
    ]


def marks_of(shown: geometry.Window, known: list[KnownMark]) -> tuple[list[MarkView], int]:
    """Marks as diamonds on the grid, and how many found no room."""
    marks = [geometry.Mark(i, on, title) for i, (on, title, _, _) in enumerate(known)]
    places, more = geometry.mark_places(shown, marks, max_rows=MARK_ROWS)
    found = []
    for place in places:
        on, title, hue, url = known[place.key]
        found.append(MarkView(title, url, on, hue, place))
    return found, more


def releases_within(product: Product, shown: geometry.Window) -> list[Release]:
    """Releases whose day lies in the window."""
    rows = Release.objects.live().filter(product=product).exclude(state="cancelled")
    dated = rows.annotate(on_day=Coalesce("released_on", "release_on"))
    return list(dated.filter(on_day__range=(shown.begin, shown.last)).order_by("on_day")[:200])
