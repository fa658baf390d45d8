"""Shared links over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.parameters import PRODUCT_REQUIRED
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of
from plm.web.accounts import public_url
from roadmap.api.places import product_asked
from roadmap.models import Share
from roadmap.selectors.shared import shares_of
from roadmap.serializers.plan import NewShareAnswer, ShareAnswer, ShareInput
from roadmap.services.shares import share_create, share_revoke

MAX_SHARES = 500


class SharesView(PlmView):
    """The links of a product."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "share.view", "post": "share.create"}
    serializer_class = ShareInput

    @extend_schema(parameters=[PRODUCT_REQUIRED], responses=listed("Shares", ShareAnswer))
    def get(self, request: Request) -> Response:
        """All links, the latest first. Their secrets are not kept."""
        refuse_unknown(request.query_params, {"product", "workspace"})
        rows = shares_of(self.actor, product_asked(self, request))[:MAX_SHARES]
        return Response({"results": [_share(row) for row in rows]})

    @extend_schema(request=ShareInput, responses={201: NewShareAnswer})
    def post(self, request: Request) -> Response:
        """Make a link. `url` is shown this once."""
        given = ShareInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        try:
            product = product_of(self.actor, self.workspace_id, values.pop("product"))
        except NotVisible:
            raise Invalid(fields={"product": "There is no such product here."}) from None
        share, secret = share_create(actor=self.actor, product=product, **values)
        body = {**_share(share), "url": public_url(request, f"/share/{secret}/")}
        return Response(
            body, status=status.HTTP_201_CREATED, headers={"Cache-Control": "private, no-store"}
        )


class ShareView(PlmView):
    """One link."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"delete": "share.edit"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Revoke the link: it opens no more."""
        del request
        rows = Share.objects.visible_to(self.actor, "share.view").select_related("product")
        share = rows.filter(workspace_id=self.workspace_id, uuid=uuid).first()
        if share is None:
            raise NotVisible
        share_revoke(actor=self.actor, share=share)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _share(row: Share) -> dict[str, Any]:
    return {
        "id": row.uuid, "product": row.product.key, "name": row.name, "view": row.view, "lanes": row.lanes,
        "created_at": row.created_at, "expires_at": row.expires_at, "revoked_at": row.revoked_at,
        "last_viewed_at": row.last_viewed_at, "open": row.is_live,
    }  # fmt: skip
