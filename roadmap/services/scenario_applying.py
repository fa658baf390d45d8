"""Putting a scenario into the plan, all of it or chosen items, once and with a reason; and taking that back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from backlog.models import BacklogItem
from backlog.services.items import item_update
from plm.errors import Conflict, Invalid, Stale
from plm.events import plain, service
from plm.models import Team
from plm.permissions import Actor
from plm.selectors import members_of
from plm.services.guard import require
from roadmap.models import Objective, Placement, Release, RoadmapScenario, ScenarioChange
from roadmap.selectors.scenario_compared import mark_seen
from roadmap.selectors.scenarios import FIELDS, ITEM_FIELDS, PLACE_FIELDS, Overlay, overlay_of
from roadmap.services.placements import PLACEMENT_FIELDS, placement_remove, placement_set
from roadmap.services.scenarios import note, scenario_locked

NAMED = 5


@dataclass(frozen=True, slots=True)
class ScenarioApplied:
    """How many items the plan got otherwise, and how many were left as they are."""

    applied: int
    left: int


@service
def scenario_apply(
    *,
    actor: Actor,
    scenario: RoadmapScenario,
    reason: str,
    chosen: Mapping[int, str] | None = None,
    kept: Collection[int] = (),
) -> ScenarioApplied:
    """Put a scenario into the plan and close it. Each item gets its place by the services of places.

    `chosen` are the items to apply by key, each with the `mark_seen` of the plan that was looked at; None means all.
    Where the plan moved since the scenario said so, a person decides: the item is among the `chosen`, or among the
    `kept`, which stay as the plan has them. Emits what `placement_set` and `placement_remove` do, with the reason, and
    `roadmap_scenario.applied`. Raises Invalid without a reason, Conflict where it was applied or something is
    undecided, Stale where the plan moved since somebody looked.
    """
    require(actor, "placement.edit", scenario.product)
    why = " ".join(reason.split())
    if not 3 <= len(why) <= 500:
        raise Invalid(fields={"reason": "Say in a line why the plan is to change so."})
    row = scenario_locked(scenario)
    keys = list(row.changes.values_list("item_id", flat=True))
    items = _locked(keys)
    overlay = overlay_of(actor, row.product, row)
    open_keys = [key for key in overlay.changes if key not in overlay.gone]
    wanted = set(open_keys if chosen is None else chosen) & set(open_keys)
    _unmoved(overlay, items, chosen or {})
    _decided(overlay, items, open_keys, set(chosen or ()), set(kept))
    done = 0
    for key in sorted(overlay.changes):
        takes = key in wanted and overlay.now(key) != overlay.then(key)
        _settle(actor, overlay, items[key], why, takes=takes)
        done += takes
    if not done:
        raise Invalid(fields={"items": "Choose at least one item that the plan has otherwise."})
    row.applied_at, row.applied_by_id, row.applied_reason = timezone.now(), actor.user_id, why
    row.version += 1
    row.save(update_fields=["applied_at", "applied_by", "applied_reason", "version", "updated_at"])
    note("applied", actor, row, reason=why, applied=done, left=len(keys) - done)
    return ScenarioApplied(done, len(keys) - done)


def _locked(keys: list[int]) -> dict[int, BacklogItem]:
    """The items, locked with their places in one order, so that two who apply do not wait for each other."""
    list(Placement.objects.select_for_update().filter(item__in=keys).order_by("pk"))
    rows = BacklogItem.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    return {row.pk: row for row in rows.select_related("product__workspace").order_by("pk")}


def _decided(
    overlay: Overlay, items: Mapping[int, BacklogItem], keys: list[int], chosen: set[int], kept: set[int]
) -> None:  # fmt: skip
    """Raise Conflict where the plan moved too and nobody said which of the two it is to be."""
    undecided = [key for key in keys if overlay.clash(key) and (key in chosen) == (key in kept)]
    if undecided:
        names = ", ".join(items[key].reference for key in undecided[:NAMED])
        more = f" and {len(undecided) - NAMED} more" if len(undecided) > NAMED else ""
        raise Conflict(
            "The plan was changed since the scenario was. Decide item by item.",
            fields={"items": f"Say for each whether the plan or the scenario is right: {names}{more}."},
        )  # fmt: skip


def _unmoved(overlay: Overlay, items: Mapping[int, BacklogItem], chosen: Mapping[int, str]) -> None:
    moved = [
        items[key].reference
        for key, seen in chosen.items()
        if key in items and seen != mark_seen(overlay.now(key))
    ]
    if moved:
        raise Stale(
            f"The plan was changed while you looked: {', '.join(moved[:NAMED])}. Look at it again.",
            current=overlay.scenario.version if overlay.scenario else 0,
        )


def _settle(actor: Actor, overlay: Overlay, item: BacklogItem, why: str, *, takes: bool) -> None:
    """Give one item its place, if it `takes` it, and keep what the plan had before."""
    change = overlay.changes[item.pk]
    now, then = overlay.now(item.pk), overlay.then(item.pk) if takes else {}
    change.outcome = "applied" if takes else "left"
    if takes:
        change.base = now if then else _all_of(item)
        if then:
            names = FIELDS if now else PLACE_FIELDS
            change.values = {n: then.get(n) for n in names if not now or then.get(n) != now.get(n)}
    change.save(update_fields=["base", "values", "outcome", "changed_at"])
    if takes:
        _place(actor, item, now, then, why)


def _place(
    actor: Actor, item: BacklogItem, now: Mapping[str, Any], then: Mapping[str, Any], why: str
) -> None:  # fmt: skip
    if not then:
        placement_remove(actor=actor, item=item, reason=why)
        return
    _given(actor, item, now, then, why)


def _given(
    actor: Actor, item: BacklogItem, now: Mapping[str, Any], then: Mapping[str, Any], why: str
) -> None:  # fmt: skip
    """Make the plan say `then` of an item, by the services of places and of items."""
    given = {name: value for name, value in then.items() if value != now.get(name)}
    people = {name: given.pop(name) for name in ITEM_FIELDS if name in given}
    if people and now:
        values = _people(item, people)
        item_update(actor=actor, record=item, version=None, values=values, reason=why)
    if given:
        placement_set(actor=actor, item=item, values=_values(item, given), reason=why)


def _people(item: BacklogItem, given: Mapping[str, str | None]) -> dict[str, Any]:
    """Team and owner as the service of items takes them. Raises Conflict where the team or the person is no more."""
    known: dict[str, Any] = {
        "team": Team.objects.filter(workspace_id=item.workspace_id, archived_at=None),
        "owner": members_of(item.workspace_id),
    }
    found = {
        n: known[n].filter(uuid=value).first() if value else None for n, value in given.items()
    }
    for name, value in given.items():
        if value and found[name] is None:
            raise Conflict(
                f"The {name} that {item.reference} has in the scenario is not there any more. Choose another one in the scenario."
            )  # fmt: skip
    return found


def _all_of(item: BacklogItem) -> dict[str, Any]:
    """The whole place of an item that is to lose it, health and words for readers outside included."""
    place = Placement.objects.select_related("objective__product", "release__product").get(item=item)  # fmt: skip
    return {name: plain(getattr(place, name)) for name in PLACEMENT_FIELDS}


def _values(item: BacklogItem, given: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values as the service of places takes them."""
    found = dict(given)
    for name in ("starts_on", "ends_on"):
        if found.get(name):
            found[name] = date.fromisoformat(found[name])
    for name, model in (("objective", Objective), ("release", Release)):
        if found.get(name):
            number = int(str(found[name]).rpartition("-")[2])
            rows: Any = model.objects.filter(product_id=item.product_id, number=number)
            found[name] = rows.select_related("product").first()
    return found


