"""The templates of a product's specifications over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import SpecTemplate
from backlog.services.spec_templates import (
    spec_template_create,
    spec_template_remove,
    spec_template_update,
    spec_templates_ensure,
)
from plm.api.answers import listed
from plm.api.records import etag, version_of
from plm.api.serializers import Input
from plm.api.views import PlmView
from plm.errors import NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of
from plm.models import Product
from plm.services.guard import require


def _lines() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=2000), required=False, max_length=50
    )


class SpecTemplateSerializer(Input):
    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(max_length=60)
    about = serializers.CharField(max_length=250, required=False, allow_blank=True)
    description = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    problem = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    audience = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    goals = _lines()
    non_goals = _lines()
    questions = _lines()
    version = serializers.IntegerField(read_only=True)


class _View(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Specification"}
    serializer_class: ClassVar[Any] = SpecTemplateSerializer

    def product(self, key: str, action: str) -> Product:
        product = product_of(self.actor, self.workspace_id, key[:10])
        require(self.actor, action, product)
        return product

    def values(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        given = SpecTemplateSerializer(data=request.data, partial=partial)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def one(self, key: str, uuid: UUID, action: str) -> SpecTemplate:
        rows = SpecTemplate.objects.live().filter(product=self.product(key, action), uuid=uuid)
        found = rows.select_related("product").first()
        if not isinstance(found, SpecTemplate):
            raise NotVisible
        return found

    def answer(self, row: SpecTemplate, code: int = status.HTTP_200_OK) -> Response:
        body = SpecTemplateSerializer(row).data
        return Response(body, status=code, headers={"ETag": etag(row.version)})


class SpecTemplatesView(_View):
    policies: ClassVar[Mapping[str, str]] = {
        "get": "spec_template.view",
        "post": "spec_template.create",
    }

    @extend_schema(responses=listed("SpecTemplates", SpecTemplateSerializer))
    def get(self, request: Request, key: str) -> Response:
        """What a specification of the product may begin with."""
        refuse_unknown(request.query_params, {"workspace"})
        product = self.product(key, "spec_template.view")
        spec_templates_ensure(product=product)
        rows = SpecTemplate.objects.live().filter(product=product)
        return Response({"results": SpecTemplateSerializer(rows, many=True).data})

    @extend_schema(responses={201: SpecTemplateSerializer})
    def post(self, request: Request, key: str) -> Response:
        """Add a template."""
        product = self.product(key, "spec_template.create")
        row = spec_template_create(actor=self.actor, product=product, values=self.values(request))
        return self.answer(row, status.HTTP_201_CREATED)


class SpecTemplateView(_View):
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "spec_template.view",
        "patch": "spec_template.edit",
        "delete": "spec_template.edit",
    }

    def get(self, request: Request, key: str, uuid: UUID) -> Response:
        """One template, with its ETag."""
        refuse_unknown(request.query_params, {"workspace"})
        return self.answer(self.one(key, uuid, "spec_template.view"))

    def patch(self, request: Request, key: str, uuid: UUID) -> Response:
        """Change a template you have read (`If-Match`)."""
        found = self.one(key, uuid, "spec_template.edit")
        values = self.values(request, partial=True)
        row = spec_template_update(
            actor=self.actor, template=found, version=version_of(request), values=values
        )
        return self.answer(row)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, key: str, uuid: UUID) -> Response:
        """Offer a template no longer; what it began stays."""
        del request
        found = self.one(key, uuid, "spec_template.edit")
        spec_template_remove(actor=self.actor, template=found)
        return Response(status=status.HTTP_204_NO_CONTENT)
