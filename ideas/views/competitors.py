"""The comparison with competitors."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ideas.forms.competitors import CapabilityForm, RatingForm
from ideas.kinds.tabs import DISCOVERY
from ideas.models import Competitor
from ideas.selectors.competitors import US, capability_of, comparison, ratings_of
from ideas.services.competitors import capability_archive, capability_create, capability_rate
from plm.errors import Conflict, Invalid, NotVisible
from plm.kinds import record_by_reference
from plm.models import Reference
from plm.web.policy import PlmRequest, policy


def _address(request: PlmRequest, name: str, *rest: object) -> str:
    return reverse(f"ideas:{name}", args=[request.workspace.slug, request.product.key, *rest])


@policy("competitor.view")
def grid(request: PlmRequest) -> HttpResponse:
    return _grid(request, CapabilityForm())


def _grid(request: PlmRequest, form: CapabilityForm) -> HttpResponse:
    may = request.actor.may("competitor.edit", request.workspace.pk, request.product.pk)
    home = request.product.get_absolute_url()
    context = {
        "grid": comparison(request.actor, request.product), "form": form, "may_edit": may,
        "tabs": [{"label": label, "url": home + path, "current": path == "competitors/comparison"} for label, path in DISCOVERY],
    }  # fmt: skip
    return render(request, "ideas/comparison.html", context, status=422 if form.errors else 200)


@policy("competitor.edit", methods=("POST",))
def capability_new(request: PlmRequest) -> HttpResponse:
    form = CapabilityForm(request.POST)
    if form.is_valid():
        try:
            made = capability_create(
                actor=request.actor, product=request.product, name=form.cleaned_data["name"], record=_record(request, form)
            )  # fmt: skip
        except (Invalid, Conflict) as error:
            for name, text in (error.fields or {"name": error.message}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"{made.name} is compared now. Rate it for each.")
            return HttpResponseRedirect(_address(request, "comparison"))
    return _grid(request, form)


def _record(request: PlmRequest, form: CapabilityForm) -> Reference | None:
    text = form.cleaned_data["record"].strip()
    if not text:
        return None
    try:
        record = record_by_reference(request.actor, request.workspace.pk, text)
    except NotVisible:
        raise Invalid(fields={"record": f"There is no record {text} here."}) from None
    return Reference.objects.get(pk=record.pk)


@policy("competitor.edit", methods=("POST",))
def capability_remove(request: PlmRequest, uuid: UUID) -> HttpResponse:
    capability = capability_of(request.product, uuid)
    capability_archive(actor=request.actor, capability=capability)
    messages.success(request, f"{capability.name} is off the comparison.")
    return HttpResponseRedirect(_address(request, "comparison"))


@policy("competitor.view", methods=("GET", "POST"), write="competitor.edit")
def cell(request: PlmRequest, uuid: UUID, who: str) -> HttpResponse:
    """One cell: what was seen when, and the form of a new rating. `who` is a competitor's reference, or us."""
    capability = capability_of(request.product, uuid)
    competitor = None if who == US else _competitor(request, who)
    data = request.POST if request.method == "POST" else None
    form = RatingForm(data, initial={"on": timezone.localdate()})
    if data is not None and form.is_valid():
        try:
            capability_rate(
                actor=request.actor,
                capability=capability,
                competitor=competitor,
                **form.cleaned_data,
            )
        except Invalid as error:
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"{capability.name} is rated.")
            return HttpResponseRedirect(_address(request, "comparison"))
    may = request.actor.may("competitor.edit", request.workspace.pk, request.product.pk)
    context = {
        "capability": capability, "competitor": competitor, "ratings": ratings_of(capability, competitor), "form": form,
        "may_edit": may, "title": f"{capability.name}: {competitor.title if competitor else 'ours'}",
        "submit": "Save the rating", "cancel_url": _address(request, "comparison"),
    }  # fmt: skip
    return render(
        request, "ideas/capability_cell.html", context, status=422 if form.errors else 200
    )


def _competitor(request: PlmRequest, reference: str) -> Competitor:
    record = record_by_reference(request.actor, request.workspace.pk, reference[:24])
    if not isinstance(record, Competitor) or record.product_id != request.product.pk:
        raise NotVisible
    return record
