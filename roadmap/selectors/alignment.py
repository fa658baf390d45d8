"""Whether the work serves the goals: shares of the effort against target shares, what serves no goal, what nothing serves."""

from __future__ import annotations

from dataclasses import dataclass

from backlog.models import BacklogItem
from backlog.selectors.balance import EFFORT, NOBODY, Balanced, Row, balanced, chain_of
from backlog.selectors.priority import Scoring
from plm.models import Product
from plm.permissions import Actor
from roadmap.models import Contribution, Objective, Placement
from roadmap.selectors.contributions import parts_served

MOST_LOOSE = 100
PURSUED = ("planned", "active")


@dataclass(frozen=True, slots=True)
class Aligned:
    """One goal. `share` and `target` are parts of the whole effort, 0 to 1, None where not known or not set; `items` and
    `effort` are those of the scope, `elsewhere` counts open items that serve it outside of the scope."""

    objective: Objective
    effort: float
    share: float | None
    items: int
    on_target: bool
    elsewhere: int

    @property
    def target(self) -> float | None:
        share = self.objective.target_share
        return None if share is None or self.objective.state not in PURSUED else share / 100

    @property
    def points(self) -> float | None:
        """Share minus target, in percentage points."""
        if self.target is None or self.share is None:
            return None
        return 100 * (self.share - self.target)


@dataclass(frozen=True, slots=True)
class Loose:
    """An item of which a part of 0 to 1 serves no goal; `served` is percent that does."""

    item: BacklogItem
    served: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """What a scope does for the goals. `loose` holds at most 100 items, in rank; `loose_more` counts the others."""

    found: Balanced
    goals: list[Aligned]
    nobody: Row | None
    loose: list[Loose]
    loose_more: int

    @property
    def idle(self) -> list[Aligned]:
        """Goals that are pursued and that nothing of the scope serves."""
        return [g for g in self.goals if not g.items and g.objective.state in PURSUED]

    @property
    def targets(self) -> float:
        return sum(goal.target or 0.0 for goal in self.goals)


def alignment_of(
    actor: Actor, product: Product, scoring: Scoring, *, scope: str = "", top: int | None = None
) -> Alignment:
    """The alignment of a scope. A fixed number of statements, whatever the number of items and goals."""
    found = balanced(actor, product, scoring, scope=scope, top=top, by=EFFORT)
    divided = next(one for one in found.divided if one.grouping.name == "goal")
    rows = {row.group.key: row for row in divided.rows}
    objectives = list(
        Objective.objects.visible_to(actor, "objective.view")
        .live()
        .filter(product=product)
        .order_by("ends_on", "number")
    )
    for objective in objectives:
        objective.product = product
    elsewhere = _open_items(actor, product)
    goals = [_aligned(o, rows.get(o.reference), elsewhere.get(o.pk, set())) for o in objectives]
    shown = [g for g in goals if g.items or g.objective.state in PURSUED]
    nobody = rows.get(NOBODY)
    loose = nobody.inside if nobody else []
    parts = parts_served(actor, product, {i.pk: chain_of(i) for i in loose[:MOST_LOOSE]})
    return Alignment(
        found, shown, nobody,
        [Loose(i, round(100 * sum(parts.get(i.pk, {}).values()))) for i in loose[:MOST_LOOSE]],
        max(0, len(loose) - MOST_LOOSE),
    )  # fmt: skip


def _aligned(objective: Objective, row: Row | None, every: set[int]) -> Aligned:
    inside = {item.pk for item in row.inside} if row else set()
    return Aligned(
        objective, row.portion.amount if row else 0.0, row.portion.share if row else None,
        row.items if row else 0, bool(row and row.portion.difference == 0), len(every - inside),
    )  # fmt: skip


def _open_items(actor: Actor, product: Product) -> dict[int, set[int]]:
    """By primary key of a goal, the items that serve it and are neither finished nor archived."""
    found: dict[int, set[int]] = {}
    for model, action in ((Placement, "placement.view"), (Contribution, "contribution.view")):
        rows = model.objects.visible_to(actor, action).filter(
            product=product, item__archived_at=None, objective__isnull=False
        )
        rows = rows.exclude(item__state__in=("done", "cancelled"))
        for goal, item in rows.values_list("objective_id", "item_id"):
            found.setdefault(goal, set()).add(item)
    return found
