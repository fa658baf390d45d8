"""Writes on ideas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ideas.models import Idea
from ideas.services.ended import require_going_on
from plm.errors import Conflict, Invalid
from plm.events import service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_move, record_update, state_chosen


@service
def idea_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Idea:
    """Write an idea down. Emits `idea.created`. Raises Conflict where the product has ended."""
    require(actor, "idea.create", product)
    require_going_on(actor, product)
    state_chosen(Idea, values.get("state"))
    _check_board(product, values)
    return record_create(
        Idea, actor=actor, product=product, values=values, tags=tags, custom=custom, reason=reason
    )


@service
def idea_update(
    *,
    actor: Actor,
    record: Idea,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Idea:
    """Change an idea. Emits `idea.updated`. Raises Conflict where that would tear a merge apart."""
    state_chosen(record, values.get("state"))
    _check_merge(record, values.get("state"))
    _check_board(record.product, values)
    return record_update(
        record, actor=actor, version=version, values=values, tags=tags, custom=custom, reason=reason
    )


@service
def idea_move(
    record: Idea,
    *,
    actor: Actor,
    state: str,
    version: int | None = None,
    reason: str = "",
    quiet: bool = False,
) -> Idea:
    """Move an idea to another state. Emits `idea.moved`. Raises Conflict where that would tear a merge apart.

    Followers of a published idea are told, with the reason, unless the move is `quiet`.
    """
    state_chosen(record, state)
    _check_merge(record, state)
    return record_move(
        record, actor=actor, state=state, version=version, reason=reason, data=quietly(quiet=quiet)
    )


def quietly(*, quiet: bool) -> dict[str, bool]:
    """What the event of a move says when followers are not to be told of it."""
    return {"quiet": True} if quiet else {}


def _check_board(product: Product, values: Mapping[str, Any]) -> None:
    """An idea stands on a board of its own product; another's answers like a missing one."""
    board = values.get("board")
    if board is not None and board.product_id != product.pk:
        raise Invalid(fields={"board": "Give the id of a board of this product, or null."})


def _check_merge(idea: Idea, state: str | None) -> None:
    """A merged idea leaves its state only when the merge is taken back; the database holds that too."""
    if state not in (None, "duplicate") and idea.duplicate_of_id is not None:
        raise Conflict(
            f"{idea.reference} is merged into another idea. Take the merge back first.",
            fields={"state": "Take the merge back first."},
        )
