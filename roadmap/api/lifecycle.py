"""The life of a product over the API: phases, what the figures suggest, candidates for retirement, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import BacklogItem
from plm.api.records import etag, version_of
from plm.api.views import OfProduct, PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of, record_by_reference
from plm.models import Product
from plm.services.guard import require
from roadmap.selectors.lifecycle import phases_of, retirement_of, suggestion_of
from roadmap.selectors.sunset import affected_by, sunset_of
from roadmap.serializers.lifecycle import (
    EnterPhaseInput,
    LifecycleAnswer,
    PhasePlanInput,
    SunsetAnswer,
    SunsetInput,
    lifecycle_json,
    sunset_json,
)
from roadmap.services.lifecycle import phase_enter, phase_plan_set, sunset_update

TAGS: Mapping[str, str] = {"": "Roadmap"}


class LifecycleView(OfProduct):
    """The life of a product."""

    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {
        "get": "lifecycle.view",
        "post": "product.edit",
        "put": "lifecycle.edit",
    }
    serializer_class = EnterPhaseInput

    @extend_schema(responses=LifecycleAnswer)
    def get(self, request: Request, key: str) -> Response:
        """Phases with dates and gates, the phase that the figures suggest with the evidence, candidates for retirement."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._answer(self.product(key, "lifecycle.view"))

    @extend_schema(request=EnterPhaseInput, responses={200: LifecycleAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Confirm a phase, with the reason: the product is in it from now on."""
        product = self.product(key, "product.edit")
        given = EnterPhaseInput(data=request.data)
        given.is_valid(raise_exception=True)
        return self._answer(phase_enter(actor=self.actor, product=product, **given.validated_data))

    @extend_schema(request=PhasePlanInput, responses={200: LifecycleAnswer})
    def put(self, request: Request, key: str) -> Response:
        """Plan one phase, whole: when it is to begin, and the gate that has to say go before it does."""
        product = self.product(key, "lifecycle.edit")
        context = {"actor": self.actor, "workspace_id": self.workspace_id}
        given = PhasePlanInput(data=request.data, context=context)
        given.is_valid(raise_exception=True)
        phase_plan_set(actor=self.actor, product=product, **given.validated_data)
        return self._answer(product)

    def _answer(self, product: Product) -> Response:
        actor = self.actor
        return Response(
            lifecycle_json(
                product, phases_of(actor, product), suggestion_of(actor, product), retirement_of(actor, product)
            )
        )  # fmt: skip


class Ending(PlmView):
    """How something ends, and whom that hits."""

    tags = TAGS
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "lifecycle.view", "put": "lifecycle.edit"}
    serializer_class = SunsetInput

    def plan(self, request: Request, product: Product, item: BacklogItem | None) -> Response:
        """Write what was sent."""
        given = SunsetInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if values.get("successor"):
            values["successor"] = self._successor(values["successor"])
        sunset_update(
            actor=self.actor, product=product, item=item, version=version_of(request), why=values.pop("why", ""),
            values=values,
        )  # fmt: skip
        return self.told(product, item)

    def _successor(self, key: str) -> Product:
        try:
            return product_of(self.actor, self.workspace_id, key[:10])
        except NotVisible:
            raise Invalid(fields={"successor": "Give the key of a product, such as ATL."}) from None

    def told(self, product: Product, item: BacklogItem | None) -> Response:
        """The plan with its ETag."""
        plan = sunset_of(self.actor, product, item)
        affected = affected_by(self.actor, product, item)
        body: dict[str, Any] = sunset_json(product, item, plan, affected)
        return Response(body, headers={"ETag": etag(plan.version)})


class SunsetView(Ending, OfProduct):
    """How a product ends, and whom that hits."""

    @extend_schema(responses=SunsetAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The plan with its ETag, version 0 where there is none, and the customers it hits by the lineage."""
        refuse_unknown(request.query_params, {"workspace"})
        return self.told(self.product(key, "lifecycle.view"), None)

    @extend_schema(request=SunsetInput, responses={200: SunsetAnswer})
    def put(self, request: Request, key: str) -> Response:
        """Plan the end; what is left out stays. `If-Match` holds the ETag you read."""
        return self.plan(request, self.product(key, "lifecycle.edit"), None)


class ItemSunsetView(Ending):
    """How a backlog item ends, and whom that hits."""

    @extend_schema(responses=SunsetAnswer)
    def get(self, request: Request, reference: str) -> Response:
        """The plan with its ETag, version 0 where there is none, and the customers it hits by the lineage."""
        refuse_unknown(request.query_params, {"workspace"})
        item = self._item(reference, "lifecycle.view")
        return self.told(item.product, item)

    @extend_schema(request=SunsetInput, responses={200: SunsetAnswer})
    def put(self, request: Request, reference: str) -> Response:
        """Plan the end; what is left out stays. `If-Match` holds the ETag you read."""
        item = self._item(reference, "lifecycle.edit")
        return self.plan(request, item.product, item)

    def _item(self, reference: str, action: str) -> BacklogItem:
        found = record_by_reference(self.actor, self.workspace_id, reference)
        if not isinstance(found, BacklogItem):
            raise NotVisible
        require(self.actor, action, found.product)
        return found
