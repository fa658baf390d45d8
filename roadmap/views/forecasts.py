"""When the items of the roadmap come, what that was told from, and how often such forecasts were kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from plm.errors import InvalidQuery, PlmError
from plm.web.policy import PlmRequest, policy
from roadmap.forecasting.words import forecast_said, kind_said, percent_said
from roadmap.models import Placement
from roadmap.selectors.forecasts import (
    ItemForecast,
    counted,
    forecast_of,
    forecasts_of,
    has_forecast,
)
from roadmap.selectors.pasts import past_of
from roadmap.selectors.plan_pasts import ProductPast
from roadmap.views.roadmap import item_named, roadmap_frame

MOST_ROWS = 500


@policy("placement.view")
def forecasts(request: PlmRequest) -> HttpResponse:
    """All forecasts with the coverage of past ones; with `item`, the forecast of one and the plans that were counted."""
    if reference := request.GET.get("item", "").strip()[:24]:
        return _of_item(request, reference)
    past, rows = forecasts_of(request.actor, request.product)
    context = {
        **roadmap_frame(request, "forecasts"),
        "past": past,
        "rows": [_row(row) for row in rows[:MOST_ROWS]],
        "more": max(0, len(rows) - MOST_ROWS),
        "coverage": None if past.too_thin else past.coverage,
    }
    return render(request, "roadmap/forecasts.html", context)


def _row(row: ItemForecast) -> dict[str, Any]:
    found = row.forecast
    return {
        "item": row.placement.item,
        "planned": row.placement.ends_on,
        "found": found,
        "by_plan": percent_said(found.by(found.planned))
        if found and found.planned >= found.on
        else "",
        "never": percent_said(found.may_never) if found else "",
    }


def _of_item(request: PlmRequest, reference: str) -> HttpResponse:
    try:
        item = item_named(request, reference)
    except PlmError:
        raise InvalidQuery(
            f"There is no backlog item {reference} in {request.product.name}.",
            fields={"item": f"Give a reference such as {request.product.key}-12."},
        ) from None
    place = (
        Placement.objects.visible_to(request.actor, "placement.view")
        .select_related("item__product__workspace").filter(item=item).first()
    )  # fmt: skip
    past = past_of(request.product)
    context = {
        **roadmap_frame(request, "forecasts"),
        "past": past,
        "item": item,
        "planned": place.ends_on if place else None,
        **_counted(request, past, place),
    }
    return render(request, "roadmap/forecast.html", context)


def _counted(request: PlmRequest, past: ProductPast, place: Placement | None) -> dict[str, Any]:
    if place is None or not has_forecast(place.ends_on, place.item):
        return {"said": "", "open": False}
    found = forecast_of(past, place)
    if found is None:
        return {"said": "", "open": True}
    plans, total = counted(request.actor, past, [int(str(key)) for key in found.plans])
    return {
        "said": forecast_said(found),
        "open": True,
        "kind": kind_said(found.path),
        "plans": plans,
        "total": total,
        "more": total - len(plans),
    }
