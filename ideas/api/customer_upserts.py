"""Create-or-change over the API, one and many: a part of the resources of companies and people."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.bulk import BULK_LIMIT
from plm.api.problems import flat
from plm.errors import Invalid, PlmError
from plm.events import attempt, unit_of_work


class UpsertRow(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    status = serializers.ChoiceField(["created", "changed", "unchanged", "error"])
    id = serializers.UUIDField(required=False)
    version = serializers.IntegerField(required=False)
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(child=serializers.CharField(), required=False)  # type: ignore[assignment] # a field named like a property of serializers


class UpsertReport(serializers.Serializer[Any]):
    rows = UpsertRow(many=True)
    failed = serializers.IntegerField()


class UpsertsOfCustomers:
    """Mixed into the view sets of companies and people. `keys` are the fields that find one, the surest first."""

    keys: ClassVar[tuple[str, ...]] = ("external_id",)
    rows: Any
    given: Any
    answer: Any
    _make: Any
    _change: Any

    @action(detail=False, methods=["put"])
    def external(self, request: Request) -> Response:
        """Make the one with the `external_id` of the body, or change it: sent twice is the same as once."""
        values = self.given(request.data)
        if not values.get("external_id"):
            raise Invalid(fields={"external_id": "Required: it says which one is meant."})
        with unit_of_work():
            row = self._known(values)
            if row is None:
                return self._shown(self._make(values), status.HTTP_201_CREATED)
            return self._shown(self._change(row, self._without_keys(row, values), None))

    def _shown(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        answer: Response = self.answer(row, code)
        return answer

    @extend_schema(
        request={"application/json": {"type": "object", "required": ["items"], "properties": {
            "items": {"type": "array", "minItems": 1, "maxItems": BULK_LIMIT, "items": {
                "description": "An object with fields as one is made with. A row that is wrong is reported, the others are written.",
            }},
        }}},
        responses=UpsertReport,
    )  # fmt: skip
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Up to 200 rows, found by `external_id` (people by `email` too): made or changed. Good rows are in, bad ones
        reported."""
        items = request.data.get("items") if isinstance(request.data, dict) else None
        if not isinstance(items, list) or not 1 <= len(items) <= BULK_LIMIT:
            raise Invalid(fields={"items": f"Send a list of 1 to {BULK_LIMIT} rows."})
        with unit_of_work():
            report = [self._bulk_row(position, item) for position, item in enumerate(items)]
        failed = sum(1 for row in report if row["status"] == "error")
        return Response({"rows": report, "failed": failed})

    def _bulk_row(self, position: int, item: Any) -> dict[str, Any]:
        try:
            with attempt():
                return {"row": position, **self._upserted(item)}
        except PlmError as error:
            detail, errors = error.message, dict(error.fields)
        except ValidationError as error:
            detail, errors = "Nothing was written.", flat(error.detail)
        return {"row": position, "status": "error", "detail": detail, "errors": errors}

    def _upserted(self, item: Any) -> dict[str, Any]:
        if not isinstance(item, dict) or not any(item.get(key) for key in self.keys):
            raise Invalid(
                fields={
                    self.keys[0]: f"Required: {' or '.join(self.keys)} says which one is meant."
                }
            )
        row = self._known(self.given(item, partial=True))
        if row is None:
            made = self._make(self.given(item))
            return {"status": "created", "id": made.uuid, "version": made.version}
        values = self._without_keys(row, self.given(item, partial=True))
        changed = self._change(row, values, None)
        word = "unchanged" if changed.version == row.version else "changed"
        return {"status": word, "id": changed.uuid, "version": changed.version}

    def _known(self, values: dict[str, Any]) -> Any:
        """Who is meant; for one that was merged, whoever stands for it. None for somebody new."""
        outside = values.get("external_id", "")
        for key in self.keys:
            if values.get(key):
                row = (
                    self.rows()
                    .filter(**{f"{key}__iexact" if key == "email" else key: values[key]})
                    .first()
                )
                # A second key names one that has another id already: then it is somebody else.
                if row is not None and (key == "external_id" or not outside or not row.external_id):
                    return row.standing
        return None

    def _without_keys(self, row: Any, values: dict[str, Any]) -> dict[str, Any]:
        """Without the keys of one that was merged into the row: they stay there and still lead here."""
        merged = list(type(row).objects.filter(merged_into=row))
        return {
            name: value
            for name, value in values.items()
            if name not in self.keys
            or not any(str(getattr(m, name)).casefold() == str(value).casefold() for m in merged)
        }
