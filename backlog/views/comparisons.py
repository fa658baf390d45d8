"""Criteria of a weighted model compared in pairs, and the weights that come of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.forms.comparisons import ComparisonForm, UseForm
from backlog.models import ScoringModel
from backlog.selectors.comparisons import Comparison, comparison_of
from backlog.services.comparisons import GROUP, comparison_set, comparison_use
from backlog.views.scoring_models import model_here
from plm.errors import Invalid, PlmError, Stale
from plm.scoring.ahp import MOST_CR
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, looked, policy


def _at(request: PlmRequest, model: ScoringModel) -> str:
    return f"{request.product.get_absolute_url()}prioritize/model/{model.uuid}"


@policy("scoring_model.view", methods=("GET", "POST"), write="scoring_model.compare")
def compare(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Each pair of criteria with what I judge of it; a POST keeps my judgements."""
    model = model_here(request, uuid)
    comparison = comparison_of(request.actor, model)
    if request.method != "POST":
        return _page(request, comparison, ComparisonForm(comparison=comparison))
    form = ComparisonForm(request.POST, comparison=comparison)
    if form.is_valid():
        try:
            comparison_set(
                actor=request.actor, model=model, version=form.cleaned_data["version"], judgements=form.judgements()
            )  # fmt: skip
        except Stale:
            return conflict_page(
                request, form, form.standing(), name="your judgements", version=comparison.own_version,
                keep_url=f"{_at(request, model)}/compare",
            )  # fmt: skip
        except Invalid as error:
            for text in error.fields.values():
                form.add_error(None, text)
        else:
            messages.success(request, "Your judgements are kept. The model has the weights it had.")
            return HttpResponseRedirect(f"{_at(request, model)}/compare")
    return _page(request, comparison, form)


@policy("scoring_model.compare", methods=("POST",))
def compare_preview(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """The weights that the judgements in the form come to; nothing is saved."""
    comparison = comparison_of(request.actor, model_here(request, uuid))
    form = ComparisonForm(request.POST, comparison=comparison)
    if form.is_valid():
        comparison = comparison.tried(form.judgements())
    return looked(render(request, "backlog/_comparison.html", _shown(comparison)))


@policy("scoring_model.edit", methods=("POST",))
def compare_use(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Give the model the weights of the group, or mine, as a new version."""
    model = model_here(request, uuid)
    form = UseForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            comparison_use(actor=request.actor, model=model, **given)
        except PlmError as error:
            for text in error.fields.values() or [error.message]:
                form.add_error(None, text)
        else:
            messages.success(
                request, f"{model.name} has the weights of the comparison. The scores follow."
            )
            return HttpResponseRedirect(_at(request, model))
    comparison = comparison_of(request.actor, model)
    return _page(request, comparison, ComparisonForm(comparison=comparison), form)


def _shown(comparison: Comparison) -> dict[str, Any]:
    return {"comparison": comparison, "most_cr": MOST_CR}


def _page(
    request: PlmRequest, comparison: Comparison, form: ComparisonForm, use: UseForm | None = None
) -> HttpResponse:
    model, actor = comparison.model, request.actor
    where = (request.workspace.pk, request.product.pk)
    initial = {"version": model.version, "whose": GROUP}
    context = {
        **_shown(comparison), "model": model, "form": form, "use_form": use or UseForm(initial=initial),
        "model_url": _at(request, model),
        "may_compare": actor.may("scoring_model.compare", *where),
        "may_use": actor.may("scoring_model.edit", *where),
    }  # fmt: skip
    failed = form.errors or (use and use.errors)
    return render(request, "backlog/compare.html", context, status=422 if failed else 200)
