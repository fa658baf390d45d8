"""The roadmap as a table and as a calendar."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode

from plm.errors import InvalidQuery
from plm.web.exports import as_file
from plm.web.policy import PlmRequest, policy
from roadmap.months import Month, month_of
from roadmap.selectors.calendar import calendar_of
from roadmap.selectors.plan_file import plan_csv
from roadmap.selectors.table import ordering_of, table_page
from roadmap.views.roadmap import roadmap_frame

HEADS = (
    ("title", "Item"), ("column", "Column"), ("starts", "Begins"), ("ends", "Ends"), ("", "Goal"), ("", "Release"),
    ("", "Team"), ("", "Owner"), ("commitment", "Commitment"), ("health", "Health"), ("state", "State"),
)  # fmt: skip


@policy("placement.view")
def table(request: PlmRequest) -> HttpResponse:
    """Rows in the order of `order`, from `cursor` on."""
    ordering = ordering_of(request.GET.get("order") or "-starts")
    rows, more = table_page(request.actor, request.product, ordering, request.GET.get("cursor", ""))
    url = f"{request.product.get_absolute_url()}roadmap/table"
    context = {
        **roadmap_frame(request, "table"),
        "rows": rows,
        "heads": [_head(url, name, label, ordering.name) for name, label in HEADS],
        "next_url": f"{url}?{urlencode({'order': ordering.name, 'cursor': more})}" if more else "",
        "further": bool(request.GET.get("cursor")),
        "may_export": request.actor.may("export.run", request.product.workspace_id, request.product.pk),
    }  # fmt: skip
    return render(request, "roadmap/table.html", context)


@policy("export.run")
def table_csv(request: PlmRequest) -> HttpResponseBase:
    """All placed items, as the importer takes them again."""
    stream = plan_csv(request.actor, request.product)
    answer = StreamingHttpResponse(stream, content_type="text/csv; charset=utf-8")
    return as_file(answer, f"{request.product.key}-roadmap.csv")


def _head(url: str, name: str, label: str, order: str) -> dict[str, Any]:
    """A head of a column: its link turns the order round where the rows stand in it already."""
    if not name:
        return {"label": label}
    turned = f"-{name}" if order == name else name
    ways = {name: "asc", f"-{name}": "desc"}
    return {"label": label, "order_url": f"{url}?order={turned}", "order": ways.get(order, "")}


@policy("placement.view")
def calendar(request: PlmRequest) -> HttpResponse:
    """The days of a `month` such as 2027-03; this one unless asked."""
    month = month_asked(request)
    found = calendar_of(request.actor, request.product, month)
    context = {**roadmap_frame(request, "calendar"), **around(month), "calendar": found}
    return render(request, "roadmap/calendar.html", context)


def month_asked(request: PlmRequest) -> Month:
    """The month that the query names. Raises InvalidQuery."""
    today = timezone.localdate()
    asked = request.GET.get("month", "")
    month = month_of(asked) if asked else Month(today.year, today.month)
    if month is None:
        raise InvalidQuery(
            "Give a month such as 2027-03, of the years 1900 to 9000.",
            fields={"month": "Year and month, as 2027-03."},
        )
    return month


def around(month: Month) -> dict[str, str]:
    """The months before and after it, as a calendar leads to them."""
    return {"before": month.neighbour(-1), "after": month.neighbour(1)}
