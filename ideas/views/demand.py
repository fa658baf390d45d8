"""How demand is weighed in a product."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.forms.ideas import DemandOptionsForm
from ideas.selectors.demand import demand_options
from ideas.services.demand import demand_options_set
from plm.web.policy import PlmRequest, policy


@policy("demand.edit", methods=("GET", "POST"))
def options(request: PlmRequest) -> HttpResponse:
    found = demand_options(request.product)
    start = {"half_life": found.half_life, "by_segment": found.by_segment}
    form = DemandOptionsForm(request.POST if request.method == "POST" else None, initial=start)
    here = f"{request.product.get_absolute_url()}ideas/"
    if request.method == "POST" and form.is_valid():
        demand_options_set(actor=request.actor, product=request.product, values=form.cleaned_data)
        messages.success(request, "Saved. The figures of all ideas follow in a moment.")
        return HttpResponseRedirect(here)
    context = {
        "form": form,
        "title": "How demand is weighed",
        "intro": "Counts of people, companies and revenue stay as they are; this is about the weighted demand.",
        "cancel_url": here,
    }
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)
