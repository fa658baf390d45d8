"""Similar ideas: while an idea is written, and beside an idea that stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ideas.kinds.ideas import IDEA
from ideas.models import Idea
from ideas.selectors.similar import similar_to, similar_to_text
from ideas.services.similar import similar_answer
from plm.errors import NotVisible
from plm.kinds import record_by_reference
from plm.web.lists import list_url
from plm.web.policy import PlmRequest, policy, record_as


@policy("record.view", methods=("GET", "POST"))
def similar_typing(request: PlmRequest) -> HttpResponse:
    """Ideas like the one in the form. Without script the form is sent here, and comes back with them."""
    given = request.POST if request.method == "POST" else request.GET
    texts = (given.get("title", "")[:250], given.get("description", "")[:20_000])
    found = similar_to_text(request.actor, request.product, *texts)
    if request.method == "GET":
        return render(request, "ideas/_similar.html", {"found": found, "asked": bool(texts[0])})
    start = {name: value for name, value in given.items() if name != "form_key"}
    form = IDEA.form(actor=request.actor, product=request.product, model=Idea, initial=start)
    args = [request.workspace.slug, request.product.key, IDEA.path]
    context: dict[str, Any] = {
        "form": form, "kind": IDEA, "record": None, "title": "New idea", "cancel_url": list_url(IDEA, request),
        "action": reverse("plm:record_new", args=args), "found": found, "asked": True,
    }  # fmt: skip
    return render(request, IDEA.form_template, context)


@policy("*.view", scope="record", methods=("GET", "POST"), write="*.edit")
def similar(request: PlmRequest) -> HttpResponse:
    """Ideas that may be the same as this one. POST keeps what a person says about one of them."""
    idea = record_as(request, Idea)
    if request.method == "POST":
        return _answer(request, idea)
    context = {
        "record": idea,
        "found": similar_to(request.actor, idea),
        "may_edit": request.actor.may("idea.edit", idea.workspace_id, idea.product_id),
    }
    partly = request.headers.get("HX-Request")
    return render(request, "ideas/_similar_to.html" if partly else "ideas/similar.html", context)


def _answer(request: PlmRequest, idea: Idea) -> HttpResponse:
    other = record_by_reference(
        request.actor, request.workspace.pk, request.POST.get("other", "")[:24]
    )
    if not isinstance(other, Idea):
        raise NotVisible
    rank = request.POST.get("rank", "")
    accepted = request.POST.get("answer") == "same"
    similar_answer(
        actor=request.actor, idea=idea, other=other, accepted=accepted,
        rank=int(rank) if rank.isdecimal() and len(rank) < 4 else 0,
    )  # fmt: skip
    if request.headers.get("HX-Request"):
        context = {"record": idea, "found": similar_to(request.actor, idea), "may_edit": True}
        return render(request, "ideas/_similar_to.html", context)
    messages.success(request, f"{other.reference} is not suggested here any more.")
    return HttpResponseRedirect(f"{idea.get_absolute_url()}/similar")
