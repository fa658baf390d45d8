"""Writes on sprints and on the limits of the board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backlog.models import BacklogItem, Sprint, WipLimit
from backlog.models.sprint import LIMITED_STATES, limits_mark
from backlog.services.items import item_update
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_move, record_update

STAY, TO_BACKLOG = "stay", "backlog"


@service
def sprint_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Sprint:
    """Plan a sprint. Emits `sprint.created`."""
    require(actor, "sprint.create", product)
    _check_days(values.get("starts_on"), values.get("ends_on"))
    if values.get("state") == "active":
        _check_alone(product, values.get("team"), None)
    return record_create(
        Sprint, actor=actor, product=product, values=values, tags=tags, custom=custom, reason=reason
    )


@service
def sprint_update(
    *,
    actor: Actor,
    record: Sprint,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Sprint:
    """Change a sprint. Emits `sprint.updated`. A team has at most one active sprint."""
    require(actor, "sprint.edit", record.product)
    current = record_locked(record, version=version)
    _check_days(values.get("starts_on", current.starts_on), values.get("ends_on", current.ends_on))
    if values.get("state", current.state) == "active":
        _check_alone(current.product, values.get("team", current.team), current.pk)
    return record_update(
        current,
        actor=actor,
        version=version,
        values=values,
        tags=tags,
        custom=custom,
        reason=reason,
    )


@service
def sprint_move(
    record: Sprint, *, actor: Actor, state: str, version: int | None = None, reason: str = ""
) -> Sprint:
    """Start, complete or reopen a sprint. Emits `sprint.moved`."""
    require(actor, "sprint.move", record.product)
    if state == "active":
        _check_alone(record.product, record.team, record.pk)
    return record_move(record, actor=actor, state=state, version=version, reason=reason)


@service
def sprint_complete(
    *, actor: Actor, sprint: Sprint, carry: str = STAY, into: Sprint | None = None, reason: str = ""
) -> tuple[Sprint, int]:
    """Complete a sprint; (the sprint, how many unfinished items went elsewhere).

    Unfinished items go into the sprint `into`, or by `carry` back to the backlog, or stay as a record of what was
    not reached.
    """
    unfinished = list(
        BacklogItem.objects.unfinished()
        .filter(sprint=sprint)
        .select_related("product__workspace", "sprint")
        .order_by("pk")
    )
    if into is not None and (into.pk == sprint.pk or into.state == "completed"):
        raise Invalid(fields={"carry": "Choose a sprint that is planned or active."})
    completed = sprint_move(sprint, actor=actor, state="completed", reason=reason)
    if into is None and carry == STAY:
        return completed, 0
    for item in unfinished:
        item_update(
            actor=actor,
            record=item,
            version=None,
            values={"sprint": into},
            reason=reason or f"Not finished in {sprint.reference}",
        )
    return completed, len(unfinished)


@service
def sprint_items_set(
    *, actor: Actor, sprint: Sprint, items: Sequence[BacklogItem], inside: bool, reason: str = ""
) -> int:
    """Put items into the sprint or take them out; how many of them changed."""
    require(actor, "sprint.edit", sprint.product)
    if inside and sprint.state == "completed":
        raise Conflict(f"{sprint.reference} is completed; it takes no more items.")
    changed = 0
    for item in items:
        if not inside and item.sprint_id != sprint.pk:
            continue
        before = item.sprint_id
        after = item_update(
            actor=actor,
            record=item,
            version=None,
            values={"sprint": sprint if inside else None},
            reason=reason,
        )
        changed += before != after.sprint_id
    return changed


@service
def wip_limits_set(
    *,
    actor: Actor,
    product: Product,
    limits: Mapping[str, tuple[int | None, bool]],
    seen: str | None = None,
) -> None:
    """Set the limit (or None for no limit) and its hardness per column; `seen` is the mark of those the actor read.

    Emits `board.limited`. Raises Stale, Invalid.
    """
    require(actor, "board.edit", product)
    wrong = sorted(set(limits) - set(LIMITED_STATES))
    if wrong:
        raise Invalid(fields=dict.fromkeys(wrong, "That column takes no limit."))
    Product.objects.select_for_update().get(pk=product.pk)
    rows = {row.state: row for row in WipLimit.objects.filter(product=product)}
    if seen is not None and seen != limits_mark(rows):
        raise Stale("Somebody changed the limits while you were editing them.")
    before = {state: row.limit for state, row in rows.items()}
    for state, (limit, hard) in limits.items():
        if limit is None:
            WipLimit.objects.filter(product=product, state=state).delete()
            continue
        if not 1 <= limit <= 10_000:
            raise Invalid(fields={state: "A limit is a number from 1 to 10,000."})
        WipLimit.objects.update_or_create(
            product=product,
            state=state,
            defaults={"limit": limit, "hard": hard, "workspace_id": product.workspace_id},
        )
    emit(
        "board.limited",
        actor=actor,
        workspace_id=product.workspace_id,
        product_id=product.pk,
        changes={
            state: (before.get(state), limit)
            for state, (limit, _) in limits.items()
            if before.get(state) != limit
        },
    )


def _check_days(starts_on: Any, ends_on: Any) -> None:
    if starts_on is None or ends_on is None:
        missing = "starts_on" if starts_on is None else "ends_on"
        raise Invalid(fields={missing: "A sprint needs a first and a last day."})
    if ends_on < starts_on:
        raise Invalid(fields={"ends_on": f"The last day must be {starts_on.isoformat()} or later."})


def _check_alone(product: Product, team: Any, own: int | None) -> None:
    """Another active sprint of the same team (or of no team) is in the way."""
    other = (
        Sprint.objects.active()
        .filter(product=product, team=team)
        .exclude(pk=own)
        .select_related("product")
        .first()
    )
    if other is not None:
        who = f"The team {team}" if team is not None else "This product"
        raise Conflict(
            f"{who} has an active sprint already: {other.reference} {other.title}. Complete it first.",
            fields={"state": f"{other.reference} is active."},
        )
