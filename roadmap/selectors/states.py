"""The placed items of a product as they stood at moments of its past."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from backlog.models import BacklogItem
from plm.events import plain
from plm.models import Event, Product
from plm.past import values_before
from plm.permissions import Actor
from plm.querysets import among
from roadmap.models import Placement

PLACE_FIELDS = (
    "bucket",
    "starts_on",
    "ends_on",
    "grain",
    "objective",
    "release",
    "commitment",
    "health",
    "health_note",
)
ITEM_FIELDS = ("title", "state", "owner", "team", "component", "estimate")
NAMES = (*ITEM_FIELDS, "archived_at", *PLACE_FIELDS)
ITEM_COLUMNS = (
    "title", "state", "owner__name", "owner__email", "team__name", "component__name", "estimate", "archived_at", "created_at",
)  # fmt: skip
PLACE_COLUMNS = (
    "bucket", "starts_on", "ends_on", "grain", "objective__number", "release__number", "commitment", "health", "health_note",
)  # fmt: skip

State = dict[int, dict[str, Any]]
"""Items with a place, by primary key, each with the values that events keep."""
_Now = tuple[dict[str, Any], datetime]
"""What an item and its place say now, and when it was made."""


def roadmap_states(
    actor: Actor, product: Product, moments: Iterable[datetime], also: Sequence[str] = ()
) -> list[State]:
    """The placed items at each moment, with the columns of the place that `also` names. Archived items have no place.

    Three statements and one for each moment, however many items there are.
    """
    wanted = list(moments)
    now = _read(places_of(actor, product), product, gone_since(actor, product, min(wanted)), also)
    return [_state(now, moment, (*NAMES, *also)) for moment in wanted]


def places_of(actor: Actor, product: Product) -> Any:
    """The places of a product that the actor may see, of archived and cancelled items too."""
    return Placement.objects.visible_to(actor, "placement.view").filter(product=product)


def gone_since(actor: Actor, product: Product, since: datetime) -> set[int]:
    """Items of which a place was taken away since; some may have one again."""
    rows = Event.objects.visible_to(actor, "placement.view").filter(
        product=product, verb="placement.removed", created_at__gt=since
    )
    return set(rows.values_list("record_id", flat=True))


def _read(
    places: Any, product: Product, gone: set[int], also: Sequence[str] = ()
) -> dict[int, _Now]:
    of_place = (*PLACE_COLUMNS, *also)
    columns = (*(f"item__{name}" for name in ITEM_COLUMNS), *of_place)
    now = {
        key: _now(product, row[: len(ITEM_COLUMNS)], row[len(ITEM_COLUMNS) :], also)
        for key, *row in places.values_list("item_id", *columns)
    }
    if left := gone - now.keys():
        rows = BacklogItem.objects.filter(pk__in=among(left)).values_list("pk", *ITEM_COLUMNS)
        now |= {key: _now(product, row, (None,) * len(of_place), also) for key, *row in rows}
    return now


def _now(product: Product, item: Iterable[Any], place: Iterable[Any], also: Sequence[str]) -> _Now:
    """Links of a place lead to records of the same product."""
    title, state, name, email, team, component, estimate, archived, made = item
    bucket, starts, ends, grain, goal, release, *rest = place
    values = (
        title, state, name or email, team, component, plain(estimate), archived and archived.isoformat(), bucket, starts and starts.isoformat(), ends and ends.isoformat(), grain,
        goal and f"{product.key}-{goal}", release and f"{product.key}-{release}", *rest,
    )  # fmt: skip
    return dict(zip((*NAMES, *also), values, strict=True)), made


def _state(now: dict[int, _Now], moment: datetime, names: Sequence[str]) -> State:
    before = values_before(now, moment, names) if now else {}
    state = {}
    for key, (values, made) in now.items():
        then = {**values, **before[key]} if key in before else {**values}
        archived = then.pop("archived_at")
        if then["bucket"] is not None and archived is None and made <= moment:
            state[key] = then
    return state
