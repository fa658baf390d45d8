"""The metric tree of a product, and where a metric stands in it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from analytics.forms import MetricPlaceForm
from analytics.models import Metric
from analytics.selectors.metric_tree import metric_tree, places_for
from analytics.services.metrics import metric_update
from analytics.views.dashboard import tabs
from plm.errors import PlmError, Stale
from plm.web.conflicts import conflict_page
from plm.web.pages import form_page, show_errors
from plm.web.policy import PlmRequest, policy, record_as


@policy("record.view")
def tree(request: PlmRequest) -> HttpResponse:
    """From the North Star down to what drives it, with what the data say of each edge; below it the other metrics."""
    product, actor = request.product, request.actor
    context = {
        "tree": metric_tree(actor, product),
        "view_tabs": tabs(request),
        "may_edit": actor.may("metric.edit", product.workspace_id, product.pk),
        "may_create": actor.may("metric.create", product.workspace_id, product.pk),
        "create_url": f"{product.get_absolute_url()}analytics/metrics/new",
    }
    return render(request, "analytics/tree.html", context)


@policy("*.edit", scope="record", methods=("GET", "POST"))
def metric_drives(request: PlmRequest) -> HttpResponse:
    """Say which metric this one drives, or that it is the North Star."""
    metric = record_as(request, Metric)
    back = f"{request.product.get_absolute_url()}analytics/tree"
    form = MetricPlaceForm(
        request.POST or None, metric=metric, places=places_for(request.actor, metric)
    )
    if request.method == "POST" and form.is_valid():
        try:
            metric_update(
                actor=request.actor, record=metric, version=form.cleaned_data["version"], values=form.values(),
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Stale:
            now = Metric.objects.select_related("parent").get(pk=metric.pk)
            return conflict_page(
                request, form, MetricPlaceForm.standing(now), name=now.title, version=now.version, keep_url=back
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{metric.title} has its place in the tree.")
            return HttpResponseRedirect(back)
    return form_page(
        request, form, f"What {metric.title} drives", "Save", back,
        intro="An input drives the metric above it. At the top stands the North Star.",
    )  # fmt: skip
