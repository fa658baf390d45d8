"""Scenarios of a roadmap as rows: those that bars, cards and dependencies are drawn from, with what differs laid over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.db.models.functions import Coalesce

from backlog.models import BacklogItem
from plm.events import plain
from plm.models import Product, Team, User
from plm.permissions import Actor
from roadmap.changes import Clash, clashes, overlaid
from roadmap.grains import DAY
from roadmap.models import Objective, Release, RoadmapScenario, ScenarioChange
from roadmap.selectors.board import CARD_COLUMNS
from roadmap.selectors.chart import BAR_COLUMNS, placed_rows
from roadmap.selectors.dependencies import COLUMNS as TIE_COLUMNS

Row = dict[str, Any]
PLACE_FIELDS = ("bucket", "starts_on", "ends_on", "grain", "objective", "release", "commitment")
ITEM_FIELDS = ("team", "owner")
"""What an item says of itself, kept by its identifier: only of items that the plan has a scenario says it otherwise."""
FIELDS = (*PLACE_FIELDS, *ITEM_FIELDS)
"""What a scenario may have otherwise."""
OBJECTIVE_COLUMNS = ("number", "title", "hue")
RELEASE_COLUMNS = ("number", "title", "state", "on_day")
PLAN_COLUMNS = tuple(
    dict.fromkeys(
        (
            *BAR_COLUMNS, *CARD_COLUMNS, *TIE_COLUMNS, "position", "objective__number", "release__number",
            "release__state", "item__team__uuid", "item__owner__uuid",
        )
    )
)  # fmt: skip
ITEM_COLUMNS = tuple(name for name in PLAN_COLUMNS if name.startswith("item__"))
FIRST_VERSION = 1
"""What an item has as its version in a scenario that says nothing of it; each change has a later one."""


def scenarios_of(actor: Actor, product: Product) -> Any:
    """The scenarios of a product that are not archived and those that are, the newest first."""
    rows = RoadmapScenario.objects.visible_to(actor, "scenario.view").filter(product=product)
    return rows.select_related("product__workspace", "created_by", "applied_by")


def with_counts(rows: Any) -> Any:
    """The same with `changed`: how many items stand otherwise in each."""
    return rows.annotate(changed=Count("changes"))


def state_of(row: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The state of a row as scenarios keep it; `key` is that of the product. Empty for no row."""
    if not row:
        return {}
    links = {
        name: f"{key}-{row[f'{name}__number']}" if row[f"{name}__number"] else None
        for name in ("objective", "release")
    }
    people = {name: plain(row[f"item__{name}__uuid"]) for name in ITEM_FIELDS}
    return {name: {**links, **people}.get(name, plain(row.get(name))) for name in FIELDS}


@dataclass(frozen=True)
class Overlay:
    """What a scenario has otherwise, ready to be laid over rows of the plan.

    `plan` has the rows of the plan and `unplaced` those of items without a place there, of all that the scenario
    changes and that can still be planned; `gone` are those that cannot: archived or cancelled since.
    """

    product: Product
    scenario: RoadmapScenario | None
    changes: dict[int, ScenarioChange]
    plan: dict[int, Row]
    unplaced: dict[int, Row]
    links: dict[str, Row]
    gone: dict[int, BacklogItem]

    def now(self, key: int) -> dict[str, Any]:
        """The state of an item in the plan."""
        return state_of(self.plan.get(key, {}), self.product.key)

    def then(self, key: int) -> dict[str, Any]:
        """The state of an item that the scenario changes."""
        return overlaid(self.now(key), self.changes[key].otherwise)

    def clash(self, key: int) -> Clash:
        """Where the plan has moved since, see `roadmap.changes.clashes`."""
        return clashes(self.now(key), self.changes[key].otherwise)

    def row(self, key: int) -> Row | None:
        """The row of an item that the scenario changes; None where it has no place there or is gone."""
        row = self.plan.get(key) or self.unplaced.get(key)
        then = self.then(key) if row else {}
        if not row or not then:
            return None
        known = {name: then[name] for name in ("bucket", "grain", "commitment")}
        days = {name: date.fromisoformat(then[name]) if then[name] else None for name in ("starts_on", "ends_on")}  # fmt: skip
        now = self.now(key)
        linked: Row = {}
        for name in ("objective", "release"):
            if then[name] != now.get(name):
                linked |= self._linked(name, then[name])
        for name in ITEM_FIELDS if now else ():
            if then.get(name) != now[name]:
                linked |= self._person(name, then.get(name))
        return {**row, **known, **days, **linked, "version": self.changes[key].version}

    def _linked(self, name: str, reference: str | None) -> Row:
        columns = OBJECTIVE_COLUMNS if name == "objective" else RELEASE_COLUMNS[:3]
        found = self.links.get(reference or "", {})
        return {f"{name}_id": found.get("pk"), **{f"{name}__{c}": found.get(c) for c in columns}}

    def _person(self, name: str, uuid: str | None) -> Row:
        found = self.links.get(uuid or "", {})
        columns = ("uuid", "name", "email") if name == "owner" else ("uuid", "name")
        named = {f"item__{name}__{c}": found.get(c) for c in columns}
        return {f"item__{name}_id": found.get("pk"), **named}

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """Rows of PLAN_COLUMNS of the plan as the scenario has them, and those that it alone has.

        Of what it changes the plan's rows need not be given. `version` is that of the item in the scenario.
        """
        kept = [{**row, "version": FIRST_VERSION} for row in rows if row["item_id"] not in self.changes]  # fmt: skip
        return [*kept, *filter(None, (self.row(key) for key in self.changes))]


