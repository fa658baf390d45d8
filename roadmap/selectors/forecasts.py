"""When the dated items of a product's roadmap come, told from what became of its earlier plans; and how often such
forecasts were kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backlog.models import BacklogItem
from plm.models import Product
from plm.permissions import Actor
from roadmap.forecasting.curves import OPEN, REACHED
from roadmap.forecasting.reference import Forecast
from roadmap.forecasting.words import window_said
from roadmap.models import Placement
from roadmap.selectors.pasts import CANCELLED, DONE, past_of
from roadmap.selectors.plan_pasts import ProductPast

MOST_COUNTED = 500


def has_forecast(ends_on: date | None, item: BacklogItem) -> bool:
    """Whether there is anything to forecast: a planned day, and an item that is neither finished nor archived."""
    return ends_on is not None and not item.archived_at and item.state not in {*DONE, *CANCELLED}


def forecast_of(past: ProductPast, placement: Placement) -> Forecast | None:
    """The forecast of one place; None for an item without days, a finished or archived one, or too thin a history."""
    item = placement.item
    if placement.ends_on is None or not has_forecast(placement.ends_on, item):
        return None
    return past.forecast(item.pk, placement.ends_on, item.state)


def window_of(past: ProductPast, placement: Placement) -> str:
    """What a stakeholder may be told of when an item comes: months or quarters, no day; empty without a forecast."""
    found = forecast_of(past, placement)
    return window_said(found) if found else ""


@dataclass(frozen=True, slots=True)
class ItemForecast:
    """An unfinished, dated item and its forecast, None where the history is too thin."""

    placement: Placement
    forecast: Forecast | None


def forecasts_of(actor: Actor, product: Product) -> tuple[ProductPast, list[ItemForecast]]:
    """The forecasts of the placed, dated, unfinished items of a product, the one planned first first; three statements."""
    past = past_of(product)
    rows = (
        Placement.objects.visible_to(actor, "placement.view").live()
        .filter(product=product).exclude(ends_on=None).exclude(item__state__in=(*DONE, *CANCELLED))
        .select_related("item__product__workspace").order_by("ends_on", "item__number")
    )  # fmt: skip
    return past, [ItemForecast(row, forecast_of(past, row)) for row in rows]


@dataclass(frozen=True, slots=True)
class Counted:
    """A plan that was counted: the item, its last planned day, and since when it has come (or not)."""

    item: BacklogItem
    planned: date | None
    ended: date | None
    came: bool

    @property
    def days(self) -> int | None:
        """How many days after the planned one it came."""
        return (
            (self.ended - self.planned).days if self.came and self.ended and self.planned else None
        )


def counted(actor: Actor, past: ProductPast, keys: Sequence[int]) -> tuple[list[Counted], int]:
    """The plans with these keys that the actor may see, the first 500, and how many there are. One statement."""
    items = BacklogItem.objects.visible_to(actor).filter(pk__in=keys[:MOST_COUNTED])
    found = []
    for item in items.select_related("product__workspace").order_by("number"):
        went = past.went[item.pk]
        ended = went.ended if went.how != OPEN else None
        found.append(Counted(item, went.planned, ended, went.how == REACHED))
    return found, len(keys)
