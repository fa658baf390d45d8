"""Merging an idea into another, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from ideas.models import Idea
from ideas.services.merging import idea_merge, idea_unmerge
from plm.errors import NotVisible
from plm.kinds import record_by_reference
from plm.web.policy import PlmRequest, policy, record_as
from plm.web.undo import done


@policy("*.move", scope="record", methods=("POST",))
def merge(request: PlmRequest) -> HttpResponse:
    """Merge the idea into `other`, and go there."""
    idea = record_as(request, Idea)
    other = record_by_reference(
        request.actor, request.workspace.pk, request.POST.get("other", "").strip()[:24]
    )
    if not isinstance(other, Idea):
        raise NotVisible("There is no such idea here.")
    rank = request.POST.get("rank", "")
    idea_merge(
        actor=request.actor, source=idea, target=other,
        rank=int(rank) if rank.isdecimal() and len(rank) < 4 else 0,
    )  # fmt: skip
    text = f"{idea.reference} is a part of {other.reference} now."
    done(request, text, f"{idea.get_absolute_url()}/unmerge")
    return HttpResponseRedirect(other.get_absolute_url())


@policy("*.move", scope="record", methods=("POST",))
def unmerge(request: PlmRequest) -> HttpResponse:
    """Take the merge of the idea back."""
    idea = idea_unmerge(actor=request.actor, idea=record_as(request, Idea))
    messages.success(request, f"{idea.reference} stands for itself again, with all it had.")
    return HttpResponseRedirect(idea.get_absolute_url())
