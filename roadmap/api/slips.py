"""How often and how far plans moved, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.views import OfProduct
from plm.filters import refuse_unknown
from roadmap.selectors.slips import ItemSlip, ReleaseSlip, slips_of
from roadmap.serializers.slips import SlipsAnswer


class SlipsView(OfProduct):
    """How often and how far plans moved."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(responses=SlipsAnswer)
    def get(self, request: Request, key: str) -> Response:
        """Items whose planned end moved (the first 200), what moved furthest to later first, and releases by their day."""
        refuse_unknown(request.query_params, {"workspace"})
        found = slips_of(self.actor, self.product(key, "placement.view"))
        return Response(
            {
                "planned": found.planned,
                "moved": found.moved,
                "read_at": found.read_at,
                "waiting": found.waiting,
                "items": [_item(row) for row in found.items],
                "releases": [_release(row) for row in found.releases],
            }
        )


def _item(row: ItemSlip) -> dict[str, Any]:
    return {
        "reference": row.item.reference,
        "title": row.item.title,
        "first": row.slip.first,
        "last": row.slip.last,
        "days": row.slip.days,
        "later": row.slip.later,
        "earlier": row.slip.earlier,
    }


def _release(row: ReleaseSlip) -> dict[str, Any]:
    return {
        "reference": row.release.reference,
        "title": row.release.title,
        "day": row.release.day,
        "ever": row.went.ever,
        "left": row.went.left,
        "joined": row.went.joined,
    }
