"""Planning to capacity over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.records import etag, version_of
from plm.api.views import OfProduct
from plm.errors import Invalid
from plm.filters import refuse_unknown
from plm.models import Product, Team
from roadmap.models import Release
from roadmap.selectors.capacity import (
    amounts_of,
    open_releases,
    plan_inputs,
    plan_settings,
    teams_of,
)
from roadmap.selectors.proposal import Proposal, proposal_page, rules_told
from roadmap.serializers.capacity import (
    AppliedAnswer,
    ApplyPlanInput,
    AskPlanInput,
    CapacitiesAnswer,
    CapacitiesInput,
    PlanAnswer,
)
from roadmap.services.applying import plan_apply
from roadmap.services.capacity import capacities_set, plan_ask


class CapacitiesView(OfProduct):
    """What teams can do in releases, and what a plan is to keep."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view", "put": "plan.edit"}
    serializer_class = CapacitiesInput

    @extend_schema(responses=CapacitiesAnswer)
    def get(self, request: Request, key: str) -> Response:
        """Capacities above 0, in the unit of the items' effort."""
        refuse_unknown(request.query_params, {"workspace"})
        return _capacities(self.product(key, "item.view"))

    @extend_schema(request=CapacitiesInput, responses=CapacitiesAnswer)
    def put(self, request: Request, key: str) -> Response:
        """Change them. `If-Match` holds the ETag you read. The plan follows by a job."""
        product = self.product(key, "plan.edit")
        given = CapacitiesInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        offered = {release.reference: release for release in open_releases(product)}
        teams = {team.uuid: team for team in teams_of(product)}
        amounts = _amounts(values.pop("capacities", []), teams, offered)
        if "releases" in values:
            values["releases"] = [_named(offered, name, "releases") for name in values["releases"]]
        inputs = plan_inputs(product)
        capacities_set(
            actor=self.actor, product=product, version=version_of(request), values=values, amounts=amounts,
            unit=inputs.unit if inputs else "",
        )  # fmt: skip
        return _capacities(product)


def _named(known: Mapping[Any, Any], name: Any, field: str) -> Any:
    if name not in known:
        raise Invalid(fields={field: "Name teams of this workspace and open releases of this product."})  # fmt: skip
    return known[name]


def _amounts(
    rows: list[Any], teams: Mapping[Any, Team], offered: Mapping[str, Release]
) -> dict[tuple[Team, Release], float | None]:
    return {
        (_named(teams, row["team"], "capacities"), _named(offered, row["release"], "capacities")): row["amount"]
        for row in rows
    }  # fmt: skip


def _capacities(product: Product) -> Response:
    settings, amounts = plan_settings(product), amounts_of(product)
    teams = {team.pk: team for team in teams_of(product)}
    releases = {release.pk: release for release in open_releases(product)}
    body = {
        "product": product.key, "unit": settings.unit, "scope": settings.scope, "shares": settings.shares,
        "tolerance": settings.tolerance,
        "releases": [releases[pk].reference for pk in settings.releases if pk in releases],
        "capacities": [
            {"team": teams[t].uuid, "name": teams[t].name, "release": releases[r].reference, "amount": amount}
            for (t, r), amount in sorted(amounts.items()) if t in teams and r in releases
        ],
    }  # fmt: skip
    return Response(body, headers={"ETag": etag(settings.version)})


class PlanView(OfProduct):
    """The plan that is proposed, beside the roadmap."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view", "post": "plan.edit"}
    serializer_class = AskPlanInput

    @extend_schema(responses=PlanAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The proposal, what limits it, what cannot be in, and what the roadmap as it is brings and breaks."""
        refuse_unknown(request.query_params, {"workspace"})
        product = self.product(key, "item.view")
        return Response(_plan(product, proposal_page(self.actor, product)))

    @extend_schema(request=AskPlanInput, responses={202: PlanAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Ask for a plan of what stands now; a job works it out. Asked twice, it is worked out once."""
        given = AskPlanInput(data=request.data)
        product = self.product(key, "plan.edit")
        given.is_valid(raise_exception=True)
        plan_ask(actor=self.actor, product=product)
        body = _plan(product, proposal_page(self.actor, product))
        return Response(body, status=status.HTTP_202_ACCEPTED)


class PlanApplyView(OfProduct):
    """Putting the proposal on the roadmap."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"post": "placement.edit"}
    version_in_body: ClassVar[tuple[str, ...]] = ("POST",)
    serializer_class = ApplyPlanInput

    @extend_schema(request=ApplyPlanInput, responses={200: AppliedAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Put all of proposal `number`, or the named items of it, into their releases and others out of them."""
        product = self.product(key, "placement.edit")
        given = ApplyPlanInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if "items" in values:
            found = proposal_page(self.actor, product)
            known = {move.item.reference: move.item.pk for move in found.moves}
            values["items"] = [_item(known, name) for name in values["items"]]
        done = plan_apply(actor=self.actor, product=product, **values)
        body = {"placed": done.placed, "taken_out": done.released, "broken": rules_told(done.broken, product)}  # fmt: skip
        return Response(body)


def _item(known: Mapping[str, int], name: str) -> int:
    if name not in known:
        raise Invalid(fields={"items": "Name items that the plan moves."})
    return known[name]


def _plan(product: Product, found: Proposal) -> dict[str, Any]:
    row = found.row
    return {
        "product": product.key, "number": found.number, "state": found.state,
        "problem": row.problem.get("kind", "") if row else "",
        "ring": [item.reference for item in found.ring], "fresh": found.fresh,
        "computed_at": row.computed_at if row else None, "value": found.value, "bound": found.bound,
        "stopped": found.stopped, "hand_value": found.hand_value, "hand_mark": found.hand_mark,
        "hand_breaks": found.breaks,
        "items": [
            {"item": m.item.reference, "title": m.item.title, "move": m.how,
             "release": m.release.reference if m.release else None,
             "before": m.before.reference if m.before else None, "effort": m.effort, "value": m.value}
            for m in found.moves
        ],
        "loads": [
            {name: getattr(load, name) for name in ("team", "release", "load", "limit", "full", "price", "proved")}
            for load in found.loads
        ],
        "left_out": [
            {"item": one.item.reference, "why": one.why, "other": one.other.key if one.other else None}
            for one in found.left_out
        ],
    }  # fmt: skip
