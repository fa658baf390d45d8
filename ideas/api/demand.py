"""How demand is weighed in a product, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.selectors.demand import demand_options
from ideas.serializers.ideas import DemandOptionsSerializer
from ideas.services.demand import demand_options_set
from plm.api.views import PlmView
from plm.kinds import product_of


class DemandOptionsView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    policies: ClassVar[Mapping[str, str]] = {"get": "product.view", "put": "demand.edit"}
    serializer_class = DemandOptionsSerializer

    def get(self, request: Request, key: str) -> Response:
        """How the product weighs demand."""
        del request
        product = product_of(self.actor, self.workspace_id, key[:10])
        return Response(DemandOptionsSerializer(demand_options(product)).data)

    @extend_schema(responses=DemandOptionsSerializer)
    def put(self, request: Request, key: str) -> Response:
        """Say how the product weighs demand. What is left out stays; the figures follow by a job."""
        product = product_of(self.actor, self.workspace_id, key[:10])
        given = DemandOptionsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        saved = demand_options_set(actor=self.actor, product=product, values=values)
        return Response(DemandOptionsSerializer(saved).data)
