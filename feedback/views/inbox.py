"""The inbox: what came in at the left, its text and what it speaks for at the right."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from feedback.forms import QuoteForm
from feedback.kinds import FEEDBACK
from feedback.models import Feedback
from feedback.selectors import feedback_page
from plm.kinds import record_by_reference
from plm.services.records import record_move
from plm.web.lists import record_list_page
from plm.web.policy import PlmRequest, policy, record_as


def pane_context(request: PlmRequest, feedback: Feedback) -> dict[str, Any]:
    """What the right side shows of one feedback."""
    may_move = request.actor.may("feedback.move", feedback.workspace_id, feedback.product_id)
    return {
        "record": feedback,
        "may_move": may_move,
        "moves": feedback.workflow.next_states(feedback.state),
        "quote_form": QuoteForm(feedback=feedback),
        "query": request.GET.urlencode(),
        **feedback_page(request.actor, feedback),
    }


@policy("feedback.view")
def inbox(request: PlmRequest) -> HttpResponse:
    """The list of feedback with one of it open: that of `at`, or the first."""
    reference = request.GET.get("at", "")[:24]
    chosen: Feedback | None = None
    if reference:
        found = record_by_reference(request.actor, request.workspace.pk, reference)
        chosen = found if isinstance(found, Feedback) else None
    return record_list_page(
        request, FEEDBACK, pane=pane_context(request, chosen) if chosen else None, at=reference,
        counts=Feedback.objects.visible_to(request.actor).filter(product=request.product).by_state(),
    )  # fmt: skip


@policy("*.view", scope="record")
def pane(request: PlmRequest) -> HttpResponse:
    """The right side alone."""
    context = pane_context(request, record_as(request, Feedback))
    return render(request, "feedback/_pane.html", context)


@policy("*.move", scope="record", methods=("POST",))
def triage(request: PlmRequest) -> HttpResponse:
    """Move a feedback to another state without leaving the inbox."""
    moved = record_move(
        record_as(request, Feedback), actor=request.actor, state=request.POST.get("state", "")[:24]
    )
    if request.headers.get("HX-Request"):
        return render(
            request, "feedback/_pane.html", {**pane_context(request, moved), "swap": True}
        )
    messages.success(request, f"{moved.reference} is now {moved.state_label.lower()}.")
    args = [request.workspace.slug, request.product.key]
    return HttpResponseRedirect(f"{reverse('feedback:inbox', args=args)}?at={moved.reference}")
