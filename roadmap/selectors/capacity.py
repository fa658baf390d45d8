"""Reads of what a plan to capacity is made of: items, teams, releases, dependencies, and the plan made by hand."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import F, Q

from backlog.models import Assessment, BacklogItem, ScoreBasis
from backlog.models.item import FINISHED_STATES
from backlog.selectors.balance import chain_of, with_chain
from backlog.selectors.standings import effort_unit
from plm.models import Product, Relation, Team
from plm.permissions import SYSTEM
from plm.scoring.capacity import Problem, Ring
from plm.scoring.capacity_inputs import (
    SCORE,
    Candidate,
    Unfit,
    gain,
    problem_of,
    targets_around,
)
from plm.scoring.definition import Definition
from roadmap.models import Objective, Placement, PlanSettings, Release, TeamCapacity
from roadmap.models.capacity import MOST_RELEASES
from roadmap.selectors.contributions import parts_served

FIRST_RELEASES = 4
MOST_TEAMS = 40
MOST_UNSCORED = 20


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a plan of a product follows from. `problem` is None where needs go in a `ring`; `hand` is the plan on the
    roadmap: the place among `releases` of each item of the problem. `elsewhere` are items in releases that are not
    filled here; `unscored` counts open items without a score. `stale_unit` is what the capacities were entered in,
    where the efforts are in another unit now. `mark` is a digest."""

    settings: PlanSettings
    unit: str
    stale_unit: str
    releases: tuple[Release, ...]
    teams: dict[str, Team]
    capacities: dict[str, tuple[float, ...]]
    goals: dict[str, Objective]
    problem: Problem | None
    ring: tuple[int, ...]
    unfit: tuple[Unfit, ...]
    hand: dict[int, int]
    uncounted: tuple[int, ...]
    elsewhere: int
    unscored: int
    mark: str

    @property
    def hand_mark(self) -> str:
        """A digest of the plan on the roadmap, to see whether it moved."""
        return _digest(sorted((k, self.releases[p].pk) for k, p in self.hand.items()))[:16]

    @property
    def empty(self) -> bool:
        """Nobody said yet what a team can do."""
        return not any(amount for row in self.capacities.values() for amount in row)


def plan_settings(product: Product) -> PlanSettings:
    """What the plan is made of; a product that never said has the defaults, not saved."""
    found = PlanSettings.objects.filter(product=product).first()
    return found or PlanSettings(workspace_id=product.workspace_id, product=product)


def open_releases(product: Product) -> list[Release]:
    """The releases that still take items, the next one first."""
    rows: Any = Release.objects.open().filter(product=product).select_related("product__workspace")
    return list(rows.order_by(F("release_on").asc(nulls_last=True), "pk")[:50])


def releases_of(settings: PlanSettings, offered: list[Release]) -> tuple[Release, ...]:
    """Those of the open releases that the plan fills: the chosen ones, or the next few with a day."""
    chosen = [r for r in offered if r.pk in set(settings.releases)]
    dated = [r for r in offered if r.release_on is not None]
    return tuple((chosen or dated[:FIRST_RELEASES] or offered[:FIRST_RELEASES])[:MOST_RELEASES])


def teams_of(product: Product) -> list[Team]:
    """The teams of the workspace that are not archived; those first that have open items here."""
    teams = list(Team.objects.filter(workspace_id=product.workspace_id, archived_at=None)[:200])
    rows: Any = BacklogItem.objects.unfinished().filter(product=product, team__isnull=False)
    busy = set(rows.order_by().values_list("team", flat=True).distinct())
    return sorted(teams, key=lambda team: (team.pk not in busy, team.name))[:MOST_TEAMS]


def amounts_of(product: Product) -> dict[tuple[int, int], float]:
    """Capacities by team and release."""
    rows = TeamCapacity.objects.filter(product=product)
    return {(r.team_id, r.release_id): r.amount for r in rows}


def plan_inputs(product: Product) -> Inputs | None:
    """What the plan follows from now, in a fixed number of statements; None before anything is scored."""
    basis = ScoreBasis.objects.filter(product=product).select_related("model_version").first()
    if basis is None:
        return None
    definition, settings = basis.model_version.formula, plan_settings(product)
    offered = open_releases(product)
    releases = releases_of(settings, offered)
    teams = {str(team.pk): team for team in teams_of(product)}
    amounts = amounts_of(product)
    capacities = {
        key: tuple(amounts.get((team.pk, r.pk), 0.0) for r in releases)
        for key, team in teams.items()
    }
    items = _Items(product, settings, releases, offered, basis.model_version.scoring_model_id)
    goals = _goals(product) if settings.shares else {}
    candidates = items.candidates(definition, goals, teams)
    targets = targets_around({key: (goal.target_share or 0) / 100 for key, goal in goals.items()}, settings.tolerance / 100)  # fmt: skip
    periods = tuple(str(release.pk) for release in releases)
    problem: Problem | None = None
    ring: tuple[int, ...] = ()
    unfit: tuple[Unfit, ...] = ()
    try:
        problem, unfit = problem_of(candidates, periods, capacities, targets)
    except Ring as error:
        ring = error.keys
    known = {work.key for work in problem.works} if problem else set()
    hand = {key: place for key, place in items.hand.items() if key in known}
    unscored, first = _unscored(product, releases)
    unit = effort_unit(definition)
    return Inputs(
        settings=settings, unit=unit, releases=releases, teams=teams, capacities=capacities, goals=goals,
        stale_unit=settings.unit if settings.version and settings.unit != unit else "",
        problem=problem, ring=ring, unfit=(*unfit, *first), hand=hand,
        uncounted=tuple(sorted(set(items.hand) - known)) if problem else (),
        elsewhere=items.elsewhere, unscored=unscored,
        mark=_digest([basis.model_version_id, unit, settings.unit, _told(candidates), periods, capacities, settings.shares and settings.tolerance, {k: g.target_share for k, g in goals.items()}]),
    )  # fmt: skip


