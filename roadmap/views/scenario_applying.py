"""A scenario beside the plan or another one, and the way into the plan and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.models import BacklogItem
from plm.errors import Conflict, Invalid, NotVisible, PlmError, Stale
from plm.web.history import told_values
from plm.web.policy import PlmRequest, policy
from plm.web.undo import done
from roadmap.changes import DATES
from roadmap.forecasting.words import percent_said
from roadmap.forms.scenarios import ScenarioApplyForm
from roadmap.models import Placement, RoadmapScenario
from roadmap.selectors.dependencies import day_text
from roadmap.selectors.digests import HEADINGS
from roadmap.selectors.scenario_compared import (
    Compared,
    Comparison,
    Figures,
    applied_lines,
    compared,
    titles_of,
)
from roadmap.selectors.scenarios import ITEM_FIELDS, overlay_of, scenarios_of
from roadmap.services.scenario_applying import scenario_apply, scenario_apply_undo
from roadmap.views.changes import diffs_told
from roadmap.views.scenarios import scenario_frame, scenario_named, scenario_url

KEEP = "plan"
NAMED = 5


@policy("scenario.view")
def scenario_compare(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """What a scenario has otherwise than the plan, or than the scenario in the query `with`."""
    row = scenario_named(request, uuid)
    if row.applied_at is not None and not request.GET.get("with"):
        return _applied(request, row)
    return _page(request, row, ScenarioApplyForm(None))


def _applied(request: PlmRequest, row: RoadmapScenario) -> HttpResponse:
    overlay = overlay_of(request.actor, request.product, row)
    lines = applied_lines(request.actor, overlay)
    titles = titles_of(request.product, lines)
    context = {
        **scenario_frame(request, row, "compare"),
        "lines": [_shown(line, titles) for line in lines],
    }
    return render(request, "roadmap/scenario_applied.html", context)


def _page(
    request: PlmRequest, row: RoadmapScenario, form: ScenarioApplyForm, status: int = 200
) -> HttpResponse:
    others = list(scenarios_of(request.actor, request.product).live().exclude(pk=row.pk)[:200])
    asked = request.GET.get("with", "")
    other = next((one for one in others if str(one.uuid) == asked), None)
    if asked not in {"", "plan"} and other is None:
        raise NotVisible
    found = compared(request.actor, request.product, other, row)
    frame = scenario_frame(request, row, "compare")
    applies = other is None and row.is_open and frame["may_apply"] and bool(found.lines)
    ticked = _ticked(request)
    lines = [_shown(line, found.titles, ticked) for line in found.lines]
    context = {
        **frame,
        "found": found,
        "figures": _figures(found),
        "others": others,
        "other": other,
        "form": form if applies else None,
        "disputed": [one for one in lines if one["line"].clash],
        "groups": _groups([one for one in lines if not one["line"].clash]),
    }
    return render(request, "roadmap/scenario_compare.html", context, status=status)


def _groups(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in lines:
        groups.setdefault(one["line"].said.kind, []).append(one)
    return [{"kind": kind, "label": HEADINGS[kind], "lines": rows} for kind, rows in groups.items()]


def _ticked(request: PlmRequest) -> dict[str, str] | None:
    """What was chosen on a page that comes back: by number of the item what was sent for it; None for a new page."""
    if request.method != "POST":
        return None
    chosen = dict(pair.split(":", 1) for pair in request.POST.getlist("item") if ":" in pair)
    picks = {n.removeprefix("pick."): v for n, v in request.POST.items() if n.startswith("pick.")}
    return {**chosen, **{number: str(value) for number, value in picks.items()}}


def _shown(
    line: Compared, titles: dict[str, str], ticked: dict[str, str] | None = None
) -> dict[str, Any]:
    number = line.reference.rpartition("-")[2]
    fields = {name: pair for name, pair in line.said.fields.items() if name not in DATES}
    if line.said.kind in {"added", "removed"}:
        fields = {name: pair for name, pair in fields.items() if any(pair) and name != "commitment"}
    named = {
        name: (titles.get(old, old), titles.get(new, new)) if name in ITEM_FIELDS else (old, new)
        for name, (old, new) in fields.items()
    }
    diffs = diffs_told(named, titles)
    return {
        "line": line, "number": number, "diffs": diffs, "days": abs(line.said.days or 0),
        "clash": _three(line, titles), "ticked": ticked is None or number in ticked,
        "picked": (ticked or {}).get(number, ""), "chance": _chance_said(line),
    }  # fmt: skip


def _three(line: Compared, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Each field in conflict in words: as it was, as the plan has it now, as the scenario has it."""
    found = []
    for name, values in line.clash.items():
        base, now, ours = (
            titles.get(v, v) if name in {"objective", "release", *ITEM_FIELDS} else v
            for v in values
        )
        words = [told_values(BacklogItem if name in ITEM_FIELDS else Placement, {name: base or "none"}, {name: v or "none"})[0] for v in (now, ours)]  # fmt: skip
        found.append({"label": words[0].label, "base": words[0].old, "now": words[0].new, "ours": words[1].new})  # fmt: skip
    return found


