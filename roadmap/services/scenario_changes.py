"""What stands otherwise in a scenario: items moved, put in, taken out, given back. The plan stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core import signing

from backlog.models import BacklogItem
from plm.errors import Conflict, Invalid, NotVisible, Stale
from plm.events import plain, service
from plm.models import Team, User
from plm.permissions import Actor
from plm.services.guard import require
from roadmap.changes import Otherwise, said_otherwise
from roadmap.models import Objective, Placement, Release, RoadmapScenario, ScenarioChange
from roadmap.models.placement import BUCKETS
from roadmap.selectors.scenario_drawn import scenario_ties
from roadmap.selectors.scenarios import (
    FIELDS,
    FIRST_VERSION,
    ITEM_FIELDS,
    PLACE_FIELDS,
    Overlay,
    overlay_of,
)
from roadmap.selectors.shift_plan import Days, shift_behind
from roadmap.services.placements import days_moved, placement_check, whole_buckets
from roadmap.services.scenarios import note, scenario_locked

MOST_CHANGES = 500
SHIFT_SALT, A_DAY = "roadmap.scenario.shift", 24 * 3600


@dataclass(frozen=True, slots=True)
class WayBack:
    """The days of an item before and after a shift in a scenario. `planned`: it stood as the plan has it before."""

    before: Days
    after: Days
    planned: bool


@dataclass(frozen=True, slots=True)
class ScenarioShifted:
    """One item that a shift in a scenario moved; the same with the item."""

    item: BacklogItem
    before: Days
    after: Days
    planned: bool

    @property
    def days(self) -> int:
        return (self.after[0] - self.before[0]).days


@service
def scenario_place_set(
    *,
    actor: Actor,
    scenario: RoadmapScenario,
    item: BacklogItem,
    values: Mapping[str, Any],
    version: int | None = None,
) -> RoadmapScenario:
    """Let an item stand otherwise in a scenario; fields that `values` lacks stay as they are there.

    The rules are those of `placement_set`. What comes to stand as in the plan is no change any more. `version` is that
    of the item in the scenario. Emits `roadmap_scenario.changed`. Raises Invalid, Conflict, Stale.
    """
    row, overlay = _opened(actor, scenario, item, version)
    draft = draft_of(overlay, item)
    _fill(draft, values)
    _in_plan(overlay, item, values)
    _said(actor, row, overlay, item, _state(draft))
    return row


@service
def scenario_dates_set(
    *,
    actor: Actor,
    scenario: RoadmapScenario,
    item: BacklogItem,
    starts_on: date,
    ends_on: date,
    version: int | None = None,
) -> RoadmapScenario:
    """Move or stretch a bar, as `placement_dates_set` does in the plan. Raises NotVisible, Invalid, Conflict, Stale."""
    row, overlay = _opened(actor, scenario, item, version)
    _stands(overlay, item)
    draft = draft_of(overlay, item)
    _fill(draft, days_moved(draft, starts_on, ends_on))
    _said(actor, row, overlay, item, _state(draft))
    return row


@service
def scenario_card_move(
    *, actor: Actor, scenario: RoadmapScenario, item: BacklogItem, bucket: str
) -> RoadmapScenario:
    """Put the card of an item into another column. Raises NotVisible, Invalid, Conflict."""
    if bucket not in dict(BUCKETS):
        known = ", ".join(name for name, _ in BUCKETS)
        raise Invalid(fields={"to": f"There is no column {bucket[:20]!r}. Columns are: {known}."})
    row, overlay = _opened(actor, scenario, item, None)
    _stands(overlay, item)
    draft = draft_of(overlay, item)
    if draft.bucket == bucket:
        raise Invalid(fields={"to": "In a scenario cards change columns; their order in one is that of the plan."})  # fmt: skip
    _fill(draft, {"bucket": bucket})
    _said(actor, row, overlay, item, _state(draft))
    return row


@service
def scenario_take_out(
    *, actor: Actor, scenario: RoadmapScenario, item: BacklogItem, version: int | None = None
) -> RoadmapScenario:
    """Leave an item out of a scenario; the plan keeps it. Raises NotVisible, Conflict, Stale."""
    row, overlay = _opened(actor, scenario, item, version)
    _stands(overlay, item)
    _said(actor, row, overlay, item, {})
    return row


@service
def scenario_give_back(
    *, actor: Actor, scenario: RoadmapScenario, item: BacklogItem, version: int | None = None
) -> RoadmapScenario:
    """Let an item stand as in the plan again. An item that is archived by now can be given back too.

    Emits `roadmap_scenario.changed`. Raises NotVisible where nothing is otherwise, Conflict, Stale.
    """
    require(actor, "scenario.edit", scenario.product)
    row = scenario_locked(scenario)
    change = row.changes.filter(item=item).first()
    if change is None:
        raise NotVisible(f"{item.reference} stands in {row.name} as in the plan.")
    _same_version(change, version)
    change.delete()
    _counted(row)
    note("changed", actor, row, item=item.reference, values=None)
    return row


@service
def scenario_shift(
    *, actor: Actor, scenario: RoadmapScenario, behind: Sequence[BacklogItem]
) -> list[ScenarioShifted]:
    """Move what the items `behind` block to begin after they end, as `placements_shift` does in the plan.

    Raises Invalid, Conflict.
    """
    require(actor, "scenario.edit", scenario.product)
    row = scenario_locked(scenario)
    overlay = overlay_of(actor, scenario.product, row)
    ties = scenario_ties(actor, overlay)
    moves = shift_behind(ties, {item.pk for item in behind}).moves
    if len(overlay.changes.keys() | moves.keys()) > MOST_CHANGES:
        raise Invalid(
            f"A scenario has at most {MOST_CHANGES} items otherwise. Move a part of them."
        )
    items = BacklogItem.objects.select_related("product__workspace").in_bulk(list(moves))
    full = overlay_of(actor, scenario.product, row, also=moves)
    report = []
    for key, days in moves.items():
        task = ties.items[key].task
        planned = key not in full.changes
        _dated(actor, row, full, items[key], days, None)
        report.append(ScenarioShifted(items[key], (task.start, task.end), days, planned))
    if moves:
        note("changed", actor, row, moved=[items[key].reference for key in moves])
    return report


def _dated(
    actor: Actor, row: RoadmapScenario, overlay: Overlay, item: BacklogItem, days: Days, grain: str | None
) -> None:  # fmt: skip
    """Let an item stand on these days in the scenario, otherwise as it does there. Without a `grain` it keeps its own."""
    now, change = overlay.now(item.pk), overlay.changes.get(item.pk)
    before = change.otherwise if change else None
    first, last = (day.isoformat() for day in days)
    then = {**(overlay.then(item.pk) if before else now), "starts_on": first, "ends_on": last}
    if grain is not None:
        then["grain"] = grain
    _keep(actor, row, overlay, item, said_otherwise(now, then, before))


@service
def scenario_shift_undo(
    *, actor: Actor, scenario: RoadmapScenario, was: Mapping[int, WayBack]
) -> tuple[int, list[str]]:
    """Give items back the days they had before a shift: how many, and why others stay as they are.

    What stood as the plan had it stands so again, also where the plan was moved since; what was moved in the scenario
    since stays. Raises Conflict.
    """
    require(actor, "scenario.edit", scenario.product)
    row = scenario_locked(scenario)
    named = BacklogItem.objects.filter(product=row.product, number__in=was)
    items = {item.number: item for item in named.select_related("product__workspace")}
    overlay = overlay_of(actor, row.product, row, also=[item.pk for item in items.values()])
    back, left = [], []
    for number, way in was.items():
        item = items.get(number)
        if item is None or not _stands_so(overlay, item.pk, way.after):
            left.append(f"{row.product.key}-{number} was changed meanwhile.")
            continue
        now = overlay.now(item.pk)
        if way.planned and now.get("starts_on") and now.get("ends_on"):
            days = (date.fromisoformat(now["starts_on"]), date.fromisoformat(now["ends_on"]))
            _dated(actor, row, overlay, item, days, now["grain"])
        else:
            _dated(actor, row, overlay, item, way.before, None)
        back.append(item.reference)
    if back:
        note("changed", actor, row, moved=back)
    return len(back), left


def _stands_so(overlay: Overlay, key: int, days: Days) -> bool:
    """Whether an item can still be planned and has these days in the scenario."""
    if key in overlay.gone:
        return False
    then = overlay.then(key) if key in overlay.changes else overlay.now(key)
    return (then.get("starts_on"), then.get("ends_on")) == tuple(day.isoformat() for day in days)


def signed_shift(scenario: RoadmapScenario, report: Sequence[ScenarioShifted]) -> str:
    """What takes a shift in a scenario back, signed for that scenario."""
    kept = {
        str(one.item.number): [day.toordinal() for day in (*one.before, *one.after)] + [int(one.planned)]
        for one in report
    }  # fmt: skip
    return signing.dumps(kept, salt=f"{SHIFT_SALT}:{scenario.uuid}", compress=True)


def read_shift(scenario: RoadmapScenario, token: str) -> dict[int, WayBack]:
    """The same as `scenario_shift_undo` takes it. Raises Invalid for a token that is a day old or not of this scenario."""
    try:
        kept = signing.loads(token, salt=f"{SHIFT_SALT}:{scenario.uuid}", max_age=A_DAY)
    except signing.BadSignature:
        raise Invalid("A move can be taken back for a day, in the scenario it was made in.") from None  # fmt: skip
    found = {}
    for number, (*days, planned) in kept.items():
        a, b, c, d = (date.fromordinal(day) for day in days)
        found[int(number)] = WayBack((a, b), (c, d), bool(planned))
    return found


def draft_of(overlay: Overlay, item: BacklogItem) -> Placement:
    """The place of an item in a scenario as a place that is not kept; a new one where it has none there.

    It bears `team` and `owner` of the item too, as the scenario has them.
    """
    draft = Placement(workspace_id=item.workspace_id, product_id=item.product_id, item=item)
    row = overlay.row(item.pk) if item.pk in overlay.changes else overlay.plan.get(item.pk)
    if row:
        for name in ("bucket", "starts_on", "ends_on", "grain", "commitment"):
            setattr(draft, name, row[name])
        draft.objective = Objective.objects.filter(pk=row["objective_id"]).select_related("product").first()  # fmt: skip
        draft.release = Release.objects.filter(pk=row["release_id"]).select_related("product").first()  # fmt: skip
    team = Team.objects.filter(pk=row["item__team_id"]).first() if row else item.team
    owner = User.objects.filter(pk=row["item__owner_id"]).first() if row else item.owner
    vars(draft).update(team=team, owner=owner)
    change = overlay.changes.get(item.pk)
    draft.version = change.version if change else FIRST_VERSION
    return draft


def _opened(
    actor: Actor, scenario: RoadmapScenario, item: BacklogItem, version: int | None
) -> tuple[RoadmapScenario, Overlay]:
    """The scenario, locked, and what it says of the item. Raises Invalid, Conflict, Stale."""
    require(actor, "scenario.edit", scenario.product)
    row = scenario_locked(scenario)
    if item.product_id != row.product_id:
        raise Invalid(fields={"item": f"{item.reference} belongs to another product."})
    now = BacklogItem.objects.only("archived_at", "state").get(pk=item.pk)
    if now.archived_at is not None:
        raise Conflict(f"{item.reference} is archived. Restore it before planning with it.")
    if now.state == "cancelled":
        raise Conflict(f"{item.reference} is cancelled. Open it again before planning with it.")
    overlay = overlay_of(actor, row.product, row, also=[item.pk])
    _same_version(overlay.changes.get(item.pk), version)
    return row, overlay


def _same_version(change: ScenarioChange | None, version: int | None) -> None:
    stands = change.version if change else FIRST_VERSION
    if version is not None and version != stands:
        raise Stale(f"Version {stands} stands now.", current=stands)


def _stands(overlay: Overlay, item: BacklogItem) -> None:
    there = overlay.then(item.pk) if item.pk in overlay.changes else overlay.now(item.pk)
    if not there:
        raise NotVisible(f"{item.reference} has no place in this scenario.")


def _fill(draft: Placement, values: Mapping[str, Any]) -> None:
    """Give a draft these values. Raises Invalid."""
    for name, value in {**values, **whole_buckets(draft, values)}.items():
        if name not in FIELDS:
            raise Invalid(fields={name: f"A scenario has these otherwise: {', '.join(FIELDS)}."})
        setattr(draft, name, value)
    placement_check(draft)


def _in_plan(overlay: Overlay, item: BacklogItem, values: Mapping[str, Any]) -> None:
    """Raise Invalid where an item that the plan does not have is to get another team or owner: the way back would not
    know what it had."""
    for name in ITEM_FIELDS:
        if name in values and not overlay.now(item.pk) and values[name] != getattr(item, name):
            raise Invalid(
                fields={name: f"The plan does not have {item.reference}, so a scenario leaves its {name} as it is. Change it on the item."}
            )  # fmt: skip


def _state(draft: Placement) -> dict[str, Any]:
    people = {name: getattr(draft, name) for name in ITEM_FIELDS}
    return {
        **{name: plain(getattr(draft, name)) for name in PLACE_FIELDS},
        **{name: str(one.uuid) if one else None for name, one in people.items()},
    }


def _said(
    actor: Actor, row: RoadmapScenario, overlay: Overlay, item: BacklogItem, wanted: Mapping[str, Any]
) -> None:  # fmt: skip
    before = overlay.changes.get(item.pk)
    if not overlay.now(item.pk):
        wanted = {name: value for name, value in wanted.items() if name not in ITEM_FIELDS}
    found = said_otherwise(overlay.now(item.pk), wanted, before.otherwise if before else None)
    if before is None and found is not None and len(overlay.changes) >= MOST_CHANGES:
        raise Invalid(f"A scenario has at most {MOST_CHANGES} items otherwise. Give one back first.")  # fmt: skip
    if (before.otherwise if before else None) == found:
        return
    _keep(actor, row, overlay, item, found)
    note("changed", actor, row, item=item.reference, values=dict(found.values) if found else None)


def _keep(
    actor: Actor, row: RoadmapScenario, overlay: Overlay, item: BacklogItem, found: Otherwise | None
) -> None:  # fmt: skip
    _counted(row)
    change = overlay.changes.get(item.pk)
    if found is None:
        if change is not None:
            change.delete()
        return
    change = change or ScenarioChange(workspace_id=row.workspace_id, scenario=row, item=item)
    change.base, change.values = dict(found.base), dict(found.values)
    change.version, change.changed_by_id = row.revision, actor.user_id
    change.save()


def _counted(row: RoadmapScenario) -> None:
    row.revision += 1
    row.save(update_fields=["revision", "updated_at"])
