"""Pages of ideas beyond those every record has."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.forms.ideas import ResponseForm
from ideas.models import Idea
from ideas.services.portal import portal_answer, response_set
from ideas.services.votes import idea_vote_set
from plm.errors import Stale
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy, record_as


@policy("*.follow", scope="record", methods=("POST",))
def idea_vote(request: PlmRequest) -> HttpResponse:
    """Vote for the idea (`on=1`) or take the vote back."""
    idea = record_as(request, Idea)
    voting = request.POST.get("on") == "1"
    idea.votes_count = idea_vote_set(actor=request.actor, idea=idea, voting=voting)
    if request.headers.get("HX-Request"):
        context = {"record": idea, "has_voted": voting, "may_vote": True}
        return render(request, "ideas/_vote.html", context)
    return HttpResponseRedirect(idea.get_absolute_url())


@policy("idea.answer", scope="record", methods=("GET", "POST"))
def idea_response(request: PlmRequest) -> HttpResponse:
    """The official response: written, changed, or taken back."""
    idea = record_as(request, Idea)
    start = {"body": idea.response, "version": idea.version}
    form = ResponseForm(request.POST if request.method == "POST" else None, initial=start)
    back = f"{idea.get_absolute_url()}#response"
    if request.method == "POST" and form.is_valid():
        body, version = form.cleaned_data["body"], form.cleaned_data["version"]
        try:
            response_set(actor=request.actor, record=idea, version=version, body=body)
        except Stale:
            idea.refresh_from_db()
            return conflict_page(
                request, form, {"body": idea.response}, name=idea.reference, version=idea.version, keep_url=back
            )  # fmt: skip
        messages.success(
            request, "The response is saved." if body else "The response is taken back."
        )
        return HttpResponseRedirect(back)
    context = {
        "form": form,
        "title": "Official response",
        "intro": f"{idea.reference} {idea.title}",
        "submit": "Save the response",
        "cancel_url": back,
    }
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)


@policy("idea.answer", scope="record", methods=("POST",))
def idea_answer(request: PlmRequest) -> HttpResponse:
    """Comment in public, for the customers on the portal."""
    idea = record_as(request, Idea)
    portal_answer(actor=request.actor, idea=idea, body=request.POST.get("body", ""))
    messages.success(request, "Customers can read the comment on the portal.")
    return HttpResponseRedirect(f"{idea.get_absolute_url()}#comments")