def _figures(found: Comparison) -> list[dict[str, Any]]:
    """The rows of the table of totals: label and both values in words, and whether they differ."""
    a, b = found.a.figures, found.b.figures
    rows = [
        ("Planned items", f"{a.items:,}", f"{b.items:,}"),
        ("Last end", *(day_text(one.last) if one.last else "–" for one in (a, b))),
        ("Items that end after their release", f"{a.late:,}", f"{b.late:,}"),
        ("Dependencies in conflict", f"{a.conflicts:,}", f"{b.conflicts:,}"),
    ]
    if a.overloads is not None and b.overloads is not None:
        more = (str(len(a.overloads)), str(len(b.overloads)))
        rows.append(("Teams with more than they can do in a release", *more))
    if a.in_time is not None or b.in_time is not None:
        rows.append(("Likely to come by their planned day", _likely(a), _likely(b)))
    return [{"label": label, "a": one, "b": two, "differs": one != two} for label, one, two in rows]


def _likely(side: Figures) -> str:
    return "–" if side.in_time is None else f"{side.in_time:.0f} of {side.forecast:,}"


def _chance_said(line: Compared) -> str:
    """How likely the item comes by the day of each side, where that differs and the history of the product tells it."""
    before, after = (None if share is None else percent_said(share) for share in line.chances)
    if after is None or before == after:
        return ""
    return f"Chance to come by then {after}" + (f", before {before}" if before else "")


@policy("placement.edit", methods=("POST",))
def scenario_put(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Put the chosen items into the plan: `item` names each by number and mark, `pick.<number>` decides a conflict."""
    row = scenario_named(request, uuid)
    form = ScenarioApplyForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, 422)
    ticked = _ticked(request) or {}
    overlay = overlay_of(request.actor, request.product, row)
    keys = {str(r["item__number"]): k for k, r in {**overlay.plan, **overlay.unplaced}.items()}
    chosen = {keys[n]: mark for n, mark in ticked.items() if n in keys and mark != KEEP}
    kept = [keys[n] for n, mark in ticked.items() if n in keys and mark == KEEP]
    try:
        result = scenario_apply(
            actor=request.actor, scenario=row, chosen=chosen, kept=kept, reason=form.cleaned_data["reason"]
        )  # fmt: skip
    except (Stale, Conflict, Invalid) as error:
        if not scenario_named(request, uuid).is_open:
            messages.error(request, error.message)
            return HttpResponseRedirect(scenario_url(request, row, "compare"))
        form.add_error(None, " ".join([error.message, *error.fields.values()]))
        return _page(request, row, form, 422 if isinstance(error, Invalid) else 409)
    left = f", {result.left} left" if result.left else ""
    items = f"{result.applied} item{'' if result.applied == 1 else 's'}"
    done(
        request, f"{row.name} is in the plan: {items} changed{left}.", scenario_url(request, row, "apply/undo")
    )  # fmt: skip
    return HttpResponseRedirect(scenario_url(request, row, "compare"))


@policy("placement.edit", methods=("POST",))
def scenario_put_undo(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Take an application back."""
    row = scenario_named(request, uuid)
    try:
        back, left = scenario_apply_undo(actor=request.actor, scenario=row)
    except PlmError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(scenario_url(request, row, "compare"))
    messages.success(request, f"Taken back for {back} item{'' if back == 1 else 's'}. {row.name} can be changed again.")  # fmt: skip
    if left:
        more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
        messages.error(request, f"Moved since, and left so: {', '.join(left[:NAMED])}{more}.")
    return HttpResponseRedirect(scenario_url(request, row, "compare"))
