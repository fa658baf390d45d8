"""The decisions of a product, to look up: what was decided, by whom, when, and why."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from plm.decisions import (
    MOST_TEXT,
    NAMES,
    all_subjects,
    asked_of,
    coverage_of,
    decisions_of,
    kinds_seen,
)
from plm.errors import InvalidQuery
from plm.models import Event, Product
from plm.paging import Page, ordering_for, paginate
from plm.web.history import HistoryLine, LineRecord, history_lines
from plm.web.policy import PlmRequest, policy

REASON_CHOICES = (("", "With or without"), ("given", "With a reason"), ("none", "Without a reason"))


@policy("record.view")
def decisions(request: PlmRequest) -> HttpResponse:
    """Newest first. An empty field of the form asks for nothing; the API refuses it."""
    given = {name: request.GET[name] for name in NAMES if request.GET.get(name, "").strip()}
    page, errors = Page([], "", "-sequence"), {}
    try:
        asked = asked_of(given)
    except InvalidQuery as refused:
        errors = dict(refused.fields)
    else:
        rows = decisions_of(request.actor, request.product, asked)
        page = paginate(
            rows.select_related("record__product__workspace"),
            ordering=ordering_for(rows, "-sequence", {"sequence": "sequence"}),
            cursor=request.GET.get("cursor", ""),
            size=100,
            binding=request.path + asked.binding,
        )
    more = urlencode({**given, "cursor": page.next_cursor}) if page.next_cursor else ""
    context = {
        "given": given,
        "from_day": given.get("from", ""),
        "errors": errors,
        "history": _lines(page.rows, request.product),
        "coverage": coverage_of(request.actor, request.product),
        "subjects": all_subjects(),
        "kinds": kinds_seen(request.actor, request.product),
        "reasons": REASON_CHOICES,
        "most_text": MOST_TEXT,
        "next_url": f"?{more}" if more else None,
    }
    return render(request, "plm/decisions.html", context, status=422 if errors else 200)


def _lines(events: list[Event], product: Product) -> list[HistoryLine]:
    """Lines of the history, each with what it is about: a record, or the product itself."""
    found = []
    for event, line in zip(events, history_lines(events), strict=True):
        row = event.record
        about = (
            LineRecord(row.title, row.key, row.get_absolute_url())
            if row is not None
            else LineRecord(product.name, product.key, product.get_absolute_url())
        )
        found.append(replace(line, record=about, reason=event.why))
    return found
