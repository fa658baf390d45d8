"""Reads of how sure ranks are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, QuerySet

from backlog.models import BacklogItem, RankingSettings, Standing, StandingBasis
from plm.composed import Read
from plm.models import Product
from plm.permissions import ANONYMOUS, Actor
from plm.querysets import Slot
from plm.scoring.definition import Definition
from plm.scoring.ranked_draws import effort_of

WIDE = 64
"""How many units wide the drawn interval is."""


def ranking_settings(product: Product) -> RankingSettings:
    """Where the product's line is; a product that never said has the defaults, not saved."""
    found = RankingSettings.objects.filter(product=product).first()
    return found or RankingSettings(workspace_id=product.workspace_id, product=product)


def effort_unit(definition: Definition) -> str:
    """In what a capacity is counted: the unit of the method's effort, or points."""
    factor = definition.factor(effort_of(definition)) if effort_of(definition) else None
    return (factor.unit or factor.label.lower()) if factor else "points"


def line_words(top: int | None, capacity: float | None, definition: Definition) -> str:
    """Where the line is, in words."""
    if top is not None:
        return f"after {top:,} item{'' if top == 1 else 's'}"
    return f"where {capacity:,.10g} {effort_unit(definition)} are full"


@dataclass(frozen=True, slots=True)
class Shown:
    """The standing of one item as it is shown."""

    standing: Standing
    of: int

    @property
    def chance(self) -> str:
        return chance_words(self.standing.inside)

    @property
    def interval(self) -> str:
        low, high = self.standing.low, self.standing.high
        return f"{low:g}" if low == high else f"{low:g}–{high:g}"

    @property
    def left(self) -> float:
        return self._at(self.standing.low) - 1.5

    @property
    def width(self) -> float:
        return self._at(self.standing.high) - self._at(self.standing.low) + 3

    @property
    def middle(self) -> float:
        return self._at(self.standing.median)

    def _at(self, rank: float) -> float:
        return round(2 + (WIDE - 4) * (rank - 1) / max(1, self.of - 1), 2)


def chance_words(share: float) -> str:
    """A probability in whole percent; what is nearly sure is not said to be sure."""
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{share:.0%}"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn for a product."""

    basis: StandingBasis

    def places(self, items: Iterable[BacklogItem]) -> dict[int, Shown]:
        """The standings of these items, in one statement."""
        rows = Standing.objects.filter(item__in=[item.pk for item in items])
        return {row.item_id: Shown(row, self.basis.items) for row in rows}

    @property
    def line(self) -> str:
        formula = self.basis.model_version.formula
        return line_words(self.basis.top, self.basis.capacity, formula)

    @property
    def left_out(self) -> list[str]:
        basis = self.basis
        found = (
            (basis.unscored, "without a score"),
            (basis.beyond, f"behind the first {basis.items:,}"),
            (basis.unestimated, "without an estimate in points"),
        )
        return [f"{count:,} {why}" for count, why in found if count]


def drawn_of(product_id: int) -> Drawn | None:
    """What was drawn last, or None before the first time."""
    basis = _basis.first(ANONYMOUS, product=product_id)
    return Drawn(basis) if basis else None


@Read
def _basis(_: Actor, __: None) -> QuerySet[StandingBasis]:
    rows = StandingBasis.objects.filter(product_id=Slot("product", BigIntegerField()))
    return rows.select_related("model_version__scoring_model")


@dataclass(frozen=True, slots=True)
class Finding:
    """One estimate worth knowing: what knowing it exactly is expected to add to what is chosen."""

    item: BacklogItem
    factor: str
    label: str
    gain: float
    changes: str


def worths_of(actor: Actor, drawn: Drawn) -> list[Finding]:
    """What to find out first, as far as the actor sees the items. One statement."""
    rows = drawn.basis.worths
    visible: Any = BacklogItem.objects.visible_to(actor).filter(pk__in=[w["item"] for w in rows])
    items = {item.pk: item for item in visible.select_related("product__workspace")}
    formula = drawn.basis.model_version.formula
    found = []
    for worth in rows:
        factor = formula.factor(worth["factor"])
        if worth["item"] in items and factor is not None:
            found.append(
                Finding(
                    items[worth["item"]], factor.key, factor.label, worth["gain"], chance_words(worth["changes"])
                )
            )  # fmt: skip
    return found
