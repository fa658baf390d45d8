"""Pages of the life of a product: its phases, what the figures suggest, what could be retired, and how something ends."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.models import BacklogItem
from plm.errors import Invalid, NotVisible, PlmError, Stale
from plm.lifecycle import PHASES
from plm.models import Product
from plm.web.conflicts import conflict_page
from plm.web.pages import form_page, show_errors
from plm.web.policy import PlmRequest, policy, record_as
from roadmap.forms.lifecycle import EnterPhaseForm, PhasePlanForm, SunsetForm
from roadmap.models import PhasePlan
from roadmap.phases import TOO_LITTLE, Suggestion
from roadmap.selectors.lifecycle import phases_of, retirement_of, suggestion_of
from roadmap.selectors.sunset import affected_by, sunset_of
from roadmap.services.lifecycle import (
    SUNSET_FIELDS,
    phase_enter,
    phase_plan_set,
    sunset_update,
)

LABELS = dict(PHASES)


@policy("lifecycle.view")
def lifecycle(request: PlmRequest) -> HttpResponse:
    """Phases, the phase that the figures suggest, candidates for retirement."""
    return _page(request, None)


def _page(request: PlmRequest, form: EnterPhaseForm | None, status: int = 200) -> HttpResponse:
    actor, product = request.actor, request.product
    found = suggestion_of(actor, product)
    start = {"phase": found.phase or product.phase}
    context = {
        "phases": phases_of(actor, product), "found": found, "evidence": [_told(one) for one in found.each],
        "differs": bool(found.phase) and found.phase != product.phase, "retirement": retirement_of(actor, product),
        "plan": sunset_of(actor, product, None), "form": form or EnterPhaseForm(initial=start),
        "base": f"{product.get_absolute_url()}plan/", "phase_label": LABELS[product.phase],
        "may_enter": actor.may("product.edit", request.workspace.pk, product.pk),
        "may_plan": actor.may("lifecycle.edit", request.workspace.pk, product.pk),
    }  # fmt: skip
    return render(request, "roadmap/lifecycle.html", context, status=status)


def _told(one: Suggestion) -> dict[str, Any]:
    """One series in words, with its course for the chart."""
    months = one.series.months
    if one.why == TOO_LITTLE:
        says = f"Not enough data: {len(months)} complete month{'' if len(months) == 1 else 's'}; {one.missing} more are needed."  # fmt: skip
    elif one.phase:
        says = f"{LABELS[one.phase]}: the last two months agree."
    else:
        says = "No clear phase: the last two months do not agree."
    signal = {"above": "more", "below": "less"}.get(one.signal, "")
    return {
        "one": one, "says": says, "last": one.months[-1] if one.months else None, "signal": signal,
        "values": list(one.series.values), "labels": [f"{month:%b %Y}" for month in months],
    }  # fmt: skip


@policy("product.edit", methods=("POST",))
def phase_set(request: PlmRequest) -> HttpResponse:
    """A person confirms the phase."""
    form = EnterPhaseForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    phase = form.cleaned_data["phase"]
    try:
        phase_enter(actor=request.actor, product=request.product, **form.cleaned_data)
    except Invalid as error:
        show_errors(form, error)
        return _page(request, form, 422)
    except PlmError as error:
        form.add_error("phase", error.message)
        return _page(request, form, 409)
    messages.success(request, f"{request.product.name} is in the phase {LABELS[phase].lower()}.")
    return HttpResponseRedirect(f"{request.product.get_absolute_url()}plan/lifecycle")


@policy("lifecycle.edit", methods=("GET", "POST"))
def phase_plan(request: PlmRequest, name: str) -> HttpResponse:
    """When a phase is to begin, and the gate into it."""
    if name not in LABELS:
        raise NotVisible
    product = request.product
    row = PhasePlan.objects.filter(product=product, phase=name).select_related("gate__product").first()  # fmt: skip
    initial = {"planned_on": row.planned_on, "gate": row.gate} if row else {}
    data = request.POST if request.method == "POST" else None
    form = PhasePlanForm(data, actor=request.actor, product=product, initial=initial)
    here = f"{product.get_absolute_url()}plan/lifecycle"
    if data is not None and form.is_valid():
        try:
            phase_plan_set(actor=request.actor, product=product, phase=name, **form.cleaned_data)
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{LABELS[name]} is planned.")
            return HttpResponseRedirect(here)
    intro = "Whether the criteria are met, who decides and when stands on the gate."
    return form_page(request, form, f"Plan the phase {LABELS[name].lower()}", "Save", here, intro=intro)  # fmt: skip


@policy("lifecycle.view")
def sunset(request: PlmRequest) -> HttpResponse:
    """How the product ends, and whom that hits."""
    return _sunset(request, None)


@policy("lifecycle.view", scope="record")
def item_sunset(request: PlmRequest) -> HttpResponse:
    """How a feature ends, and whom that hits."""
    return _sunset(request, record_as(request, BacklogItem))


@policy("lifecycle.edit", methods=("GET", "POST"))
def sunset_edit(request: PlmRequest) -> HttpResponse:
    """The form of the end of the product."""
    return _sunset_form(request, None)


@policy("lifecycle.edit", scope="record", methods=("GET", "POST"))
def item_sunset_edit(request: PlmRequest) -> HttpResponse:
    """The form of the end of a feature."""
    return _sunset_form(request, record_as(request, BacklogItem))


def _here(request: PlmRequest, item: BacklogItem | None) -> str:
    home = request.product.get_absolute_url()
    return f"{home}plan/sunset" if item is None else f"{item.get_absolute_url()}/sunset"


def _sunset(request: PlmRequest, item: BacklogItem | None) -> HttpResponse:
    actor, product = request.actor, request.product
    context = {
        "plan": sunset_of(actor, product, item), "item": item, "affected": affected_by(actor, product, item),
        "name": item.title if item else product.name, "here_url": _here(request, item),
        "may_plan": actor.may("lifecycle.edit", request.workspace.pk, product.pk),
        "life_url": f"{product.get_absolute_url()}plan/lifecycle",
    }  # fmt: skip
    if item is None and context["may_plan"]:
        context["ideas_url"] = f"{product.get_absolute_url()}plan/sunset/ideas"
    return render(request, "roadmap/sunset.html", context)


def _sunset_form(request: PlmRequest, item: BacklogItem | None) -> HttpResponse:
    actor, product, here = request.actor, request.product, _here(request, item)
    plan = sunset_of(actor, product, item)
    others = Product.objects.visible_to(actor).filter(workspace_id=product.workspace_id, archived_at=None)  # fmt: skip
    others = others.exclude(pk=product.pk) if item is None else others
    form = SunsetForm(request.POST if request.method == "POST" else None, plan=plan, products=others)  # fmt: skip
    name = f"the end of {item.title if item else product.name}"
    if request.method == "POST" and form.is_valid():
        try:
            sunset_update(
                actor=actor, product=product, item=item, version=form.cleaned_data["version"], values=form.values(),
                why=form.cleaned_data["why"],
            )  # fmt: skip
        except Stale:
            now = sunset_of(actor, product, item)
            theirs = {field: getattr(now, field) for field in SUNSET_FIELDS}
            return conflict_page(request, form, theirs, name=name.capitalize(), version=now.version, keep_url=here)  # fmt: skip
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, f"The plan for {name} is saved.")
            return HttpResponseRedirect(here)
    return form_page(request, form, f"Plan {name}", "Save the plan", here)