def _digest(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _told(candidates: list[Candidate]) -> list[list[Any]]:
    return [[c.key, c.value, c.effort, c.team, sorted(c.needs), sorted(c.parts.items())] for c in candidates]  # fmt: skip


def _goals(product: Product) -> dict[str, Objective]:
    rows: Any = Objective.objects.pursued().filter(product=product, target_share__isnull=False)
    return {str(goal.pk): goal for goal in rows.order_by("pk")[:20]}


def _unscored(product: Product, releases: tuple[Release, ...]) -> tuple[int, tuple[Unfit, ...]]:
    """How many open items have no score, and the first of them, those that stand in these releases before others."""
    rows: Any = BacklogItem.objects.unfinished().filter(product=product, rank__gt=0, score=None)
    placed = rows.filter(placement__release__in=[r.pk for r in releases])
    keys = list(placed.order_by("rank", "pk").values_list("pk", flat=True)[:MOST_UNSCORED])
    if len(keys) < MOST_UNSCORED:
        others = rows.exclude(pk__in=keys).order_by("rank", "pk").values_list("pk", flat=True)
        keys += others[: MOST_UNSCORED - len(keys)]
    return rows.count(), tuple(Unfit(key, SCORE) for key in keys)


class _Items:
    """The items that may be planned, with where they stand and what they need."""

    def __init__(
        self,
        product: Product,
        settings: PlanSettings,
        releases: tuple[Release, ...],
        offered: list[Release],
        model_id: int,
    ) -> None:
        place = {release.pk: n for n, release in enumerate(releases)}
        others = {release.pk for release in offered} - set(place)
        rows: Any = BacklogItem.objects.unfinished().filter(
            product=product, rank__gt=0, score__isnull=False
        )
        top = list(rows.order_by("rank", "pk").values_list("pk", flat=True)[: settings.scope])
        placed = Q(placement__release__in=list(place))
        found = list(
            with_chain(rows.filter(placed | Q(pk__in=top)))
            .select_related("placement", "product")
            .order_by("rank", "pk")[: 2 * settings.scope]
        )
        self.hand: dict[int, int] = {}
        self.rows: list[BacklogItem] = []
        self.elsewhere = 0
        for item in found:
            stands = getattr(item, "placement", None)
            if stands is not None and stands.release_id in others:
                self.elsewhere += 1
                continue
            self.rows.append(item)
            if stands is not None and stands.release_id in place:
                self.hand[item.pk] = place[stands.release_id]
        keys = [item.pk for item in self.rows]
        judged = Assessment.objects.filter(scoring_model_id=model_id, item__in=keys)
        self.judged = {row.item_id: row for row in judged}
        self.served = parts_served(SYSTEM, product, {item.pk: chain_of(item) for item in self.rows})
        self.needs = _needs(keys, _earlier(releases, offered))

    def candidates(
        self, definition: Definition, goals: Mapping[str, Objective], teams: Mapping[str, Team]
    ) -> list[Candidate]:
        found = []
        keys = {goal.number: key for key, goal in goals.items()}
        for item in self.rows:
            values = self.judged[item.pk].values(definition) if item.pk in self.judged else {}
            score = definition.score(values)
            if score is None:
                continue  # Judged a moment ago; its score is to come.
            divisor = values.get(definition.divisor.key) if definition.divisor else None
            points = None if item.estimate is None else float(item.estimate)
            effort = divisor if definition.divisor else points
            if effort is not None and not 0 <= effort < math.inf:
                effort = None
            team = str(item.team_id or "")
            parts = self.served.get(item.pk, {})
            found.append(
                Candidate(
                    item.pk, item.reference, gain(score, divisor), effort,
                    team if team in teams else "", self.needs.get(item.pk, frozenset()),
                    {keys[number]: part for number, part in parts.items() if number in keys},
                )
            )  # fmt: skip
        return found


def _earlier(releases: tuple[Release, ...], offered: list[Release]) -> list[int]:
    """Open releases that go out before the first one that is filled."""
    first = releases[0].release_on if releases else None
    if first is None:
        return []
    return [
        r.pk
        for r in offered
        if r.release_on is not None and r.release_on < first and r not in releases
    ]


def _needs(keys: list[int], earlier: list[int]) -> dict[int, frozenset[int]]:
    """What unfinished records each item needs, by the links "blocks"; what goes out earlier is there by then."""
    rows = Relation.objects.filter(type="blocks", target__in=keys, source__archived=False)
    rows = rows.exclude(source__state__in=(*FINISHED_STATES, "shipped", "released"))
    pairs = list(rows.order_by("pk").values_list("source_id", "target_id")[:5000])
    outside = {source for source, _ in pairs} - set(keys)
    met = set()
    if outside and earlier:
        there = Placement.objects.filter(item__in=outside, release__in=earlier)
        met = set(there.values_list("item_id", flat=True))
    found: dict[int, set[int]] = defaultdict(set)
    for source, target in pairs:
        if source not in met:
            found[target].add(source)
    return {key: frozenset(needs) for key, needs in found.items()}
