"""Pages of items beyond those every record has: children and promotion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.forms.items import PromoteForm
from backlog.models import BacklogItem
from backlog.services.items import item_create
from backlog.services.promotion import feature_from_ideas, idea_remove, ideas_add, ideas_split
from ideas.models import Idea
from plm.errors import Conflict, Invalid, NotVisible
from plm.kinds import record_by_reference
from plm.web.policy import PlmRequest, policy, record_as


@policy("*.edit", scope="record", methods=("POST",))
def item_child(request: PlmRequest) -> HttpResponse:
    """Add an item below this one, from the one-line form on its page."""
    item = record_as(request, BacklogItem)
    values = {
        "title": request.POST.get("title", "").strip(),
        "type": request.POST.get("type", "task"),
    }
    made = item_create(
        actor=request.actor, product=request.product, values={**values, "parent": item}
    )
    messages.success(request, f"{made.reference} is in.")
    return HttpResponseRedirect(f"{item.get_absolute_url()}#children")


@policy("*.edit", scope="record", methods=("POST",))
def item_idea_remove(request: PlmRequest) -> HttpResponse:
    """Take an idea out of the item it became."""
    item = record_as(request, BacklogItem)
    idea = record_by_reference(
        request.actor, request.workspace.pk, request.POST.get("idea", "")[:24]
    )
    idea_remove(actor=request.actor, item=item, idea=idea)
    messages.success(request, f"{idea.reference} is no part of {item.reference} any more.")
    return HttpResponseRedirect(item.get_absolute_url())


@policy("idea.promote", scope="record", methods=("GET", "POST"))
def idea_promote(request: PlmRequest) -> HttpResponse:
    """One idea becomes a feature, or several."""
    return _promote(request, [record_as(request, Idea)])


@policy("idea.promote", methods=("GET", "POST"))
def ideas_promote(request: PlmRequest) -> HttpResponse:
    """Several ideas, chosen on their list, become one feature."""
    given = request.POST.getlist("ref") or request.GET.getlist("ref")
    references = list(dict.fromkeys(given))[:200]
    ideas = [_idea(request, reference) for reference in references]
    if not ideas:
        raise Invalid("Choose at least one idea on the list first.")
    return _promote(request, ideas)


def _idea(request: PlmRequest, reference: str) -> Idea:
    found = record_by_reference(request.actor, request.workspace.pk, reference[:24])
    if not isinstance(found, Idea) or found.product_id != request.product.pk:
        raise NotVisible(f"There is no idea {reference} in this product.")
    return found


def _promote(request: PlmRequest, ideas: list[Idea]) -> HttpResponse:
    """The form, or its effect. A POST without the form's own fields came from the list: it only shows the form."""
    sent = request.method == "POST" and "titles" in request.POST
    form = PromoteForm(
        request.POST if sent else None,
        actor=request.actor,
        product=request.product,
        initial={"titles": ideas[0].title, "description": _gathered(ideas)},
    )
    if sent and form.is_valid():
        try:
            item = _become(request, form, ideas)
        except (Invalid, Conflict) as error:
            for name, text in (error.fields or {"": error.message}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"{item.reference} {item.title} is in the backlog.")
            return HttpResponseRedirect(item.get_absolute_url())
    context = {
        "form": form,
        "ideas": ideas,
        "submit": "Promote",
        "cancel_url": ideas[0].get_absolute_url(),
    }
    return render(request, "backlog/promote.html", context, status=422 if form.errors else 200)


def _become(request: PlmRequest, form: PromoteForm, ideas: list[Idea]) -> BacklogItem:
    """What the form asks for; the item to show next."""
    found = form.cleaned_data
    common: dict[str, Any] = {"actor": request.actor, "ideas": ideas}
    if found["existing"] is not None:
        return ideas_add(item=found["existing"], **common)
    shared = {name: found[name] for name in ("type", "description", "parent")}
    parts = [{"title": title, **shared} for title in form.title_lines()]
    common["product"] = request.product
    if len(parts) == 1:
        return feature_from_ideas(values=parts[0], **common)
    return ideas_split(parts=parts, **common)[0]


def _gathered(ideas: list[Idea]) -> str:
    """The descriptions of the ideas as one text, each under its reference where there are several."""
    if len(ideas) == 1:
        return ideas[0].description
    parts = [f"### {i.reference} {i.title}\n\n{i.description}".strip() for i in ideas]
    return "\n\n".join(parts)[:100_000]
