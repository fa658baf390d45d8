"""What-if: weights moved before anything is saved; scenarios kept, compared, put into force."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from backlog.forms.decide import TOP, ApplyForm, ScenarioForm, WhatIfForm
from backlog.models import Scenario, ScoringModel
from backlog.selectors import whatif as reads
from backlog.selectors.compared import compared
from backlog.services.scenarios import scenario_apply, scenario_create, scenario_remove
from backlog.views.priority import scoring_for
from plm.errors import NotVisible, PlmError
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy


def _model(request: PlmRequest, text: str) -> ScoringModel:
    """The model that was asked for, or the active one."""
    active = scoring_for(request)
    found = next((m for m in active.models if str(m.uuid) == text), None)
    if text and found is None:
        raise NotVisible
    return found or active.model


def _url(request: PlmRequest, name: str, *more: Any) -> str:
    return reverse(f"backlog:{name}", args=[request.workspace.slug, request.product.key, *more])


@policy("item.view", methods=("GET", "POST"), write="scenario.create")
def what_if(request: PlmRequest) -> HttpResponse:
    """Sliders for the weights and the order they lead to; a POST keeps them as a scenario."""
    params = request.POST if request.method == "POST" else request.GET
    model = _model(request, params.get("model", ""))
    definition = model.versions.get(version=model.version).formula
    asked = WhatIfForm(params, definition=definition)
    asked.is_valid()
    form = ScenarioForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and asked.is_valid() and form.is_valid():
        try:
            made = scenario_create(
                actor=request.actor, product=request.product, model=model, weights=asked.weights(), **form.cleaned_data
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{made.name} is kept. The ranking is as it was.")
            return HttpResponseRedirect(_url(request, "scenarios"))
    context = _tried(request, model, asked)
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "backlog/_whatif.html", context)
    scoring = scoring_for(request)
    context |= {
        "form": form, "sliders": asked.sliders(), "model": model, "scoring": scoring,
        "method": definition.described,
        "may_save": request.actor.may("scenario.create", request.workspace.pk, request.product.pk),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "backlog/whatif.html", context, status=status)


def _tried(request: PlmRequest, model: ScoringModel, asked: WhatIfForm) -> dict[str, Any]:
    top = asked.cleaned_data.get("top") or TOP
    tried = reads.reweighted(asked.definition, asked.weights())
    total = sum(f.weight for f in tried.factors)
    return {
        "outcome": reads.outcome(request.actor, request.product, model, tried, top=top),
        "portions": [(f.label, f.weight / total) for f in tried.factors] if asked.weights() else [],
        "top": top,
        "errors": [str(text) for texts in asked.errors.values() for text in texts],
    }


@policy("scenario.view")
def scenarios(request: PlmRequest) -> HttpResponse:
    """The scenarios of a product, and two of them side by side (`a`, `b`)."""
    rows = reads.scenarios_of(request.actor, request.product)
    chosen = [next((r for r in rows if str(r.uuid) == request.GET.get(name)), None) for name in "ab"]  # fmt: skip
    context: dict[str, Any] = {
        "rows": [_line(request, row) for row in rows],
        "a": chosen[0], "b": chosen[1],
        "may_apply": request.actor.may("scenario.apply", request.workspace.pk, request.product.pk),
        "may_edit": request.actor.may("scenario.edit", request.workspace.pk, request.product.pk),
    }  # fmt: skip
    if chosen[0] and chosen[1] and chosen[0] != chosen[1]:
        context["compared"] = compared(request.actor, request.product, chosen[0], chosen[1])
    return render(request, "backlog/scenarios.html", context)


def _line(request: PlmRequest, row: Scenario) -> dict[str, Any]:
    query = {"model": str(row.scoring_model.uuid)}
    query |= {f"w.{key}": f"{weight:.10g}" for key, weight in row.weights.items()}
    return {
        "told": reads.told(row),
        "try_url": f"{_url(request, 'what_if')}?{urlencode(query)}",
        "apply_url": _url(request, "scenario_apply", row.uuid),
        "remove_url": _url(request, "scenario_remove", row.uuid),
    }


def _scenario(request: PlmRequest, uuid: UUID) -> Scenario:
    rows = reads.scenarios_of(request.actor, request.product)
    found = next((row for row in rows if row.uuid == uuid), None)
    if found is None:
        raise NotVisible
    return found


@policy("scenario.apply", methods=("GET", "POST"))
def scenario_apply_page(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Put the weights of a scenario into force, with a reason."""
    row = _scenario(request, uuid)
    model = row.scoring_model
    form = ApplyForm(request.POST if request.method == "POST" else None, initial={"version": model.version})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            scenario_apply(actor=request.actor, scenario=row, **form.cleaned_data)
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{row.name} is in force. The ranks follow in a moment.")
            return HttpResponseRedirect(f"{request.product.get_absolute_url()}prioritize/")
    told = reads.told(row)
    parts = ", ".join(f"{label} {100 * part:.3g} %" for label, _, part in told.weights)
    moved = " The model has changed since this scenario was made; what it has now is replaced." if told.stale else ""  # fmt: skip
    context = {
        "form": form, "title": f"Apply {row.name}", "submit": "Apply", "cancel_url": _url(request, "scenarios"),
        "intro": f"{model.name} ranks {request.product.name} from then on{': ' + parts if parts else ''}.{moved}",
    }  # fmt: skip
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)


@policy("scenario.edit", methods=("POST",))
def scenario_away(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Delete a scenario."""
    row = _scenario(request, uuid)
    name = row.name
    scenario_remove(actor=request.actor, scenario=row)
    messages.success(request, f"{name} is deleted.")
    return HttpResponseRedirect(_url(request, "scenarios"))
