"""Imports over the API: send a file or rows, correct the mapping, check, run, read what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

import orjson
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import ImportAnswer, ImportBrief, paged
from plm.api.parameters import PAGED, PRODUCT
from plm.api.renderers import OrjsonParser
from plm.api.shared import job_json
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.importing.opening import (
    import_open,
    import_remap,
    open_questions,
    problems_csv,
    rows_as_file,
    targets_for,
)
from plm.importing.targets import importable_named
from plm.kinds import product_of
from plm.models import ImportBatch, Product
from plm.paging import ordering_for, page_size, paginate
from plm.services.imports import import_ask, import_undo

TAGS: Mapping[str, str] = {"": "Imports"}
ORDERS = {"created": "created_at"}


class ImportInput(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=10)
    kind = serializers.CharField(max_length=24)
    file = serializers.FileField(required=False)
    rows = serializers.ListField(child=serializers.DictField(), required=False)
    name = serializers.CharField(max_length=150, required=False)
    mapping = serializers.JSONField(required=False)
    options = serializers.JSONField(required=False)


class ImportChange(serializers.Serializer[Any]):
    mapping = serializers.JSONField(required=False)
    options = serializers.JSONField(required=False)


class ImportsView(PlmView):
    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {"get": "import.view", "post": "import.run"}
    parser_classes = [MultiPartParser, FormParser, OrjsonParser]
    serializer_class = ImportInput

    @extend_schema(parameters=[PRODUCT, *PAGED], responses=paged("ImportPage", ImportBrief))
    def get(self, request: Request) -> Response:
        """Imports, newest first."""
        params = request.query_params
        refuse_unknown(params, {"product", "cursor", "size", "workspace"})
        rows = ImportBatch.objects.visible_to(self.actor, "import.view").filter(
            workspace_id=self.workspace_id
        )
        key = params.get("product", "")
        if key:
            rows = rows.filter(product_id=product_of(self.actor, self.workspace_id, key).pk)
        page = paginate(
            rows.select_related("product"),
            ordering=ordering_for(rows, "-created", ORDERS),
            cursor=params.get("cursor", ""),
            size=page_size(params.get("size")),
            binding=f"imports:{key}",
        )
        found = [_brief(row) for row in page.rows]
        return Response({"results": found, "next_cursor": page.next_cursor or None})

    @extend_schema(request=ImportInput, responses={201: ImportAnswer})
    def post(self, request: Request) -> Response:
        """Take a file (multipart, `file`) or `rows` in. Without `mapping` one is proposed; nothing is written yet."""
        given = ImportInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        upload = request.FILES.get("file")
        if upload is not None and upload.size is not None and upload.size > 0:
            data, name = upload.read(), upload.name or "file"
        elif upload is not None:
            raise Invalid(fields={"file": "The file is empty."})
        else:
            data, name = rows_as_file(values.get("rows")), "rows.json"
        batch = import_open(
            actor=self.actor, product=self._product(values["product"]), kind=_kind(values["kind"]), data=data,
            name=values.get("name") or name, mapping=_json(values.get("mapping"), "mapping"),
            options=_json(values.get("options"), "options"),
        )  # fmt: skip
        return Response(
            _whole(batch),
            status=status.HTTP_201_CREATED,
            headers={"Location": f"/api/v1/imports/{batch.uuid}/", "ETag": f'"{batch.version}"'},
        )

    def _product(self, key: str) -> Product:
        try:
            return product_of(self.actor, self.workspace_id, key)
        except NotVisible:
            raise Invalid(fields={"product": "There is no such product here."}) from None


def _kind(name: str) -> Any:
    try:
        return importable_named(name)
    except NotVisible:
        raise Invalid(fields={"kind": "There is no such kind of record."}) from None


def _json(value: Any, name: str) -> Any:
    """Form data carries JSON as text."""
    if isinstance(value, str):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise Invalid(fields={name: "This is not valid JSON."}) from None
    return value


class BatchView(PlmView):
    """Base of what is done with one import."""

    tags = TAGS

    def batch(self, action: str = "import.view") -> ImportBatch:
        rows = ImportBatch.objects.visible_to(self.actor, action).filter(
            workspace_id=self.workspace_id
        )
        found = rows.select_related("product__workspace").filter(uuid=self.kwargs["uuid"])
        batch = found.first()
        if batch is None:
            raise NotVisible
        return batch


class ImportView(BatchView):
    policies: ClassVar[Mapping[str, str]] = {"get": "import.view", "patch": "import.run"}
    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": False}
    serializer_class = ImportChange

    @extend_schema(responses=ImportAnswer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """How the file is read, what the check found, how far the import is."""
        del request, uuid
        batch = self.batch()
        return Response(_whole(batch), headers={"ETag": f'"{batch.version}"'})

    @extend_schema(request=ImportChange, responses=ImportAnswer)
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Correct the mapping or the options. `If-Match` is honoured when sent."""
        del uuid
        given = ImportChange(data=request.data)
        given.is_valid(raise_exception=True)
        tag = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        version = int(tag) if tag.isascii() and tag.isdecimal() and len(tag) < 10 else None
        if "If-Match" in request.headers and version is None:
            raise Invalid(fields={"If-Match": "Not an ETag."})
        batch = import_remap(
            actor=self.actor, batch=self.batch(), mapping=given.validated_data.get("mapping"),
            options=given.validated_data.get("options"), version=version,
        )  # fmt: skip
        return Response(_whole(batch), headers={"ETag": f'"{batch.version}"'})


