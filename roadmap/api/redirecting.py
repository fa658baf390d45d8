"""The open ideas of a product that ends, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.shared import job_json
from plm.api.views import OfProduct
from plm.filters import refuse_unknown
from plm.models import Product
from plm.permissions import Actor
from roadmap.selectors.redirecting import redirection_of
from roadmap.selectors.sunset import sunset_of
from roadmap.serializers.lifecycle import RedirectAnswer, RedirectInput, TakeBackInput
from roadmap.services.redirecting import ideas_redirect, ideas_take_back_ask, reversals_of


class SunsetIdeasView(OfProduct):
    """What becomes of the open ideas of a product that ends."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "lifecycle.edit", "post": "lifecycle.edit"}
    serializer_class = RedirectInput

    @extend_schema(responses=RedirectAnswer)
    def get(self, request: Request, key: str) -> Response:
        """What redirecting would do now: nothing is done."""
        refuse_unknown(request.query_params, {"workspace"})
        return Response(_told(self.actor, self.product(key, "lifecycle.edit")))

    @extend_schema(request=RedirectInput, responses={202: RedirectAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Have a job do exactly what was shown as `seen`; 412 where the open ideas are others by now."""
        product = self.product(key, "lifecycle.edit")
        given = RedirectInput(data=request.data)
        given.is_valid(raise_exception=True)
        ideas_redirect(actor=self.actor, product=product, **given.validated_data)
        return Response(_told(self.actor, product), status=status.HTTP_202_ACCEPTED)


class SunsetIdeasBackView(OfProduct):
    """Taking a redirection back."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"post": "lifecycle.edit"}
    serializer_class = TakeBackInput

    @extend_schema(request=TakeBackInput, responses={202: RedirectAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Have a job take a whole redirection back, but for the ideas that were decided or used since."""
        product = self.product(key, "lifecycle.edit")
        given = TakeBackInput(data=request.data)
        given.is_valid(raise_exception=True)
        ideas_take_back_ask(
            actor=self.actor, product=product, redirection=given.validated_data["id"]
        )
        return Response(_told(self.actor, product), status=status.HTTP_202_ACCEPTED)


def _told(actor: Actor, product: Product) -> dict[str, Any]:
    found = redirection_of(actor, product, sunset_of(actor, product, None))
    return {
        "target": found.target.key if found.target else None, "count": found.count, "votes": found.votes,
        "published": found.published, "told": found.told, "ideas": [idea.reference for idea in found.ideas],
        "seen": found.seen, "missing": found.missing, "job": job_json(found.job) if found.job else None,
        "redirections": [
            {
                "id": one.of.redirection, "at": one.of.at, "by": str(one.of.by or ""), "ideas": one.of.count,
                "target": one.of.target.key if one.of.target else None, "back": one.back, "left": one.left,
                "stay": [{"reference": idea.reference, "why": why} for idea, why in one.stay],
                "barred": one.barred,
            }
            for one in reversals_of(actor, product)
        ],
    }  # fmt: skip
