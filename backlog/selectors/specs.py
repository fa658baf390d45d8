"""Reads of specifications that shape a screen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from backlog.models import Requirement, Spec, SpecSegment, SpecVersion
from backlog.selectors.reviews import LOCKED
from backlog.textdiff import FieldDiff, document_diff
from ideas.selectors.rows import rows_page
from plm.counting import Figures
from plm.lifecycle import State
from plm.models import Product
from plm.panels import panels_for
from plm.permissions import Actor

LABELS: Mapping[str, str] = {
    "title": "Title",
    "description": "Background",
    "problem": "Problem",
    "audience": "Who for",
    "goals": "Goals",
    "non_goals": "Non-goals",
    "requirements": "Requirements",
    "segments": "Segments",
    **{field: rowset.label for field, rowset in Spec.rowsets.items()},
    "success_metric": "Success metric",
    "success_unit": "Unit",
    "success_baseline": "Baseline",
    "success_target": "Target",
    "success_due": "Due",
}


PLAIN = ("text", "type", "moscow", "acceptance", "state")


def requirement_rows(keys: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The requirements of each specification as JSON shows them, in one statement."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = Requirement.objects.filter(spec_id__in=keys).order_by("spec_id", "position", "pk")
    for spec, uuid, owner, estimate, *rest in rows.values_list(
        "spec_id", "uuid", "owner__uuid", "estimate", *PLAIN
    ):
        links = {
            "owner": str(owner) if owner else None,
            "estimate": None if estimate is None else float(estimate),
        }
        found[spec].append({"id": str(uuid), **dict(zip(PLAIN, rest, strict=True)), **links})
    return found


def segment_ids(keys: Sequence[int]) -> dict[int, list[str]]:
    """The ids of the segments each specification is for, in one statement."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = SpecSegment.objects.filter(spec_id__in=keys).order_by("spec_id", "segment__name")
    for spec, uuid in rows.values_list("spec_id", "segment__uuid"):
        found[spec].append(str(uuid))
    return found


def spec_page(actor: Actor, spec: Spec) -> dict[str, Any]:
    """What the page of a specification shows beyond what every record shows."""
    requirements = list(Requirement.objects.filter(spec=spec).select_related("owner"))
    criteria = [part for row in requirements if row.state != "dropped" for part in row.acceptance]
    last = SpecVersion.objects.filter(spec=spec).values_list("number", flat=True).first()
    return {
        **rows_page(actor, spec),
        "requirements": requirements,
        "segments": list(
            spec.segment_links.order_by("segment__name").values_list("segment__name", flat=True)
        ),
        "evidence": panels_for("evidence:spec", actor, spec),
        "criteria_total": len(criteria),
        "criteria_met": sum(1 for part in criteria if part.get("met")),
        "last_version": last or 0,
        "moves": _moves(spec),
        "may_check": actor.may("spec.edit", spec.workspace_id, spec.product_id),
    }


def _moves(spec: Spec) -> list[State]:
    """Where its page offers to move it: approving and reopening are the review's."""
    lawful = spec.workflow.next_states(spec.state)
    if spec.state == LOCKED:
        return [state for state in lawful if state.group == "closed"]
    return [state for state in lawful if state.name != LOCKED]


def spec_versions(spec: Spec) -> list[SpecVersion]:
    """All versions, newest first, without their content."""
    return list(spec.versions.select_related("author").defer("content"))


def version_diff(spec: Spec, older: int, newer: int) -> list[tuple[str, FieldDiff]]:
    """(label, diff) of each field in which two versions differ."""
    rows = SpecVersion.objects.filter(spec=spec, number__in=(older, newer))
    content = {row.number: row.content for row in rows}
    changed = document_diff(content.get(older, {}), content.get(newer, {}), tuple(LABELS))
    return [(LABELS[field.name], field) for field in changed]


@Figures
def _standing(actor: Actor, product: Product) -> list[QuerySet[Any]]:
    rows = Spec.objects.visible_to(actor, "spec.view").filter(product=product).standing()
    return [rows, rows.filter(state="in_review"), rows.filter(state="draft")]


def specs_tile(actor: Actor, product: Product) -> tuple[int, str, bool]:
    """(specifications that stand, how many wait for a review, False)."""
    count, waiting, drafts = _standing(actor, product)
    return count, f"{waiting} in review" if waiting else f"{drafts} in draft", False
