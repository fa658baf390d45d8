"""Writes on canvases and personas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from plm.errors import Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_move, record_update
from roadmap.canvases import CANVASES, CanvasProblem, cleaned
from roadmap.models import Canvas, Persona


@service
def canvas_update(
    *,
    actor: Actor,
    product: Product,
    type: str,  # noqa: A002 - what the canvas is called everywhere
    version: int | None,
    boxes: Mapping[str, Any],
    reason: str = "",
) -> Canvas:
    """Fill boxes of a canvas; those that `boxes` lacks stay. Emits `canvas.updated` with the old and the new texts.

    `version` is the one the actor read (0 when there was none). Raises Stale, Invalid.
    """
    require(actor, "canvas.edit", product)
    if type not in CANVASES:
        raise Invalid(fields={"type": f"Canvases are: {', '.join(CANVASES)}."})
    try:
        given = cleaned(CANVASES[type], boxes)
    except CanvasProblem as problem:
        raise Invalid(fields=problem.fields) from None
    Canvas.objects.get_or_create(
        product=product, type=type, defaults={"workspace_id": product.workspace_id}
    )
    current = Canvas.objects.select_for_update().get(product=product, type=type)
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    changes = {
        name: (current.boxes.get(name, ""), given.get(name, ""))
        for name in boxes
        if current.boxes.get(name, "") != given.get(name, "")
    }
    if not changes:
        return current
    kept = {name: text for name, text in current.boxes.items() if name not in boxes}
    current.boxes = kept | given
    current.version += 1
    current.updated_at = timezone.now()
    current.updated_by_id = actor.user_id
    current.save()
    emit(
        "canvas.updated", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, changes=changes,
        reason=reason, canvas=type,
    )  # fmt: skip
    return current


@service
def persona_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Persona:
    """Describe a persona. Emits `persona.created`."""
    _check_research(product.pk, values, values.get("state"), values.get("research"))
    return record_create(
        Persona, actor=actor, product=product, values=values, tags=tags, custom=custom, reason=reason
    )  # fmt: skip


@service
def persona_update(
    *,
    actor: Actor,
    record: Persona,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Persona:
    """Change a persona. Emits `persona.updated`."""
    current = record_locked(record, version=None)
    state = values.get("state") or current.state
    research = values.get("research", current.research_id)
    _check_research(record.product_id, values, state, research)
    return record_update(
        record, actor=actor, version=version, values=values, tags=tags, custom=custom, reason=reason
    )


@service
def persona_move(record: Persona, *, actor: Actor, state: str, reason: str = "") -> Persona:
    """Move a persona to another state. Emits `persona.moved`. Raises Invalid where nothing confirms it."""
    current = record_locked(record, version=None)
    _check_research(record.product_id, {}, state, current.research_id)
    return record_move(record, actor=actor, state=state, reason=reason)


def _check_research(
    product_id: int, values: Mapping[str, Any], state: str | None, research: Any
) -> None:
    """What is said to be confirmed names the research that confirms it. Raises Invalid."""
    given = values.get("research")
    if given is not None and given.product_id != product_id:
        raise Invalid(fields={"research": f"{given.reference} belongs to another product."})
    if state == "confirmed" and research is None:
        raise Invalid(
            fields={"research": "Name the research that confirms it, or leave it assumed."}
        )