class ImportCheckView(BatchView):
    verb = True
    policies: ClassVar[Mapping[str, str]] = {"post": "import.run"}

    @extend_schema(request=None, responses={202: ImportAnswer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Try every row and keep nothing but the report. Answers at once; poll the import."""
        del request, uuid
        return _asked(import_ask(actor=self.actor, batch=self.batch(), trial=True))


class ImportRunView(BatchView):
    verb = True
    policies: ClassVar[Mapping[str, str]] = {"post": "import.run"}

    @extend_schema(request=None, responses={202: ImportAnswer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Write the rows. Answers at once; poll the import."""
        del request, uuid
        return _asked(import_ask(actor=self.actor, batch=self.batch(), trial=False))


class ImportUndoView(BatchView):
    verb = True
    policies: ClassVar[Mapping[str, str]] = {"post": "import.run"}

    @extend_schema(request=None, responses={202: ImportAnswer})
    def post(self, request: Request, uuid: UUID) -> Response:
        """Archive the records that this import made."""
        del request, uuid
        return _asked(import_undo(actor=self.actor, batch=self.batch()))


class ImportErrorsView(BatchView):
    verb = True
    policies: ClassVar[Mapping[str, str]] = {"get": "import.view"}

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, uuid: UUID) -> StreamingHttpResponse:
        """The rows that were (or would be) refused, as CSV: row, column, value, what is wrong, what would be right."""
        del request, uuid
        batch = self.batch()
        lines = problems_csv(batch, trial=batch.state in {"checked", "checking"})
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="import-{batch.uuid}-problems.csv"'
        return answer


def _asked(batch: ImportBatch) -> Response:
    return Response(_whole(batch), status=status.HTTP_202_ACCEPTED)


def _brief(batch: ImportBatch) -> dict[str, Any]:
    return {
        "id": batch.uuid, "product": batch.product.key, "kind": batch.kind, "name": batch.name, "state": batch.state,
        "total": batch.total, "counts": batch.counts, "created_at": batch.created_at, "finished_at": batch.finished_at,
    }  # fmt: skip


def _whole(batch: ImportBatch) -> dict[str, Any]:
    targets = [
        {
            "name": target.name, "label": target.label, "type": target.holds, "required": target.required,
            "choices": [value for value, _ in target.choices],
        }
        for target in targets_for(batch).all()
    ]  # fmt: skip
    trial = batch.state in {"checked", "checking"}
    job = batch.job
    return {
        **_brief(batch), "version": batch.version, "sha256": batch.sha256, "shape": batch.shape,
        "mapping": batch.mapping, "options": batch.options, "unknown_values": open_questions(batch),
        "fields": targets, "phase": batch.phase, "position": batch.position, "error": batch.error,
        "job": job_json(job) if job else None,
        "problems": [
            {"row": row.row, "title": row.title, "outcome": row.outcome, "problems": row.problems}
            for row in batch.rows.with_problems(trial=trial)[:100]
        ],
    }  # fmt: skip
