"""Reads of places given against the score, beside what came of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from backlog.models import BacklogItem, RankOverride, Spec
from backlog.models.item import FINISHED_STATES
from backlog.models.override import DID_NOT, PAID_OFF, TOO_EARLY
from plm.models import Product
from plm.permissions import Actor

FEW = 10
"""Fewer verdicts than these say little about the next override."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure that a later stage measured for an item: its newest reading, beside where it began and shall come."""

    name: str
    url: str
    value: float
    unit: str
    at: datetime
    baseline: float | None = None
    target: float | None = None


Load = Callable[[Actor, Sequence[int]], Mapping[int, list[Measured]]]
_loads: dict[str, Load] = {}


def register(name: str, load: Load) -> None:
    """Let a later room say what was measured for items (primary keys), as far as the actor sees it, in a fixed number
    of statements."""
    _loads[name] = load


@dataclass(frozen=True, slots=True)
class Told:
    """One override. `by_score` is the place the score alone gives now, None where the item is out of the ranking;
    `done_after` are the days from the override to the item's end."""

    override: RankOverride
    item: BacklogItem
    by_score: int | None
    done_after: int | None
    spec: Spec | None
    measured: list[Measured]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many overrides there are, and what people say came of them."""

    total: int
    standing: int
    paid_off: int
    did_not: int
    too_early: int

    @property
    def decided(self) -> int:
        return self.paid_off + self.did_not

    @property
    def open(self) -> int:
        return self.total - self.decided - self.too_early

    @property
    def says(self) -> str:
        """What can honestly be said of them."""
        if not self.decided:
            return "Nothing can be said yet about whether overrides pay off: none has a verdict of yes or no."
        text = f"{self.paid_off} of {self.decided} with a verdict paid off."
        if self.decided < FEW:
            return f"{text} So few say little about the next one."
        return f"{text} These are people’s own verdicts, and nobody knows what the other order would have brought."  # noqa: RUF001


def overrides_of(actor: Actor, product: Product) -> Any:
    """The overrides of a product on items that the actor sees."""
    items = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product)
    rows = RankOverride.objects.visible_to(actor, "item.view").filter(
        product=product, item__in=items
    )
    return rows.select_related("made_by", "verdict_by", "item__product__workspace")


def summary_of(rows: Any) -> Summary:
    """The counts, in one statement."""
    counts = {"standing": Q(ended_at=None), "paid_off": Q(verdict=PAID_OFF), "did_not": Q(verdict=DID_NOT), "too_early": Q(verdict=TOO_EARLY)}  # fmt: skip
    found = rows.order_by().aggregate(
        total=Count("pk"), **{name: Count("pk", filter=q) for name, q in counts.items()}
    )
    return Summary(**found)


def told(actor: Actor, product: Product, rows: Iterable[RankOverride]) -> list[Told]:
    """The overrides with what came of their items; statements do not grow with them."""
    rows = list(rows)
    items = [row.item for row in rows]
    keys = [item.pk for item in items]
    places = places_by_score(product.pk, [i for i in items if i.rank and i.archived_at is None])
    specs = Spec.objects.visible_to(actor, "spec.view").standing().filter(item__in=keys)
    by_item = {spec.item_id: spec for spec in specs.defer("description", "custom")} if keys else {}
    measured: dict[int, list[Measured]] = {}
    for load in _loads.values() if keys else ():
        for pk, found in load(actor, keys).items():
            measured.setdefault(pk, []).extend(found)
    return [
        Told(
            row, row.item, places.get(row.item_id), _days(row), by_item.get(row.item_id),
            measured.get(row.item_id, []),
        )
        for row in rows
    ]  # fmt: skip


def _days(row: RankOverride) -> int | None:
    done = row.item.done_at
    return None if done is None or done < row.made_at else (done - row.made_at).days


def places_by_score(product_id: int, items: Sequence[BacklogItem]) -> dict[int, int]:
    """Where the score alone would put these open items, in the order of the ranked list, in one statement."""
    if not items:
        return {}
    rows = BacklogItem.objects.filter(product_id=product_id, archived_at=None)
    ahead = {
        f"item_{item.pk}": Count("pk", filter=_ahead(item)) for item in {i.pk: i for i in items}.values()
    }  # fmt: skip
    found = rows.exclude(state__in=FINISHED_STATES).aggregate(**ahead)
    return {item.pk: found[f"item_{item.pk}"] + 1 for item in items}


def _ahead(item: BacklogItem) -> Q:
    older = Q(created_at__lt=item.created_at) | Q(created_at=item.created_at, pk__lt=item.pk)
    if item.score is None:
        return Q(score__isnull=False) | (Q(score=None) & older)
    return Q(score__gt=item.score) | (Q(score=item.score) & older)
