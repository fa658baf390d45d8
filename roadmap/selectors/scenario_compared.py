"""Two roadmaps side by side: a scenario and the plan, or two scenarios; with what each of them adds up to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from typing import Any

import orjson
from django.utils import timezone

from backlog.models import BacklogItem
from plm.models import Product, Reference
from plm.permissions import Actor
from plm.scoring.capacity import Work, broken
from roadmap import timeline as geometry
from roadmap.changes import Clash, Said, difference, said
from roadmap.dependencies import conflicts
from roadmap.grains import when_said
from roadmap.models import RoadmapScenario
from roadmap.selectors.bars import Ghost
from roadmap.selectors.capacity import Inputs, plan_inputs
from roadmap.selectors.pasts import CANCELLED, DONE, past_of
from roadmap.selectors.plan_pasts import ProductPast
from roadmap.selectors.proposal import rule_words
from roadmap.selectors.scenario_drawn import scenario_ties
from roadmap.selectors.scenarios import (
    FIELDS,
    ITEM_FIELDS,
    Overlay,
    Row,
    overlay_of,
    people_named,
    plan_rows,
    release_days,
    state_of,
)

SPANS = (52, 104, 260)
PLAN = "The plan"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a roadmap adds up to. `late` items end after the day of their release; `overloads` say which team has more
    than it can do in which release, None where nobody said what teams can do. Of the `forecast` items that the history
    says something of, `in_time` come by the days they are planned for: the sum of their chances, None without any."""

    items: int
    last: date | None
    late: int
    conflicts: int
    overloads: tuple[str, ...] | None
    forecast: int
    in_time: float | None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. `rows` are its placed items by key, `chances` those of the unfinished to come by their planned day."""

    overlay: Overlay
    rows: dict[int, Row]
    chances: dict[int, float]
    figures: Figures

    @property
    def name(self) -> str:
        return self.overlay.scenario.name if self.overlay.scenario else PLAN


@dataclass(frozen=True, slots=True)
class Strip:
    """Where the two have an item, on one grid; a half without dates, or out of sight, is None."""

    a: Ghost | None
    b: Ghost | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One item that stands otherwise in b than in a. `mark` says what the plan has of it; `clash` is where the plan moved
    since b said so, and empty where a is not the plan. `chances` are those to come by the planned day of a, and of b."""

    key: int
    reference: str
    title: str
    url: str
    said: Said
    before: str
    after: str
    strip: Strip
    mark: str = ""
    clash: Clash = field(default_factory=dict)
    outcome: str = ""
    chances: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`gone` are items that b has otherwise and nobody can plan any more; `shown` is the stretch of the strips."""

    a: Side
    b: Side
    lines: list[Compared]
    gone: list[BacklogItem]
    titles: dict[str, str]
    shown: geometry.Window

    @property
    def clashing(self) -> list[Compared]:
        return [line for line in self.lines if line.clash]


def compared(
    actor: Actor, product: Product, a: RoadmapScenario | None, b: RoadmapScenario | None
) -> Comparison:
    """What b has otherwise than a; None stands for the plan. A fixed number of statements, however many items differ."""
    sides = []
    plan = list(plan_rows(actor, product))
    days = dict(release_days(product).values_list("pk", "on_day"))
    inputs = plan_inputs(product)
    chance = cache(partial(_chance, past_of(product)))
    for scenario in (a, b):
        overlay = overlay_of(actor, product, scenario)
        rows = {row["item_id"]: row for row in overlay.rows(plan)}
        found = {key: chance(key, row["ends_on"], row["item__state"]) for key, row in rows.items()}
        chances = {key: share for key, share in found.items() if share is not None}
        figures = _figures(actor, overlay, rows, days, inputs, chances)
        sides.append(Side(overlay, rows, chances, figures))
    first, second = sides
    keys = first.overlay.changes.keys() | second.overlay.changes.keys()
    states = [
        {key: state_of(side.rows[key], product.key) for key in keys if key in side.rows}
        for side in sides
    ]
    otherwise = said(difference(*states))
    shown = _window(first, second, otherwise)
    lines = [_line(first, second, one, shown) for one in otherwise]
    return Comparison(
        first, second, lines, list(second.overlay.gone.values()), titles_of(product, lines), shown
    )


def _chance(past: ProductPast, key: int, ends_on: date | None, state: str) -> float | None:
    """How likely an unfinished item comes by the day it is planned for; None without a day or a history."""
    if ends_on is None or state in {*DONE, *CANCELLED}:
        return None
    found = past.forecast(key, ends_on, state)
    return found.by(ends_on) if found else None


def _figures(
    actor: Actor, overlay: Overlay, rows: Mapping[int, Row], days: Mapping[int, Any], inputs: Inputs | None,
    chances: Mapping[int, float],
) -> Figures:  # fmt: skip
    coming = [row for row in rows.values() if row["item__state"] != "done"]
    ties = scenario_ties(actor, overlay)
    ends = [row["ends_on"] for row in coming if row["ends_on"]]
    late = sum(
        1 for row in coming if row["ends_on"] and (day := days.get(row["release_id"])) and row["ends_on"] > day
    )  # fmt: skip
    return Figures(
        len(coming), max(ends, default=None), late, len(conflicts(ties.tasks, ties.links)),
        _overloads(overlay, inputs), len(chances), sum(chances.values()) if chances else None,
    )  # fmt: skip


def _overloads(overlay: Overlay, inputs: Inputs | None) -> tuple[str, ...] | None:
    """Teams with more than they can do in a release, of what the plan to capacity reckons with."""
    if inputs is None or inputs.problem is None or inputs.empty:
        return None
    place = {release.pk: at for at, release in enumerate(inputs.releases)}
    hand = dict(inputs.hand)
    known = {work.key for work in inputs.problem.works}
    for key in overlay.changes:
        row = overlay.row(key)
        hand.pop(key, None)
        if row and key in known and row["release_id"] in place:
            hand[key] = place[row["release_id"]]
    problem = replace(
        inputs.problem, works=tuple(_by_team(work, overlay) for work in inputs.problem.works)
    )
    rules = [rule for rule in broken(problem, hand) if rule.kind == "capacity"]
    return tuple(sorted(rule_words(rule, inputs, {}) for rule in rules))


def _by_team(work: Work, overlay: Overlay) -> Work:
    """The work with its effort asked of the team that the scenario gives it."""
    row = overlay.row(work.key) if work.key in overlay.changes else None
    was = overlay.plan.get(work.key)
    if row is None or was is None or row["item__team_id"] == was["item__team_id"]:
        return work
    return replace(work, efforts={str(row["item__team_id"]): sum(work.efforts.values())})


def mark_seen(state: Mapping[str, Any]) -> str:
    """A digest of what the plan has of an item, to see whether it moved since somebody looked."""
    return hashlib.sha256(orjson.dumps(state, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _window(a: Side, b: Side, found: list[Said]) -> geometry.Window:
    """The shortest stretch of whole years that holds both sides of what differs, five years at most."""
    rows = [side.rows[one.key] for one in found for side in (a, b) if one.key in side.rows]
    days = [row[name] for row in rows for name in ("starts_on", "ends_on") if row[name]]
    first, last = (min(days), max(days)) if days else (timezone.localdate(),) * 2
    year = min(max(first.year, 1900), 9000)
    span = next((s for s in SPANS if last.year < year + s // 52), SPANS[-1])
    return geometry.window(year, span)


def _line(a: Side, b: Side, one: Said, shown: geometry.Window) -> Compared:
    rows = (a.rows.get(one.key), b.rows.get(one.key))
    row = rows[1] or rows[0]
    if row is None:  # What differs stands on one side at least.
        raise LookupError(one.key)
    overlay = b.overlay
    product = overlay.product
    reference = f"{product.key}-{row['item__number']}"
    own = a.overlay.scenario is None and one.key in overlay.changes
    return Compared(
        key=one.key, reference=reference, title=row["item__title"],
        url=f"{product.workspace.get_absolute_url()}{reference}", said=one,
        before=_when(rows[0]), after=_when(rows[1]),
        strip=Strip(*(_span(shown, row) for row in rows)),
        mark=mark_seen(overlay.now(one.key)) if own else "",
        clash=overlay.clash(one.key) if own else {},
        chances=(a.chances.get(one.key), b.chances.get(one.key)),
    )  # fmt: skip


def _when(row: Row | None) -> str:
    return when_said(row["grain"], row["starts_on"], row["ends_on"]) if row else ""


def _span(shown: geometry.Window, row: Row | None) -> Ghost | None:
    if not row or not row["starts_on"] or not shown.holds(row["starts_on"], row["ends_on"]):
        return None
    column = shown.column(row["starts_on"])
    return Ghost(column, shown.column(row["ends_on"]) - column + 1)


def titles_of(product: Product, lines: list[Compared]) -> dict[str, str]:
    """What the goals, releases, teams and people are called that lines name, by reference or identifier."""
    named = {
        str(value)
        for line in lines
        for fields in (line.said.fields, line.clash)
        for name in ("objective", "release")
        for value in fields.get(name, ())
        if value
    }
    numbers = [int(reference.rpartition("-")[2]) for reference in named]
    rows = Reference.objects.filter(product=product, number__in=numbers)
    titles = {f"{product.key}-{n}": title for n, title in rows.values_list("number", "title")}
    states = [
        {name: value for name in ITEM_FIELDS if name in fields and (value := fields[name][at])}
        for line in lines
        for fields in (line.said.fields, line.clash)
        for at in range(2)
    ]
    states += [
        {name: line.clash[name][2] for name in ITEM_FIELDS if name in line.clash} for line in lines
    ]
    people = people_named(product, states)
    return titles | {uuid: row["name"] or row["email"] for uuid, row in people.items()}


def applied_lines(actor: Actor, overlay: Overlay) -> list[Compared]:
    """What applying a scenario did: by item what the plan had just before, what it got, and what was left."""
    scenario, product = overlay.scenario, overlay.product
    if scenario is None:
        return []
    items = BacklogItem.objects.visible_to(actor, "item.view").in_bulk(list(overlay.changes))
    states: tuple[dict[int, Any], dict[int, Any]] = ({}, {})
    for key, change in overlay.changes.items():
        then = {} if change.otherwise.out else {**change.base, **change.values}
        for state, one in zip(states, (change.base, then), strict=True):
            if one:
                state[key] = {name: one.get(name) for name in FIELDS}
    home = product.workspace.get_absolute_url()
    found = []
    for one in said(difference(*states)):
        item = items[one.key]
        reference = f"{product.key}-{item.number}"
        before, after = (_said_when(state.get(one.key)) for state in states)
        found.append(
            Compared(
                one.key, reference, item.title, f"{home}{reference}", one, before, after, Strip(None, None),
                outcome=overlay.changes[one.key].outcome,
            )
        )  # fmt: skip
    return found


def _said_when(state: Mapping[str, Any] | None) -> str:
    if not state or not state.get("starts_on"):
        return ""
    return when_said(
        state["grain"], date.fromisoformat(state["starts_on"]), date.fromisoformat(state["ends_on"])
    )
