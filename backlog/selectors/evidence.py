"""What speaks for a specification: research that is related to it, its feature or the ideas behind them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from backlog.models import IdeaLink, Spec
from ideas.models import Research
from plm.models import Relation
from plm.permissions import Actor

SHOWN = 6


def ideas_behind(spec: Spec) -> list[int]:
    """Keys of the ideas that the specified feature came from."""
    return list(IdeaLink.objects.filter(item_id=spec.item_id).values_list("idea_id", flat=True))


def research_said(actor: Actor, spec: Spec) -> dict[str, Any] | None:
    """Findings of related research, and the words of those who were asked. Three statements."""
    about = [spec.pk, spec.item_id, *ideas_behind(spec)]
    links = Relation.objects.filter(Q(source_id__in=about) | Q(target_id__in=about))
    ends = {pk for pair in links.values_list("source_id", "target_id") for pk in pair}
    rows = (
        Research.objects.visible_to(actor, "research.view")
        .live()
        .filter(pk__in=ends)
        .select_related("product__workspace")
        .order_by("-updated_at")
    )
    found = [
        {"research": row, "finding": finding}
        for row in rows[:SHOWN]
        for finding in row.findings[:3]
    ]
    return {"findings": found[:SHOWN]} if found else None
