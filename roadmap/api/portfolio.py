"""The roadmaps of a workspace in figures, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.views import PlmView
from plm.filters import refuse_unknown
from plm.models import Workspace
from roadmap.selectors.portfolio import RollUp, products_seen, roll_ups
from roadmap.serializers.portfolio import RollUpAnswer


class PortfolioRoadmapView(PlmView):
    """The roadmaps of all products."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(responses=listed("PortfolioRoadmap", RollUpAnswer))
    def get(self, request: Request) -> Response:
        """What is placed, done, late and at risk in each product that the caller may see, and its next release."""
        refuse_unknown(request.query_params, {"workspace"})
        workspace = Workspace.objects.get(pk=self.workspace_id)
        sums = roll_ups(self.actor, products_seen(self.actor, workspace))
        return Response({"results": [_json(one) for one in sums]})


def _json(one: RollUp) -> dict[str, Any]:
    coming = one.next_release
    return {
        "product": one.product.key,
        "name": one.product.name,
        "phase": one.product.phase,
        "placed": one.placed,
        "done": one.done,
        "late": one.late,
        "risky": one.risky,
        "next_release": {
            "reference": coming.reference, "title": coming.title, "day": coming.release_on,
        } if coming else None,
    }  # fmt: skip
