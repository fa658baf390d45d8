"""Pages of the vision and of goals."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plm.errors import Invalid, Stale
from plm.markdown import render as markdown
from plm.models import Event
from plm.selectors import links_for
from plm.web.conflicts import conflict_page
from plm.web.history import history_lines
from plm.web.lists import record_list_page
from plm.web.policy import PlmRequest, policy, record_as
from roadmap.forms.plan import CheckInForm, VisionForm
from roadmap.kinds import OBJECTIVE
from roadmap.models import KeyResult
from roadmap.models.vision import VISION_FIELDS
from roadmap.selectors.goals import goal_cards, goal_rights, vision_of
from roadmap.selectors.strategy import canvases_of, personas_of
from roadmap.services.objectives import key_result_check_in
from roadmap.services.visions import vision_update


@policy("vision.view")
def vision(request: PlmRequest) -> HttpResponse:
    """What the product is for, and how that changed."""
    found = vision_of(request.actor, request.product)
    events = (
        Event.objects.visible_to(request.actor)
        .filter(product=request.product, verb="vision.updated")
        .order_by("-sequence")[:30]
    )
    links = links_for(
        request.actor, request.product, [getattr(found, name) for name in VISION_FIELDS[1:]]
    )
    context = {
        "vision": found,
        "parts": [
            (VisionForm.base_fields[name].label, markdown(getattr(found, name), links))
            for name in VISION_FIELDS[1:]
        ],
        "history": history_lines(events),
        "personas": personas_of(request.actor, request.product),
        "canvases": canvases_of(request.actor, request.product),
        "base": f"{request.product.get_absolute_url()}plan/",
        "may_describe": request.actor.may(
            "persona.create", request.workspace.pk, request.product.pk
        ),
        "may_edit": request.actor.may("vision.edit", request.workspace.pk, request.product.pk),
    }
    return render(request, "roadmap/vision.html", context)


@policy("vision.edit", methods=("GET", "POST"))
def vision_edit(request: PlmRequest) -> HttpResponse:
    found = vision_of(request.actor, request.product)
    initial = {name: getattr(found, name) for name in (*VISION_FIELDS, "version")}
    form = VisionForm(request.POST if request.method == "POST" else None, initial=initial)
    here = f"{request.product.get_absolute_url()}plan/vision"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            vision_update(
                actor=request.actor, product=request.product, version=given["version"],
                values=form.values(), reason=given["reason"],
            )  # fmt: skip
        except Stale:
            found = vision_of(request.actor, request.product)
            theirs = {name: getattr(found, name) for name in VISION_FIELDS}
            return conflict_page(
                request, form, theirs, name="The vision", version=found.version, keep_url=here
            )
        else:
            messages.success(request, "The vision is saved.")
            return HttpResponseRedirect(here)
    context = {"form": form, "title": "Vision", "submit": "Save the vision", "cancel_url": here}
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)


@policy("objective.view")
def goals(request: PlmRequest) -> HttpResponse:
    """Goals as cards with their key results; with any filter or ordering, as the plain list."""
    if set(request.GET) - {"over"}:
        return record_list_page(request, OBJECTIVE)
    over = "over" in request.GET
    context = {
        "goals": goal_cards(request.actor, request.product, pursued=not over),
        "over": over,
        "vision": vision_of(request.actor, request.product).vision,
        "base": f"{request.product.get_absolute_url()}plan/",
        **goal_rights(request.actor, request.product),
    }
    return render(request, "roadmap/goals.html", context)


@policy("key_result.check_in", scope="record", methods=("GET", "POST"))
def check_in(request: PlmRequest) -> HttpResponse:
    """Note a key result's figure. `next` says to which page of ours to go back."""
    result = record_as(request, KeyResult)
    form = CheckInForm(request.POST if request.method == "POST" else None)
    back = (
        result.objective.get_absolute_url() if "goal" in request.GET else result.get_absolute_url()
    )
    if request.method == "POST" and form.is_valid():
        try:
            key_result_check_in(actor=request.actor, key_result=result, **form.cleaned_data)
        except Invalid as error:
            for name, text in error.fields.items():
                form.add_error(name, text)
        else:
            messages.success(request, f"{result.title}: {form.cleaned_data['value']:g} is noted.")
            return HttpResponseRedirect(back)
    context = {
        "form": form, "title": f"Check-in: {result.title}", "submit": "Note it", "cancel_url": back,
    }  # fmt: skip
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)
