"""Companies and people over the API: lists, one, create, change, and create-or-change by external id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from ideas.api.customer_merging import MergingOfCustomers
from ideas.api.customer_upserts import UpsertsOfCustomers
from ideas.filters.customers import CompanyFilter, PersonFilter
from ideas.models import Company, Person
from ideas.serializers.customers import CompanySerializer, EraseBody, PersonSerializer
from ideas.services import customers
from ideas.services.erasing import erasure_ask
from plm.api.answers import paged
from plm.api.pages import next_address
from plm.api.parameters import PAGED, order_of
from plm.api.records import etag, version_of
from plm.api.views import PlmView
from plm.errors import Invalid, InvalidQuery, NotVisible
from plm.filters import misread, refuse_unknown
from plm.models import Workspace
from plm.paging import ordering_for, page_size, paginate
from plm.selectors import members_of


class CustomerViewSet(MergingOfCustomers, UpsertsOfCustomers, ViewSetMixin, PlmView):
    """What companies and people have in common."""

    workspace_wide = True
    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    model: ClassVar[Any]
    noun: ClassVar[str]
    shape: ClassVar[type[serializers.Serializer[Any]]]
    filters: ClassVar[Any]
    create_service: ClassVar[Callable[..., Any]]
    update_service: ClassVar[Callable[..., Any]]
    orders: ClassVar[Mapping[str, str]] = {"name": "name", "created": "created_at"}
    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-f-]{36}"

    def rows(self) -> Any:
        found = self.model.objects.visible_to(self.actor, f"{self.noun}.view").filter(
            workspace_id=self.workspace_id
        )
        return found.select_related("merged_into", "company" if self.model is Person else "owner")

    @staticmethod
    def uuid_of(text: str) -> UUID:
        return _uuid(text)

    def one(self, **match: Any) -> Any:
        found = self.rows().filter(**match).first()
        if found is None:
            raise NotVisible
        return found

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, description="Words it contains."),
            OpenApiParameter("external_id", str), OpenApiParameter("archived", bool), *PAGED,
        ],
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """A page of them, archived ones included with their `archived_at`."""
        params = request.query_params
        known = set(self.filters.base_filters)
        refuse_unknown(params, known | {"order", "cursor", "size", "workspace"})
        asked = {name: params[name] for name in sorted(known & set(params))}
        filters = self.filters(asked, self.rows())
        filters.is_valid()
        wrong = {name: " ".join(map(str, texts)) for name, texts in filters.errors.items()}
        wrong |= misread(filters, by_client=True)
        if wrong:
            raise InvalidQuery("A filter does not fit.", fields=wrong)
        rows = filters.qs
        page = paginate(
            rows,
            ordering=ordering_for(rows, params.get("order", "name"), self.orders),
            cursor=params.get("cursor", ""),
            size=page_size(params.get("size")),
            binding=urlencode(asked),
        )
        following = next_address(self.request, page.next_cursor)
        return Response({"results": self.shown(page.rows), "next": following})

    def shown(self, rows: Any) -> Any:
        return self.shape(rows, many=True).data

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.shape(row).data, status=code, headers={"ETag": etag(row.version)})

    def retrieve(self, request: Request, uuid: str) -> Response:
        """One of them, with its ETag."""
        del request
        return self.answer(self.one(uuid=_uuid(uuid)))

    def given(self, data: Any, *, partial: bool = False) -> dict[str, Any]:
        """The values a body holds. Raises Invalid for fields there are not."""
        if not isinstance(data, dict):
            raise Invalid("Send a JSON object.", fields={"body": "Not an object."})
        reader = self.shape(data=data, partial=partial)
        known = [name for name, field in reader.fields.items() if not field.read_only]
        unknown = sorted(set(data) - set(known))
        if unknown:
            raise Invalid(
                fields=dict.fromkeys(unknown, f"Cannot be set. Fields are: {', '.join(known)}.")
            )
        reader.is_valid(raise_exception=True)
        values = dict(reader.validated_data)
        for name, rows, noun in (
            ("company", Company.objects.filter(workspace_id=self.workspace_id), "company"),
            ("owner", members_of(self.workspace_id), "member"),
        ):
            if name in values:
                values[name] = self._linked(name, values[name], rows, noun)
        return values

    def _linked(self, name: str, given: Any, rows: Any, noun: str) -> Any:
        uuid = given.get("uuid") if isinstance(given, dict) else given
        if uuid is None:
            return None
        found = rows.filter(uuid=uuid).first()
        if found is None:
            raise Invalid(fields={name: f"Give the id of a {noun} of this workspace, or null."})
        return found

    def create(self, request: Request) -> Response:
        """Add one. An external id that is known already is a conflict; PUT to `external/` to change it."""
        row = self._make(self.given(request.data))
        return self.answer(row, status.HTTP_201_CREATED)

    def _make(self, values: dict[str, Any]) -> Any:
        workspace = Workspace.objects.get(pk=self.workspace_id)
        return type(self).create_service(actor=self.actor, workspace=workspace, values=values)

    def _change(self, row: Any, values: dict[str, Any], version: int | None) -> Any:
        named = {self.noun: row, "values": values, "version": version}
        return type(self).update_service(actor=self.actor, **named)

    def partial_update(self, request: Request, uuid: str) -> Response:
        """Change fields of one you have read (`If-Match`)."""
        row = self.one(uuid=_uuid(uuid))
        values = self.given(request.data, partial=True)
        return self.answer(self._change(row, values, version_of(request)))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None


@extend_schema_view(
    external=extend_schema(responses={200: CompanySerializer, 201: CompanySerializer}),
    merge=extend_schema(responses=CompanySerializer),
    unmerge=extend_schema(responses=CompanySerializer),
    list=extend_schema(
        parameters=[
            *(OpenApiParameter(n, str) for n in ("segment", "plan")),
            OpenApiParameter("owner", UUID),
            *(OpenApiParameter(n, float) for n in ("min_mrr", "max_mrr")),
            order_of([*CustomerViewSet.orders, "mrr", "segment"], "name"),
        ],
        responses=paged("CompanyPage", CompanySerializer, "next"),
    ),
)
class CompanyViewSet(CustomerViewSet):
    """Companies that use the products."""

    model = Company
    noun = "company"
    filters = CompanyFilter
    shape = CompanySerializer
    serializer_class = CompanySerializer
    create_service = customers.company_create
    update_service = customers.company_update
    orders: ClassVar[Mapping[str, str]] = {
        **CustomerViewSet.orders,
        "mrr": "mrr",
        "segment": "segment",
    }
    policies: ClassVar[Mapping[str, str]] = {
        "list": "company.view", "retrieve": "company.view", "create": "company.create",
        "partial_update": "company.edit", "external": "company.edit", "bulk": "company.edit",
        "merge": "company.merge", "unmerge": "company.merge", "duplicates": "company.view",
    }  # fmt: skip


@extend_schema_view(
    external=extend_schema(responses={200: PersonSerializer, 201: PersonSerializer}),
    merge=extend_schema(responses=PersonSerializer),
    unmerge=extend_schema(responses=PersonSerializer),
    list=extend_schema(
        parameters=[
            *(OpenApiParameter(n, str) for n in ("company", "role", "email")),
            order_of(CustomerViewSet.orders, "name"),
        ],
        responses=paged("PersonPage", PersonSerializer, "next"),
    ),
)
class PersonViewSet(CustomerViewSet):
    """People who use the products; not members of the team."""

    model = Person
    noun = "person"
    keys = ("external_id", "email")
    filters = PersonFilter
    shape = PersonSerializer
    serializer_class = PersonSerializer
    create_service = customers.person_create
    update_service = customers.person_update
    policies: ClassVar[Mapping[str, str]] = {
        "list": "person.view", "retrieve": "person.view", "create": "person.create",
        "partial_update": "person.edit", "external": "person.edit", "bulk": "person.edit",
        "merge": "person.merge", "unmerge": "person.merge", "duplicates": "person.view", "erase": "person.erase",
    }  # fmt: skip

    @extend_schema(request=EraseBody, responses={202: PersonSerializer})
    @action(detail=True, methods=["post"])
    def erase(self, request: Request, uuid: str) -> Response:
        """Have the person erased for good, as an admin: personal data goes everywhere, counts stay. `confirm` is their
        address. A job does it, all or nothing: `erased_at` is set when it is done."""
        person = self.one(uuid=_uuid(uuid))
        given = EraseBody(data=request.data)
        given.is_valid(raise_exception=True)
        erasure_ask(actor=self.actor, person=person, confirm=given.validated_data["confirm"])
        return self.answer(self.one(pk=person.pk), status.HTTP_202_ACCEPTED)
