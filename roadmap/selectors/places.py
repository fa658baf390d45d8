"""Where items stand on the roadmap: the panel of an item's page, and columns of the ranked list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backlog.models import BacklogItem
from backlog.selectors.columns import Text
from plm.models import Product
from plm.permissions import Actor
from plm.querysets import among
from roadmap.forecasting.words import forecast_said
from roadmap.models import Placement
from roadmap.selectors.contributions import goals_inherited, goals_served
from roadmap.selectors.forecasts import forecast_of, has_forecast
from roadmap.selectors.ledger import PromiseLine, promises_of
from roadmap.selectors.pasts import past_of


def placement_panel(actor: Actor, item: BacklogItem) -> dict[str, Any] | None:
    """Where an item stands, for those who may see it; None when it stands nowhere and nobody here may place it."""
    found = (
        Placement.objects.visible_to(actor, "placement.view")
        .select_related("objective__product__workspace", "release__product__workspace", "health_by")
        .filter(item=item)
        .first()
    )
    may_place = actor.may("placement.edit", item.workspace_id, item.product_id)
    served = goals_served(actor, item)
    inherited = None if served else goals_inherited(actor, item)
    if found is None and not may_place and not served and not inherited:
        return None
    promises: list[PromiseLine] = []
    if actor.may("share.view", item.workspace_id, item.product_id):
        promises = promises_of(actor, item.product, item=item)
    return {
        "placement": found,
        "item": item,
        "may_place": may_place,
        "promises": promises,
        "served": served,
        "inherited": inherited,
        **_forecast(found, item),
    }


def _forecast(placement: Placement | None, item: BacklogItem) -> dict[str, Any]:
    """What plans like this one became, for an unfinished item with days."""
    if placement is None or not has_forecast(placement.ends_on, item):
        return {"said": "", "counted": 0, "too_thin": False, "waiting": False}
    past = past_of(item.product)
    placement.item = item
    found = forecast_of(past, placement)
    return {
        "said": forecast_said(found) if found else "",
        "counted": len(found.plans) if found else past.plans,
        "too_thin": found is None,
        "waiting": past.waiting,
    }


def objective_column(items: Sequence[BacklogItem]) -> dict[int, Text]:
    """The objective each item serves, by its primary key, in one statement."""
    return _linked("objective", items)


def release_column(items: Sequence[BacklogItem]) -> dict[int, Text]:
    """The release each item is planned for, by its primary key, in one statement."""
    return _linked("release", items)


def release_now(actor: Actor, product: Product, keys: Sequence[int]) -> dict[int, str | None]:
    """By item, the reference of the release it is planned for."""
    rows = Placement.objects.visible_to(actor, "placement.view").filter(item_id__in=among(keys))
    return {
        key: f"{product.key}-{number}" if number else None
        for key, number in rows.values_list("item_id", "release__number")
    }


def _linked(name: str, items: Sequence[BacklogItem]) -> dict[int, Text]:
    rows = Placement.objects.filter(item__in=[item.pk for item in items])
    rows = rows.exclude(**{name: None}).select_related(f"{name}__product__workspace")
    found = {row.item_id: getattr(row, name) for row in rows}
    return {pk: Text(record.title, record.get_absolute_url()) for pk, record in found.items()}
