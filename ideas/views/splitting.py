"""Splitting an idea: what is on it, to be shared out between it and a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.forms.ideas import SplitForm
from ideas.models import Idea
from ideas.services.splitting import idea_split, sharing
from plm.errors import Invalid, Stale
from plm.selectors import tags_of
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy, record_as
from plm.web.undo import done

SHOWN = 300


@policy("*.move", scope="record", methods=("GET", "POST"))
def split(request: PlmRequest) -> HttpResponse:
    """Make a second idea of what is ticked. After a stale or refused save the ticks are still there."""
    idea = record_as(request, Idea)
    start = {"version": idea.version, "public": idea.public, "tags": ", ".join(_tags(idea))}
    if request.method != "POST":
        return _page(request, idea, SplitForm(initial=start), 200)
    form = SplitForm(request.POST)
    if not form.is_valid():
        return _page(request, idea, form, 422)
    try:
        made = _split(request, idea, dict(form.cleaned_data))
    except Stale:
        idea.refresh_from_db()
        data = request.POST.copy()
        data["version"] = str(idea.version)
        return _page(request, idea, SplitForm(data), 409)
    except Invalid as error:
        show_errors(form, error)
        return _page(request, idea, form, 422)
    text = f"{made.reference} is split off from {idea.reference}."
    done(request, text, f"{made.get_absolute_url()}/merge", {"other": idea.reference})
    return HttpResponseRedirect(made.get_absolute_url())


def _split(request: PlmRequest, idea: Idea, values: dict[str, Any]) -> Idea:
    both = set(_ids(request, "both"))
    chosen = {carrier.name: set(_ids(request, carrier.name)) for carrier in sharing()}
    return idea_split(
        actor=request.actor, idea=idea, version=values.pop("version"), both=both,
        chosen={name: ids - both if name == "votes" else ids for name, ids in chosen.items()},
        tags=values.pop("tags").split(","), values=values,
    )  # fmt: skip


def _ids(request: PlmRequest, name: str) -> list[UUID]:
    try:
        return [UUID(value) for value in request.POST.getlist(name)]
    except ValueError:
        raise Invalid(fields={name: "Load the page again: this is no id of it."}) from None


def _tags(idea: Idea) -> list[str]:
    return [str(tag) for tag in tags_of([idea.pk]).get(idea.pk, [])]


def _page(request: PlmRequest, idea: Idea, form: SplitForm, status: int) -> HttpResponse:
    posted = request.POST
    both = set(posted.getlist("both"))
    parts = []
    for carrier in sharing():
        ticked = set(posted.getlist(carrier.name))
        found = list(carrier.shown(idea.pk)[: SHOWN + 1])
        rows = [
            {"id": str(row.split_key), "text": carrier.describe(row), "ticked": str(row.split_key) in ticked,
             "both": str(row.split_key) in both}
            for row in found[:SHOWN]
        ]  # fmt: skip
        parts.append({"name": carrier.name, "label": carrier.label, "rows": rows, "both": carrier.both, "more": len(found) > SHOWN})  # fmt: skip
    context = {"record": idea, "form": form, "parts": parts, "stale": status == 409, "shown": SHOWN}
    return render(request, "ideas/split.html", context, status=status)
