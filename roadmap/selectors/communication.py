"""Reads of the communication plan and of status updates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from plm.models import Product
from plm.permissions import Actor
from roadmap.models import CommunicationLine, Delivery, Placement, StatusUpdate
from roadmap.models.communication import INSIDE, WITH_REASONS
from roadmap.selectors.changes import roadmap_changes
from roadmap.selectors.digests import lines_told, span_told
from roadmap.selectors.outside import outside_changes, outside_told

TEMPLATE = "What changed in {product} from {period}:\n\n{changes}\n\nWhat comes next:\n"


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the plan with since when it is overdue."""

    line: CommunicationLine
    overdue: datetime | None


def lines_of(actor: Actor, product: Product) -> Any:
    """The lines of a plan, for those who keep it."""
    rows = CommunicationLine.objects.visible_to(actor, "communication.view").live()
    return rows.filter(product=product).select_related("owner", "share", "product__workspace")


def plan_of(actor: Actor, product: Product) -> list[PlanLine]:
    """The plan: what is overdue longest first, then by audience."""
    now = timezone.now()
    found = [PlanLine(line, line.overdue_since(now)) for line in lines_of(actor, product)]
    return sorted(
        found, key=lambda one: (one.overdue is None, one.overdue or now, one.line.audience)
    )


def updates_of(actor: Actor, product: Product) -> Any:
    """Status updates the actor may read, the latest first: for those who write them all, else those on the page."""
    rows = StatusUpdate.objects.visible_to(actor, "update.view").filter(product=product)
    if not actor.may("update.edit", product.workspace_id, product.pk):
        rows = rows.on_page()
    return rows.select_related("written_by", "line__share", "product__workspace")


def filled_in(actor: Actor, line: CommunicationLine, since: datetime, until: datetime) -> str:
    """The template of a line with the changes of that time, in the words that the line says."""
    product = line.product
    inside = line.words == INSIDE
    said = _inside(actor, line, since, until) if inside else _outside(actor, line, since, until)
    changes = "\n".join(said) or "Nothing changed on the roadmap."
    text = line.template or TEMPLATE
    zone = ZoneInfo(product.workspace.time_zone)
    for name, value in (("product", product.name), ("period", span_told(since, until, zone)), ("changes", changes)):  # fmt: skip
        text = text.replace("{" + name + "}", value)
    return text[:20_000]


def _inside(
    actor: Actor, line: CommunicationLine, since: datetime, until: datetime
) -> Iterator[str]:
    """Changes as they are known inside, without items that are left out of shared views."""
    rows = Placement.objects.filter(product=line.product, hidden=True)
    hidden = set(rows.values_list("item_id", flat=True))
    found = roadmap_changes(actor, line.product, since, until, lambda key, *_: key not in hidden)
    return (_point(one.title, one.sentence, one.reasons) for one in lines_told(found))


def _outside(
    actor: Actor, line: CommunicationLine, since: datetime, until: datetime
) -> Iterator[str]:
    """Changes as the audience may know them; the reasons given inside only where the line says so."""
    found = outside_changes(actor, line.product, line.share, since, until)
    told = line.words == WITH_REASONS
    return (
        _point(one.title, outside_told(one), one.reasons if told else ()) for one in found.values()
    )


def _point(title: str, sentence: str, reasons: tuple[str, ...]) -> str:
    why = f" Why: {'; '.join(reasons)}" if reasons else ""
    return f"- **{title}**: {sentence}.{why}"


def deliveries_waiting(workspace_id: int) -> list[tuple[int, int]]:
    """(delivery, product) by primary key of what is still to be sent or was left by a worker that died."""
    rows = Delivery.objects.filter(workspace_id=workspace_id).filter(state__in=("ready", "sending"))
    return list(rows.values_list("pk", "update__product_id")[:1000])
