"""The roadmaps of a workspace in figures, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.views import PlmView
from plm.filters import refuse_unknown
from plm.models import Workspace
from roadmap.models import Release
from roadmap.selectors.portfolio import (
    FILTERS,
    Figures,
    RollUp,
    narrowed_by,
    products_seen,
    roll_ups,
)
from roadmap.selectors.tree import TreeRow, tree_rows
from roadmap.serializers.portfolio import RollUpAnswer, TreeNodeAnswer

NARROWED = [
    OpenApiParameter("group", OpenApiTypes.UUID, description="A portfolio or product line."),
    OpenApiParameter("product", str, description="Key of a product."),
    OpenApiParameter("team", OpenApiTypes.UUID, description="Items of this team alone."),
]


class PortfolioRoadmapView(PlmView):
    """The roadmaps of all products."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(parameters=NARROWED, responses=listed("PortfolioRoadmap", RollUpAnswer))
    def get(self, request: Request) -> Response:
        """What is placed, done, late and at risk in each product that the caller may see, and its next release."""
        refuse_unknown(request.query_params, {"workspace", *FILTERS})
        workspace = Workspace.objects.get(pk=self.workspace_id)
        narrowed = narrowed_by(self.actor, workspace, request.query_params)
        sums = roll_ups(self.actor, products_seen(self.actor, workspace, narrowed), narrowed)
        return Response({"results": [_json(one) for one in sums]})


class ProductTreeView(PlmView):
    """The tree of a workspace in figures."""

    tags: ClassVar[Mapping[str, str]] = {"": "Product tree"}
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(responses=listed("ProductTree", TreeNodeAnswer))
    def get(self, request: Request) -> Response:
        """Portfolios, lines, products and components in their order, with figures of what the caller may see."""
        refuse_unknown(request.query_params, {"workspace"})
        workspace = Workspace.objects.get(pk=self.workspace_id)
        return Response({"results": [_node(row) for row in tree_rows(self.actor, workspace)]})


def _json(one: RollUp) -> dict[str, Any]:
    product = one.product
    return {
        "product": product.key,
        "name": product.name,
        "phase": product.phase,
        "group": product.group.uuid if product.group else None,
        **_figures(one.figures),
        "next_release": _release(one.next_release),
    }


def _node(row: TreeRow) -> dict[str, Any]:
    return {
        "level": row.node.level,
        "id": row.node.row.uuid,
        "name": row.node.row.name,
        "depth": row.node.depth,
        "products": row.products,
        "phases": {name: count for name, _, count in row.phases},
        **_figures(row.figures),
        "percent": row.figures.percent,
        "next_release": _release(row.next_release),
    }


def _figures(found: Figures) -> dict[str, int]:
    return {**asdict(found), "planned": found.planned, "risky": found.risky}


def _release(coming: Release | None) -> dict[str, Any] | None:
    return {
        "reference": coming.reference, "title": coming.title, "day": coming.release_on,
    } if coming else None  # fmt: skip
