"""What the query of a timeline asks for, on its page, in its files and over the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone

from plm.errors import InvalidQuery
from plm.models import Product
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.selectors.chart import LANES, Asked, Timeline, default_lanes, placed_rows, timeline_of
from roadmap.selectors.past import timeline_as_of


def window_asked(params: Mapping[str, str], day: date | None = None) -> geometry.Window:
    """The stretch of time in `year`, `span` and `half`; the year of `day`, or this one, unless asked. Raises InvalidQuery."""
    today = day or timezone.localdate()
    try:
        year = int(params.get("year") or today.year)
        span = int(params.get("span") or 52)
        parts = geometry.PARTS.get(span, 1)
        now = (today.month - 1) * parts // 12 + 1 if year == today.year else 1
        return geometry.window(year, span, int(params.get("half") or now))
    except ValueError:
        raise InvalidQuery(
            "Give a year such as 2026, and as span 13, 26, 52, 104 or 260 weeks.",
            fields={"year": "A year from 1900 to 9000.", "span": "13, 26, 52, 104 or 260.", "half": "1 or 2; 1 to 4 of 13 weeks."},
        ) from None  # fmt: skip


def part_asked(params: Mapping[str, str]) -> int:
    """Which part of an opened lane is asked for, from 1; whatever is no number is the first."""
    asked = params.get("part", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 1


def lanes_asked(product: Product, params: Mapping[str, str]) -> Asked:
    """The lanes in `lanes`, those the product has goals or teams for unless asked, and which one is open. Raises InvalidQuery."""
    lanes = params.get("lanes") or default_lanes(product)
    if lanes not in dict(LANES):
        raise InvalidQuery(f"Lanes are: {', '.join(dict(LANES))}.", fields={"lanes": "Unknown."})
    return Asked(lanes, params.get("open", "")[:40], part_asked(params))


def chart_asked(
    actor: Actor, product: Product, moment: datetime | None, shown: geometry.Window, wanted: Asked
) -> Timeline:
    """The timeline of now, or of a moment of the past."""
    if moment:
        return timeline_as_of(actor, product, moment, shown, wanted)
    return timeline_of(product, placed_rows(actor, product), shown, wanted)
