"""The past of the imported features and releases, told with its own dates: facts, and the places they had."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils import timezone

from analytics.management.kubernetes.source import (
    SOURCE,
    STATUSES,
    Source,
    planned,
)
from analytics.management.kubernetes.steps import STAGES, Step
from backlog.models import BacklogItem
from plm.events import RECORDED, happened_at, unit_of_work
from plm.models import Event, Product
from plm.permissions import Actor
from plm.services.past import change_told
from plm.services.records import record_archive
from roadmap.models import Milestone, Placement, Release
from roadmap.services.placements import placement_remove, placement_set

CHUNK = 50
CUSTOM = {"stage": "maturity", "status": "status_in_source", "latest_milestone": "latest_milestone",
    **{stage: f"planned_{stage}" for stage in STAGES}}  # fmt: skip
Place = dict[str, Any]


def begin_of(day: date) -> datetime:
    """The first moment of a day as the calendar of the releases has it."""
    return datetime.combine(day, time.min, UTC)


def place_of(source: Source, releases: Mapping[str, Release], known: Any, day: date) -> Place:
    """Where a feature stood on `day` with what was known of it: from the begin of work on its first planned release to
    the day of its last one. Empty where none of them has known dates."""
    found = planned(source, known)
    if not found:
        return {}
    begins = date.fromisoformat(found[0]["cycle_begins"])
    return {
        "starts_on": begins,
        "ends_on": date.fromisoformat(found[-1]["released"]),
        "bucket": "now" if begins <= day else "next",
        "release": releases[found[-1]["version"]],
    }


def features_replayed(actor: Actor, product: Product, source: Source, as_of: date) -> int:
    """Tell the past of every feature that has none yet; how many facts those were. The last of it is what stands on `as_of`.

    Without a history each feature gets the place of that day. A feature that was placed before is left in its place.
    """
    releases = {
        r.external_id: r for r in Release.objects.filter(product=product, external_source=SOURCE)
    }
    features = {str(f["number"]): f for f in (*source.features, *source.gone)}
    told = _told(product)
    known = BacklogItem.objects.filter(product=product, external_source=SOURCE).with_people()
    items = [item for item in known.order_by("number") if item.pk not in told]
    placed = set(Placement.objects.filter(product=product).values_list("item_id", flat=True))
    last, facts = _moment_of(as_of), 0
    for start in range(0, len(items), CHUNK):
        with unit_of_work():
            for item in items[start : start + CHUNK]:
                feature = features[item.external_id or ""]
                steps = [*source.history.get(feature["number"], []), Step(last, feature, {})]
                facts += _facts(actor, item, steps)
                if item.pk not in placed:
                    facts += _places(actor, item, source, releases, steps)
                if feature["number"] not in source.numbers and item.archived_at is None:
                    with happened_at(last):
                        record_archive(actor=actor, record=item)
    return facts


def _told(product: Product) -> set[int]:
    rows = Event.objects.filter(product=product, kind="item", data__has_key=RECORDED)
    return set(rows.values_list("record_id", flat=True))


def _moment_of(day: date) -> datetime:
    return min(timezone.now(), datetime.combine(day, time(12), UTC))


def _facts(actor: Actor, item: BacklogItem, steps: list[Step]) -> int:
    """Tell what changed of the item itself from step to step; how often it did."""
    told = 0
    before = _values(item, steps[0].known)
    for step in steps[1:]:
        after = _values(item, step.known)
        changes = {n: (before[n], value) for n, value in after.items() if value != before[n]}
        if changes:
            change_told(actor=actor, record=item, at=step.at, changes=changes)
            told += 1
        before = after
    return told


def _values(item: BacklogItem, known: Mapping[str, Any]) -> dict[str, Any]:
    custom = {name: value for name, value in item.custom.items() if name not in CUSTOM.values()}
    custom |= {own: known[name] for name, own in CUSTOM.items() if known[name]}
    return {
        "title": known["title"],
        "team": known["group"] or None,
        "state": STATUSES.get(known["status"] or "", BacklogItem.workflow.initial),
        "custom": custom,
    }


def _places(
    actor: Actor, item: BacklogItem, source: Source, releases: Mapping[str, Release], steps: list[Step]
) -> int:  # fmt: skip
    """The places of the item from step to step; how many there were. Its column becomes "now" on the day its work begins."""
    current: Place = {}
    told = 0
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        wanted = place_of(source, releases, step.known, step.day)
        told += _place(actor, item, current, wanted, step.at)
        current = wanted
        begins = begin_of(wanted["starts_on"]) if wanted else None
        until = following.at if following else step.at
        if begins and step.at < begins < until:
            current = {**wanted, "bucket": "now"}
            told += _place(actor, item, wanted, current, begins)
    return told


def _place(actor: Actor, item: BacklogItem, old: Place, new: Place, at: datetime) -> bool:
    if old == new:
        return False
    with happened_at(at):
        if new:
            placement_set(actor=actor, item=item, values=new)
        else:
            placement_remove(actor=actor, item=item)
    return True


def releases_replayed(actor: Actor, product: Product, as_of: date) -> None:
    """Tell when the work on each release began and when it went out, and when each milestone was reached."""
    told = Event.objects.filter(
        product=product, kind__in=("release", "milestone"), data__has_key=RECORDED
    )
    known = set(told.values_list("record_id", flat=True))
    with unit_of_work():
        for release in Release.objects.filter(product=product, external_source=SOURCE):
            if release.pk not in known:
                for day, changes in _course(release, as_of):
                    change_told(actor=actor, record=release, at=begin_of(day), changes=changes)
        for milestone in Milestone.objects.filter(product=product, external_source=SOURCE):
            if milestone.pk not in known and milestone.on <= as_of:
                changes = {"state": ("planned", "reached")}
                change_told(
                    actor=actor, record=milestone, at=begin_of(milestone.on), changes=changes
                )


Course = Iterable[tuple[date, dict[str, tuple[Any, Any]]]]


def _course(release: Release, as_of: date) -> Course:
    if release.cycle_begins and release.cycle_begins <= as_of:
        yield release.cycle_begins, {"state": ("planned", "in_progress")}
    if release.released_on:
        changes = {"state": ("in_progress", "released"), "released_on": (None, release.released_on)}
        yield release.released_on, changes
