"""R2: events over HTTP with plain Django: parse, make instances, `bulk_create`. Nothing is checked."""

from __future__ import annotations

from datetime import datetime

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from analytics.models import ProductEvent


def events(request: HttpRequest) -> HttpResponse:
    data = orjson.loads(request.body)
    now = timezone.now()
    ProductEvent.objects.bulk_create(
        [
            ProductEvent(
                product_id=data["product"], event_id=row["id"], name=row["name"], actor=row["actor"],
                at=datetime.fromisoformat(row["at"]), received_at=now, properties=row["properties"],
            )
            for row in data["events"]
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return HttpResponse(b"{}", status=201, content_type="application/json")
