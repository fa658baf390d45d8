"""The balance of a product and its target shares over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.api.decide import scoring_in
from backlog.selectors import balance as reads
from backlog.serializers.balance import (
    BalanceAnswer,
    BalanceTargetsAnswer,
    BalanceTargetsInput,
    balance_json,
)
from backlog.services.share_targets import share_targets_set
from plm.api.records import etag, version_of
from plm.api.serializers import Input
from plm.api.views import OfProduct
from plm.errors import Invalid
from plm.filters import refuse_unknown
from plm.models import Product
from plm.permissions import Actor

MOST_TOP = 1000


class _Query(Input):
    scope = serializers.CharField(required=False)
    top = serializers.IntegerField(required=False, min_value=1, max_value=MOST_TOP)
    by = serializers.ChoiceField(choices=reads.MEASURES, default=reads.EFFORT)


class BalanceView(OfProduct):
    """How effort and value divide among groups of items."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view"}

    @extend_schema(
        responses=BalanceAnswer,
        parameters=[
            OpenApiParameter(
                "scope", {"type": "string", "examples": ["planned", "roadmap", "release", "top"]},
                description="Of which items: what is planned or in work if left out.",
            ),
            OpenApiParameter(
                "top", {"type": "integer", "minimum": 1, "maximum": MOST_TOP},
                description="How many places, for the scope `top`; those above the line if left out.",
            ),
            OpenApiParameter(
                "by", {"type": "string", "enum": [name for name, _ in reads.MEASURES], "default": reads.EFFORT},
                description="Which amount is held against the targets.",
            ),
        ],
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        """Shares by goal, segment and kind with their targets, and requirements by MoSCoW against the rule of DSDM. What has
        no amount or no group is counted apart.
        """
        refuse_unknown(request.query_params, {"workspace", *_Query().fields})
        product = self.product(key, "item.view")
        given = _Query(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        asked = dict(given.validated_data)
        known = [one.name for one in reads.scopes()]
        if asked.get("scope", known[0]) not in known:
            raise Invalid(fields={"scope": f"One of: {', '.join(known)}."})
        found = reads.balanced(self.actor, product, scoring_in(product), **asked)
        return Response({"product": product.key, **balance_json(found)})


class BalanceTargetsView(OfProduct):
    """Which share each kind and each segment is to have. Those of goals are on the goals (`target_share`)."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view", "put": "ranking.edit"}
    serializer_class = BalanceTargetsInput

    @extend_schema(responses=BalanceTargetsAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The groups that can have a target, and theirs in percent; null where there is none."""
        refuse_unknown(request.query_params, {"workspace"})
        return _targets(self.actor, self.product(key, "item.view"))

    @extend_schema(request=BalanceTargetsInput, responses=BalanceTargetsAnswer)
    def put(self, request: Request, key: str) -> Response:
        """Set the targets whole: a group that is left out has none. `If-Match` holds the ETag you read."""
        product = self.product(key, "ranking.edit")
        given = BalanceTargetsInput(data=request.data)
        given.is_valid(raise_exception=True)
        share_targets_set(
            actor=self.actor, product=product, version=version_of(request),
            targets=given.validated_data["targets"],
        )  # fmt: skip
        return _targets(self.actor, product)


def _targets(actor: Actor, product: Product) -> Response:
    kept = reads.share_targets(product)
    body = {
        "product": product.key,
        "groupings": [
            {
                "name": one.name, "label": one.label,
                "groups": [
                    {"key": g.key, "label": g.label, "target": kept.targets.get(one.name, {}).get(g.key)}
                    for g in one.groups(actor, product, {})
                ],
            }
            for one in reads.groupings() if one.settable
        ],
    }  # fmt: skip
    return Response(body, headers={"ETag": etag(kept.version)})
