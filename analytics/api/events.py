"""Product events over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.selectors.intake import product_for_intake
from analytics.services.intake import batch_refuse, events_ingest
from analytics.stats.intake import MAX_BYTES, MAX_EVENTS
from plm.api.parameters import free_form
from plm.api.views import PlmView
from plm.errors import Invalid, TooLarge
from plm.models import Product
from plm.permissions import Role


class EventInput(serializers.Serializer[Any]):
    """For the description of the API; `analytics.stats.intake` does the checking."""

    id = serializers.UUIDField(help_text="Made by the client; the same id counts once.")
    name = serializers.CharField(max_length=200)
    at = serializers.DateTimeField(help_text="ISO 8601; without a zone it is read as UTC.")
    actor = serializers.CharField(max_length=200)
    company = serializers.CharField(max_length=200, required=False, allow_null=True)
    value = serializers.DecimalField(
        max_digits=18, decimal_places=6, required=False, allow_null=True
    )
    currency = serializers.CharField(max_length=3, required=False, allow_blank=True)
    properties = serializers.DictField(required=False)


class EventsInput(serializers.Serializer[Any]):
    product = serializers.CharField(max_length=10)
    events = EventInput(many=True)


class Finding(serializers.Serializer[Any]):
    row = serializers.IntegerField(min_value=0)
    id = serializers.CharField(allow_null=True)
    errors = free_form({"type": "object", "additionalProperties": {"type": "string"}})  # type: ignore[assignment] # a field named like a property of serializers


ANSWER = inline_serializer(
    "EventsAnswer",
    {
        "accepted": serializers.IntegerField(),
        "duplicates": serializers.IntegerField(),
        "refused": Finding(many=True),
        "flagged": Finding(many=True),
    },
)


class EventsView(PlmView):
    tags: ClassVar[Mapping[str, str]] = {"": "Analytics"}
    policies: ClassVar[Mapping[str, str]] = {"post": "events.ingest"}

    @extend_schema(
        request=EventsInput,
        responses={202: ANSWER},
    )
    def post(self, request: Request) -> Response:
        """Send up to 1000 events. The answer comes after they are committed and names every event that was refused.

        Send a batch again whenever you are not sure: an id counts once. `flagged` events are in, but look odd.
        """
        size = int(request.META.get("CONTENT_LENGTH") or 0)
        data: Any = request.data
        product = self._product(data)
        rows: Any = data.get("events")
        unknown = sorted(str(name)[:60] for name in data.keys() - {"product", "events"})
        if size > MAX_BYTES:
            self._refuse(product, "More than 1 MB. Send smaller batches.", TooLarge)
        if unknown:
            raise Invalid(fields=dict.fromkeys(unknown, "Unknown. Fields are: product, events."))
        if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_EVENTS:
            self._refuse(product, f"Send a list of 1 to {MAX_EVENTS} events.", Invalid)
        report = events_ingest(actor=self.actor, product=product, rows=rows)
        body = {
            "accepted": report.accepted, "duplicates": report.duplicates, "refused": report.refused,
            "flagged": report.flagged,
        }  # fmt: skip
        return Response(body, status=status.HTTP_202_ACCEPTED)

    def _product(self, data: Any) -> Product:
        """The product the batch is for; one that is hidden answers like one that is missing."""
        if not isinstance(data, dict):
            raise Invalid("Send a JSON object.", fields={"body": "Not an object."})
        key = data.get("product")
        found = None
        if isinstance(key, str) and 0 < len(key) <= 10:
            found = product_for_intake(self.workspace_id, key.upper())
        if found is None or self.actor.role_in(self.workspace_id, found.pk) < Role.CUSTOMER:
            raise Invalid(fields={"product": "Give the key of a product you may send events to."})
        return found

    def _refuse(self, product: Product, why: str, error: type[Invalid | TooLarge]) -> None:
        batch_refuse(actor=self.actor, product=product, why=why)
        raise error(why, fields={"events": why})
