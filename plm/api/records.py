"""Records over the API, once for every kind."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar
from zlib import crc32

from django.core.exceptions import ValidationError as MalformedValue
from django.http import QueryDict, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from plm.api.bulk import BulkWrites
from plm.api.compiled import (
    list_ordering,
    list_statement,
    narrowed_reader,
    narrowing_of,
    read_from,
    record_statement,
    visible_list,
)
from plm.api.pages import binding_of, next_address
from plm.api.renderers import dumps
from plm.api.serializers import Reader, RecordSerializer
from plm.errors import Invalid, InvalidQuery, NotVisible, VersionMissing
from plm.exporting import FORMS, export_form, exported
from plm.filters import refuse_unknown
from plm.kinds import Kind, product_of
from plm.lineage import neighbours
from plm.models import Product, StageRecord
from plm.numerals import whole_number
from plm.paging import Ordering, Read, page_of, page_size, part_of
from plm.permissions import ANONYMOUS
from plm.services.guard import require_in
from plm.services.records import record_archive, record_restore

MOST = 2**31 - 1
PLAIN_LIST = {"order", "cursor", "size", "fields", "product", "workspace"}


def etag(version: int, body: Any = None) -> str:
    """The version, and with a body a checksum of it: computed values (score, progress) change without a new version.

    If-Match reads the version alone.
    """
    if body is not None:
        return f'"{version}-{crc32(dumps(body)):08x}"'
    return f'"{version}"'


def version_of(request: Request) -> int:
    """The version in If-Match. Raises VersionMissing when there is none, Invalid when it is no version of ours."""
    given = request.headers.get("If-Match")
    if given is None:
        raise VersionMissing(
            "Send If-Match with the ETag you read, so that nobody's change is overwritten."
        )
    text = given.strip().removeprefix("W/").strip('"').partition("-")[0]
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Invalid(
            'If-Match holds the ETag of the record, such as "3".',
            fields={"If-Match": "Not an ETag."},
        )
    return int(text)


def reason_of(body: dict[str, Any]) -> str:
    """Take the reason out of a body. Raises Invalid when it is no text of up to 2,000 characters."""
    given = body.pop("reason", "")
    if not isinstance(given, str) or len(given) > 2000:
        raise Invalid(fields={"reason": "Give a text of at most 2,000 characters."})
    return given


class RecordViewSet(ViewSetMixin, BulkWrites):
    """list, retrieve, create, partial_update, archive, restore and bulk for one kind. Subclasses name the `kind`."""

    kind: ClassVar[Kind]
    reads_back: ClassVar[bool] = True
    """Whether making a record leaves something in the database that the instance and the call do not say."""
    _row: tuple[Any, ...]
    lookup_field = "reference"
    lookup_value_regex = "[A-Za-z0-9-]{1,40}"
    policies: ClassVar[Mapping[str, str]] = {
        "list": "*.view", "retrieve": "*.view", "create": "*.create", "partial_update": "*.edit",
        "archive": "*.archive", "restore": "*.archive", "bulk": "*.edit",
        "export": "export.run",
    }  # fmt: skip

    @property
    def serializer_class(self) -> type[RecordSerializer]:
        made: type[RecordSerializer] = self.kind.serializer
        return made

    def get_serializer(self, *args: Any, **kwargs: Any) -> RecordSerializer:
        kwargs.setdefault("context", self.serializer_context())
        return self.serializer_class(*args, **kwargs)

    def serializer_context(self) -> dict[str, Any]:
        if getattr(self, "swagger_fake_view", False):  # The schema is made without a call.
            return {"actor": ANONYMOUS, "workspace_id": 0}
        return {"actor": self.actor, "workspace_id": self.workspace_id, "request": self.request}

    def visible(self) -> Any:
        return visible_list(self.kind, self.actor, self.workspace_id, None)

    def reader(self, request: Request, *, single: bool = False) -> Reader:
        asked = request.query_params.get("fields")
        return _reader(self.kind.name, self.serializer_class, asked, single)

    @extend_schema(
        parameters=[
            OpenApiParameter("product", str, description="Key of a product."),
            OpenApiParameter("order", str), OpenApiParameter("cursor", str), OpenApiParameter("size", int),
            OpenApiParameter("fields", str, description="Comma-separated names of fields to return."),
        ]
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """A page of records. Follow `next` until it is null; it stays cheap at any depth."""
        params: QueryDict = request.query_params
        product = self._product_filter(params)
        ordering = list_ordering(self.kind.name, params.get("order") or self.kind.default_order)
        reader = self.reader(request)
        columns = tuple(reader.columns)
        if ordering.column not in columns:
            columns = (*columns, ordering.column)
        by = columns.index(ordering.column)
        if params.keys() <= PLAIN_LIST and self._may_view(product):
            read = self._compiled(product, columns, ordering)
        else:
            read = self._filtered(product, columns, ordering)
        page = page_of(
            read,
            ordering=ordering,
            cursor=params.get("cursor", ""),
            size=page_size(params.get("size")),
            binding=binding_of(dict(params.lists())),
            key=lambda row: (row[by], row[reader.base]),
        )
        return Response(
            {"results": reader.dicts(page.rows), "next": next_address(request, page.next_cursor)}
        )

    def _may_view(self, product: int | None) -> bool:
        """Whether every record of this kind in the product is the caller's to see."""
        return product is not None and self.actor.may(
            f"{self.kind.name}.view", self.workspace_id, product
        )

    def _compiled(self, product: int | None, columns: tuple[str, ...], ordering: Ordering) -> Read:
        def read(part: str, value: Any, pk: Any, limit: int) -> Any:
            statement = list_statement(self.kind.name, columns, ordering, part, limit)
            return statement.rows({"product": product, "value": value, "pk": pk}, as_json=True)

        return read

    def _filtered(self, product: int | None, columns: tuple[str, ...], ordering: Ordering) -> Read:
        params = self.request.query_params
        refuse_unknown(params, self.kind.filters.allowed())
        narrowing = narrowing_of(self.kind, params)
        if narrowing is not None:
            return narrowed_reader(
                self.kind.name, columns, ordering, narrowing, self.actor, self.workspace_id, product
            )
        rows = visible_list(self.kind, self.actor, self.workspace_id, product)
        rows = self.kind.filters(
            params, rows, actor=self.actor, workspace_id=self.workspace_id, product_id=product
        ).checked()
        asked = read_from(columns, product)

        def read(part: str, value: Any, pk: Any, limit: int) -> Any:
            cut = part_of(rows, ordering, part, value, pk)[:limit]
            return list(cut.values_list(*asked))

        return read

    @extend_schema(
        parameters=[
            OpenApiParameter("product", str, description="Key of a product."),
            OpenApiParameter("format", str, enum=["csv", "ndjson"]),
        ],
        responses={(200, "application/x-ndjson"): OpenApiTypes.STR, (200, "text/csv"): OpenApiTypes.STR},
    )  # fmt: skip
    @action(detail=False, methods=["get"])
    def export(self, request: Request) -> StreamingHttpResponse:
        """The whole collection as a stream, with the filters of the list: one JSON object a line, or CSV."""
        params: QueryDict = request.query_params
        form = export_form(params.get("format", "ndjson"))
        refuse_unknown(
            params, (self.kind.filters.allowed() - {"order", "cursor", "size"}) | {"format"}
        )
        rows = self.visible() & self.kind.model.objects.visible_to(self.actor, "export.run")
        product = self._product_filter(params)
        if product is not None:
            rows = rows.filter(product_id=product)
        rows = self.kind.filters(
            params, rows, actor=self.actor, workspace_id=self.workspace_id, product_id=product
        ).checked()
        stream = exported(self.kind, rows, form, product_id=product)
        answer = StreamingHttpResponse(stream, content_type=FORMS[form])
        answer["Content-Disposition"] = f'attachment; filename="{self.kind.name}s.{form}"'
        return answer

    def _product_filter(self, params: QueryDict) -> int | None:
        """The product that is asked for, judged. Raises NotVisible."""
        key = params.get("product")
        if not key:
            return None
        caller: Any = self.request.user
        found: int | None = caller.product_key(key.upper())
        if found is None or not self.actor.may("record.view", self.workspace_id, found):
            raise NotVisible
        return found

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Open both doors for calls about one record: whoever may not see it gets 404, whoever may not do it 403."""
        super().initial(request, *args, **kwargs)
        name = self.policies.get(getattr(self, "action", None) or "", "")
        if "reference" in kwargs and name:
            columns: tuple[str, ...] = ("pk", "product_id")
            if getattr(self, "action", "") == "retrieve":
                columns = (*columns, *self.reader(request, single=True).columns)
            self._row = self._find(kwargs["reference"], columns)
            action = name.replace("*", self.kind.name)
            require_in(self.actor, action, self.workspace_id, self._row[1])

    def _find(self, reference: str, columns: tuple[str, ...] = ("pk", "product_id")) -> Any:
        """Columns of the record called `ATL-128` or with that id, the first two as named. Raises NotVisible."""
        key, _, text = reference.upper().partition("-")
        number = whole_number(text)
        if number is not None and number > MOST:
            raise NotVisible  # No column holds it, so a prepared statement cannot ask for it.
        statement = record_statement(
            self.kind.name, columns, "uuid" if number is None else "number"
        )
        values = {"workspace": self.workspace_id, "key": key, "uuid": reference}
        if number is not None:
            values["number"] = number
        try:
            rows = statement.rows(values, as_json=True)
        except (MalformedValue, ValueError, TypeError):
            raise NotVisible from None
        if not rows or not self.actor.may(f"{self.kind.name}.view", self.workspace_id, rows[0][1]):
            raise NotVisible
        return rows[0]

    def _pk(self, reference: str) -> int:
        """The key of the record this call is about; of another record, looked up."""
        if reference == self.kwargs.get("reference"):
            return int(self._row[0])
        return int(self._find(reference)[0])

    def get_record(self, reference: str) -> Any:
        return self.kind.model.objects.with_people().get(pk=self._pk(reference))

    def retrieve(self, request: Request, reference: str) -> Response:
        """One record, with its ETag; 304 when `If-None-Match` still holds.

        `links` are the records it came from and those it led to, one step away; `lineage/` has them all.
        """
        del reference
        found = self.reader(request, single=True).dicts([self._row[2:]])[0]
        if "fields" not in request.query_params:
            found["links"] = neighbours(self.actor, self._row[0], self.kind.name)
        tag = etag(found["version"], found) if "version" in found else ""
        if tag and request.META.get("HTTP_IF_NONE_MATCH") == tag:
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(found, headers={"ETag": tag} if tag else None)

    def represent(self, request: Request, pk: int) -> dict[str, Any]:
        rows = self.kind.model.objects.filter(pk=pk)
        return self.reader(request, single=True).rows(rows)[0]

    def create(self, request: Request) -> Response:
        """Make a record in the product named by `product`."""
        product, data = self._target(request.data)
        record = self._create(product, data)
        body = self._made(request, record, data)
        headers = {
            "ETag": etag(record.version, body),
            "Location": f"{request.path}{record.reference}/",
        }
        return Response(body, status=status.HTTP_201_CREATED, headers=headers)

    def _made(
        self, request: Request, record: StageRecord, data: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The new record in JSON, read back where its instance does not hold all of it."""
        reader = self.reader(request, single=True)
        if self.reads_back or not data.keys().isdisjoint({"tags", *reader.loaders}):
            return self.represent(request, record.pk)
        return reader.dict_of(record)

    def _target(self, data: Any) -> tuple[Product, dict[str, Any]]:
        if not isinstance(data, dict):
            raise Invalid("Send a JSON object.", fields={"body": "Not an object."})
        rest = dict(data)
        key = rest.pop("product", None)
        if not isinstance(key, str) or not key:
            raise Invalid(fields={"product": "Give the key of the product, such as ATL."})
        try:
            return product_of(self.actor, self.workspace_id, key[:10]), rest
        except NotVisible:
            raise Invalid(fields={"product": "There is no such product here."}) from None

    def _create(self, product: Product, data: dict[str, Any]) -> StageRecord:
        serializer = self.get_serializer(data=data)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        made: StageRecord = self.kind.create(
            actor=self.actor, product=product, tags=values.pop("tags", ()), custom=values.pop("custom", None),
            values=values,
        )  # fmt: skip
        return made

    def partial_update(self, request: Request, reference: str) -> Response:
        """Change fields of a record you have read (`If-Match`). Send `reason` along to have it in the history."""
        record = self.get_record(reference)
        changed = self._update(record, request.data, version_of(request))
        body = self.represent(request, changed.pk)
        return Response(body, headers={"ETag": etag(changed.version, body)})

    def _update(self, record: Any, data: Any, version: int) -> StageRecord:
        if not isinstance(data, dict):
            raise Invalid("Send a JSON object.", fields={"body": "Not an object."})
        rest = dict(data)
        reason = reason_of(rest)
        serializer = self.get_serializer(data=rest, partial=True)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        changed: StageRecord = self.kind.update(
            actor=self.actor, record=record, version=version, tags=values.pop("tags", None),
            custom=values.pop("custom", None), values=values, reason=reason,
        )  # fmt: skip
        return changed

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, reference: str) -> Response:
        """Put the record away. `If-Match` is honoured when sent."""
        return self._put(request, reference, record_archive)

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, reference: str) -> Response:
        """Bring an archived record back."""
        return self._put(request, reference, record_restore)

    def _put(self, request: Request, reference: str, service: Any) -> Response:
        version = version_of(request) if "If-Match" in request.headers else None
        record = service(self.get_record(reference), actor=self.actor, version=version)
        body = self.represent(request, record.pk)
        return Response(body, headers={"ETag": etag(record.version, body)})


@lru_cache(maxsize=256)
def _reader(
    kind: str,
    serializer: type[RecordSerializer],
    fields: str | None,
    single: bool,  # noqa: FBT001
) -> Reader:
    """Compiled once per kind and set of fields. Raises InvalidQuery that lists the fields there are."""
    declared = serializer()
    if fields is None:
        return Reader(declared, kind, single=single)
    asked = {name.strip() for name in fields.split(",") if name.strip()}
    unknown = sorted(asked - set(declared.fields))
    if unknown or not asked:
        raise InvalidQuery(
            f"Fields are: {', '.join(declared.fields)}.", fields={"fields": "Unknown field."}
        )
    return Reader(declared, kind, asked, single=single)
