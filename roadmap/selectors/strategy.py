"""The strategy of a product on one page: words, personas, canvases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plm.models import Event, Product
from plm.permissions import Actor
from roadmap.canvases import CANVASES, Box, CanvasType, points
from roadmap.models import Canvas, Persona

MOST_PERSONAS = 24


@dataclass(frozen=True, slots=True)
class Filled:
    """A box with its points, as a page shows it."""

    box: Box
    points: list[str]


@dataclass(frozen=True, slots=True)
class CanvasShown:
    """A canvas with all its boxes in their order; `row` has version 0 where nobody filled it yet."""

    type: CanvasType
    row: Canvas
    boxes: list[Filled]

    @property
    def filled(self) -> int:
        return sum(bool(box.points) for box in self.boxes)


def canvas_of(actor: Actor, product: Product, name: str) -> Canvas:
    """The canvas of a product, or an empty one that stands nowhere yet."""
    rows = Canvas.objects.visible_to(actor, "canvas.view").filter(product=product, type=name)
    found = rows.select_related("updated_by").first()
    return found or Canvas(workspace_id=product.workspace_id, product=product, type=name)


def canvas_shown(row: Canvas) -> CanvasShown:
    """The canvas as a page shows it."""
    kind = CANVASES[row.type]
    return CanvasShown(
        kind, row, [Filled(box, points(row.boxes.get(box.name, ""))) for box in kind.boxes]
    )


def canvases_of(actor: Actor, product: Product) -> list[CanvasShown]:
    """All canvases there can be, in one statement."""
    rows = Canvas.objects.visible_to(actor, "canvas.view").filter(product=product)
    found = {row.type: row for row in rows}
    empty = {"workspace_id": product.workspace_id, "product": product}
    return [canvas_shown(found.get(name) or Canvas(type=name, **empty)) for name in CANVASES]


def canvas_events(actor: Actor, product: Product, name: str) -> Iterable[Event]:
    """How a canvas came to be, the latest first: 30 events."""
    rows = Event.objects.visible_to(actor).filter(product=product, verb="canvas.updated")
    return rows.filter(data__canvas=name).order_by("-sequence")[:30]


def personas_of(actor: Actor, product: Product) -> list[Persona]:
    """Whom the product is for, those confirmed first."""
    rows = Persona.objects.visible_to(actor, "persona.view").live().filter(product=product)
    found = list(rows.exclude(state="retired").order_by("-state", "number")[:MOST_PERSONAS])
    for persona in found:
        persona.product = product
    return found
