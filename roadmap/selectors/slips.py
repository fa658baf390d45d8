"""How often and how far the plans of a product moved, by item and by release, read from its events."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from backlog.models import BacklogItem
from plm.models import Event, Product
from plm.permissions import Actor
from plm.querysets import among
from roadmap.models import Release
from roadmap.selectors.pasts import past_of
from roadmap.slips import Leaving, Slip, leavings

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class ItemSlip:
    item: BacklogItem
    slip: Slip


@dataclass(frozen=True, slots=True)
class ReleaseSlip:
    release: Release
    went: Leaving


@dataclass(frozen=True, slots=True)
class Slips:
    """Items whose day moved, what moved furthest to later first, and `more` below them; of `planned` items that ever had
    a day, `moved` had it moved. Releases by their day. `read_at` and `waiting` as `ProductPast` has them."""

    items: list[ItemSlip]
    more: int
    planned: int
    moved: int
    releases: list[ReleaseSlip]
    read_at: datetime | None
    waiting: bool


def slips_of(actor: Actor, product: Product) -> Slips:
    """The slips of the items that the actor may see, from what stood at the end of each day: who corrects a date on the
    same day has not moved it. Archived items count, their plans were plans too.

    Four statements and those of `past_of`, however many items there are.
    """
    past = past_of(product)
    seen = BacklogItem.objects.visible_to(actor, "placement.view").filter(product=product)
    keys = set(seen.filter(pk__in=among(past.went)).values_list("pk", flat=True))
    slips = {key: slip for key in keys if (slip := past.went[key].slip) is not None}
    moved = sorted(
        (key for key, slip in slips.items() if slip.moves),
        key=lambda key: (-slips[key].days, -slips[key].moves, key),
    )
    shown = moved[:MOST_LINES]
    items = seen.select_related("product__workspace").in_bulk(shown)
    return Slips(
        [ItemSlip(items[key], slips[key]) for key in shown],
        len(moved) - len(shown),
        len(slips),
        len(moved),
        _releases(actor, product, keys),
        past.read_at,
        past.waiting,
    )


def _releases(actor: Actor, product: Product, keys: set[int]) -> list[ReleaseSlip]:
    courses: dict[int, list[str | None]] = defaultdict(list)
    facts = (
        Event.objects.filter(product=product, kind="item", changes__has_key="release")
        .order_by("created_at", "sequence")
        .values_list("record_id", "changes__release")
    )
    for key, pair in facts:
        if key in keys:
            courses[key].append(pair[1])
    went = leavings(courses.values())
    releases = Release.objects.visible_to(actor).live().filter(product=product)
    found = [
        ReleaseSlip(release, went[release.reference])
        for release in releases.select_related("product__workspace")
        if release.reference in went
    ]
    return sorted(found, key=lambda row: (str(row.release.day or "9999"), row.release.number))
