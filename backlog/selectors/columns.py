"""Columns of the ranked list: which there are, which one person sees, and what stands in those that are not edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backlog.models import BacklogItem, RankingColumns, Sprint
from backlog.selectors.cells import Cell, plain_number
from plm.models import Product
from plm.permissions import Actor
from plm.scoring.definition import Definition
from plm.scoring.factor import Factor

SCORE, CHANCE, INTERVAL, STATE, OWNER = "score", "chance", "interval", "state", "owner"
FACTOR = "f."
"""Before the key of a factor it is the name of its column: a criterion may be called like another column."""


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in a column that is only read."""

    words: str
    url: str = ""
    hue: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `load` reads what stands in it for these items in a fixed number of statements, by primary key;
    columns without it are drawn from the row itself. `usual` ones are shown to whoever chose none."""

    name: str
    label: str
    help: str = ""
    load: Callable[[Sequence[BacklogItem]], Mapping[int, Text]] | None = None
    factor: Factor | None = None
    numeric: bool = False
    usual: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """One column of one row: its control where it is a factor, else its text, if there is one."""

    column: Column
    cell: Cell | None = None
    text: Text | None = None


_texts: dict[str, Column] = {}


def register_column(column: Column) -> None:
    """Offer a column that is read. Later rooms register theirs in their `apps.py`."""
    _texts[column.name] = column


def all_columns(definition: Definition) -> list[Column]:
    """Every column of a product's ranked list, the usual ones first and in the usual order."""
    factors = [
        Column(
            f"{FACTOR}{f.key}", f.label, f"{f.label}: {f.explained}", factor=f, numeric=True, usual=True
        )
        for f in definition.factors
    ]  # fmt: skip
    return [
        Column(SCORE, "Score", usual=True),
        Column(CHANCE, "Above line", numeric=True, usual=True),
        Column(INTERVAL, "Rank, 80 %", "80 of 100 draws put it on one of these places; the dot is the middle one", usual=True),
        *factors,
        Column(STATE, "State", usual=True),
        Column(OWNER, "Owner", usual=True),
        *_texts.values(),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns somebody sees, in their order, and the others. `asked` is the text of the address that named them,
    empty where it named none; `remembered` that this person chose other columns than the usual ones."""

    shown: list[Column]
    others: list[Column]
    asked: str = ""
    remembered: bool = False

    @property
    def named(self) -> str:
        """As an address names them."""
        return ",".join(column.name for column in self.shown)

    @property
    def factors(self) -> list[Factor]:
        return [column.factor for column in self.shown if column.factor]

    @property
    def query(self) -> str:
        """What the addresses of a row's controls carry, so that the row comes back with the same columns."""
        return f"?columns={self.asked}" if self.asked else ""

    def has(self, name: str) -> bool:
        return any(column.name == name for column in self.shown)


def columns_of(actor: Actor, product: Product, definition: Definition, asked: str = "") -> Columns:
    """The columns that the address asks for, else those the actor chose, else the usual ones.

    Names that are unknown (a criterion that is gone) are passed over.
    """
    known = {column.name: column for column in all_columns(definition)}
    kept = None
    if actor.user_id is not None:
        rows = RankingColumns.objects.filter(product=product, user_id=actor.user_id)
        kept = rows.values_list("columns", flat=True).first()
    wanted = asked.split(",") if asked else kept
    names = columns_clean(definition, wanted) if wanted is not None else []
    if not names:
        names, asked = [name for name, column in known.items() if column.usual], ""
    shown = [known[name] for name in names]
    others = [column for name, column in known.items() if name not in names]
    return Columns(shown, others, ",".join(names) if asked else "", kept is not None)


def columns_clean(definition: Definition, names: Sequence[Any]) -> list[str]:
    """The names among these that are columns, each once."""
    known = {column.name for column in all_columns(definition)}
    return [name for name in dict.fromkeys(map(str, names)) if name in known]


def spots_of(
    columns: Columns, items: Sequence[BacklogItem], cells: Mapping[int, Sequence[Cell]]
) -> dict[int, list[Spot]]:
    """What stands in the columns of these items, by primary key. Statements grow with columns, not with items."""
    read = {c.name: c.load(items) for c in columns.shown if c.load is not None} if items else {}
    found = {}
    for item in items:
        mine = {cell.factor.key: cell for cell in cells[item.pk]}
        found[item.pk] = [
            Spot(
                column,
                mine.get(column.factor.key) if column.factor else None,
                read[column.name].get(item.pk) if column.load else None,
            )
            for column in columns.shown
        ]
    return found


def _from_item(
    words: Callable[[BacklogItem], str],
) -> Callable[[Sequence[BacklogItem]], dict[int, Text]]:
    def load(items: Sequence[BacklogItem]) -> dict[int, Text]:
        return {item.pk: Text(said) for item in items if (said := words(item))}

    return load


def _sprints(items: Sequence[BacklogItem]) -> dict[int, Text]:
    rows = Sprint.objects.in_bulk({item.sprint_id for item in items if item.sprint_id})
    return {i.pk: Text(rows[i.sprint_id].title) for i in items if i.sprint_id in rows}


def _parents(items: Sequence[BacklogItem]) -> dict[int, Text]:
    keys = {item.parent_id for item in items if item.parent_id}
    rows = BacklogItem.objects.select_related("product__workspace").in_bulk(keys)
    return {
        i.pk: Text(f"{rows[i.parent_id].reference} {rows[i.parent_id].title}", rows[i.parent_id].get_absolute_url())
        for i in items
        if i.parent_id in rows
    }  # fmt: skip


def _days(item: BacklogItem) -> str:
    return f"{item.due_on:%d %b %Y}" if item.due_on else ""


for _name, _label, _load, _numeric in (
    ("type", "Type", _from_item(lambda i: i.get_type_display()), False),
    ("team", "Team", _from_item(lambda i: i.team.name if i.team else ""), False),
    ("points", "Estimate, points", _from_item(lambda i: plain_number(float(i.estimate)) if i.estimate is not None else ""), True),
    ("priority", "Priority", _from_item(lambda i: i.get_priority_display() if i.priority != "none" else ""), False),
    ("sprint", "Sprint", _sprints, False),
    ("due", "Due", _from_item(_days), False),
    ("parent", "Part of", _parents, False),
):  # fmt: skip
    register_column(Column(_name, _label, load=_load, numeric=_numeric))
