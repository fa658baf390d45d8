"""Writes on the places of items."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from backlog.models import BacklogItem
from plm.errors import Conflict, Invalid, NotVisible, Stale
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import invalid_from, record_locked
from roadmap.grains import DAY, GRAINS, nearest, whole
from roadmap.models import Contribution, Placement
from roadmap.models.placement import BUCKETS, FIRST_DAY, HEALTH, LAST_DAY
from roadmap.ordering import STEP, between, renumbered

PLACEMENT_FIELDS = (
    "starts_on", "ends_on", "grain", "bucket", "objective", "release", "commitment", "health", "health_note",
    "hidden", "public_title", "public_note",
)  # fmt: skip
DATES = {"starts_on", "ends_on", "grain"}
ASKING = {"at_risk", "off_track"}


@service
def placement_set(
    *,
    actor: Actor,
    item: BacklogItem,
    values: Mapping[str, Any],
    version: int | None = None,
    reason: str = "",
) -> Placement:
    """Give an item its place on the roadmap, or change it; fields that `values` lacks stay.

    Emits `placement.made`, `placement.moved` (with the old and new dates) or `placement.updated` on the item.
    `health_note` is a written update: a change to at risk or off track asks for one. `version` is the one the actor read, None when there is none yet or it does not matter. Raises Invalid, Stale.
    """
    require(actor, "placement.edit", item.product)
    current, made = _placement_locked(item)
    if version is not None and not made and version != current.version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    values = {**values, **whole_buckets(current, values)}
    values = _health_told(current, values)
    changes = {
        name: (None if made else getattr(current, name), values[name])
        for name in PLACEMENT_FIELDS
        if name in values and (made or getattr(current, name) != values[name])
    }
    if not changes and not made:
        return current
    for name, (_, new) in changes.items():
        setattr(current, name, new)
    if {"health", "health_note"} & changes.keys():
        current.health_at, current.health_by_id = timezone.now(), actor.user_id
    placement_check(current)
    if made or "bucket" in changes:
        current.position = _last_position(current) + STEP
    if not made:
        current.version += 1
    current.save()
    _main_goal_once(current, changes)
    if made:
        # The past of a roadmap is read from this field: it is empty as long as an item has no place.
        changes.setdefault("bucket", (None, current.bucket))
    verb = "made" if made else "moved" if DATES & changes.keys() else "updated"
    emit(f"placement.{verb}", actor=actor, record=item, changes=changes, reason=reason)
    return current


@service
def placement_dates_set(
    *,
    actor: Actor,
    item: BacklogItem,
    starts_on: date,
    ends_on: date,
    version: int | None = None,
    reason: str = "",
) -> Placement:
    """Move or stretch the bar of an item that has a place. Raises NotVisible, Invalid, Stale.

    What is planned to months, quarters or halves moves to those that lie nearest, and stretches to whole ones.
    """
    require(actor, "placement.edit", item.product)
    stands = Placement.objects.filter(item=item).first()
    if stands is None:
        raise NotVisible(f"{item.reference} has no place on the roadmap.")
    values = days_moved(stands, starts_on, ends_on)
    return placement_set(actor=actor, item=item, values=values, version=version, reason=reason)


def days_moved(stands: Placement, starts_on: date, ends_on: date) -> dict[str, Any]:
    """The days a bar gets that was let go there: what is planned to whole buckets moves to the nearest ones."""
    start, end = stands.starts_on, stands.ends_on
    if stands.grain != DAY and start and end and starts_on - start == ends_on - end:
        starts_on, ends_on = nearest(stands.grain, start, end, starts_on)
    return {"starts_on": starts_on, "ends_on": ends_on}


@service
def placement_sort(
    *, actor: Actor, item: BacklogItem, bucket: str, after: BacklogItem | None = None
) -> Placement:
    """Put the card of an item into a column, below the card `after` or on top. Raises NotVisible, Invalid.

    Emits `placement.updated` when the column changes, `placement.sorted` when only the order does.
    """
    require(actor, "placement.edit", item.product)
    _known_bucket(bucket)
    column = Placement.objects.select_for_update().filter(product_id=item.product_id)
    current = column.filter(item=item).first()
    if current is None:
        raise NotVisible(f"{item.reference} has no place on the roadmap.")
    old = current.bucket
    current.bucket = bucket
    current.position = _position_after(current, after)
    current.version += 1
    current.save(update_fields=["bucket", "position", "version", "updated_at"])
    moved = old != bucket
    emit(
        "placement.updated" if moved else "placement.sorted",
        actor=actor,
        record=item,
        changes={"bucket": (old, bucket)} if moved else {},
    )
    return current


@service
def placement_remove(
    *, actor: Actor, item: BacklogItem, version: int | None = None, reason: str = ""
) -> None:
    """Take an item off the roadmap; the item itself stays. Emits `placement.removed`. Raises NotVisible, Stale."""
    require(actor, "placement.edit", item.product)
    current = Placement.objects.select_for_update().filter(item=item).first()
    if current is None:
        raise NotVisible(f"{item.reference} has no place on the roadmap.")
    if version is not None and version != current.version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    shown = Placement.objects.select_related("objective__product", "release__product").get(
        pk=current.pk
    )
    changes = {name: (getattr(shown, name), None) for name in PLACEMENT_FIELDS}
    current.delete()
    emit("placement.removed", actor=actor, record=item, changes=changes, reason=reason)


def _placement_locked(item: BacklogItem) -> tuple[Placement, bool]:
    """The item's place, locked, or a new one; the item's row is the lock for making it."""
    current_item = record_locked(item, version=None)
    if current_item.archived_at is not None:
        raise Conflict(f"{item.reference} is archived. Restore it before placing it.")
    found = Placement.objects.select_for_update().filter(item=item).first()
    if found is not None:
        return found, False
    return (
        Placement(workspace_id=item.workspace_id, product_id=item.product_id, item=item),
        True,
    )


def _health_told(placement: Placement, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what is said of the health: an empty update keeps the latest, as long as the health stays.

    Raises Invalid where something is at risk or off track and nobody says why.
    """
    rest = {name: value for name, value in values.items() if name != "health_note"}
    note = " ".join(str(values.get("health_note") or "").split())
    health = values.get("health", placement.health)
    changed = health != placement.health
    if note and not health:
        raise Invalid(fields={"health": "Say how it stands, or leave the update empty."})
    if changed and health in ASKING and note in {"", placement.health_note}:
        said = str(dict(HEALTH)[health]).lower()
        raise Invalid(
            fields={"health_note": f"Say in a line why it is {said} and what happens next."}
        )
    if not note and not changed:
        return rest
    return {**rest, "health_note": note}


