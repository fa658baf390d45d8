"""Planning to capacity: what teams can do, the plan that a job proposes, and putting it on the roadmap."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, enqueue, service
from plm.jobs import JobRequest
from plm.models import Product, Team
from plm.permissions import SYSTEM, Actor
from plm.scoring.capacity import Problem, Rule, loads
from plm.scoring.capacity_plan import (
    Plan,
    Price,
    full,
    planned,
    price_base,
    price_of,
    roomier,
    without_targets,
)
from plm.scoring.capacity_program import Undecided
from plm.services.guard import require
from roadmap.models import PlanProposal, PlanSettings, Release, TeamCapacity
from roadmap.models.capacity import MOST_RELEASES, MOST_SCOPE
from roadmap.selectors.capacity import Inputs, open_releases, plan_inputs, plan_settings, teams_of

SOLVE_SECONDS = 20.0
PRICE_SECONDS = 2.0
PRICES_SECONDS = 30.0
"""How long the prices of all rules may take together; what there was no time for is said to have no price yet."""
MOST_AMOUNT = 1e6


def plan_key(product_id: int) -> str:
    """Of the jobs that plan a product."""
    return f"roadmap.plan:{product_id}"


def plan_request(product: Product, actor: Actor) -> JobRequest:
    """One planning of a product, however many ask for it."""
    return JobRequest(
        kind="roadmap.plan", key=plan_key(product.pk), workspace_id=product.workspace_id, product_id=product.pk,
        payload={"product": product.pk}, requested_by=actor.user_id,
    )  # fmt: skip


# --- What teams can do -----------------------------------------------------------------------------


@service
def capacities_set(
    *,
    actor: Actor,
    product: Product,
    version: int | None,
    values: Mapping[str, Any],
    amounts: Mapping[tuple[Team, Release], float | None],
    unit: str,
) -> PlanSettings:
    """Say what teams can do in releases and what the plan is to keep, and ask for a plan.

    `values` may hold scope, releases (of the product), shares and tolerance. Of `amounts`, 0 and None take a capacity
    away; what it does not name stays. `unit` is what they are in. Emits `plan.updated`. Raises Stale, Invalid.
    """
    require(actor, "plan.edit", product)
    Product.objects.select_for_update().get(pk=product.pk)
    now = plan_settings(product)
    if version is not None and version != now.version:
        raise Stale("Somebody changed the capacities while you were editing.", current=now.version)
    given = dict(values)
    if "releases" in given:
        given["releases"] = sorted(release.pk for release in given["releases"])
    _check(product, given, amounts)
    changes: dict[str, tuple[Any, Any]] = {}
    for name, value in {**given, "unit": unit}.items():
        if getattr(now, name) != value:
            changes[name] = (getattr(now, name), value)
            setattr(now, name, value)
    if "releases" in changes:
        titles = {release.pk: release.title for release in open_releases(product)}
        changes["releases"] = tuple(
            [titles.get(k, "?") for k in part] for part in changes["releases"]
        )  # type: ignore[assignment]
    changes |= _amounts_set(product, amounts)
    if changes or not now.version:
        now.version += 1
        now.save()
        emit("plan.updated", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, changes=changes)  # fmt: skip
    enqueue(plan_request(product, actor))
    return now


def _check(
    product: Product, given: Mapping[str, Any], amounts: Mapping[tuple[Team, Release], Any]
) -> None:
    offered = {release.pk for release in open_releases(product)}
    chosen = set(given.get("releases", ()))
    checks = (
        (1 <= given.get("scope", 1) <= MOST_SCOPE, "scope", f"Give a number of items from 1 to {MOST_SCOPE}."),
        (0 <= given.get("tolerance", 0) <= 100, "tolerance", "Give a number of points from 0 to 100."),
        (chosen <= offered, "releases", "Choose open releases of this product."),
        (len(chosen) <= MOST_RELEASES, "releases", f"Choose at most {MOST_RELEASES} releases."),
    )  # fmt: skip
    errors = {name: text for right, name, text in checks if not right}
    teams = {team.pk for team in teams_of(product)}
    for (team, release), amount in amounts.items():
        if team.pk not in teams or release.pk not in offered:
            errors["capacities"] = "Name teams of this workspace and open releases of this product."
        elif amount is not None and not (math.isfinite(amount) and 0 <= amount <= MOST_AMOUNT):
            errors["capacities"] = f"{team.name} in {release.title}: give a capacity of 0 or more."
    if errors:
        raise Invalid(fields=errors)


def _amounts_set(
    product: Product, amounts: Mapping[tuple[Team, Release], float | None]
) -> dict[str, tuple[Any, Any]]:
    standing = {(r.team_id, r.release_id): r for r in TeamCapacity.objects.filter(product=product)}
    changes: dict[str, tuple[Any, Any]] = {}
    for (team, release), amount in amounts.items():
        row = standing.get((team.pk, release.pk))
        old = row.amount if row else None
        new = amount or None
        if old == new:
            continue
        changes[f"{team.name}, {release.title}"] = (old, new)
        if new is None:
            TeamCapacity.objects.filter(team=team, release=release).delete()
        else:
            TeamCapacity.objects.update_or_create(
                team=team, release=release,
                defaults={"workspace_id": product.workspace_id, "product": product, "amount": new},
            )  # fmt: skip
    return changes


# --- The proposal ----------------------------------------------------------------------------------


@service
def plan_ask(*, actor: Actor, product: Product) -> None:
    """Ask for a plan of what stands now."""
    require(actor, "plan.edit", product)
    enqueue(plan_request(product, actor))


@dataclass
class Solution:
    """A plan that is being worked out: the plan first, then what each rule costs, one a step."""

    inputs: Inputs
    problem: Problem
    plan: Plan
    prices: list[Price] = field(default_factory=list)
    unpriced: int = 0

    def priced(self) -> Iterator[None]:
        """Find the prices, with a pause after each."""
        until = time.monotonic() + PRICES_SECONDS
        base = price_base(self.problem, self.plan, time_limit=PRICE_SECONDS)
        for rule, eased in self._rules():
            if time.monotonic() > until:
                self.unpriced += 1
                continue
            self.prices.append(
                price_of(rule, eased, self.plan, base, time_limit=PRICE_SECONDS)
            )  # fmt: skip
            yield

    def _rules(self) -> Iterable[tuple[Rule, Problem]]:
        yield from without_targets(self.problem)
        yield from roomier(self.problem, self.plan.placement)


def plan_solved(inputs: Inputs) -> Solution | dict[str, Any]:
    """The best plan of these inputs, or why there is none, as `PlanProposal.problem` keeps it. Takes up to half a minute."""
    if inputs.ring:
        return {"kind": "ring", "items": list(inputs.ring)}
    if inputs.problem is None or not inputs.releases:
        return {"kind": "releases", "items": []}
    if inputs.empty:
        return {"kind": "capacities", "items": []}
    if inputs.stale_unit:
        return {"kind": "unit", "items": []}
    try:
        plan = planned(inputs.problem, hand=inputs.hand, time_limit=SOLVE_SECONDS)
    except Undecided:
        return {"kind": "time", "items": []}
    return Solution(inputs, inputs.problem, plan)


@service
def plan_store(*, product: Product, mark: str, found: Solution | dict[str, Any]) -> PlanProposal:
    """Keep what a job found. What gave no plan keeps the result before it. Emits `plan.proposed`."""
    proposal, _ = PlanProposal.objects.select_for_update().get_or_create(
        product=product, defaults={"workspace_id": product.workspace_id}
    )
    proposal.number += 1
    proposal.computed_at = timezone.now()
    if isinstance(found, Solution):
        proposal.mark, proposal.result, proposal.problem = mark, _result(found), {}
    else:
        proposal.problem = {**found, "mark": mark}
    proposal.save()
    emit(
        "plan.proposed", actor=SYSTEM, workspace_id=product.workspace_id, product_id=product.pk,
        number=proposal.number, items=len(proposal.result.get("items", ())), problem=proposal.problem.get("kind", ""),
    )  # fmt: skip
    return proposal


def _result(found: Solution) -> dict[str, Any]:
    problem, plan, inputs = found.problem, found.plan, found.inputs
    priced = {price.rule: price for price in found.prices}
    tight = set(full(problem, plan.placement))
    used = loads(problem, plan.placement)
    return {
        "items": [
            {"item": w.key, "release": inputs.releases[plan.placement[w.key]].pk, "team": int(next(iter(w.efforts))),
             "effort": sum(w.efforts.values()), "value": w.value}
            for w in problem.works if w.key in plan.placement
        ],
        "value": plan.value, "bound": plan.bound, "stopped": plan.stopped, "unpriced": found.unpriced,
        "loads": [
            {"team": int(team), "release": inputs.releases[at].pk, "load": load / 1000,
             "limit": problem.capacities[team][at],
             **_priced(priced, Rule("capacity", team, at), tight)}
            for team, row in used.items() for at, load in enumerate(row)
        ],
        "targets": [
            {"goal": int(rule.subject), "kind": rule.kind, "price": price.worth, "proved": price.proved}
            for rule, price in priced.items() if rule.kind != "capacity"
        ],
    }  # fmt: skip


def _priced(priced: Mapping[Rule, Price], rule: Rule, tight: Collection[Rule]) -> dict[str, Any]:
    price = priced.get(rule)
    return {
        "full": rule in tight,
        "price": price.worth if price else None,
        "proved": bool(price and price.proved),
    }


def plan_now(product_id: int) -> tuple[Product, Inputs | None]:
    """The product and what its plan follows from now."""
    product = Product.objects.select_related("workspace").get(pk=product_id)
    return product, plan_inputs(product)


def proposal_of(product: Product) -> PlanProposal:
    """The proposal of a product, locked. Raises Conflict where there is none."""
    found = PlanProposal.objects.select_for_update().filter(product=product).first()
    if found is None or not found.result:
        raise Conflict("There is no proposal to apply yet. Ask for one first.")
    return found
