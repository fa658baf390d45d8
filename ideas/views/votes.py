"""Voting on behalf of others."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.forms.customers import VoterForm
from ideas.models import Idea, Person
from ideas.services.votes import vote_add_for, vote_remove_for
from plm.errors import NotVisible, PlmError
from plm.web.policy import PlmRequest, policy, record_as


@policy("idea.vote_for", scope="record", methods=("GET", "POST"))
def voter_new(request: PlmRequest) -> HttpResponse:
    idea = record_as(request, Idea)
    form = VoterForm(request.POST if request.method == "POST" else None, product=request.product)
    if request.method == "POST" and form.is_valid():
        try:
            vote_add_for(actor=request.actor, idea=idea, **form.cleaned_data)
        except PlmError as error:
            for name, text in (error.fields or {"": error.message}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"{form.cleaned_data['person'].name} votes for it now.")
            return HttpResponseRedirect(f"{idea.get_absolute_url()}#voters")
    context = {
        "form": form,
        "title": "Vote for somebody",
        "intro": f"{idea.reference} {idea.title}",
        "submit": "Add the vote",
        "cancel_url": idea.get_absolute_url(),
    }
    status = 422 if form.errors else 200
    return render(request, "ideas/customer_form.html", context, status=status)


@policy("idea.vote_for", scope="record", methods=("POST",))
def voter_remove(request: PlmRequest, uuid: UUID) -> HttpResponse:
    idea = record_as(request, Idea)
    person = Person.objects.filter(workspace_id=idea.workspace_id, uuid=uuid).first()
    if person is None:
        raise NotVisible
    vote_remove_for(actor=request.actor, idea=idea, person=person)
    messages.success(request, f"{person.name} no longer votes for it.")
    return HttpResponseRedirect(f"{idea.get_absolute_url()}#voters")
