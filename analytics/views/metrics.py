"""Pages of metrics beyond those every record has: figures by period, readings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from analytics.forms import ReadingForm, ReadingsForm, moment_in
from analytics.models import Metric, Reading
from analytics.selectors.tiles import course_of
from analytics.services.readings import reading_delete, readings_put
from analytics.services.rollups import metric_recompute
from analytics.stats.periods import PERIODS
from plm.errors import InvalidQuery, NotVisible
from plm.paging import ordering_for, paginate
from plm.web.policy import PlmRequest, policy, record_as


@policy("*.view", scope="record")
def metric_values(request: PlmRequest) -> HttpResponse:
    """The course of a metric by day, week or month."""
    metric = record_as(request, Metric)
    period = request.GET.get("period") or metric.period
    if period not in PERIODS:
        raise InvalidQuery("Periods are: day, week, month.", fields={"period": "Unknown period."})
    context = {"record": metric, "course": course_of(metric, period, request.product)}
    if request.headers.get("HX-Request"):
        return render(request, "analytics/_course.html", context)
    return render(request, "analytics/metric_values.html", context)


@policy("*.view", scope="record", methods=("GET", "POST"))
def metric_readings(request: PlmRequest) -> HttpResponse:
    """The readings of a metric, newest first; POST adds one."""
    metric = record_as(request, Metric)
    form = ReadingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        readings_put(
            actor=request.actor, metric=metric, readings=[form.reading(request.product)], source="form"
        )  # fmt: skip
        messages.success(request, "The reading is in.")
        return HttpResponseRedirect(metric.get_absolute_url())
    return _readings_page(request, metric, form, ReadingsForm(product=request.product))


@policy("*.view", scope="record", methods=("POST",))
def metric_readings_import(request: PlmRequest) -> HttpResponse:
    """Many readings at once: all of them, or none when a line is wrong."""
    metric = record_as(request, Metric)
    form = ReadingsForm(request.POST, request.FILES, product=request.product)
    if form.is_valid():
        added, replaced = readings_put(
            actor=request.actor, metric=metric, readings=form.readings, source="csv"
        )
        messages.success(request, f"{added} readings added, {replaced} replaced.")
        return HttpResponseRedirect(metric.get_absolute_url())
    return _readings_page(request, metric, ReadingForm(), form)


@policy("*.view", scope="record", methods=("POST",))
def metric_reading_remove(request: PlmRequest) -> HttpResponse:
    metric = record_as(request, Metric)
    try:
        at = moment_in(request.POST.get("at", ""), request.product)
    except ValidationError:
        raise NotVisible from None
    key = request.POST.get("source_key", "")[:120]
    reading_delete(actor=request.actor, metric=metric, at=at, source_key=key)
    return HttpResponseRedirect(f"{metric.get_absolute_url()}/readings")


@policy("*.edit", scope="record", methods=("POST",))
def metric_compute(request: PlmRequest) -> HttpResponse:
    metric = record_as(request, Metric)
    metric_recompute(actor=request.actor, metric=metric)
    messages.success(request, "All its figures are being computed anew.")
    return HttpResponseRedirect(metric.get_absolute_url())


def _readings_page(
    request: PlmRequest, metric: Metric, form: Any, many: ReadingsForm
) -> HttpResponse:
    rows = Reading.objects.filter(metric=metric)
    ordering = ordering_for(rows, "-at", {"at": "at"})
    page = paginate(rows, ordering=ordering, cursor=request.GET.get("cursor", ""), size=100)
    takes = metric.source == "readings"
    may = takes and request.actor.may("reading.create", metric.workspace_id, metric.product_id)
    context = {
        "record": metric,
        "rows": page.rows,
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else None,
        "takes_readings": takes,
        "may_measure": may,
        "reading_form": form,
        "readings_form": many,
    }
    wrong = form.errors or many.errors
    return render(request, "analytics/metric_readings.html", context, status=422 if wrong else 200)
