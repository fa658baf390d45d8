"""How the ranked list would stand under other weights or another model: computed in memory, nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backlog.models import Assessment, BacklogItem, Scenario, ScoringModel
from plm.models import Product
from plm.permissions import Actor
from plm.scoring.definition import Definition
from plm.scoring.ranking import Entry, ranking
from plm.scoring.weighted import shares

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Move:
    """One item's place now and then. `old` is 0 where it has none yet; `steps` is positive on the way up."""

    key: int
    old: int
    new: int
    score: float | None
    pinned: bool
    item: Any = None

    @property
    def steps(self) -> int:
        return self.old - self.new if self.old else 0

    @property
    def distance(self) -> int:
        return abs(self.steps)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The order that weights lead to. `rows` are the first places of it; `enters` and `leaves` are what changes sides of the
    line behind place `top`; `moved` counts items that change their place, of `total`."""

    rows: list[Move]
    enters: list[Move]
    leaves: list[Move]
    moved: int
    total: int
    unscored: int
    top: int


def reweighted(definition: Definition, weights: Mapping[str, float]) -> Definition:
    """The definition with these weights, by key."""
    return replace(
        definition,
        factors=tuple(replace(f, weight=weights.get(f.key, f.weight)) for f in definition.factors),
    )


def moves(actor: Actor, product: Product, model: ScoringModel, definition: Definition) -> list[Move]:  # fmt: skip
    """Every ranked item in the order this definition leads to, places fixed by hand kept. Two statements."""
    columns = [f"v{f.slot}" for f in definition.factors]
    keys = [f.key for f in definition.factors]
    judged = {
        row[0]: row[1:]
        for row in Assessment.objects.filter(scoring_model=model).values_list("item_id", *columns)
    }
    items = list(
        BacklogItem.objects.visible_to(actor, "item.view")
        .filter(product=product, rank__gt=0)
        .values_list("pk", "rank", "rank_pinned", "created_at")
    )
    scores = {
        pk: definition.score(dict(zip(keys, judged[pk], strict=True))) if pk in judged else None
        for pk, *_ in items
    }
    places = ranking(Entry(pk, scores[pk], at, pinned) for pk, _, pinned, at in items)
    found = [
        Move(pk, old, places[pk], scores[pk], pinned is not None) for pk, old, pinned, _ in items
    ]
    found.sort(key=lambda move: move.new)
    return found


def outcome(
    actor: Actor, product: Product, model: ScoringModel, definition: Definition, *, top: int
) -> Outcome:
    """What these weights do, with the items of the first places and of those that cross the line."""
    found = moves(actor, product, model, definition)
    rows = found[:SHOWN]
    enters = [m for m in found[:top] if not 0 < m.old <= top]
    leaves = sorted((m for m in found[top:] if 0 < m.old <= top), key=lambda m: m.old)
    items = (
        BacklogItem.objects.filter(pk__in={m.key for m in [*rows, *enters, *leaves]})
        .select_related("product__workspace")
        .in_bulk()
    )

    def filled(part: Sequence[Move]) -> list[Move]:
        return [replace(m, item=items[m.key]) for m in part if m.key in items]

    return Outcome(
        filled(rows), filled(enters), filled(leaves), sum(1 for m in found if m.steps), len(found),
        sum(1 for m in found if m.score is None), top,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A scenario as pages and API tell it. `stale` says that its model has a newer version; `fits` that its criteria are
    still those of the model, without which it cannot be applied."""

    scenario: Scenario
    definition: Definition
    weights: list[tuple[str, float, float]]
    stale: bool
    fits: bool


def told(scenario: Scenario) -> Told:
    """A scenario with its weights in the order of the criteria it was made from: label, weight, share."""
    model = scenario.scoring_model
    made_from = model.versions.get(version=scenario.model_version).formula
    now = model.versions.get(version=model.version).formula
    tried = reweighted(made_from, scenario.weights)
    portions = shares([f.weight for f in tried.factors])
    rows = [(f.label, f.weight, p) for f, p in zip(tried.factors, portions, strict=True)]
    return Told(
        scenario, tried, rows if scenario.weights else [], model.version != scenario.model_version,
        not scenario.weights or {f.key for f in now.factors} == set(scenario.weights),
    )  # fmt: skip


def scenarios_of(actor: Actor, product: Product) -> list[Scenario]:
    """The scenarios of a product, the newest first."""
    rows = Scenario.objects.visible_to(actor, "scenario.view").filter(product=product)
    return list(rows.select_related("scoring_model", "product__workspace", "created_by"))
