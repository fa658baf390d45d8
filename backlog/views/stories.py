"""Splitting a specification into stories, and saying which item fulfils which requirement."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.forms.stories import StoriesForm
from backlog.models import BacklogItem, Spec
from backlog.selectors.stories import proposals
from backlog.services.stories import (
    requirement_story_add,
    requirement_story_remove,
    stories_create,
)
from plm.errors import Invalid, NotVisible
from plm.kinds import record_by_reference
from plm.web.policy import PlmRequest, policy, record_as


@policy("*.edit", scope="record", methods=("GET", "POST"))
def spec_stories(request: PlmRequest) -> HttpResponse:
    """One story for each functional requirement without one: edited here, then made in one go."""
    spec = record_as(request, Spec)
    form = StoriesForm(
        request.POST if request.method == "POST" else None, proposals=proposals(spec)
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = stories_create(actor=request.actor, spec=spec, stories=form.stories())
        except Invalid as error:
            for text in error.fields.values():
                form.add_error(None, text)
        else:
            messages.success(request, f"{len(made)} stories are in the backlog.")
            return HttpResponseRedirect(spec.item.get_absolute_url() + "#children")
    context = {
        "form": form,
        "spec": spec,
        "title": f"Split {spec.reference} into stories",
        "cancel_url": spec.get_absolute_url(),
    }
    return render(request, "backlog/stories.html", context, status=422 if form.errors else 200)


@policy("*.edit", scope="record", methods=("POST",))
def spec_cover(request: PlmRequest) -> HttpResponse:
    """Say that an item fulfils a requirement, or (`on=0`) that it does not."""
    spec = record_as(request, Spec)
    text = request.POST.get("item", "").strip()[:24]
    try:
        item = record_by_reference(request.actor, request.workspace.pk, text)
    except NotVisible:
        item = None
    if not isinstance(item, BacklogItem):
        raise Invalid(fields={"item": f"There is no item {text} here."})
    change = requirement_story_remove if request.POST.get("on") == "0" else requirement_story_add
    change(
        actor=request.actor,
        spec=spec,
        requirement=request.POST.get("requirement", "")[:40],
        item=item,
    )
    return HttpResponseRedirect(f"{spec.get_absolute_url()}#traceability")
