"""Whether the work serves the goals, and mending it where it does not."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.models import BacklogItem
from backlog.selectors import balance as reads
from backlog.selectors.priority import Scoring, scoring_of
from backlog.services.scoring_models import scoring_models_ensure
from plm.errors import NotVisible, PlmError
from plm.filters import refuse_unknown
from plm.lifecycle import UNDONE
from plm.models import Product
from plm.scoring.shares import ABOUT
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy, record_as
from plm.web.undo import done
from roadmap.forms.contributions import AssignForm, ContributionForm
from roadmap.selectors.alignment import PURSUED, Aligned, alignment_of
from roadmap.selectors.contributions import goals_inherited, goals_served
from roadmap.services.contributions import contribution_set, objective_assign, objective_unassign
from roadmap.views.roadmap import item_named


def scoring_for(product: Product) -> Scoring:
    """How the product is scored; one without a model gets its default ones."""
    found = scoring_of(product)
    if found is None:
        scoring_models_ensure(product=product)
        found = scoring_of(product)
    if found is None:
        raise NotVisible
    return found


@policy("item.view")
def alignment(request: PlmRequest) -> HttpResponse:
    """Shares of the effort by goal, items that serve none, goals that nothing serves."""
    refuse_unknown(request.GET, {"scope"})
    product, asked = request.product, request.GET.get("scope", "")
    scopes = [(one.name, one.label) for one in reads.scopes()]
    known = not asked or asked in dict(scopes)
    found = alignment_of(request.actor, product, scoring_for(product), scope=asked if known else "")
    goals = [goal.objective for goal in found.goals if goal.objective.state in PURSUED]
    context = {
        "found": found, "scopes": scopes, "wrong_scope": not known, "slack": round(100 * ABOUT),
        "nobody": _percent(found.nobody.portion.share) if found.nobody else None,
        "rows": [_told(goal) for goal in found.goals], "choices": [(str(g.uuid), g.title) for g in goals],
        "base": f"{product.get_absolute_url()}plan/",
        "may_assign": request.actor.may("contribution.edit", request.workspace.pk, product.pk),
    }  # fmt: skip
    return render(request, "roadmap/alignment.html", context, status=200 if known else 422)


def _told(goal: Aligned) -> dict[str, Any]:
    return {
        "goal": goal, "share": _percent(goal.share), "target": _percent(goal.target), "says": _says(goal),
        "good": goal.on_target and goal.points is not None,
    }  # fmt: skip


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _says(goal: Aligned) -> str:
    """The difference in words, with what to do."""
    points = goal.points
    if goal.target is None:
        return "No target share yet: set one on the goal."
    if points is None:
        return "No effort is known here."
    if goal.on_target:
        return "On target."
    off = f"{abs(points):.0f} point{'' if round(abs(points)) == 1 else 's'}"
    return f"{off} short: give it items." if points < 0 else f"{off} over: leave some out, or raise the target."  # fmt: skip


@policy("contribution.edit", methods=("POST",))
def alignment_assign(request: PlmRequest) -> HttpResponse:
    """Let an item serve a goal, or take that back; the message has the way back."""
    form = AssignForm(request.POST, product=request.product)
    page = f"{request.product.get_absolute_url()}plan/alignment"
    if not form.is_valid():
        messages.error(request, "Name a backlog item and choose a goal of this product.")
        return HttpResponseRedirect(page)
    given = form.cleaned_data
    back = f"{page}?{urlencode({'scope': given['scope']})}" if given["scope"] else page
    text = given["item"].strip()
    try:
        item = item_named(request, f"{request.product.key}-{text}" if text.isdecimal() else text)
        change = objective_unassign if given["back"] else objective_assign
        change(
            actor=request.actor, item=item, objective=given["objective"],
            reason=UNDONE if given["back"] else "",
        )  # fmt: skip
    except NotVisible:
        messages.error(request, f"There is no backlog item {text} in {request.product.name}.")
    except PlmError as error:
        messages.error(request, " ".join(error.fields.values()) or error.message)
    else:
        _say(request, item, given)
    return HttpResponseRedirect(back)


def _say(request: PlmRequest, item: BacklogItem, given: dict[str, Any]) -> None:
    goal = given["objective"]
    if given["back"]:
        messages.success(request, f"{item.reference} does not serve {goal.title} any more.")
        return
    undo = {"item": item.reference, "objective": str(goal.uuid), "back": "1", "scope": given["scope"]}  # fmt: skip
    done(request, f"{item.reference} serves {goal.title}.", request.path, undo)


@policy("contribution.edit", scope="record", methods=("GET", "POST"))
def serves(request: PlmRequest) -> HttpResponse:
    """How much of the work on an item serves which goals."""
    item = record_as(request, BacklogItem)
    form = ContributionForm(
        request.POST if request.method == "POST" else None, product=request.product,
        initial={"objective": request.GET.get("objective"), "percent": request.GET.get("percent")},
    )  # fmt: skip
    here = f"{item.get_absolute_url()}/serves"
    if request.method == "POST" and form.is_valid():
        try:
            contribution_set(actor=request.actor, item=item, **form.cleaned_data)
        except PlmError as error:
            show_errors(form, error)
        else:
            goal, percent = form.cleaned_data["objective"], form.cleaned_data["percent"]
            says = f"{percent}% of {item.reference} serve" if percent else f"Nothing of {item.reference} serves"  # fmt: skip
            messages.success(request, f"{says} {goal.title}.")
            return HttpResponseRedirect(here)
    served = goals_served(request.actor, item)
    inherited = None if served else goals_inherited(request.actor, item)
    context = {
        "form": form, "record": item, "served": served, "left": max(0, 100 - sum(s.percent for s in served)), "here_url": here,
        "inherited": inherited,
    }  # fmt: skip
    return render(request, "roadmap/serves.html", context, status=422 if form.errors else 200)
