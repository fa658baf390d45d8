"""Metrics over the API: the records, their readings, their figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Malformed
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.forms import moment_in
from analytics.kinds import METRIC
from analytics.models import Metric, Reading, Rollup
from analytics.services.readings import MAX_READINGS, NewReading, readings_put
from analytics.stats.periods import PERIODS
from plm.api.answers import paged
from plm.api.pages import next_address
from plm.api.parameters import PAGED
from plm.api.problems import flat
from plm.api.records import RecordViewSet
from plm.api.serializers import Input
from plm.errors import Invalid, InvalidQuery
from plm.filters import refuse_unknown
from plm.paging import ordering_for, page_size, paginate


class ReadingInput(Input):
    """One reading. `at` is a date or a time; the same `at` and `source_key` again replaces the value."""

    at = serializers.CharField(max_length=40)
    value = serializers.DecimalField(max_digits=20, decimal_places=6)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    source_key = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class ReadingsInput(serializers.Serializer[Any]):
    readings = serializers.ListField(child=ReadingInput(), min_length=1, max_length=MAX_READINGS)


class ReadingsStored(serializers.Serializer[Any]):
    added = serializers.IntegerField(min_value=0)
    replaced = serializers.IntegerField(min_value=0)


class ReadingAnswer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    value = serializers.FloatField()
    note = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment] # a field named like an attribute of fields
    source_key = serializers.CharField()


class RollupAnswer(serializers.Serializer[Any]):
    start = serializers.DateField()
    value = serializers.FloatField()
    count = serializers.IntegerField(min_value=0)
    version = serializers.IntegerField(min_value=1)


def _day(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidQuery("Give dates such as 2026-03-01.", fields={name: "Not a date."}) from None


class MetricViewSet(RecordViewSet):
    """Metrics."""

    kind = METRIC
    policies: ClassVar[Mapping[str, str]] = {
        **RecordViewSet.policies,
        "rollups": "*.view",
        "readings": "*.view",
        "readings_put": "reading.create",
    }

    @extend_schema(
        parameters=[
            OpenApiParameter("period", str, enum=PERIODS), OpenApiParameter("from", OpenApiTypes.DATE),
            OpenApiParameter("to", OpenApiTypes.DATE), *PAGED,
        ],
        responses=paged(
            "RollupPage", RollupAnswer, "next", period=serializers.ChoiceField(choices=PERIODS)
        ),
    )  # fmt: skip
    @action(detail=True, methods=["get"])
    def rollups(self, request: Request, reference: str) -> Response:
        """The figures of a metric by day, week (from Monday) or month, oldest first; periods without any are left out."""
        refuse_unknown(
            request.query_params, {"period", "from", "to", "cursor", "size", "workspace"}
        )
        metric: Metric = self.get_record(reference)
        period = request.query_params.get("period") or metric.period
        if period not in PERIODS:
            raise InvalidQuery("Periods are: day, week, month.", fields={"period": "Unknown."})
        rows = Rollup.objects.filter(metric=metric, period=period)
        first, last = _day(request, "from"), _day(request, "to")
        rows = rows.filter(start__gte=first) if first else rows
        rows = rows.filter(start__lte=last) if last else rows
        page = self._page(request, rows, "start", f"{metric.pk}:{period}:{first}:{last}")
        results = [
            {"start": row.start, "value": float(row.value), "count": row.count, "version": row.version}
            for row in page.rows
        ]  # fmt: skip
        return Response(
            {"period": period, "results": results, "next": next_address(request, page.next_cursor)}
        )

    @staticmethod
    def _page(request: Request, rows: Any, order: str, binding: str) -> Any:
        return paginate(
            rows,
            ordering=ordering_for(rows, order, {order.lstrip("-"): order.lstrip("-")}),
            cursor=request.query_params.get("cursor", ""),
            size=page_size(request.query_params.get("size")),
            binding=binding,
        )

    @extend_schema(parameters=PAGED, responses=paged("ReadingPage", ReadingAnswer, "next"))
    @action(detail=True, methods=["get"])
    def readings(self, request: Request, reference: str) -> Response:
        """The readings of a metric, newest first."""
        refuse_unknown(request.query_params, {"cursor", "size", "workspace"})
        metric: Metric = self.get_record(reference)
        page = self._page(request, Reading.objects.filter(metric=metric), "-at", str(metric.pk))
        results = [
            {
                "at": row.at, "value": float(row.value), "note": row.note, "source": row.source,
                "source_key": row.source_key,
            }
            for row in page.rows
        ]  # fmt: skip
        return Response({"results": results, "next": next_address(request, page.next_cursor)})

    @extend_schema(
        request=PolymorphicProxySerializer(
            "ReadingOrReadings", [ReadingInput, ReadingsInput], None
        ),
        responses={200: ReadingsStored},
    )
    @readings.mapping.post
    def readings_put(self, request: Request, reference: str) -> Response:
        """Send one reading, or up to 1000 as `readings`: all are stored, or none. The same moment again replaces."""
        metric: Metric = self.get_record(reference)
        data = request.data
        if not isinstance(data, dict):
            raise Invalid("Send a JSON object.", fields={"body": "Not an object."})
        rows = data.get("readings") if "readings" in data else [data]
        if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_READINGS:
            raise Invalid(fields={"readings": f"Send a list of 1 to {MAX_READINGS} readings."})
        added, replaced = readings_put(
            actor=self.actor, metric=metric, readings=_readings(rows, metric), source="api"
        )
        return Response({"added": added, "replaced": replaced}, status=status.HTTP_200_OK)


def _readings(rows: list[Any], metric: Metric) -> list[NewReading]:
    serializer = ReadingInput(data=rows, many=True)
    if not serializer.is_valid():
        errors = {f"readings.{name}": text for name, text in flat(serializer.errors).items()}
        raise Invalid(fields=errors)
    found = []
    for place, row in enumerate(serializer.validated_data):
        try:
            at = moment_in(row["at"], metric.product)
        except Malformed as error:
            raise Invalid(fields={f"readings.{place}.at": " ".join(error.messages)}) from None
        found.append(NewReading(at, row["value"], row["note"], row["source_key"]))
    return found
