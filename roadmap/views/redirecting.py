"""What becomes of the open ideas of a product that ends: shown first, then done by one confirmation."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plm.errors import Conflict, Invalid, NotVisible, Stale
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy
from plm.web.undo import done
from roadmap.forms.lifecycle import RedirectForm
from roadmap.models import Sunset
from roadmap.selectors.redirecting import redirect_job, redirection_of
from roadmap.selectors.sunset import sunset_of
from roadmap.services.redirecting import ideas_redirect, ideas_take_back_ask, reversals_of


@policy("lifecycle.edit", methods=("GET", "POST"))
def sunset_ideas(request: PlmRequest) -> HttpResponse:
    """The open ideas, where they would go, and the form that has it done."""
    actor, product = request.actor, request.product
    here = f"{product.get_absolute_url()}plan/sunset/ideas"
    plan = sunset_of(actor, product, None)
    posted = request.method == "POST"
    form = RedirectForm(request.POST if posted else None, word=_word(product.name, plan))
    status = 200
    if posted and form.is_valid():
        try:
            ideas_redirect(actor=actor, product=product, **form.cleaned_data)
        except Invalid as error:
            show_errors(form, error)
        except (Conflict, Stale) as error:
            form.add_error(None, error.message)
            status = error.status
        else:
            job = redirect_job(product)
            back = {"redirection": str(job.uuid)} if job else {}
            goes_on = job is not None and job.payload["target"]
            what = "redirected" if goes_on else "declined"
            done(request, f"The ideas are being {what}.", f"{here}/back", back)
            return HttpResponseRedirect(here)
    found = redirection_of(actor, product, plan)
    status = status if status != 200 or not form.errors else 422
    form.shows(found.seen)
    context = {
        "plan": plan,
        "found": found,
        "reversals": reversals_of(actor, product),
        "form": form,
        "here_url": here,
        "sunset_url": f"{product.get_absolute_url()}plan/sunset",
    }
    return render(request, "roadmap/sunset_ideas.html", context, status=status)


@policy("lifecycle.edit", methods=("POST",))
def sunset_ideas_back(request: PlmRequest) -> HttpResponse:
    """Take a redirection back."""
    try:
        redirection = UUID(request.POST.get("redirection", ""))
    except ValueError:
        raise NotVisible from None
    try:
        ideas_take_back_ask(actor=request.actor, product=request.product, redirection=redirection)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "The ideas are being taken back.")
    return HttpResponseRedirect(f"{request.product.get_absolute_url()}plan/sunset/ideas")


def _word(name: str, plan: Sunset) -> str:
    """What customers could be told, to begin with."""
    if not plan.version:
        return ""
    parts = [f"{name} ends on {plan.final_on:%d %B %Y}."]
    if plan.successor:
        parts.append(f"Your idea goes on with {plan.successor.name}.")
    return " ".join([*parts, plan.instead]).strip()
