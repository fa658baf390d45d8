"""What changed on the roadmap between two days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from backlog.models import BacklogItem
from plm.errors import InvalidQuery
from plm.past import moment_asked
from plm.web.history import Diff, told_values
from plm.web.policy import PlmRequest, policy
from roadmap.changes import RANK
from roadmap.models import Placement
from roadmap.selectors.changes import ChangeLine, RoadmapChanges, roadmap_changes
from roadmap.selectors.digests import HEADINGS
from roadmap.selectors.states import ITEM_FIELDS
from roadmap.views.roadmap import roadmap_frame

USUAL_DAYS = 30


@policy("placement.view")
def changes(request: PlmRequest) -> HttpResponse:
    """Items that came, went, moved or changed from the end of one day to the end of another, with the reasons."""
    today = timezone.localdate()
    asked = {
        "since": request.GET.get("from", "") or (today - timedelta(days=USUAL_DAYS)).isoformat(),
        "until": request.GET.get("to", "") or today.isoformat(),
    }
    errors: dict[str, str] = {}
    moments = {}
    for name, field in (("since", "from"), ("until", "to")):
        try:
            moments[name] = moment_asked(asked[name], field)
        except InvalidQuery as refused:
            errors[name] = f"{refused.message} {refused.fields.get(field, '')}".strip()
    if not errors and moments["since"] > moments["until"]:
        errors["until"] = "This lies before the first day. Choose the same day or a later one."
    found = (
        None
        if errors
        else roadmap_changes(
            request.actor,
            request.product,
            moments["since"],
            moments["until"],
            scopes=True,
            ranks=True,
        )
    )
    context = {
        **roadmap_frame(request, "changes"),
        **asked,
        "errors": errors,
        "found": found,
        "groups": _groups(found) if found else [],
    }
    return render(request, "roadmap/changes.html", context, status=422 if errors else 200)


def _groups(found: RoadmapChanges) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for line in found.lines:
        shown = {
            "line": line,
            "diffs": _diffs(line, found.titles),
            "days": abs(line.said.days or 0),
        }
        groups.setdefault(line.said.kind, []).append(shown)
    return [{"kind": kind, "label": HEADINGS[kind], "lines": rows} for kind, rows in groups.items()]


def _diffs(line: ChangeLine, titles: Mapping[str, str]) -> list[Diff]:
    """The fields in the words of the pages; of what came or went only its dates and links."""
    fields = line.fields
    if line.said.kind in {"added", "removed"}:
        fields = {n: p for n, p in fields.items() if n not in {*ITEM_FIELDS, "health"}}
    return diffs_told(fields, titles)


def diffs_told(fields: Mapping[str, tuple[Any, Any]], titles: Mapping[str, str]) -> list[Diff]:
    """Fields of a place and its item, as name: (old, new), in the words of the pages."""
    found = []
    for name, pair in fields.items():
        model = BacklogItem if name in {*ITEM_FIELDS, RANK} else Placement
        linked = name in {"objective", "release"}
        old, new = (titles.get(value, value) if linked else value for value in pair)
        found += told_values(model, {name: old}, {name: new})
    return found
