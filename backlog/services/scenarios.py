"""Writes on scenarios: keep weights that were tried, put them into force, drop them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from backlog.models import Scenario, ScoringModel
from backlog.services.scoring_models import scoring_model_activate, scoring_model_update
from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.models import Product
from plm.numerals import is_plain
from plm.permissions import Actor
from plm.scoring.definition import Definition
from plm.scoring.methods import WEIGHTED
from plm.services.guard import require

MOST = 50
MOST_WEIGHT = 1000.0


def weights_clean(definition: Definition, given: Mapping[str, Any]) -> dict[str, float]:
    """A weight for each criterion of a weighted model; what is left out keeps its weight. Empty for other methods.

    Raises Invalid with one message per criterion.
    """
    errors: dict[str, str] = {}
    if definition.method != WEIGHTED:
        if given:
            raise Invalid(
                fields={"weights": f"{definition.described.label} has no weights to move."}
            )
        return {}
    found = {factor.key: factor.weight for factor in definition.factors}
    for key, raw in given.items():
        weight = _number(raw)
        if key not in found:
            errors[str(key)[:80]] = f"Not a criterion of the model. Criteria: {', '.join(found)}."
        elif not 0 < weight <= MOST_WEIGHT:
            errors[key] = f"A weight is above 0, up to {MOST_WEIGHT:g}; only the ratio counts."
        else:
            found[key] = weight
    if errors:
        raise Invalid(fields=errors)
    return found


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or (isinstance(raw, str) and not is_plain(raw)):
        return math.nan
    try:
        return round(float(raw), 6)
    except (TypeError, ValueError, OverflowError):
        return math.nan


@service
def scenario_create(
    *, actor: Actor, product: Product, model: ScoringModel, name: str, why: str, weights: Mapping[str, Any]
) -> Scenario:  # fmt: skip
    """Keep weights under a name, with the reason for trying them. Emits `scenario.created`. Raises Invalid, Conflict."""
    require(actor, "scenario.create", product)
    version = model.versions.get(version=model.version)
    cleaned = weights_clean(version.formula, weights)
    label = " ".join(name.split())
    if not 1 <= len(label) <= 80:
        raise Invalid(fields={"name": "Give the scenario a name of at most 80 characters."})
    if not 3 <= len(why.strip()) <= 2000:
        raise Invalid(fields={"why": "Say in a few words what these weights are to show."})
    rows = Scenario.objects.filter(product=product)
    if rows.filter(name=label).exists():
        raise Conflict(fields={"name": "This product has a scenario of that name already."})
    if rows.count() >= MOST:
        raise Conflict(f"A product keeps at most {MOST} scenarios. Delete one that is settled.")
    made = Scenario.objects.create(
        workspace_id=product.workspace_id, product=product, scoring_model=model, model_version=version.version,
        weights=cleaned, name=label, why=why.strip(), created_by_id=actor.user_id,
    )  # fmt: skip
    _note("created", actor, made, reason=why.strip())
    return made


@service
def scenario_apply(
    *, actor: Actor, scenario: Scenario, reason: str, version: int | None = None
) -> ScoringModel:
    """Give its model these weights, as a new version, and let that model rank the product. Emits `scenario.applied`.

    `version` is the one of the model that was looked at. Raises Stale where the model moved since, Conflict where
    its criteria are others than those of the scenario, Invalid without a reason.
    """
    require(actor, "scenario.apply", scenario.product)
    if not 3 <= len(reason.strip()) <= 2000:
        raise Invalid(fields={"reason": "Say in a few words why these weights are right."})
    model = ScoringModel.objects.select_for_update().get(pk=scenario.scoring_model_id)
    model.product = scenario.product
    definition = model.versions.get(version=model.version).formula
    if definition.method == WEIGHTED:
        if {f.key for f in definition.factors} != set(scenario.weights):
            raise Conflict(
                f"{model.name} has other criteria than when this scenario was made. Make a new one."
            )
        criteria = [
            {"key": f.key, "weight": scenario.weights[f.key], "label": f.label} for f in definition.factors
        ]  # fmt: skip
        model = scoring_model_update(
            actor=actor, model=model, version=version, criteria=criteria, reason=reason.strip()
        )
        model.product = scenario.product
    model = scoring_model_activate(actor=actor, model=model, reason=reason.strip())
    _note("applied", actor, scenario, reason=reason.strip())
    return model


@service
def scenario_remove(*, actor: Actor, scenario: Scenario) -> None:
    """Forget a scenario; the history keeps that it was there. Emits `scenario.removed`."""
    require(actor, "scenario.edit", scenario.product)
    _note("removed", actor, scenario)
    scenario.delete()


def _note(verb: str, actor: Actor, row: Scenario, *, reason: str = "") -> None:
    emit(
        f"scenario.{verb}", actor=actor, workspace_id=row.workspace_id, product_id=row.product_id, reason=reason,
        name=row.name, model=row.scoring_model.name, weights=row.weights,
    )  # fmt: skip
