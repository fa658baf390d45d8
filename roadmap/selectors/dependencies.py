"""What blocks what among the placed items of a product, read in two statements however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q

from backlog.models.item import FINISHED_STATES
from plm.models import Product, Relation
from plm.permissions import Actor
from roadmap.dependencies import (
    Conflict,
    Graph,
    Link,
    Network,
    Task,
    conflicts,
    graph_of,
    planned_network,
    shift,
)
from roadmap.models import Placement

MOST_LINKS, MOST_CONFLICTS, MOST_PATHS, MOST_RINGS = 5000, 30, 5, 5
COLUMNS = (
    "pk", "item_id", "starts_on", "ends_on", "grain", "version", "product_id", "item__number", "item__title",
    "item__product__key",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tied:
    """A placed item with dates that blocks another or is blocked. `own`: it belongs to the product that is looked at."""

    pk: int
    task: Task
    reference: str
    title: str
    url: str
    own: bool
    version: int


@dataclass(frozen=True)
class Ties:
    """Unfinished items with dates that block one another, by primary key, and the links between them."""

    items: dict[int, Tied]
    links: list[Link]

    @cached_property
    def tasks(self) -> dict[int, Task]:
        return {key: tied.task for key, tied in self.items.items()}

    @cached_property
    def graph(self) -> Graph:
        return graph_of(self.tasks, self.links)


def blocking_links(product: Product) -> list[Link]:
    """Links "blocks" from or to items of the product, both ends unfinished and not archived; the first 5,000."""
    rows = (
        Relation.objects.filter(Q(source__product=product) | Q(target__product=product))
        .filter(type="blocks", source__kind="item", target__kind="item")
        .filter(source__archived=False, target__archived=False)
        .exclude(source__state__in=FINISHED_STATES)
        .exclude(target__state__in=FINISHED_STATES)
    )
    return list(rows.order_by("pk").values_list("source_id", "target_id")[:MOST_LINKS])


def ties_of(actor: Actor, product: Product) -> Ties:
    """What blocks what. Items of other products stand in it where the actor may see them, and are never moved."""
    return tied_by(actor, product, blocking_links(product))


def tied_by(actor: Actor, product: Product, links: list[Link]) -> Ties:
    """The items of these links, with the dates that stand now."""
    return ties_from(product, links, tied_rows(actor, links)) if links else Ties({}, [])


def tied_rows(actor: Actor, links: list[Link]) -> list[dict[str, Any]]:
    """Rows of COLUMNS of what these links join, where it has dates."""
    rows = (
        Placement.objects.visible_to(actor, "placement.view")
        .live()
        .filter(item__in={key for link in links for key in link})
        .exclude(starts_on=None)
    )
    return list(rows.values(*COLUMNS))


def ties_from(product: Product, links: list[Link], rows: Iterable[Mapping[str, Any]]) -> Ties:
    """The links between what these rows of COLUMNS are about."""
    base = product.workspace.get_absolute_url()
    items = {row["item_id"]: _tied(product, base, row) for row in rows}
    return Ties(items, [(a, b) for a, b in links if a in items and b in items])


def _tied(product: Product, base: str, row: Mapping[str, Any]) -> Tied:
    reference = f"{row['item__product__key']}-{row['item__number']}"
    own = row["product_id"] == product.pk
    task = Task(row["item_id"], row["starts_on"], row["ends_on"], fixed=not own, grain=row["grain"])
    return Tied(row["pk"], task, reference, row["item__title"], f"{base}{reference}", own, row["version"])  # fmt: skip


def day_text(day: date) -> str:
    """Such as 12 Mar 2027."""
    return f"{day.day} {day:%b} {day.year}"


@dataclass(frozen=True, slots=True)
class Following:
    """What would have to move behind some items: how many, and by how many days at most."""

    count: int
    days: int

    @property
    def text(self) -> str:
        """Such as `the 3 items that follow by up to 12 days`."""
        days = f"{self.days:,} day{'' if self.days == 1 else 's'}"
        if self.count == 1:
            return f"the item that follows by {days}"
        return f"the {self.count:,} items that follow by up to {days}"


def following(ties: Ties, moved: Iterable[int]) -> Following | None:
    """What a shift behind the items `moved` would do; None where nothing has to follow or the calendar ends."""
    keys = set(moved)
    try:
        moves = shift(ties.tasks, ties.graph, keys).moves
    except OverflowError:
        return None
    if not moves:
        return None
    days = max((start - ties.items[key].task.start).days for key, (start, _) in moves.items())
    return Following(len(moves), days)


@dataclass(frozen=True, slots=True)
class Clash:
    """A conflict as people read it, and what would follow if it were mended."""

    blocker: Tied
    blocked: Tied
    days: int
    follows: Following | None

    @property
    def text(self) -> str:
        ends = f"{self.blocker.title} ends {day_text(self.blocker.task.end)}"
        if not self.days:
            return f"{ends}, the day {self.blocked.title} begins"
        days = f"{self.days:,} day{'' if self.days == 1 else 's'}"
        return f"{ends}, {days} after {self.blocked.title} begins"


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """One chain of items that decides when the last of them ends."""

    items: list[Tied]
    end: date

    @property
    def is_chain(self) -> bool:
        """Whether more than the last one's own day decides."""
        return len(self.items) > 1


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What a page says of the dependencies of a product. `clashes` has the worst; `more` counts the others."""

    ties: Ties
    broken: list[Conflict]
    clashes: list[Clash]
    more: int
    all_follow: Following | None
    rings: list[list[Tied]]
    paths: list[CriticalPath]
    slack: dict[int, int]


def dependencies_of(actor: Actor, product: Product, *, critical: bool = False) -> Dependencies:
    """Conflicts, rings and, if asked, critical paths: two statements."""
    return dependencies_in(ties_of(actor, product), critical=critical)


def dependencies_in(ties: Ties, *, critical: bool = False) -> Dependencies:
    """The same of ties that are known."""
    broken = conflicts(ties.tasks, ties.links)
    shown = broken[:MOST_CONFLICTS]
    known: dict[int, Following | None] = {}
    for one in shown:
        if one.blocker not in known:
            known[one.blocker] = following(ties, {one.blocker})
    clashes = [
        Clash(ties.items[one.blocker], ties.items[one.blocked], one.days, known[one.blocker])
        for one in shown
    ]
    net = planned_network(ties.tasks, ties.links) if critical else Network({}, [])
    paths = [
        CriticalPath(
            [ties.items[key] for key in path],
            date.fromordinal(min(net.slots[path[-1]].earliest_finish - 1, date.max.toordinal())),
        )
        for path in net.paths
    ]  # fmt: skip
    return Dependencies(
        ties=ties,
        broken=broken,
        clashes=clashes,
        more=len(broken) - len(shown),
        all_follow=following(ties, {one.blocker for one in broken}) if len(broken) > 1 else None,
        rings=[[ties.items[key] for key in ring] for ring in ties.graph.rings[:MOST_RINGS]],
        paths=sorted(paths, key=lambda path: (path.is_chain, path.end), reverse=True),
        slack={key: slot.slack for key, slot in net.slots.items()},
    )
