"""Quotes: mark words of a feedback and say what they speak for."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from feedback.forms import QuoteForm
from feedback.models import Feedback
from feedback.selectors import feedback_page, target_named, targets_like
from feedback.services.quotes import idea_from_quote, quote_add, quote_remove
from plm.errors import Conflict, Invalid
from plm.web.policy import PlmRequest, policy, record_as


@policy("feedback.link", scope="record", methods=("POST",))
def quote_new(request: PlmRequest) -> HttpResponse:
    """Link words with an idea or item; with `make=idea`, with a new idea."""
    feedback = record_as(request, Feedback)
    form = QuoteForm(request.POST, feedback=feedback)
    if form.is_valid():
        try:
            target = _link(request, feedback, form)
        except (Invalid, Conflict) as error:
            form.take_errors(error.fields, error.message)
        else:
            messages.success(request, f"Linked with {target}.")
            return HttpResponseRedirect(f"{feedback.get_absolute_url()}#quotes")
    context = {"record": feedback, "quote_form": form, **feedback_page(request.actor, feedback)}
    return render(request, "feedback/quote_form.html", context, status=422)


def _link(request: PlmRequest, feedback: Feedback, form: QuoteForm) -> str:
    """Make the link; the reference of what was linked."""
    given = form.cleaned_data
    common = {
        "excerpt": given["excerpt"],
        "start": given["start"],
        "importance": given["importance"],
    }
    if request.POST.get("make") == "idea":
        quote = idea_from_quote(
            actor=request.actor, feedback=feedback, title=given["title"], **common
        )
    else:
        if not given["target"].strip():
            raise Invalid(fields={"target": "Name an idea or item, or make a new idea."})
        target = target_named(request.actor, request.product, given["target"])
        quote = quote_add(actor=request.actor, feedback=feedback, target=target, **common)
    return quote.target.reference if quote.target else ""


@policy("feedback.link", scope="record", methods=("POST",))
def quote_take_back(request: PlmRequest, uuid: UUID) -> HttpResponse:
    feedback = record_as(request, Feedback)
    quote_remove(actor=request.actor, feedback=feedback, uuid=uuid)
    messages.success(request, "The quote is taken back.")
    return HttpResponseRedirect(f"{feedback.get_absolute_url()}#quotes")


@policy("*.view", scope="record")
def targets(request: PlmRequest) -> HttpResponse:
    """Ideas and items that match what is being typed, as options of the field."""
    record_as(request, Feedback)
    rows = targets_like(request.actor, request.product, request.GET.get("target", ""))
    return render(request, "feedback/_targets.html", {"rows": rows})
