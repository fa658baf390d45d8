"""Portal and boards over the API, for clients that set them up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.models import Board, Person
from ideas.selectors.boards import boards_with_all, fields_to_ask, portal_settings
from ideas.serializers.portal import BoardSerializer, LinkAnswer, PortalSerializer
from ideas.services.boards import (
    Ask,
    board_create,
    board_link_make,
    board_link_revoke,
    board_remove,
    board_update,
)
from ideas.services.portals import portal_update
from plm.api.answers import listed
from plm.api.records import etag, version_of
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.kinds import product_of
from plm.models import Product


class PortalView(PlmView):
    """How a product's portal looks and works. The logo is set on the settings page."""

    tags: ClassVar[Mapping[str, str]] = {"": "Portal"}
    policies: ClassVar[Mapping[str, str]] = {"get": "product.view", "patch": "portal.edit"}
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    serializer_class = PortalSerializer

    def get(self, request: Request, key: str) -> Response:
        """How the portal of a product is set, with its ETag."""
        del request
        product = product_of(self.actor, self.workspace_id, key[:10])
        return self.answer(portal_settings(product))

    def patch(self, request: Request, key: str) -> Response:
        """Change the settings you have read (`If-Match`). What is left out stays."""
        product = product_of(self.actor, self.workspace_id, key[:10])
        given = PortalSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        saved = portal_update(
            actor=self.actor, product=product, version=version_of(request), values=dict(given.validated_data)
        )  # fmt: skip
        return self.answer(saved)

    def answer(self, portal: Any) -> Response:
        return Response(PortalSerializer(portal).data, headers={"ETag": etag(portal.version)})


class _View(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Portal"}
    serializer_class: ClassVar[Any] = BoardSerializer

    def rows(self) -> QuerySet[Board]:
        seen = Board.objects.visible_to(self.actor, "product.view")
        return boards_with_all(seen.filter(workspace_id=self.workspace_id))

    def one(self, uuid: UUID) -> Board:
        found = self.rows().filter(uuid=uuid).first()
        if found is None:
            raise NotVisible
        return found

    def taken(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        given = BoardSerializer(
            data=request.data, partial=partial, context={"workspace_id": self.workspace_id}
        )
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def answer(self, uuid: UUID, code: int = status.HTTP_200_OK) -> Response:
        board = self.one(uuid)
        return Response(
            BoardSerializer(board).data, status=code, headers={"ETag": etag(board.version)}
        )


def _people(workspace_id: int, values: dict[str, Any]) -> list[Person] | None:
    """The people that a call names, taken out of its values; None where it names nobody at all."""
    wanted = values.pop("people", None)
    if wanted is None:
        return None
    found = list(Person.objects.live().filter(workspace_id=workspace_id, uuid__in=wanted))
    if len(found) != len(set(wanted)):
        raise Invalid(fields={"people": "Give the ids of people of this workspace."})
    return found


def _asks(product: Product, values: dict[str, Any]) -> list[Ask] | None:
    """What the form shall ask for, by the names of the product's fields, taken out of the values of a call."""
    rows = values.pop("asks", None)
    if rows is None:
        return None
    fields = {field.name: field for field in fields_to_ask(product)}
    if any(row["field"] not in fields for row in rows):
        known = ", ".join(fields) or "none yet"
        raise Invalid(fields={"asks": f"Fields that a form may ask for are: {known}."})
    return [(fields[row["field"]], row["required"]) for row in rows]


class BoardsView(_View):
    policies: ClassVar[Mapping[str, str]] = {"get": "product.view", "post": "portal.edit"}
    workspace_wide = True

    @extend_schema(responses=listed("Boards", BoardSerializer))
    def get(self, request: Request) -> Response:
        """The boards of all products you see, in the order of each portal: the first thousand."""
        del request
        rows = self.rows().order_by("product__key", "position", "pk")[:1000]
        return Response({"results": BoardSerializer(rows, many=True).data})

    @extend_schema(responses={201: BoardSerializer})
    def post(self, request: Request) -> Response:
        """Make a board of a product's portal."""
        values = self.taken(request)
        product = product_of(self.actor, self.workspace_id, values.pop("product")["key"])
        people, asks = _people(self.workspace_id, values), _asks(product, values)
        made = board_create(
            actor=self.actor, product=product, values=values, people=people, asks=asks
        )
        return self.answer(made.uuid, status.HTTP_201_CREATED)


class BoardView(_View):
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "product.view", "patch": "portal.edit", "delete": "portal.edit"
    }  # fmt: skip

    def get(self, request: Request, uuid: UUID) -> Response:
        """One board, with its ETag."""
        del request
        return self.answer(uuid)

    def patch(self, request: Request, uuid: UUID) -> Response:
        """Change a board you have read (`If-Match`). It stays with its product."""
        board, values = self.one(uuid), self.taken(request, partial=True)
        if values.pop("product", {"key": board.product.key})["key"] != board.product.key:
            raise Invalid(fields={"product": "A board stays with its product."})
        people, asks = _people(self.workspace_id, values), _asks(board.product, values)
        board_update(
            actor=self.actor, board=board, version=version_of(request), values=values, people=people, asks=asks
        )  # fmt: skip
        return self.answer(uuid)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Take an empty board away."""
        del request
        board_remove(actor=self.actor, board=self.one(uuid))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BoardLinkView(_View):
    policies: ClassVar[Mapping[str, str]] = {"post": "portal.edit", "delete": "portal.edit"}
    serializer_class = LinkAnswer

    @extend_schema(request=None, responses={201: LinkAnswer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """A new secret for a board that is opened by a link, told this once; the one before opens nothing any more."""
        del request
        secret = board_link_make(actor=self.actor, board=self.one(uuid))
        return Response({"secret": secret}, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Take the link back."""
        del request
        board_link_revoke(actor=self.actor, board=self.one(uuid))
        return Response(status=status.HTTP_204_NO_CONTENT)