def whole_buckets(placement: Placement, values: Mapping[str, Any]) -> dict[str, Any]:
    """The dates as whole buckets where they are planned so; without dates there is nothing to plan to."""
    if not DATES & values.keys():
        return {}
    start, end, grain = (
        values.get(name, getattr(placement, name)) for name in ("starts_on", "ends_on", "grain")
    )
    if start is None or end is None:
        return {"grain": DAY}
    if grain not in dict(GRAINS) or end < start:
        return {}
    first, last = whole(grain, start, end)
    return {"starts_on": first, "ends_on": last}


def placement_check(placement: Placement) -> None:
    """The rules of one place. Raises Invalid with the field."""
    placement.public_title = " ".join(placement.public_title.split())
    placement.public_note = placement.public_note.strip()
    starts, ends = placement.starts_on, placement.ends_on
    if starts is None and ends is not None:
        raise Invalid(fields={"starts_on": "Give the begin as well, or leave both dates empty."})
    if ends is None and starts is not None:
        raise Invalid(fields={"ends_on": "Give the end as well, or leave both dates empty."})
    if starts is not None and ends is not None and ends < starts:
        raise Invalid(
            fields={"ends_on": f"The end {ends} lies before the begin {starts}. Choose {starts} or later."}
        )  # fmt: skip
    _check_days(placement)
    for name in ("objective", "release"):
        linked = getattr(placement, name)
        if linked is not None and linked.product_id != placement.product_id:
            raise Invalid(fields={name: f"{linked.reference} belongs to another product."})
    try:
        placement.clean_fields(exclude=["workspace", "product", "item", "objective", "release"])
    except ValidationError as error:
        raise invalid_from(error) from None


def _check_days(placement: Placement) -> None:
    for name, day in (("starts_on", placement.starts_on), ("ends_on", placement.ends_on)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise Invalid(
                fields={name: f"The timeline shows the years 1900 to 9000; {day.year} lies outside. Choose a day within."}
            )  # fmt: skip


def _main_goal_once(placement: Placement, changes: dict[str, Any]) -> None:
    """A goal that the place names has what the others leave, so what it had as one of the others is no more."""
    if "objective" not in changes or placement.objective_id is None:
        return
    gone = Contribution.objects.filter(item_id=placement.item_id, objective=placement.objective_id)
    percent = gone.values_list("percent", flat=True).first()
    if percent is not None:
        gone.delete()
        changes["contributions"] = (f"{changes['objective'][1].reference} {percent}%", "")


def _known_bucket(bucket: str) -> None:
    if bucket not in {name for name, _ in BUCKETS}:
        known = ", ".join(name for name, _ in BUCKETS)
        raise Invalid(fields={"to": f"There is no column {bucket[:20]!r}. Columns are: {known}."})


def _column(placement: Placement) -> Any:
    rows = Placement.objects.filter(product_id=placement.product_id, bucket=placement.bucket)
    return rows.exclude(pk=placement.pk) if placement.pk else rows


def _last_position(placement: Placement) -> int:
    last = _column(placement).aggregate(last=Max("position"))["last"]
    return -STEP if last is None else int(last)


def _position_after(placement: Placement, after: BacklogItem | None) -> int:
    """A position below the card `after`; a column without room between two cards is numbered anew."""
    column = _column(placement).order_by("position", "pk")
    above = None
    if after is not None:
        above = column.filter(item=after).values_list("position", flat=True).first()
        if above is None:
            raise Invalid(fields={"after": f"{after.reference} is not in that column any more."})
    below_rows = column.filter(position__gt=above) if above is not None else column
    below = below_rows.values_list("position", flat=True).first()
    found = between(above, below)
    if found is not None:
        return found
    rows = list(column.only("pk", "position"))
    for row, position in zip(rows, renumbered(len(rows)), strict=True):
        row.position = position
    Placement.objects.bulk_update(rows, ["position"], batch_size=500)
    return _position_after(placement, after)
