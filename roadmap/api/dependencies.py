"""Dependencies of the roadmap over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import BacklogItem
from backlog.selectors.priority import items_by_reference
from plm.api.views import OfProduct
from plm.errors import Invalid
from plm.filters import refuse_unknown
from plm.models import Product
from roadmap.selectors.dependencies import Dependencies, dependencies_of
from roadmap.selectors.shift_plan import ShiftPlan, shift_plan
from roadmap.serializers.dependencies import (
    DependenciesAnswer,
    ShiftAnswer,
    ShiftInput,
    ShiftPlanAnswer,
)
from roadmap.services.shifting import (
    Shifted,
    placements_shift,
    placements_shift_undo,
    read_seen,
    read_way_back,
    signed_seen,
    signed_way_back,
)

MOST_BEHIND = 200


class DependenciesView(OfProduct):
    """What blocks what on the roadmap."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(responses=DependenciesAnswer)
    def get(self, request: Request, key: str) -> Response:
        """Links between unfinished items with dates, conflicts, rings, slack and critical paths, in two statements."""
        refuse_unknown(request.query_params, {"workspace"})
        product = self.product(key, "placement.view")
        return Response(_json(dependencies_of(self.actor, product, critical=True)))


def _json(found: Dependencies) -> dict[str, Any]:
    items = found.ties.items
    return {
        "items": [
            {"item": tied.reference, "title": tied.title, "starts_on": tied.task.start, "ends_on": tied.task.end,
             "slack": found.slack.get(pk, 0)}
            for pk, tied in items.items()
        ],
        "blocks": [
            {"blocker": items[a].reference, "blocked": items[b].reference} for a, b in found.ties.links
        ],
        "conflicts": [
            {"blocker": clash.blocker.reference, "blocked": clash.blocked.reference, "days": clash.days,
             "text": clash.text}
            for clash in found.clashes
        ],
        "conflict_count": len(found.broken),
        "rings": [[tied.reference for tied in ring] for ring in found.rings],
        "critical_paths": [
            {"ends_on": path.end, "items": [tied.reference for tied in path.items]} for path in found.paths
        ],
    }  # fmt: skip


class ShiftView(OfProduct):
    """Moving what follows."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.edit", "post": "placement.edit"}
    serializer_class = ShiftInput

    @extend_schema(
        responses=ShiftPlanAnswer,
        parameters=[
            OpenApiParameter(
                "behind", str, required=True, description="References, separated by commas."
            )
        ],
    )
    def get(self, request: Request, key: str) -> Response:
        """A dry run: what would move behind these items, the days it would pass, the teams that would have too much."""
        refuse_unknown(request.query_params, {"workspace", "behind"})
        product = self.product(key, "placement.edit")
        names = request.query_params.get("behind", "").split(",")[:MOST_BEHIND]
        items = _named(product, [name.strip() for name in names if name.strip()])
        return Response(_plan(shift_plan(self.actor, product, [item.pk for item in items])))

    @extend_schema(request=ShiftInput, responses={200: ShiftAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Move what the items `behind` block to begin after they end, and what follows that, in one unit; or take it back."""
        product = self.product(key, "placement.edit")
        given = ShiftInput(data=request.data)
        given.is_valid(raise_exception=True)
        asked = given.validated_data
        if back := asked.get("back"):
            was = read_way_back(product, back)
            report = placements_shift_undo(actor=self.actor, product=product, was=was)
            return Response({"moved": [_moved(one) for one in report], "back": ""})
        seen = asked.get("seen")
        report = placements_shift(
            actor=self.actor, product=product, behind=_named(product, asked.get("behind", [])),
            reason=asked.get("reason", ""), seen=read_seen(product, seen) if seen else None,
        )  # fmt: skip
        body = {
            "moved": [_moved(one) for one in report],
            "back": signed_way_back(report) if report else "",
        }
        return Response(body)


def _named(product: Product, names: list[str]) -> list[BacklogItem]:
    """The items with these references. Raises Invalid where one is none of the product, and without any."""
    found = items_by_reference(product, names)
    missing = [name for name in names if name.upper() not in found]
    if missing or not names:
        raise Invalid(
            fields={"behind": f"No items of this product: {', '.join(missing[:5]) or 'name at least one'}."}
        )  # fmt: skip
    return list(found.values())


def _plan(found: ShiftPlan) -> dict[str, Any]:
    return {
        "moves": [
            {
                "item": step.tied.reference, "title": step.tied.title, "starts_on": step.before[0],
                "ends_on": step.before[1], "would_start_on": step.after[0], "would_end_on": step.after[1],
                "days": step.days,
                "passes": [{"kind": one.kind, "name": one.name, "on": one.on} for one in step.passed],
            }
            for step in found.steps
        ],
        "overloads": [
            {"team": one.team, "release": one.release.reference, "load": one.load, "limit": one.limit, "unit": one.unit}
            for one in found.overloads
        ],
        "stays": [tied.reference for tied in found.stays],
        "seen": signed_seen(found.moves) if found.steps else "",
    }  # fmt: skip


def _moved(one: Shifted) -> dict[str, Any]:
    start, end = one.after
    return {
        "item": one.item.reference,
        "starts_on": start,
        "ends_on": end,
        "days": one.days,
        "error": one.error,
    }
