"""Scenarios of a roadmap: the list, what they are called, and the way to each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plm.errors import NotVisible, PlmError, Stale
from plm.web.conflicts import conflict_page
from plm.web.pages import form_page, show_errors
from plm.web.policy import PlmRequest, policy
from roadmap.forms.scenarios import ScenarioEditForm, ScenarioForm
from roadmap.models import RoadmapScenario
from roadmap.selectors.scenarios import scenarios_of, with_counts
from roadmap.services.scenarios import (
    scenario_archive,
    scenario_create,
    scenario_duplicate,
    scenario_restore,
    scenario_update,
)
from roadmap.views.roadmap import roadmap_frame

TABS = (
    ("", "Timeline"),
    ("board", "Now, next, later"),
    ("table", "Table"),
    ("calendar", "Calendar"),
    ("compare", "Compare and apply"),
)
APPLIED_TABS = (("compare", "What it changed"),)


def scenario_named(request: PlmRequest, uuid: UUID) -> RoadmapScenario:
    """A scenario of the request's product. Raises NotVisible."""
    found: RoadmapScenario | None = scenarios_of(request.actor, request.product).filter(uuid=uuid).first()  # fmt: skip
    if found is None:
        raise NotVisible
    found.product = request.product
    return found


def scenario_url(request: PlmRequest, row: RoadmapScenario, more: str = "") -> str:
    return f"{request.product.get_absolute_url()}roadmap/scenarios/{row.uuid}/{more}"


def scenario_frame(request: PlmRequest, row: RoadmapScenario, current: str) -> dict[str, Any]:
    """What the pages of a scenario have in common: those of the roadmap, below its own address."""
    frame = roadmap_frame(request, "")
    base = scenario_url(request, row)

    def may(action: str) -> bool:
        return request.actor.may(action, request.workspace.pk, request.product.pk)

    tabs = TABS if row.applied_at is None else APPLIED_TABS
    return {
        **frame,
        "scenario": row,
        "plan_url": frame["base"],
        "base": base,
        "tabs": [{"label": label, "url": base + path, "current": path == current} for path, label in tabs],
        "may_place": row.is_open and may("scenario.edit"),
        "may_edit": may("scenario.edit"),
        "may_make": may("scenario.create"),
        "may_apply": may("placement.edit"),
        "place_url": f"{base}add",
        "vision": "",
    }  # fmt: skip


@policy("scenario.view", methods=("GET", "POST"), write="scenario.create")
def scenarios(request: PlmRequest) -> HttpResponse:
    """The scenarios of a product; a POST begins one."""
    form = ScenarioForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = scenario_create(actor=request.actor, product=request.product, **form.cleaned_data)  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{made.name} is still the plan. Move something to ask your question.")  # fmt: skip
            return HttpResponseRedirect(scenario_url(request, made))
    archived = request.GET.get("show") == "archived"
    rows = with_counts(scenarios_of(request.actor, request.product))
    context = {
        **roadmap_frame(request, "scenarios"),
        "form": form,
        "rows": list(rows.filter(archived_at__isnull=not archived)[:200]),
        "archived": archived,
        "may_make": request.actor.may("scenario.create", request.workspace.pk, request.product.pk),
    }
    return render(
        request, "roadmap/scenarios.html", context, status=422 if form.errors else 200
    )  # fmt: skip


@policy("scenario.edit", methods=("GET", "POST"))
def scenario_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Another name, another question."""
    row = scenario_named(request, uuid)
    form = ScenarioEditForm(request.POST if request.method == "POST" else None, scenario=row)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            scenario_update(actor=request.actor, scenario=row, version=version, values=form.values())  # fmt: skip
        except Stale:
            now = scenario_named(request, uuid)
            theirs = {name: getattr(now, name) for name in form.values()}
            return conflict_page(
                request, form, theirs, name=now.name, version=now.version, keep_url=scenario_url(request, now)
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            return HttpResponseRedirect(scenario_url(request, row))
    return form_page(request, form, f"Rename {row.name}", "Save", scenario_url(request, row))


@policy("scenario.create", methods=("GET", "POST"))
def scenario_copy(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """A scenario of its own that begins where this one is."""
    row = scenario_named(request, uuid)
    start = {"name": f"{row.name[:70]}, copy", "question": row.question}
    form = ScenarioForm(request.POST if request.method == "POST" else None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            made = scenario_duplicate(actor=request.actor, scenario=row, **form.cleaned_data)
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{made.name} begins where {row.name} is.")
            return HttpResponseRedirect(scenario_url(request, made))
    return form_page(
        request, form, f"Duplicate {row.name}", "Duplicate", scenario_url(request, row),
        intro="The copy can be changed on its own; both stay beside the plan.",
    )  # fmt: skip


@policy("scenario.edit", methods=("POST",))
def scenario_away(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Put a scenario away."""
    row = scenario_archive(actor=request.actor, scenario=scenario_named(request, uuid))
    messages.success(request, f"{row.name} is archived. The plan stays as it is.")
    return HttpResponseRedirect(f"{request.product.get_absolute_url()}roadmap/scenarios")


@policy("scenario.edit", methods=("POST",))
def scenario_again(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Bring a scenario back."""
    row = scenario_named(request, uuid)
    try:
        scenario_restore(actor=request.actor, scenario=row)
    except PlmError as error:
        messages.error(request, " ".join(error.fields.values()) or error.message)
    return HttpResponseRedirect(scenario_url(request, row))