def plan_rows(actor: Actor, product: Product) -> Any:
    """The placed items of a product as rows of PLAN_COLUMNS."""
    return placed_rows(actor, product).values(*PLAN_COLUMNS)


def overlay_of(
    actor: Actor, product: Product, scenario: RoadmapScenario | None, also: Iterable[int] = ()
) -> Overlay:
    """What a scenario has otherwise; nothing for the plan itself. Five statements, however much that is.

    Items that the actor may not see are not in it. `also` are keys of others whose rows in the plan are to be known.
    """
    if scenario is None:
        return Overlay(product, None, {}, {}, {}, {}, {})
    changes = {row.item_id: row for row in scenario.changes.select_related("changed_by")}
    plan = {r["item_id"]: r for r in plan_rows(actor, product).filter(item__in={*changes, *also})}
    others = BacklogItem.objects.visible_to(actor, "item.view").filter(pk__in=set(changes) - set(plan))  # fmt: skip
    found = list(others.select_related("product__workspace", "team", "owner"))
    gone = {i.pk: i for i in found if i.archived_at is not None or i.state == "cancelled"}
    unplaced = {item.pk: _unplaced(item) for item in found if item.pk not in gone}
    seen = {key: row for key, row in changes.items() if key in plan or key in unplaced or key in gone}  # fmt: skip
    return Overlay(product, scenario, seen, plan, unplaced, _links(product, seen.values()), gone)


def _unplaced(item: BacklogItem) -> Row:
    """The row of an item without a place: nothing is known but the item."""
    row: Row = dict.fromkeys(PLAN_COLUMNS)
    row |= {name: _at(item, name) for name in ITEM_COLUMNS}
    return {
        **row, "pk": 0, "item_id": item.pk, "product_id": item.product_id, "position": 0, "health": "",
        "health_note": "", "hidden": False, "version": FIRST_VERSION, "grain": DAY, "commitment": "planned",
    }  # fmt: skip


def _at(item: BacklogItem, path: str) -> Any:
    found: Any = item
    for name in path.split("__")[1:]:
        found = getattr(found, name, None)
    return found


def _links(product: Product, changes: Collection[ScenarioChange]) -> dict[str, Row]:
    """The goals and releases that scenarios name, by reference, and the teams and people, by identifier."""
    named = {
        str(state[name]).rpartition("-")[2]
        for change in changes
        for state in (change.base, change.values)
        for name in ("objective", "release")
        if state.get(name)
    }
    numbers = [int(number) for number in named if number.isdecimal()]
    rows = (
        *Objective.objects.filter(product=product, number__in=numbers).values("pk", *OBJECTIVE_COLUMNS),
        *release_days(product).filter(number__in=numbers).values("pk", *RELEASE_COLUMNS),
    )  # fmt: skip
    found = {f"{product.key}-{row['number']}": row for row in rows}
    states = [state for change in changes for state in (change.base, change.values)]
    return found | people_named(product, states)


def people_named(product: Product, states: Collection[Mapping[str, Any]]) -> dict[str, Row]:
    """The teams and people that states name, by identifier: at most two statements, none where none is named."""
    found: dict[str, Row] = {}
    teams = {state["team"] for state in states if state.get("team")}
    people = {state["owner"] for state in states if state.get("owner")}
    if teams:
        rows = Team.objects.filter(workspace_id=product.workspace_id, uuid__in=teams)
        found |= {str(row["uuid"]): {**row} for row in rows.values("pk", "uuid", "name")}
    if people:
        owners = User.objects.filter(
            memberships__workspace_id=product.workspace_id, uuid__in=people
        )
        found |= {str(row["uuid"]): {**row} for row in owners.values("pk", "uuid", "name", "email")}
    return found


def release_days(product: Product) -> Any:
    """The releases of a product with the day `on_day` on which they went or are to go out."""
    rows = Release.objects.filter(product=product)
    return rows.annotate(on_day=Coalesce("released_on", "release_on"))


def items_named(overlay: Overlay) -> dict[str, int]:
    """The keys of what the scenario changes, by reference."""
    product = overlay.product.key
    rows = {**overlay.plan, **overlay.unplaced}
    known = {f"{product}-{row['item__number']}": key for key, row in rows.items()}
    return known | {item.reference: key for key, item in overlay.gone.items()}
