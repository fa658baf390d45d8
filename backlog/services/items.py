"""Writes on backlog items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from backlog.models import BacklogItem, Sprint, WipLimit
from backlog.models.item import (
    ACTIVE_STATES,
    FINISHED_STATES,
    ITEM_WORKFLOW,
    PARENT_TYPES,
    TYPES,
    board_end,
)
from backlog.models.sprint import LIMITED_STATES, RUNNING
from backlog.services.links import idea_links_set
from backlog.services.readiness import check_ready
from ideas.models import Idea
from plm.errors import Conflict, Invalid
from plm.events import service
from plm.models import Component, Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_update

LABELS = dict(TYPES)
SMALLEST_GAP = 1e-6


@service
def item_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> BacklogItem:
    """Put an item into the backlog. `values["ideas"]` are the ideas it came from. Emits `item.created`."""
    given = dict(values)
    ideas: list[Idea] = given.pop("ideas", None) or []
    require(actor, "item.create", product)
    _check_parent(product.pk, given.get("type", "feature"), given.get("parent"))
    state = given.get("state") or ITEM_WORKFLOW.initial
    _check_sprint(product.pk, state, given.get("sprint"))
    _check_component(product.pk, given.get("component"))
    _check_room(product, state)
    given |= _times(None, state, given)
    item = record_create(
        BacklogItem,
        actor=actor,
        product=product,
        values=given,
        tags=tags,
        custom=custom,
        reason=reason,
        data=_running(product, given.get("sprint")),
    )
    if ideas:
        idea_links_set(item, ideas)
    return item


@service
def item_update(
    *,
    actor: Actor,
    record: BacklogItem,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> BacklogItem:
    """Change an item. Emits `item.updated`.

    A parent must be of a type that may stand above, of the same product, and not archived; a change of type must
    leave the children a lawful parent.
    """
    require(actor, "item.edit", record.product)
    current = record_locked(record, version=version)
    given = dict(values)
    ideas = given.pop("ideas", None)
    _check_structure(current, given)
    state = given.get("state") or current.state
    noted: dict[str, str] = {}
    if "sprint" in given and given["sprint"] != current.sprint:
        _check_sprint(current.product_id, state, given["sprint"])
        noted = _running(current.product, current.sprint, given["sprint"])
    if "component" in given and given["component"] != current.component:
        _check_component(current.product_id, given["component"])
    if state != current.state:
        check_ready(current, state, actor=actor, overriding=False, reason=reason)
        _check_room(current.product, state)
        given |= _times(current, state, given)
    rows = idea_links_set(current, ideas) if ideas is not None else {}
    return record_update(
        current,
        actor=actor,
        version=version,
        values=given,
        tags=tags,
        custom=custom,
        reason=reason,
        rows=rows,
        data=noted,
    )


@service
def item_move(
    record: BacklogItem,
    *,
    actor: Actor,
    state: str,
    version: int | None = None,
    reason: str = "",
    overriding: bool = False,
) -> BacklogItem:
    """Move an item to another state, to the end of that column. Emits `item.moved`.

    Refused when the column has a hard limit and is full, and when the product's definition of ready keeps it out of
    delivery, unless a manager is `overriding` that. The first active state sets `started_at`, done `done_at`.
    """
    require(actor, "item.move", record.product)
    current = record_locked(record, version=version)
    if current.state == state:
        return current
    if state in ITEM_WORKFLOW.names():
        check_ready(current, state, actor=actor, overriding=overriding, reason=reason)
        _check_room(current.product, state)
    moved = record_update(
        current,
        actor=actor,
        version=version,
        values={"state": state, **_times(current, state, {})},
        reason=reason,
        action="item.move",
        verb="moved",
    )
    BacklogItem.objects.filter(pk=moved.pk).update(board_order=board_end())
    return moved


@service
def item_place(
    *,
    actor: Actor,
    item: BacklogItem,
    state: str,
    after: BacklogItem | None = None,
    version: int | None = None,
    reason: str = "",
    overriding: bool = False,
) -> BacklogItem:
    """Put a card into a column of the board, below the card `after` or on top.

    Only a change of state is a fact worth an event; the order of cards within a column is not.
    """
    moved = item_move(
        item, actor=actor, state=state, version=version, reason=reason, overriding=overriding
    )
    column = BacklogItem.objects.live().filter(product_id=moved.product_id, state=moved.state)
    if after is not None and (after.state != moved.state or after.pk == moved.pk):
        raise Conflict(f"{after.reference} is not in that column any more. Load the board again.")
    order = _order_after(column.exclude(pk=moved.pk), after)
    if order is None:
        _spread(moved.product_id, moved.state)
        if after is not None:
            after.refresh_from_db(fields=["board_order"])
        order = _order_after(column.exclude(pk=moved.pk), after)
    moved.board_order = board_end() if order is None else order
    BacklogItem.objects.filter(pk=moved.pk).update(board_order=moved.board_order)
    return moved


def _order_after(column: Any, after: BacklogItem | None) -> float | None:
    """An order between the card `after` and the one below it; None when no number fits between them."""
    if after is None:
        first = column.aggregate(least=Min("board_order"))["least"]
        return board_end() if first is None else float(first) - 1.0
    beyond = column.filter(board_order__gte=after.board_order).exclude(pk=after.pk)
    following = beyond.order_by("board_order", "pk").values_list("board_order", flat=True).first()
    if following is None:
        last = column.aggregate(most=Max("board_order"))["most"]
        return float(last if last is not None else after.board_order) + 1.0
    if following - after.board_order < SMALLEST_GAP:
        return None
    return float((after.board_order + following) / 2)


def _spread(product_id: int, state: str) -> None:
    """Number the cards of one column anew, one apart. Rare: about twenty drops into the same gap bring it on."""
    rows = list(
        BacklogItem.objects.filter(product_id=product_id, state=state)
        .order_by("board_order", "pk")
        .only("pk", "board_order")
    )
    for place, row in enumerate(rows):
        row.board_order = float(place)
    BacklogItem.objects.bulk_update(rows, ["board_order"], batch_size=500)


def _check_structure(current: BacklogItem, given: Mapping[str, Any]) -> None:
    """Parent and type as they will be, against each other and against the children."""
    if "parent" not in given and "type" not in given:
        return
    type_ = str(given.get("type", current.type))
    parent = given.get("parent", current.parent)
    if parent is not None and parent.pk == current.pk:
        raise Invalid(fields={"parent": "An item cannot stand below itself."})
    _check_parent(current.product_id, type_, parent)
    if type_ == current.type:
        return
    below = set(
        BacklogItem.objects.filter(parent_id=current.pk).values_list("type", flat=True).distinct()
    )
    misfits = sorted(LABELS[t].lower() for t in below if type_ not in PARENT_TYPES[t])
    if misfits:
        raise Invalid(
            fields={
                "type": f"It has children of the type {', '.join(misfits)}, which cannot stand below"
                f" {_a(type_)}. Move them first."
            }
        )


def _check_parent(product_id: int, type_: str, parent: BacklogItem | None) -> None:
    """Locks the parent, so that its type cannot change before the child is in."""
    if parent is None or type_ not in PARENT_TYPES:
        return
    parent = BacklogItem.objects.select_for_update(of=("self",)).get(pk=parent.pk)
    if parent.product_id != product_id:
        raise Invalid(fields={"parent": "Choose an item of the same product."})
    if parent.archived_at is not None:
        raise Invalid(fields={"parent": "That item is archived. Restore it first."})
    lawful = PARENT_TYPES[type_]
    if parent.type not in lawful:
        wanted = " or ".join(_a(t) for t in lawful) or "nothing"
        raise Invalid(
            fields={
                "parent": f"{_a(type_).capitalize()} stands below {wanted}; that one is {_a(parent.type)}."
            }
        )


def _a(type_: str) -> str:
    return f"{'an' if type_ == 'epic' else 'a'} {LABELS.get(type_, type_).lower()}"


def _running(product: Product, *sprints: Sprint | None) -> dict[str, str]:
    """What the event says of itself where a sprint that runs holds something else by it."""
    running = [sprint.number for sprint in sprints if sprint and sprint.state == "active"]
    return {RUNNING: f"{product.key}-{running[-1]}"} if running else {}


def _check_sprint(product_id: int, state: str, sprint: Sprint | None) -> None:
    if sprint is None:
        return
    if sprint.product_id != product_id:
        raise Invalid(fields={"sprint": "Choose a sprint of the same product."})
    if sprint.state == "completed" and state not in FINISHED_STATES:
        raise Invalid(
            fields={"sprint": "That sprint is completed. Choose one that is planned or active."}
        )


def _check_component(product_id: int, component: Component | None) -> None:
    if component is None:
        return
    if component.product_id != product_id:
        raise Invalid(fields={"component": "Choose a component of the same product."})
    if not Component.objects.live().filter(pk=component.pk).exists():
        raise Invalid(fields={"component": "That component was put away. Choose another one."})


def _check_room(product: Product, state: str) -> None:
    """Refuse one more card in a column whose hard limit is reached. Locks the limit, so that two cannot slip in."""
    if state not in LIMITED_STATES:
        return
    limit = (
        WipLimit.objects.select_for_update().filter(product=product, state=state, hard=True).first()
    )
    if limit is None:
        return
    there = BacklogItem.objects.cards().filter(product=product, state=state).count()
    if there >= limit.limit:
        label = ITEM_WORKFLOW.state(state).label
        raise Conflict(
            f"{label} is full: {there} of {limit.limit} items are in it.",
            fields={
                "state": f"{label} takes no more until one is finished or the limit is raised."
            },
        )


def _times(current: BacklogItem | None, state: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """`started_at` and `done_at` as they follow from a new state, where the caller does not give them."""
    now = given.get("created_at") or timezone.now()
    times: dict[str, Any] = {}
    started = current.started_at if current else None
    if state in (*ACTIVE_STATES, "done") and started is None:
        times["started_at"] = now
    if state == "done":
        times["done_at"] = now
    elif current is not None and current.done_at is not None:
        times["done_at"] = None
    return {name: value for name, value in times.items() if name not in given}
