"""A place on the roadmap as a row of a file gives it to an item."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backlog.models import BacklogItem
from plm.errors import Invalid
from plm.importing.targets import Extra, Target
from plm.permissions import Actor
from roadmap.grains import GRAINS
from roadmap.models import Objective, Placement, Release
from roadmap.models.placement import BUCKETS, COMMITMENTS
from roadmap.services.placements import placement_set

OWN = "place."
LINKS: Mapping[str, Any] = {"objective": Objective, "release": Release}
WORDS = {"objective": "goal", "release": "release"}


def place_targets() -> list[Target]:
    """What a file can say of an item's place. A goal or a release is named by its reference, outside id or title."""
    return [
        Target(f"{OWN}starts_on", "Begins on the roadmap", "date", also=("starts on", "start", "start date", "begins")),
        Target(f"{OWN}ends_on", "Ends on the roadmap", "date", also=("ends on", "end", "end date", "finish", "ends")),
        Target(f"{OWN}bucket", "Roadmap column", "choice", choices=BUCKETS, also=("bucket", "horizon")),
        Target(f"{OWN}grain", "Planned to", "choice", choices=tuple(GRAINS), also=("grain",)),
        Target(f"{OWN}objective", "Goal", "text", also=("objective",)),
        Target(f"{OWN}release", "Release", "text", also=("fix version", "fix versions", "target release")),
        Target(f"{OWN}commitment", "Commitment", "choice", choices=COMMITMENTS),
    ]  # fmt: skip


def place_write(
    *, actor: Actor, record: BacklogItem, values: Mapping[str, Any], reason: str
) -> bool:
    """Give the item its place by the service of places; whether that changed anything. Raises Invalid.

    A row that says nothing, of an item without a place, leaves it without one.
    """
    given = {name.removeprefix(OWN): value for name, value in values.items()}
    before = Placement.objects.filter(item=record).values_list("version", flat=True).first()
    if before is None and not any(given.values()):
        return False
    for name in {"starts_on", "ends_on"} & given.keys():
        given[name] = date.fromisoformat(given[name]) if given[name] else None
    for name in LINKS.keys() & given.keys():
        given[name] = _linked(record, name, given[name] or "")
    try:
        place = placement_set(actor=actor, item=record, values=given, reason=reason)
    except Invalid as refused:
        fields = {f"{OWN}{name}": text for name, text in refused.fields.items()}
        raise Invalid(refused.message, fields=fields) from None
    return before is None or place.version != before


def _linked(item: BacklogItem, name: str, text: str) -> Any:
    """The goal or release of the item's product that a text names; None for no text. Raises Invalid."""
    if not text.strip():
        return None
    asked = text.strip()
    rows = LINKS[name].objects.live().filter(product_id=item.product_id).select_related("product")
    number = asked.upper().removeprefix(f"{item.product.key}-")
    if number != asked.upper() and number.isdecimal():
        found = list(rows.filter(number=int(number[:12])))
    else:
        found = list(rows.filter(external_id=asked)) or list(rows.filter(title__iexact=asked)[:2])
    if len(found) != 1:
        what = f"There are several {WORDS[name]}s" if found else f"There is no {WORDS[name]}"
        raise Invalid(
            fields={f"{OWN}{name}": f"{what} {asked[:80]!r} in this product. Give its reference, or make it first."}
        )  # fmt: skip
    return found[0]


PLACE = Extra(targets=place_targets, write=place_write)
