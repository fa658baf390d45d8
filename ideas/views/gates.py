"""The decision at a stage gate."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.forms.gates import DecisionForm
from ideas.models import Gate
from ideas.services.gates import gate_decide
from plm.errors import Invalid
from plm.web.policy import PlmRequest, policy, record_as


@policy("gate.decide", scope="record", methods=("GET", "POST"))
def decide(request: PlmRequest) -> HttpResponse:
    gate = record_as(request, Gate)
    data = request.POST if request.method == "POST" else None
    form = DecisionForm(data, initial={"version": gate.version})
    if data is not None and form.is_valid():
        given = form.cleaned_data
        try:
            gate_decide(
                actor=request.actor, gate=gate, version=given["version"], decision=given["decision"], reason=given["reason"]
            )  # fmt: skip
        except Invalid as error:
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, "Decided, and kept with what it stood on.")
            return HttpResponseRedirect(gate.get_absolute_url())
    context = {
        "form": form, "title": f"Decide {gate.reference}", "intro": gate.title, "submit": "Decide",
        "cancel_url": gate.get_absolute_url(),
    }  # fmt: skip
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)
