"""The tree of a workspace over the API: portfolios and lines, where products stand, components."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import Answer, listed
from plm.api.records import etag, version_of
from plm.api.serializers import Input
from plm.api.views import OfProduct, PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.models import Component, Product, ProductGroup, Workspace
from plm.models.product import LEVELS
from plm.services.hierarchy import (
    DOWN,
    UP,
    component_archive,
    component_create,
    component_shift,
    component_update,
    group_create,
    group_delete,
    group_shift,
    group_update,
    product_place,
    product_shift,
)

TAGS: Mapping[str, str] = {"": "Product tree"}
MOVES = (UP, DOWN)
MOVE_HELP = "One place among its neighbours."


class GroupAnswer(Answer):
    id = serializers.UUIDField()
    level = serializers.ChoiceField(choices=LEVELS)
    name = serializers.CharField()
    parent = serializers.UUIDField(allow_null=True, help_text="The portfolio of a line.")  # type: ignore[assignment] # a field named like an attribute
    position = serializers.IntegerField(min_value=0, help_text="Its order among its neighbours.")
    version = serializers.IntegerField(min_value=1)


class GroupInput(Input):
    level = serializers.ChoiceField(choices=LEVELS)
    name = serializers.CharField(max_length=120)
    parent = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment] # likewise


class GroupChange(Input):
    name = serializers.CharField(max_length=120, required=False)
    parent = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment] # likewise
    move = serializers.ChoiceField(choices=MOVES, required=False, help_text=MOVE_HELP)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class GroupsView(PlmView):
    """Portfolios and product lines."""

    tags = TAGS
    workspace_wide = True
    policies: ClassVar[Mapping[str, str]] = {"get": "product.view", "post": "product_group.edit"}
    serializer_class = GroupInput

    @extend_schema(responses=listed("ProductGroups", GroupAnswer))
    def get(self, request: Request) -> Response:
        """Those above a product that the caller may see; all of them for an admin."""
        refuse_unknown(request.query_params, {"workspace"})
        rows = _groups(self).order_by("position", "name")
        return Response({"results": [_group(row) for row in rows]})

    @extend_schema(request=GroupInput, responses={201: GroupAnswer})
    def post(self, request: Request) -> Response:
        """Add a portfolio, or a line that may stand below one."""
        values = _given(GroupInput, request)
        workspace = Workspace.objects.get(pk=self.workspace_id)
        values["parent"] = _found(self, "parent", values.get("parent"))
        made = group_create(actor=self.actor, workspace=workspace, **values)
        return Response(_group(made), status=status.HTTP_201_CREATED)


class GroupView(PlmView):
    """One portfolio or product line."""

    tags = TAGS
    workspace_wide = True
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "product.view", "patch": "product_group.edit", "delete": "product_group.edit",
    }  # fmt: skip
    serializer_class = GroupChange

    @extend_schema(responses=GroupAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """Its name and place; its figures stand in `portfolio/tree/`."""
        refuse_unknown(request.query_params, {"workspace"})
        return _answer(_one(self, uuid), _group)

    @extend_schema(request=GroupChange, responses=GroupAnswer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Rename it, put a line below another portfolio, or move it up or down. `If-Match` holds the ETag you read."""
        row, values = _one(self, uuid), _given(GroupChange, request)
        reason, move = values.pop("reason", ""), values.pop("move", "")
        if "parent" in values:
            values["parent"] = _found(self, "parent", values["parent"])
        row = group_update(
            actor=self.actor, group=row, version=version_of(request), values=values, reason=reason
        )
        if move:
            group_shift(actor=self.actor, group=row, direction=move)
        return _answer(_one(self, uuid), _group)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Take away one with nothing in it; 409 otherwise."""
        del request
        group_delete(actor=self.actor, group=_one(self, uuid))
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlaceInput(Input):
    group = serializers.UUIDField(allow_null=True, required=False)
    reason = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="Needed when it leaves a group that it stands in.",
    )
    move = serializers.ChoiceField(choices=MOVES, required=False, help_text=MOVE_HELP)


class PlaceAnswer(Answer):
    product = serializers.CharField(help_text="Its key.")
    group = serializers.UUIDField(allow_null=True)
    position = serializers.IntegerField(min_value=0)


class ProductPlaceView(OfProduct):
    """Where a product stands in the tree."""

    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {"get": "product.view", "post": "product_group.edit"}
    serializer_class = PlaceInput

    @extend_schema(responses=PlaceAnswer)
    def get(self, request: Request, key: str) -> Response:
        """The portfolio or line it stands in, or null."""
        refuse_unknown(request.query_params, {"workspace"})
        return Response(_place(self.product(key, "product.view")))

    @extend_schema(request=PlaceInput, responses=PlaceAnswer)
    def post(self, request: Request, key: str) -> Response:
        """Put it into a portfolio or line, or into none with null; or move it up or down among its neighbours."""
        product = self.product(key, "product_group.edit")
        values = _given(PlaceInput, request)
        if "group" in values:
            group = _found(self, "group", values["group"])
            product = product_place(
                actor=self.actor, product=product, group=group, reason=values.get("reason", "")
            )
        if values.get("move"):
            product_shift(actor=self.actor, product=product, direction=values["move"])
        return Response(_place(self.product(key, "product.view")))


class ComponentAnswer(Answer):
    id = serializers.UUIDField()
    product = serializers.CharField(help_text="The key of its product.")
    name = serializers.CharField()
    position = serializers.IntegerField(min_value=0)
    version = serializers.IntegerField(min_value=1)


class ComponentInput(Input):
    name = serializers.CharField(max_length=120)


class ComponentChange(Input):
    name = serializers.CharField(max_length=120, required=False)
    move = serializers.ChoiceField(choices=MOVES, required=False, help_text=MOVE_HELP)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ComponentsView(OfProduct):
    """The components of a product."""

    tags = TAGS
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "component.view", "post": "component.edit"}
    serializer_class = ComponentInput

    @extend_schema(responses=listed("Components", ComponentAnswer))
    def get(self, request: Request, key: str) -> Response:
        """Those that items can belong to, in their order."""
        refuse_unknown(request.query_params, {"workspace"})
        product = self.product(key, "component.view")
        rows = Component.objects.visible_to(self.actor, "component.view").live()
        found = rows.filter(product=product).select_related("product")
        return Response({"results": [_component(row) for row in found]})

    @extend_schema(request=ComponentInput, responses={201: ComponentAnswer})
    def post(self, request: Request, key: str) -> Response:
        """Add one; one of that name that was put away comes back."""
        product = self.product(key, "component.edit")
        values = _given(ComponentInput, request)
        made = component_create(actor=self.actor, product=product, name=values["name"])
        return Response(_component(made), status=status.HTTP_201_CREATED)


class ComponentView(PlmView):
    """One component."""

    tags = TAGS
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "component.view", "patch": "component.edit", "delete": "component.edit",
    }  # fmt: skip
    serializer_class = ComponentChange

    def component(self, uuid: UUID) -> Component:
        rows = Component.objects.visible_to(self.actor, "component.view").live()
        row = rows.filter(workspace_id=self.workspace_id, uuid=uuid).select_related("product")
        found = row.first()
        if found is None:
            raise NotVisible
        return found

    @extend_schema(responses=ComponentAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """Its name; its items are those of `items/?component=`."""
        refuse_unknown(request.query_params, {"workspace"})
        return _answer(self.component(uuid), _component)

    @extend_schema(request=ComponentChange, responses=ComponentAnswer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Rename it or move it up or down. `If-Match` holds the ETag you read."""
        row, values = self.component(uuid), _given(ComponentChange, request)
        component_update(
            actor=self.actor, component=row, version=version_of(request), name=values.get("name", row.name),
            reason=values.get("reason", ""),
        )  # fmt: skip
        if values.get("move"):
            component_shift(actor=self.actor, component=row, direction=values["move"])
        return _answer(self.component(uuid), _component)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Put it away: its items keep it, and it can be chosen no more."""
        del request
        component_archive(actor=self.actor, component=self.component(uuid))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _given(shape: type[Input], request: Request) -> dict[str, Any]:
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _groups(view: PlmView) -> Any:
    rows = ProductGroup.objects.visible_to(view.actor).filter(workspace_id=view.workspace_id)
    return rows.select_related("parent")


def _one(view: PlmView, uuid: UUID) -> ProductGroup:
    found: ProductGroup | None = _groups(view).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _found(view: PlmView, name: str, uuid: UUID | None) -> ProductGroup | None:
    """The group that a body names. Raises Invalid with the field."""
    found: ProductGroup | None = _groups(view).filter(uuid=uuid).first() if uuid else None
    if uuid and found is None:
        raise Invalid(fields={name: "There is no such portfolio or product line here."})
    return found


def _group(row: ProductGroup) -> dict[str, Any]:
    return {
        "id": row.uuid, "level": row.level, "name": row.name, "parent": row.parent.uuid if row.parent else None,
        "position": row.position, "version": row.version,
    }  # fmt: skip


def _component(row: Component) -> dict[str, Any]:
    return {
        "id": row.uuid, "product": row.product.key, "name": row.name, "position": row.position, "version": row.version,
    }  # fmt: skip


def _place(product: Product) -> dict[str, Any]:
    group = product.group
    return {
        "product": product.key,
        "group": group.uuid if group else None,
        "position": product.position,
    }


def _answer(row: Any, shown: Any) -> Response:
    response = Response(shown(row))
    response["ETag"] = etag(row.version)
    return response
