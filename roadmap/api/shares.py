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
from plm.api.records import etag, version_of
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of
from plm.web.accounts import public_url
from roadmap.api.places import product_asked
from roadmap.models import Share, ShareViewer
from roadmap.selectors.shared import shares_of
from roadmap.serializers.shares import (
    NewShareAnswer,
    ShareAnswer,
    ShareChange,
    ShareInput,
    ViewerAnswer,
    ViewerInput,
)
from roadmap.services.share_settings import filters_given
from roadmap.services.share_viewers import share_viewer_invite, share_viewer_revoke
from roadmap.services.shares import share_create, share_revoke, share_update

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
        url = None if share.by_mail else public_url(request, f"/share/{secret}/")
        return Response(
            {**_share(share), "url": url},
            status=status.HTTP_201_CREATED,
            headers={"Cache-Control": "private, no-store"},
        )


def share_named(view: PlmView, uuid: UUID) -> Share:
    """A link of the caller's workspace. Raises NotVisible."""
    rows = Share.objects.visible_to(view.actor, "share.view").select_related("product__workspace")
    share: Share | None = rows.filter(workspace_id=view.workspace_id, uuid=uuid).first()
    if share is None:
        raise NotVisible
    return share


class ShareView(PlmView):
    """One link."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = True
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "share.view",
        "patch": "share.edit",
        "delete": "share.edit",
    }
    serializer_class = ShareChange

    @extend_schema(responses=ShareAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """What the link shows to whom, with the ETag that a change needs."""
        del request
        return self._answer(share_named(self, uuid))

    @extend_schema(request=ShareChange, responses=ShareAnswer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change it. Whatever is shown differs from the next look on; `password` "" takes the password away."""
        share = share_named(self, uuid)
        given = ShareChange(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        password, days = values.pop("password", None), values.pop("days", None)
        share = share_update(
            actor=self.actor, share=share, version=version_of(request), settings=values, days=days, password=password
        )  # fmt: skip
        return self._answer(share)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Revoke the link: it opens no more, nor do those of its viewers."""
        del request
        share_revoke(actor=self.actor, share=share_named(self, uuid))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _answer(self, share: Share) -> Response:
        return Response(_share(share), headers={"ETag": etag(share.version)})


class ShareViewersView(PlmView):
    """Who may open a link that goes by mail."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"get": "share.view", "post": "share.edit"}
    serializer_class = ViewerInput

    @extend_schema(responses=listed("Viewers", ViewerAnswer))
    def get(self, request: Request, uuid: UUID) -> Response:
        """Everybody it was sent to, whether the mail went, and when they last opened it."""
        refuse_unknown(request.query_params, {"workspace"})
        share = share_named(self, uuid)
        return Response({"results": [_viewer(row) for row in share.viewers.all()]})

    @extend_schema(request=ViewerInput, responses={201: ViewerAnswer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Send somebody a link of their own; for one who has one it is replaced."""
        share = share_named(self, uuid)
        given = ViewerInput(data=request.data)
        given.is_valid(raise_exception=True)
        viewer = share_viewer_invite(
            actor=self.actor, share=share, email=given.validated_data["email"]
        )
        return Response(_viewer(viewer), status=status.HTTP_201_CREATED)


class ShareViewerView(PlmView):
    """One viewer of a link."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    policies: ClassVar[Mapping[str, str]] = {"delete": "share.edit"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID, viewer: UUID) -> Response:
        """Take their link back; those of the others stay."""
        del request
        share = share_named(self, uuid)
        found = ShareViewer.objects.filter(share=share, uuid=viewer).first()
        if found is None:
            raise NotVisible
        found.share = share
        share_viewer_revoke(actor=self.actor, viewer=found)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _viewer(row: ShareViewer) -> dict[str, Any]:
    return {
        "id": row.uuid, "email": row.email, "mail": row.mail_state, "problem": row.mail_problem, "opened": row.opened,
        "opened_at": row.opened_at, "revoked_at": row.revoked_at,
    }  # fmt: skip


def _share(row: Share) -> dict[str, Any]:
    plain = (
        "name", "view", "lanes", "show", "grain", "colours", "by_mail", "allowed_origins", "published", "version",
        "created_at", "expires_at", "revoked_at", "last_viewed_at",
    )  # fmt: skip
    return {
        "id": row.uuid,
        "product": row.product.key,
        **{name: getattr(row, name) for name in plain},
        "filters": filters_given(row),
        "has_password": bool(row.password),
        "open": row.is_live,
    }
