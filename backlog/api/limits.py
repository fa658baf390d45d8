"""The limits of a product's board over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from zlib import crc32

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models.sprint import LIMITED_STATES, limits_mark
from backlog.selectors.board import wip_limits
from backlog.serializers.limits import WipLimitsAnswer, WipLimitsInput
from backlog.services.sprints import wip_limits_set
from plm.api.records import version_of
from plm.api.views import PlmView
from plm.errors import Stale
from plm.filters import refuse_unknown
from plm.kinds import product_of
from plm.models import Product
from plm.services.guard import require


class WipLimitsView(PlmView):
    """How many items may stand in each column of a product's board."""

    tags: ClassVar[Mapping[str, str]] = {"": "Delivery"}
    single = True
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view", "put": "board.edit"}
    serializer_class = WipLimitsInput

    def _product(self, key: str, action: str) -> Product:
        product = product_of(self.actor, self.workspace_id, key[:10])
        require(self.actor, action, product)
        return product

    @extend_schema(responses=WipLimitsAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The columns that may have a limit, and theirs; `limit` is null where there is none."""
        refuse_unknown(request.query_params, {"workspace"})
        return _answer(self._product(key, "item.view"))

    @extend_schema(request=WipLimitsInput, responses=WipLimitsAnswer)
    def put(self, request: Request, key: str) -> Response:
        """Set the limits whole: a column that is left out has none. `If-Match` holds the ETag you read."""
        product = self._product(key, "board.edit")
        given = WipLimitsInput(data=request.data)
        given.is_valid(raise_exception=True)
        mark = limits_mark(wip_limits(product))
        if version_of(request) != _number(mark):
            raise Stale("Somebody changed the limits since you read them.")
        wip_limits_set(actor=self.actor, product=product, limits=given.limits_by_state(), seen=mark)
        return _answer(product)


def _number(mark: str) -> int:
    """The mark of the limits as a number, for an ETag like those of records."""
    return crc32(mark.encode()) % 10**9


def _answer(product: Product) -> Response:
    rows = wip_limits(product)
    limits: list[dict[str, Any]] = [
        {
            "state": state,
            "limit": rows[state].limit if state in rows else None,
            "hard": rows[state].hard if state in rows else True,
        }
        for state in LIMITED_STATES
    ]
    body = {"product": product.key, "limits": limits}
    return Response(body, headers={"ETag": f'"{_number(limits_mark(rows))}"'})
