"""What-if and scenarios over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.api.priority import model_in
from backlog.models import Scenario
from backlog.selectors import whatif as reads
from backlog.services.scenarios import (
    scenario_apply,
    scenario_create,
    scenario_remove,
    weights_clean,
)
from plm.api.answers import listed
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of
from plm.models import Product
from plm.services.guard import require

TOP, MOST_TOP = 10, 1000


class WeightsInput(Input):
    model = serializers.UUIDField(
        required=False, allow_null=True, help_text="The active one if left out."
    )
    weights = serializers.DictField(
        child=serializers.FloatField(), required=False, help_text="By key of the criteria; what is left out keeps its weight."
    )  # fmt: skip


class WhatIfInput(WeightsInput):
    top = serializers.IntegerField(min_value=1, max_value=MOST_TOP, default=TOP)


class ScenarioInput(WeightsInput):
    name = serializers.CharField(max_length=80)
    why = serializers.CharField(min_length=3, max_length=2000)


class ApplyInput(Input):
    reason = serializers.CharField(min_length=3, max_length=2000)
    version = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, help_text="The version of the model you looked at."
    )  # fmt: skip


class MoveAnswer(serializers.Serializer[Any]):
    item = serializers.CharField()
    title = serializers.CharField()
    old = serializers.IntegerField(allow_null=True)
    new = serializers.IntegerField(min_value=1)
    score = serializers.FloatField(allow_null=True)
    pinned = serializers.BooleanField()


class OutcomeAnswer(serializers.Serializer[Any]):
    model = serializers.UUIDField()
    top = serializers.IntegerField(min_value=1)
    moved = serializers.IntegerField(min_value=0)
    total = serializers.IntegerField(min_value=0)
    unscored = serializers.IntegerField(min_value=0)
    rows = MoveAnswer(many=True)
    enters = MoveAnswer(many=True)
    leaves = MoveAnswer(many=True)


class ScenarioAnswer(serializers.Serializer[Any]):
    """`stale`: the model has a newer version. `fits`: its criteria are still those of the scenario."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    why = serializers.CharField()
    model = serializers.UUIDField()
    model_version = serializers.IntegerField(min_value=1)
    weights = serializers.DictField(child=serializers.FloatField())
    stale = serializers.BooleanField()
    fits = serializers.BooleanField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


def scenario_json(row: Scenario) -> dict[str, Any]:
    """A scenario, and whether it still fits its model."""
    told = reads.told(row)
    return {
        "id": str(row.uuid), "name": row.name, "why": row.why, "model": str(row.scoring_model.uuid),
        "model_version": row.model_version, "weights": row.weights, "stale": told.stale, "fits": told.fits,
        "created_by": str(row.created_by) if row.created_by else None, "created_at": row.created_at,
    }  # fmt: skip


def _moves(rows: list[reads.Move]) -> list[dict[str, Any]]:
    return [
        {"item": m.item.reference, "title": m.item.title, "old": m.old or None, "new": m.new, "score": m.score, "pinned": m.pinned}
        for m in rows
    ]  # fmt: skip


class _View(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    serializer_class: ClassVar[Any] = ScenarioInput

    def product(self, key: str, action: str) -> Product:
        product = product_of(self.actor, self.workspace_id, key[:10])
        require(self.actor, action, product)
        return product

    def one(self, key: str, uuid: UUID, action: str) -> Scenario:
        rows = reads.scenarios_of(self.actor, self.product(key, action))
        found = next((row for row in rows if row.uuid == uuid), None)
        if found is None:
            raise NotVisible
        return found


class WhatIfView(_View):
    policies: ClassVar[Mapping[str, str]] = {"post": "item.view"}
    serializer_class = WhatIfInput

    @extend_schema(request=WhatIfInput, responses={200: OutcomeAnswer})
    def post(self, request: Request, key: str) -> Response:
        """The order that weights, or another model, would lead to. Nothing is stored."""
        product = self.product(key, "item.view")
        given = WhatIfInput(data=request.data)
        given.is_valid(raise_exception=True)
        model = model_in(product, given.validated_data.get("model"))
        definition = model.versions.get(version=model.version).formula
        weights = weights_clean(definition, given.validated_data.get("weights", {}))
        tried = reads.reweighted(definition, weights)
        found = reads.outcome(self.actor, product, model, tried, top=given.validated_data["top"])
        body = {name: getattr(found, name) for name in ("top", "moved", "total", "unscored")}
        rows = {name: _moves(getattr(found, name)) for name in ("rows", "enters", "leaves")}
        return Response({"model": str(model.uuid), **body, **rows})


class ScenariosView(_View):
    policies: ClassVar[Mapping[str, str]] = {"get": "scenario.view", "post": "scenario.create"}

    @extend_schema(responses=listed("Scenarios", ScenarioAnswer))
    def get(self, request: Request, key: str) -> Response:
        """The scenarios of a product, the newest first."""
        refuse_unknown(request.query_params, {"workspace"})
        rows = reads.scenarios_of(self.actor, self.product(key, "scenario.view"))
        return Response({"results": [scenario_json(row) for row in rows]})

    @extend_schema(request=ScenarioInput, responses={201: ScenarioAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Keep weights under a name. The ranking stays as it is."""
        product = self.product(key, "scenario.create")
        given = ScenarioInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        model = model_in(product, values.pop("model", None))
        made = scenario_create(
            actor=self.actor, product=product, model=model, weights=values.pop("weights", {}), **values
        )  # fmt: skip
        return Response(scenario_json(made), status=status.HTTP_201_CREATED)


class ScenarioView(_View):
    policies: ClassVar[Mapping[str, str]] = {"get": "scenario.view", "delete": "scenario.edit"}

    @extend_schema(responses=ScenarioAnswer)
    def get(self, request: Request, key: str, uuid: UUID) -> Response:
        """One scenario."""
        refuse_unknown(request.query_params, {"workspace"})
        return Response(scenario_json(self.one(key, uuid, "scenario.view")))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, key: str, uuid: UUID) -> Response:
        """Forget a scenario."""
        del request
        scenario_remove(actor=self.actor, scenario=self.one(key, uuid, "scenario.edit"))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ScenarioApplyView(_View):
    policies: ClassVar[Mapping[str, str]] = {"post": "scenario.apply"}
    version_in_body: ClassVar[tuple[str, ...]] = ("POST",)
    serializer_class = ApplyInput

    @extend_schema(request=ApplyInput, responses={200: ScenarioAnswer})
    def post(self, request: Request, key: str, uuid: UUID) -> Response:
        """Give the model these weights as a new version, with a reason, and let it rank the product."""
        row = self.one(key, uuid, "scenario.apply")
        given = ApplyInput(data=request.data)
        given.is_valid(raise_exception=True)
        scenario_apply(actor=self.actor, scenario=row, **given.validated_data)
        return Response(scenario_json(self.one(key, uuid, "scenario.apply")))
