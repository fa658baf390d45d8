"""What a team adds to a product itself, over the API: custom fields and saved views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import CustomFieldAnswer, SavedViewAnswer, listed
from plm.api.parameters import PRODUCT_REQUIRED
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import kind_named, product_of
from plm.models import CustomField, Product, SavedView
from plm.models.note import FIELD_TYPES
from plm.selectors import views_for
from plm.services.fields import custom_field_archive, custom_field_create
from plm.services.notes import saved_view_create, saved_view_delete

KIND = "Kind of record, such as idea."
TAGS: Mapping[str, str] = {"": "Fields and views"}


class ProductView(PlmView):
    """Base of lists that hang on one product, named by `product`, and mostly on one kind of record."""

    def place(self, given: Mapping[str, Any]) -> tuple[Product, str]:
        """(product, name of the kind or empty). Raises Invalid with the field."""
        key, kind = given.get("product"), given.get("kind") or ""
        if not isinstance(key, str) or not key:
            raise Invalid(fields={"product": "Give the key of the product, such as ATL."})
        try:
            product = product_of(self.actor, self.workspace_id, key[:10])
        except NotVisible:
            raise Invalid(fields={"product": "There is no such product here."}) from None
        try:
            return product, kind_named(str(kind)).name if kind else ""
        except NotVisible:
            raise Invalid(fields={"kind": "There is no such kind of record."}) from None


class CustomFieldInput(Input):
    product = serializers.CharField(max_length=10)
    kind = serializers.CharField(max_length=24)
    label = serializers.CharField(max_length=80)  # type: ignore[assignment] # a field named like an attribute of fields
    type = serializers.ChoiceField(choices=FIELD_TYPES)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=200
    )
    required = serializers.BooleanField(default=False)  # type: ignore[assignment] # likewise


class CustomFieldsView(ProductView):
    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {"get": "product.view", "post": "field.edit"}
    serializer_class = CustomFieldInput

    @extend_schema(
        parameters=[PRODUCT_REQUIRED, OpenApiParameter("kind", str, description=KIND)],
        responses=listed("CustomFields", CustomFieldAnswer),
    )
    def get(self, request: Request) -> Response:
        """The fields a product has added, of one kind or of all."""
        refuse_unknown(request.query_params, {"product", "kind", "workspace"})
        product, kind = self.place(request.query_params)
        rows = CustomField.objects.visible_to(self.actor).filter(product=product, archived_at=None)
        rows = rows.filter(kind=kind) if kind else rows
        return Response(
            {"results": [_field(row) for row in rows.order_by("kind", "position", "pk")]}
        )

    @extend_schema(request=CustomFieldInput, responses={201: CustomFieldAnswer})
    def post(self, request: Request) -> Response:
        """Add a field to one kind of record of a product."""
        given = CustomFieldInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        product, kind = self.place({"product": values.pop("product"), "kind": values.pop("kind")})
        row = custom_field_create(actor=self.actor, product=product, kind=kind, **values)
        return Response(_field(row), status=status.HTTP_201_CREATED)


def _field(row: CustomField) -> dict[str, Any]:
    return {
        "id": row.uuid, "kind": row.kind, "name": row.name, "label": row.label, "type": row.type,
        "choices": row.choices, "required": row.required,
    }  # fmt: skip


class CustomFieldView(PlmView):
    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {"delete": "field.edit"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Take the field off forms and pages; entered values stay stored."""
        del request
        rows = CustomField.objects.visible_to(self.actor).filter(workspace_id=self.workspace_id)
        row = rows.select_related("product").filter(uuid=uuid, archived_at=None).first()
        if row is None:
            raise NotVisible
        custom_field_archive(actor=self.actor, field=row)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SavedViewInput(Input):
    product = serializers.CharField(max_length=10)
    kind = serializers.CharField(max_length=24)
    name = serializers.CharField(max_length=60)
    query = serializers.CharField(max_length=1000, allow_blank=True, default="")
    shared = serializers.BooleanField(default=False)


class SavedViewsView(ProductView):
    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {"get": "record.view", "post": "record.follow"}
    serializer_class = SavedViewInput

    @extend_schema(
        parameters=[
            PRODUCT_REQUIRED,
            OpenApiParameter("kind", str, required=True, description=KIND),
        ],
        responses=listed("SavedViews", SavedViewAnswer),
    )
    def get(self, request: Request) -> Response:
        """Saved views of a list: the caller's own, and those others share."""
        refuse_unknown(request.query_params, {"product", "kind", "workspace"})
        product, kind = self.place(request.query_params)
        if not kind:
            raise Invalid(fields={"kind": "Give the kind of record, such as idea."})
        rows = views_for(self.actor, product.pk, kind)
        return Response({"results": [_view(row, self.actor.user_id) for row in rows]})

    @extend_schema(request=SavedViewInput, responses={201: SavedViewAnswer})
    def post(self, request: Request) -> Response:
        """Keep a list: `query` is its query string. The same name replaces it."""
        given = SavedViewInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        product, kind = self.place({"product": values.pop("product"), "kind": values.pop("kind")})
        row = saved_view_create(actor=self.actor, product=product, kind=kind, **values)
        return Response(_view(row, self.actor.user_id), status=status.HTTP_201_CREATED)


def _view(row: SavedView, user_id: int | None) -> dict[str, Any]:
    return {
        "id": row.uuid, "kind": row.kind, "name": row.name, "query": row.query, "shared": row.shared,
        "mine": row.owner_id == user_id,
    }  # fmt: skip


class SavedViewView(PlmView):
    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {"delete": "record.follow"}

    @extend_schema(responses={204: None})
    def delete(self, request: Request, uuid: UUID) -> Response:
        """Forget a view: one's own, or a shared one as a product manager."""
        del request
        rows = SavedView.objects.visible_to(self.actor).filter(workspace_id=self.workspace_id)
        row = rows.select_related("product").filter(uuid=uuid).first()
        if row is None or not (row.shared or row.owner_id == self.actor.user_id):
            raise NotVisible
        saved_view_delete(actor=self.actor, view=row)
        return Response(status=status.HTTP_204_NO_CONTENT)
