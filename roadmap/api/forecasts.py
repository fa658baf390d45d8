"""When the items of the roadmap come, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.views import OfProduct
from plm.filters import refuse_unknown
from roadmap.forecasting.coverage import Kept
from roadmap.selectors.forecasts import ItemForecast, forecasts_of
from roadmap.serializers.forecasts import ForecastsAnswer

MOST_ROWS = 2000


class ForecastsView(OfProduct):
    """When dated items come."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(responses=ForecastsAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The dated, unfinished items, what is planned first first (at most 2,000), each with the days by which half and
        85 % of plans like it came, and how often such forecasts of the last two years were kept."""
        refuse_unknown(request.query_params, {"workspace"})
        product = self.product(key, "placement.view")
        past, rows = forecasts_of(self.actor, product)
        coverage = [] if past.too_thin else past.coverage.lines
        return Response(
            {
                "plans": past.plans,
                "read_at": past.read_at,
                "waiting": past.waiting,
                "results": [_json(row) for row in rows[:MOST_ROWS]],
                "coverage": [_kept(kept) for kept in coverage],
            }
        )


def _json(row: ItemForecast) -> dict[str, Any]:
    found = row.forecast
    return {
        "reference": row.placement.item.reference,
        "title": row.placement.item.title,
        "planned": row.placement.ends_on,
        "p50": found.p50 if found else None,
        "p85": found.p85 if found else None,
        "on_time": round(found.by(found.planned), 4) if found else None,
        "may_never": round(found.may_never, 4) if found else None,
        "counted": len(found.plans) if found else 0,
        "kind": list(found.path) if found else [],
    }


def _kept(kept: Kept) -> dict[str, Any]:
    return {
        "share": kept.share, "over": kept.over, "kept": kept.kept, "promised": round(kept.promised, 4),
        "pending": kept.pending, "none": kept.none,
    }  # fmt: skip
