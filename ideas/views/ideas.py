"""Pages of ideas beyond those every record has."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.models import Idea
from ideas.services.portal import portal_answer
from ideas.services.votes import idea_vote_set
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


@policy("idea.answer", scope="record", methods=("POST",))
def idea_answer(request: PlmRequest) -> HttpResponse:
    """Answer the customers on the portal."""
    idea = record_as(request, Idea)
    portal_answer(actor=request.actor, idea=idea, body=request.POST.get("body", ""))
    messages.success(request, "Customers can read the answer on the portal.")
    return HttpResponseRedirect(f"{idea.get_absolute_url()}#comments")
