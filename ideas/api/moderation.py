"""What customers sent in and waits for the team, over the API, and the rules by which it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.models import ModerationRules
from ideas.models.portal_people import POST_STATES
from ideas.selectors.moderation import moderation_posts, moderation_rules
from ideas.serializers.moderation import (
    DecisionAnswer,
    DecisionBody,
    ModerationSerializer,
    PostSerializer,
)
from ideas.services.moderation import moderation_update, posts_publish, posts_reject
from plm.api.answers import paged
from plm.api.parameters import PAGED, order_of
from plm.api.records import etag, version_of
from plm.api.views import PlmView
from plm.errors import InvalidQuery
from plm.filters import refuse_unknown
from plm.kinds import product_of
from plm.models import Product
from plm.paging import ordering_for, page_size, paginate

ORDERS = {"created": "created_at"}
STATES = [name for name, _label in POST_STATES]
DECIDE = {"publish": posts_publish, "reject": posts_reject}


class _View(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Portal"}

    def product(self, key: str) -> Product:
        return product_of(self.actor, self.workspace_id, key[:10])


class ModerationView(_View):
    """Which posts of customers wait for the team."""

    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "product.view", "patch": "portal.edit"}
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    serializer_class = ModerationSerializer

    def get(self, request: Request, key: str) -> Response:
        """The rules by which posts wait for the team, with their ETag."""
        del request
        return self.answer(moderation_rules(self.product(key)))

    def patch(self, request: Request, key: str) -> Response:
        """Change the rules you have read (`If-Match`), for what comes in from now on. What is left out stays."""
        product = self.product(key)
        given = ModerationSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        saved = moderation_update(
            actor=self.actor, product=product, version=version_of(request), values=dict(given.validated_data)
        )  # fmt: skip
        return self.answer(saved)

    def answer(self, rules: ModerationRules) -> Response:
        return Response(ModerationSerializer(rules).data, headers={"ETag": etag(rules.version)})


class PostsView(_View):
    policies: ClassVar[Mapping[str, str]] = {"get": "idea.view"}
    serializer_class = PostSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "state",
                {"type": "string", "enum": STATES, "default": "held"},
                description="Held: what waits for the team. Ideas that were published on their own page count as published.",
            ),
            order_of(ORDERS, "created"),
            *PAGED,
        ],
        responses=paged("Posts", PostSerializer),
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        """What customers sent in to a product's portal: by default what waits, oldest first."""
        params = request.query_params
        refuse_unknown(params, {"state", "order", "cursor", "size", "workspace"})
        state = params.get("state", "held")
        if state not in STATES:
            raise InvalidQuery(fields={"state": f"Choose one of: {', '.join(STATES)}."})
        rows = moderation_posts(self.actor, self.product(key), state)
        page = paginate(
            rows, ordering=ordering_for(rows, params.get("order", "created"), ORDERS),
            cursor=params.get("cursor", ""), size=page_size(params.get("size")), binding=f"{request.path}|{state}",
        )  # fmt: skip
        body: dict[str, Any] = {"results": PostSerializer(page.rows, many=True).data}
        return Response({**body, "next_cursor": page.next_cursor or None})


class PostsDecideView(_View):
    verb = True
    policies: ClassVar[Mapping[str, str]] = {"post": "portal.edit"}
    serializer_class = DecisionBody

    @extend_schema(request=DecisionBody, responses=DecisionAnswer)
    def post(self, request: Request, key: str) -> Response:
        """Publish posts that wait, or put them away. What was decided in the meantime is left as it is."""
        product = self.product(key)
        given = DecisionBody(data=request.data)
        given.is_valid(raise_exception=True)
        decide = DECIDE[given.validated_data["decision"]]
        count = decide(
            actor=self.actor, product=product, posts=given.validated_data["posts"],
            reason=given.validated_data["reason"].strip(),
        )  # fmt: skip
        return Response({"decided": count})
