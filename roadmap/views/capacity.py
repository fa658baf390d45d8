"""Plan to capacity: what teams can do, the plan that is proposed, and putting it on the roadmap."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plm.errors import PlmError, Stale
from plm.web.conflicts import conflict_page
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy
from roadmap.forms.capacity import ApplyPlanForm, CapacityForm, standing
from roadmap.selectors.capacity import amounts_of, open_releases, plan_settings, teams_of
from roadmap.selectors.proposal import proposal_page, rules_told
from roadmap.services.applying import plan_apply
from roadmap.services.capacity import capacities_set, plan_ask


def _here(request: PlmRequest) -> str:
    return f"{request.product.get_absolute_url()}prioritize/plan"


def _form(request: PlmRequest, data: Any) -> CapacityForm:
    product = request.product
    return CapacityForm(
        data, settings=plan_settings(product), teams=teams_of(product), releases=open_releases(product)[:8],
        amounts=amounts_of(product),
    )  # fmt: skip


@policy("item.view")
def plan(request: PlmRequest) -> HttpResponse:
    """The proposed plan beside the roadmap, and what it is made of."""
    return _page(request, _form(request, None), None)


def _page(
    request: PlmRequest, form: CapacityForm, apply: ApplyPlanForm | None, status: int = 200
) -> HttpResponse:
    found = proposal_page(request.actor, request.product)

    def may(action: str) -> bool:
        return request.actor.may(action, request.workspace.pk, request.product.pk)

    start = {"number": found.number, "seen": found.hand_mark}
    context = {
        "found": found, "form": form, "apply": apply or ApplyPlanForm(initial=start), "here_url": _here(request),
        "may_plan": may("plan.edit"), "may_apply": may("placement.edit"), "unit": found.inputs.unit if found.inputs else "",
    }  # fmt: skip
    return render(request, "roadmap/plan.html", context, status=status)


@policy("plan.edit", methods=("POST",))
def plan_capacities(request: PlmRequest) -> HttpResponse:
    """Save what teams can do, and ask for a plan."""
    form = _form(request, request.POST)
    if not form.is_valid():
        return _page(request, form, None, 422)
    found = proposal_page(request.actor, request.product)
    try:
        capacities_set(
            actor=request.actor, product=request.product, version=form.cleaned_data["version"],
            values=form.values(), amounts=form.amounts(), unit=found.inputs.unit if found.inputs else "",
        )  # fmt: skip
    except Stale:
        product, now = request.product, plan_settings(request.product)
        theirs = standing(now, form.teams, form.offered, amounts_of(product))
        theirs.pop("version")
        return conflict_page(
            request, form, theirs, name="what teams can do", version=now.version, keep_url=_here(request)
        )  # fmt: skip
    except PlmError as error:
        show_errors(form, error)
        return _page(request, form, None, 422)
    messages.success(request, "Saved. The plan is being worked out.")
    return HttpResponseRedirect(_here(request))


@policy("plan.edit", methods=("POST",))
def plan_anew(request: PlmRequest) -> HttpResponse:
    """Ask for a plan of what stands now."""
    plan_ask(actor=request.actor, product=request.product)
    messages.success(request, "The plan is being worked out anew.")
    return HttpResponseRedirect(_here(request))


@policy("placement.edit", methods=("POST",))
def plan_put(request: PlmRequest) -> HttpResponse:
    """Put the chosen moves of the proposal on the roadmap: `item` names each by its number."""
    form = ApplyPlanForm(request.POST)
    if not form.is_valid():
        return _page(request, _form(request, None), form, 422)
    found = proposal_page(request.actor, request.product)
    chosen = set(request.POST.getlist("item"))
    keys = [m.item.pk for m in found.changing if str(m.item.number) in chosen]
    whole = len(keys) == len(found.changing)
    try:
        done = plan_apply(
            actor=request.actor, product=request.product, items=None if whole else keys, **form.cleaned_data
        )  # fmt: skip
    except PlmError as error:
        messages.error(request, " ".join(error.fields.values()) or error.message)
        status = 409 if isinstance(error, Stale) else 422
        return _page(request, _form(request, None), None, status)
    messages.success(
        request, f"{done.placed} items have their release, {done.released} are out of theirs."
    )
    for text in rules_told(done.broken, request.product)[:5]:
        messages.warning(request, text)
    return HttpResponseRedirect(_here(request))
