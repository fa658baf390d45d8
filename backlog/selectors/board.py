"""The board: its columns and their cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, QuerySet

from backlog.models import BacklogItem, WipLimit
from backlog.models.item import ITEM_WORKFLOW
from plm.counting import MOST, Capped, Figures, capped_counts
from plm.models import Product
from plm.models.record import attach
from plm.paging import (
    Ordering,
    Page,
    composed_reader,
    key_by,
    ordering_for,
    page_of,
    paginate,
)
from plm.permissions import Actor
from plm.querysets import Slot

FIRST_CARDS, MORE_CARDS = 15, 100


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the board. `count` is all that is in it, `cards` a page of them, `cursor` leads to the next."""

    state: str
    label: str
    hue: str
    cards: list[BacklogItem]
    count: Capped
    limit: int | None
    hard: bool
    cursor: str

    @property
    def over(self) -> bool:
        return self.limit is not None and self.count > self.limit

    @property
    def full(self) -> bool:
        return self.limit is not None and self.count >= self.limit


def wip_limits(product: Product) -> dict[str, WipLimit]:
    """The limits that are set, by state of the board."""
    return {row.state: row for row in WipLimit.objects.filter(product=product)}


def board_columns(
    actor: Actor, product: Product, rows: QuerySet[Any] | None, *, binding: str = ""
) -> list[Column]:
    """The board's columns with their first cards, over the narrowed `rows` or all there is: one statement for all counts,
    which stop at a thousand or at the highest limit, one a column, and one each for the people and parents of all cards."""
    limits = wip_limits(product)
    most = max([MOST, *(row.limit for row in limits.values())])
    states = ITEM_WORKFLOW.states
    if rows is None and most == MOST:
        counts = _in_columns(actor, product)
    else:
        of = board_rows(actor, product).cards() if rows is None else rows
        counts = capped_counts([of.filter(state=state.name) for state in states], most)
    columns = []
    for state, count in zip(states, counts, strict=True):
        limit = limits.get(state.name)
        page = (
            _first_cards(actor, product, state.name, binding)
            if rows is None
            else column_page(rows, state.name, size=FIRST_CARDS, binding=binding)
        )
        columns.append(
            Column(
                state.name,
                state.label,
                state.hue or state.group,
                page.rows,
                count,
                limit.limit if limit else None,
                bool(limit and limit.hard),
                page.next_cursor,
            )
        )
    attach([card for column in columns for card in column.cards], product, "parent")
    return columns


def _in_column(rows: Any, state: Any) -> Any:
    return rows.filter(state=state).defer("description", "custom")


def _ordering(state: str) -> Ordering:
    """Cards as they stand; of what is finished the last first."""
    asked = {"done": "-done_at", "cancelled": "-board_order"}.get(state, "board_order")
    return ordering_for(BacklogItem, asked, {"done_at": "done_at", "board_order": "board_order"})


@Figures
def _in_columns(actor: Actor, product: Product) -> list[QuerySet[Any]]:
    rows = board_rows(actor, product).cards()
    return [rows.filter(state=state.name) for state in ITEM_WORKFLOW.states]


def _any_column(actor: Actor, product: Product) -> Any:
    return _in_column(board_rows(actor, product).cards(), Slot("state", CharField()))


def _first_cards(actor: Actor, product: Product, state: str, binding: str) -> Page:
    """The first cards of a column that nobody has narrowed; every column is the same statement."""
    ordering = _ordering(state)
    return page_of(
        composed_reader(_any_column, actor, product, ordering, state=state),
        ordering=ordering,
        cursor="",
        size=FIRST_CARDS,
        binding=f"{state}:{binding}",
        key=key_by(ordering),
    )


def column_page(
    rows: QuerySet[Any], state: str, *, cursor: str = "", size: int = MORE_CARDS, binding: str = ""
) -> Page:
    """Cards of one column in its order, without people. Raises InvalidQuery."""
    return paginate(
        _in_column(rows, state),
        ordering=_ordering(state),
        cursor=cursor,
        size=size,
        binding=f"{state}:{binding}",
    )


def board_rows(actor: Actor, product: Product) -> Any:
    """The items that may be cards of a board."""
    return BacklogItem.objects.visible_to(actor, "item.view").filter(product=product).live()
