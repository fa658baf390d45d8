"""The analytics page of a product, and what was odd about its events."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from analytics.models import IntakeWarning
from analytics.selectors.tiles import dashboard
from plm.paging import ordering_for, paginate
from plm.web.policy import PlmRequest, policy


def tabs(request: PlmRequest) -> list[dict[str, Any]]:
    home = f"{request.product.get_absolute_url()}analytics/"
    found = (
        ("Dashboard", home), ("Metrics", f"{home}metrics/"), ("Metric tree", f"{home}tree"),
        ("Intake", f"{home}intake"),
    )  # fmt: skip
    return [{"label": label, "url": url, "current": request.path == url} for label, url in found]


@policy("record.view")
def analytics_dashboard(request: PlmRequest) -> HttpResponse:
    context = {
        **dashboard(request.actor, request.product),
        "view_tabs": tabs(request),
        "may_create": request.actor.may("metric.create", request.workspace.pk, request.product.pk),
        "create_url": f"{request.product.get_absolute_url()}analytics/metrics/new",
    }
    return render(request, "analytics/dashboard.html", context)


@policy("record.view")
def intake_warnings(request: PlmRequest) -> HttpResponse:
    """What was refused, and what was taken and looks odd, newest first."""
    rows = IntakeWarning.objects.visible_to(request.actor).filter(product=request.product)
    ordering = ordering_for(rows, "-id", {"id": "id"})
    page = paginate(rows, ordering=ordering, cursor=request.GET.get("cursor", ""), size=100)
    context = {
        "rows": page.rows,
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else None,
        "view_tabs": tabs(request),
    }
    return render(request, "analytics/intake.html", context)
