"""Many records in one call: good rows are written, bad ones reported."""

from __future__ import annotations

from typing import Any

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.problems import flat
from plm.api.views import PlmView
from plm.errors import Invalid, PlmError, VersionMissing
from plm.events import attempt, unit_of_work
from plm.models import Product, StageRecord

BULK_LIMIT = 200


class BulkWrites(PlmView):
    """`bulk` for a view set that knows how to make and change one record."""

    def get_record(self, reference: str) -> Any:
        raise NotImplementedError

    def _target(self, data: Any) -> tuple[Product, dict[str, Any]]:
        raise NotImplementedError

    def _create(self, product: Product, data: dict[str, Any]) -> StageRecord:
        raise NotImplementedError

    def _update(self, record: Any, data: Any, version: int) -> StageRecord:
        raise NotImplementedError

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Up to 200 rows: with `reference` (and `version`) changed, without made. Good rows are in, bad ones reported."""
        items = request.data.get("items") if isinstance(request.data, dict) else None
        if not isinstance(items, list) or not 1 <= len(items) <= BULK_LIMIT:
            raise Invalid(fields={"items": f"Send a list of 1 to {BULK_LIMIT} rows."})
        report: list[dict[str, Any]] = []
        with unit_of_work():
            for position, item in enumerate(items):
                report.append(self._bulk_row(position, item))
        failed = sum(1 for row in report if row["status"] == "error")
        return Response({"rows": report, "failed": failed}, status=status.HTTP_200_OK)

    def _bulk_row(self, position: int, item: Any) -> dict[str, Any]:
        try:
            with attempt():
                return self._bulk_write(position, item)
        except PlmError as error:
            return {
                "row": position,
                "status": "error",
                "detail": error.message,
                "errors": error.fields,
            }
        except ValidationError as error:
            return {
                "row": position,
                "status": "error",
                "detail": "Nothing was written.",
                "errors": flat(error.detail),
            }

    def _bulk_write(self, position: int, item: Any) -> dict[str, Any]:
        if not isinstance(item, dict):
            raise Invalid("Not an object.", fields={"row": "Send JSON objects."})
        rest = dict(item)
        reference = rest.pop("reference", None)
        if reference is None:
            product, data = self._target(rest)
            record = self._create(product, data)
            return {
                "row": position,
                "status": "created",
                "reference": record.reference,
                "version": record.version,
            }
        version = rest.pop("version", None)
        if not isinstance(version, int):
            raise VersionMissing("Give the version you read.", fields={"version": "Required."})
        record = self._update(self.get_record(str(reference)), rest, version)
        return {
            "row": position,
            "status": "changed",
            "reference": record.reference,
            "version": record.version,
        }
