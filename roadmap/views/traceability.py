"""The traceability matrix of a product, as a page and as a file."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from plm.web.exports import as_file
from plm.web.policy import PlmRequest, policy
from roadmap.selectors.traceability import (
    SHOWS,
    matrix,
    matrix_csv,
    matrix_pdf,
    orphans,
    show_known,
)


@policy("spec.view")
def traceability(request: PlmRequest) -> HttpResponse:
    """Requirements with their stories, releases and results; `show` filters."""
    show = show_known(request.GET.get("show"))
    page = matrix(request.actor, request.product, show=show, cursor=request.GET.get("cursor", ""))
    context = {
        "rows": page.rows,
        "cursor": page.next_cursor,
        "show": show,
        "tabs": [{"name": name, "label": label, "current": name == show} for name, label in SHOWS],
        "orphans": orphans(request.actor, request.product),
    }
    return render(request, "roadmap/traceability.html", context)


@policy("export.run")
def traceability_csv(request: PlmRequest) -> HttpResponseBase:
    """The whole matrix with the filter of the page."""
    stream = matrix_csv(request.actor, request.product, show_known(request.GET.get("show")))
    answer = StreamingHttpResponse(stream, content_type="text/csv; charset=utf-8")
    return as_file(answer, f"{request.product.key}-traceability.csv")


@policy("export.run")
def traceability_pdf(request: PlmRequest) -> HttpResponseBase:
    """The same to print, with the stories that fulfil nothing at its end."""
    body = matrix_pdf(request.actor, request.product, show_known(request.GET.get("show")))
    answer = HttpResponse(body, content_type="application/pdf")
    return as_file(answer, f"{request.product.key}-traceability.pdf")
