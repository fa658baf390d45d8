"""The page of the strategy, and the canvases."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plm.errors import Invalid, NotVisible, Stale
from plm.web.conflicts import conflict_page
from plm.web.history import history_lines
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy
from roadmap.canvases import CANVASES, CanvasType
from roadmap.forms.strategy import CanvasForm
from roadmap.selectors.strategy import canvas_events, canvas_of, canvas_shown, canvases_of
from roadmap.services.strategy import canvas_update


def _type(name: str) -> CanvasType:
    if name not in CANVASES:
        raise NotVisible
    return CANVASES[name]


@policy("canvas.view")
def canvas(request: PlmRequest, name: str) -> HttpResponse:
    """A canvas with its boxes, and how it came to be."""
    found = canvas_of(request.actor, request.product, _type(name).name)
    context = {
        "shown": canvas_shown(found), "canvases": canvases_of(request.actor, request.product),
        "history": history_lines(canvas_events(request.actor, request.product, name)),
        "base": f"{request.product.get_absolute_url()}plan/",
        "may_edit": request.actor.may("canvas.edit", request.workspace.pk, request.product.pk),
    }  # fmt: skip
    return render(request, "roadmap/canvas.html", context)


@policy("canvas.edit", methods=("GET", "POST"))
def canvas_edit(request: PlmRequest, name: str) -> HttpResponse:
    """The form of a canvas."""
    kind = _type(name)
    found = canvas_of(request.actor, request.product, name)
    here = f"{request.product.get_absolute_url()}plan/canvas/{name}"
    data = request.POST if request.method == "POST" else None
    form = CanvasForm(data, canvas=kind, initial={**found.boxes, "version": found.version})
    if data is not None and form.is_valid():
        given = form.cleaned_data
        try:
            canvas_update(
                actor=request.actor, product=request.product, type=name, version=given["version"],
                boxes=form.boxes(), reason=given["reason"],
            )  # fmt: skip
        except Stale:
            now = canvas_of(request.actor, request.product, name)
            theirs = {box.name: now.boxes.get(box.name, "") for box in kind.boxes}
            return conflict_page(
                request, form, theirs, name=f"The {kind.label}", version=now.version, keep_url=here
            )
        except Invalid as error:
            show_errors(form, error)
        else:
            messages.success(request, f"The {kind.label} is saved.")
            return HttpResponseRedirect(here)
    context = {
        "form": form, "title": kind.label, "submit": "Save the canvas", "cancel_url": here,
        "intro": f"{kind.says} One point a line; leave empty what you do not know yet.",
    }  # fmt: skip
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)