@service
def scenario_apply_undo(*, actor: Actor, scenario: RoadmapScenario) -> tuple[int, list[str]]:
    """Give the items back what the plan had before, and open the scenario again. What was moved since stays.

    How many went back, and the references of those that stay. Emits what the services of places do and
    `roadmap_scenario.reopened`. Raises Conflict where it is not applied.
    """
    require(actor, "placement.edit", scenario.product)
    row = RoadmapScenario.objects.select_for_update().get(pk=scenario.pk)
    row.product = scenario.product
    if row.applied_at is None or row.archived_at is not None:
        raise Conflict(f"{row.name} is not applied.")
    items = _locked(list(row.changes.values_list("item_id", flat=True)))
    overlay = overlay_of(actor, row.product, row)
    back, left = 0, []
    for key, change in sorted(overlay.changes.items()):
        if change.outcome != "applied":
            continue
        if key not in overlay.gone and _stands_applied(overlay.now(key), change):
            _take_back(actor, items[key], change, overlay.now(key))
            back += 1
        else:
            left.append(items[key].reference)
        change.base = {name: change.base[name] for name in FIELDS if name in change.base}
        change.save(update_fields=["base", "changed_at"])
    ScenarioChange.objects.filter(scenario=row).update(outcome="")
    row.applied_at, row.applied_by, row.applied_reason = None, None, ""
    row.version += 1
    row.save(update_fields=["applied_at", "applied_by", "applied_reason", "version", "updated_at"])
    note("reopened", actor, row, back=back, left=len(left))
    return back, left


def _stands_applied(now: Mapping[str, Any], change: ScenarioChange) -> bool:
    """Whether the plan still has of an item what applying its change made of it."""
    if change.otherwise.out or not now:
        return change.otherwise.out and not now
    after = {**change.base, **change.values}
    return all(now[name] == after[name] for name in FIELDS if name in after)


def _take_back(
    actor: Actor, item: BacklogItem, change: ScenarioChange, now: Mapping[str, Any]
) -> None:
    if not change.base:
        placement_remove(actor=actor, item=item, reason="Undone")
        return
    _given(actor, item, now, change.base, "Undone")
