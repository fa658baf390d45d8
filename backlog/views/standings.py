"""Where the line of the ranked list is, and why an item stands where it stands."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.forms.priority import LineForm, SourcesForm
from backlog.models import BacklogItem, RankingSettings
from backlog.selectors.explain import explained, item_named
from backlog.selectors.priority import explanation_of
from backlog.selectors.sources import all_sources, sources_mark, sources_of
from backlog.selectors.standings import effort_unit, ranking_settings
from backlog.services.sources import factor_sources_set
from backlog.services.standings import ranking_settings_set
from backlog.views.priority import scoring_for
from plm.errors import PlmError, Stale
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy, record_as


def _shown(line: RankingSettings) -> dict[str, object]:
    return {
        "kind": "capacity" if line.capacity is not None else "top",
        "top": line.top,
        "capacity": line.capacity,
        "stale_days": line.stale_days,
    }


@policy("ranking.edit", methods=("GET", "POST"))
def ranking_line(request: PlmRequest) -> HttpResponse:
    """After how many items, or at which capacity, the list is cut."""
    product, line = request.product, ranking_settings(request.product)
    home = f"{product.get_absolute_url()}prioritize/"
    form = LineForm(
        request.POST if request.method == "POST" else None,
        initial={**_shown(line), "version": line.version},
    )
    unit = effort_unit(scoring_for(request).definition)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            ranking_settings_set(
                actor=request.actor, product=product, version=version, values=form.values()
            )
        except Stale:
            now = ranking_settings(product)
            return conflict_page(
                request, form, _shown(now), name="the line of the ranked list", version=now.version, keep_url=home
            )  # fmt: skip
        except PlmError as error:
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, "The line is set. Chances follow in a moment.")
            return HttpResponseRedirect(home)
    context = {
        "form": form, "title": "Line of the ranked list", "submit": "Set the line", "cancel_url": home, "unit": unit,
        "intro": "What stands above the line is what gets done. The list shows for each item the chance to be above it.",
    }  # fmt: skip
    return render(request, "backlog/ranking_line.html", context, status=422 if form.errors else 200)


@policy("scoring_model.edit", methods=("GET", "POST"))
def factor_sources(request: PlmRequest) -> HttpResponse:
    """Which factors of the active model fill themselves, and from which data."""
    scoring, home = scoring_for(request), f"{request.product.get_absolute_url()}prioritize/"
    kept = sources_of(scoring.model)
    form = SourcesForm(
        request.POST if request.method == "POST" else None, definition=scoring.definition,
        sources=all_sources(), kept=kept, initial={"seen": sources_mark(kept)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            factor_sources_set(
                actor=request.actor, model=scoring.model, seen=form.cleaned_data["seen"], sources=form.mapped()
            )  # fmt: skip
        except Stale:
            now = sources_of(scoring.model)
            theirs: dict[str, Any] = {
                key: now[key].source if key in now else "" for key in form.keys
            }
            return conflict_page(
                request, form, theirs, name="where the factors come from", version=sources_mark(now),
                keep_url=home, mark="seen",
            )  # fmt: skip
        except PlmError as error:
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, "Factors from data are set. They fill in a moment.")
            return HttpResponseRedirect(home)
    context = {
        "form": form, "title": "Factors from data", "submit": "Save", "cancel_url": home,
        "rows": [(form[key], form[f"{key}.times"]) for key in form.keys],
        "intro": f"{scoring.model.name}: what data can fill. A value given by hand stays; empty it to take the data again.",
    }  # fmt: skip
    return render(
        request, "backlog/factor_sources.html", context, status=422 if form.errors else 200
    )


@policy("item.view", scope="record")
def item_why(request: PlmRequest) -> HttpResponse:
    """Why an item has its score and its place: a page, or what each factor adds for the list."""
    item = record_as(request, BacklogItem)
    may = request.actor.may("item.assess", item.workspace_id, item.product_id)
    context: dict[str, Any] = {"panel": {"why": explanation_of(item), "may_assess": may}}
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "backlog/_why.html", context)
    asked = request.GET.get("against", "").strip()[:24]
    against = item_named(request.actor, item, asked) if asked else None
    problem = f"There is no other item {asked} in this product." if asked and not against else ""
    context |= {"item": item, "against": asked, "problem": problem}
    context["found"] = explained(request.actor, item, against)
    return render(request, "backlog/score.html", context)
