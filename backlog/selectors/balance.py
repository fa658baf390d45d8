"""How effort and value divide among groups of items, against the shares that were wanted.

Groupings and scopes are registered: later rooms add goals and releases in their `apps.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q

from backlog.models import Assessment, BacklogItem, Requirement, ShareTargets
from backlog.selectors.amounts import item_effort, item_value, value_unit
from backlog.selectors.priority import Scoring
from backlog.selectors.standings import effort_unit, ranking_settings
from plm.models import Product
from plm.models.record import attach
from plm.permissions import Actor
from plm.scoring.moscow import Balance, balance
from plm.scoring.shares import Once, Portion, Portioned, about, counted_once, portions

MOST = 2000
"""Items of a scope, and of the ranked list beside it that could close a gap."""
CANDIDATES = 500
PLANNED = ("todo", "in_progress", "in_review")
EFFORT, VALUE = "effort", "value"
MEASURES = ((EFFORT, "Effort"), (VALUE, "Value"))
NOBODY = ""
"""The key of those that are in no group."""
FIRST_TOP = 10

Chains = Mapping[int, Sequence[int]]
"""Items by primary key, each with itself and what is above it, the nearest first."""


Members = frozenset[str] | Mapping[str, float]
"""The keys of the groups an item is in, or which part of it each of them has."""


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a grouping. `target` is a share of 0 to 1, None where none was set."""

    key: str
    label: str
    target: float | None = None
    url: str = ""
    hue: str = ""


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to divide items. `groups` gives all of a product's groups; what targets of this room are kept for it is handed
    in, by key. `members` says in which groups each item is: those of the nearest above it where it has none of its own.
    With a part of 0 to 1 for each group the item is divided among them, and what they leave is in none. `single` says that an item is in one at most; `settable` that its targets are set on the page of this room.
    """

    name: str
    label: str
    none: str
    groups: Callable[[Actor, Product, Mapping[str, float]], Sequence[Group]]
    members: Callable[[Actor, Product, Chains], Mapping[int, Members]]
    single: bool = True
    settable: bool = False
    hint: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """The items of a scope, and in words which they are."""

    items: list[int]
    says: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which items the shares are. `load` takes the number of places, which only some scopes ask for."""

    name: str
    label: str
    load: Callable[[Actor, Product, int], Chosen]
    order: int = 50


_groupings: dict[str, Grouping] = {}
_scopes: dict[str, Scope] = {}


def register_grouping(grouping: Grouping) -> None:
    """Divide the items of every product in this way too. One of the same name is replaced."""
    _groupings[grouping.name] = grouping


def register_scope(scope: Scope) -> None:
    """Offer these items to choose from. One of the same name is replaced."""
    _scopes[scope.name] = scope


def groupings() -> list[Grouping]:
    """All ways to divide items, in their order."""
    return sorted(_groupings.values(), key=lambda one: (one.order, one.name))


def scopes() -> list[Scope]:
    """What the shares can be of, in their order."""
    return sorted(_scopes.values(), key=lambda one: (one.order, one.name))


def share_targets(product: Product) -> ShareTargets:
    """The targets of a product; one that never set any has none, not saved."""
    found = ShareTargets.objects.filter(product=product).first()
    return found or ShareTargets(workspace_id=product.workspace_id, product=product, version=0)


def first_places(product: Product) -> int:
    """How many places are looked at unless told: those above the line of the ranked list."""
    return ranking_settings(product).top or FIRST_TOP


def with_chain(rows: Any) -> Any:
    """Items with the keys of what stands above them, for `chain_of`."""
    return rows.annotate(second=F("parent__parent_id"), third=F("parent__parent__parent_id"))


def chain_of(item: Any) -> list[int]:
    """The item itself and what it is a part of, from the nearest up. It was read with `with_chain`."""
    above = (item.pk, item.parent_id, item.second, item.third)
    return [pk for pk in above if pk is not None]


@dataclass(frozen=True, slots=True)
class Row:
    """One group with its part of the amount that is held against the targets, and its part of the other amount.

    `outside` counts the ranked items of the group that are not chosen and could be. `inside` are the `items`, in rank.
    """

    group: Group
    portion: Portion
    other: float | None
    items: int
    outside: int = 0
    add: list[BacklogItem] = field(default_factory=list)
    drop: list[BacklogItem] = field(default_factory=list)
    inside: list[BacklogItem] = field(default_factory=list)

    @property
    def points(self) -> float | None:
        """Actual minus target, in percentage points."""
        if self.group.target is None or self.portion.share is None:
            return None
        return 100 * (self.portion.share - self.group.target)


@dataclass(frozen=True, slots=True)
class Divided:
    """One grouping with its rows; `targets` is the sum of the target shares."""

    grouping: Grouping
    rows: list[Row]
    targets: float


@dataclass(frozen=True, slots=True)
class Amount:
    """The whole of a measure: its sum and unit, and the items by whether their amount is known."""

    name: str
    unit: str
    total: float
    once: Once
    others: int
    """Items that count with what they are part of, or by their parts."""


@dataclass(frozen=True, slots=True)
class Balanced:
    """The shares of a scope. `by` is the measure that is held against the targets, `other` the one beside it."""

    scope: Scope
    says: str
    top: int
    count: int
    by: Amount
    other: Amount
    divided: list[Divided]
    moscow: Balance
    requirements: int
    bare: list[BacklogItem]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read: items by primary key in the order of the list, their chains, who is chosen, amounts by measure."""

    items: dict[int, BacklogItem]
    chains: dict[int, list[int]]
    chosen: frozenset[int]
    amounts: dict[str, dict[int, float | None]]

    @property
    def above(self) -> dict[int, list[int]]:
        return {key: chain[1:] for key, chain in self.chains.items()}


def balanced(
    actor: Actor, product: Product, scoring: Scoring, *, scope: str = "", top: int | None = None, by: str = EFFORT
) -> Balanced:  # fmt: skip
    """The shares of a scope. A fixed number of statements, whatever the number of items."""
    places = top or first_places(product)
    asked = _scopes.get(scope) or scopes()[0]
    picked = asked.load(actor, product, places)
    read = _read(actor, product, scoring, picked.items[:MOST])
    measures = (by, VALUE if by == EFFORT else EFFORT)
    first, second = (_amount(scoring, read, name) for name in measures)
    kept = share_targets(product).targets
    divided = [
        _divide(actor, product, one, read, kept.get(one.name, {}), first, second)
        for one in groupings()
    ]
    rows = _requirements(product, read)
    bare = [item for pk, item in read.items.items() if pk in first.once.unknown]
    return Balanced(
        asked, picked.says, places, len(read.chosen), first, second, divided,
        balance((kind, None if e is None else float(e)) for kind, e in rows), len(rows), bare,
    )  # fmt: skip


def _read(actor: Actor, product: Product, scoring: Scoring, picked: list[int]) -> _Read:
    visible = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product)
    rows = with_chain(
        visible.filter(Q(pk__in=picked) | Q(rank__gt=0, rank__lte=CANDIDATES)).defer(
            "description", "custom"
        )
    )
    # What is finished has no rank and comes first: it is the last thing to be taken out again.
    found = sorted(rows, key=lambda item: (item.rank, item.pk))
    attach(found, product)
    items = {item.pk: item for item in found}
    chains = {item.pk: chain_of(item) for item in found}
    definition = scoring.definition
    judged = Assessment.objects.filter(scoring_model=scoring.model, item__in=items)
    values = {row.item_id: row.values(definition) for row in judged}
    amounts: dict[str, dict[int, float | None]] = {
        EFFORT: {pk: item_effort(definition, i, values.get(pk, {})) for pk, i in items.items()},
        VALUE: {pk: item_value(definition, i, values.get(pk, {})) for pk, i in items.items()},
    }
    return _Read(items, chains, frozenset(pk for pk in picked if pk in items), amounts)


def _amount(scoring: Scoring, read: _Read, name: str) -> Amount:
    amounts = {pk: read.amounts[name][pk] for pk in read.chosen}
    once = counted_once(amounts, read.above)
    unit = effort_unit(scoring.definition) if name == EFFORT else value_unit(scoring.definition)
    others = len(amounts) - len(once.known) - len(once.unknown)
    return Amount(name, unit, sum(amounts[pk] or 0.0 for pk in once.known), once, others)


def _portioned(read: _Read, amount: Amount, groups: Mapping[int, Mapping[str, float]]) -> list[Portioned]:  # fmt: skip
    """What counts, and what could count beside it: ranked items that are no part of what counts, nor contain any of it."""
    counting = amount.once.known
    holding = {above for pk in counting for above in read.chains[pk]}
    found = []
    for pk in read.items:
        size = read.amounts[amount.name][pk]
        counts = pk in counting
        free = pk not in read.chosen | holding and counting.isdisjoint(read.chains[pk])
        if size is not None and size >= 0 and (counts or free):
            parts = groups.get(pk) or {NOBODY: 1.0}
            found.append(Portioned(pk, size, frozenset(parts), counts, parts))
    return found


def _divide(
    actor: Actor, product: Product, grouping: Grouping, read: _Read, kept: Mapping[str, float], first: Amount,
    second: Amount,
) -> Divided:  # fmt: skip
    known = {one.key: one for one in grouping.groups(actor, product, kept)}
    of = {pk: _parts(keys, known) for pk, keys in grouping.members(actor, product, read.chains).items()}  # fmt: skip
    targets = {key: about(one.target) for key, one in known.items() if one.target is not None}
    counted = _portioned(read, first, of)
    main = portions(counted, targets)
    beside = {p.group: p.share for p in portions(_portioned(read, second, of), {})}
    inside: dict[str, list[BacklogItem]] = {}
    for pk in (pk for pk in read.items if pk in first.once.known | first.once.unknown):
        for key in of.get(pk) or {NOBODY: 1.0}:
            inside.setdefault(key, []).append(read.items[pk])
    outside: dict[str, int] = {}
    for one in counted:
        for key in () if one.chosen else one.groups:
            outside[key] = outside.get(key, 0) + 1
    known[NOBODY] = Group(NOBODY, grouping.none)
    have = {p.group for p in main}
    main += [Portion(k, 0.0, 0.0, None, 0.0) for k in inside if k not in have]
    rows = [
        Row(
            known[p.group], p, beside.get(p.group), len(inside.get(p.group, ())), outside.get(p.group, 0),
            [read.items[k] for k in p.add], [read.items[k] for k in p.drop], inside.get(p.group, []),
        )
        for p in main
        if p.target is not None or p.group in inside
    ]  # fmt: skip
    rows.sort(key=lambda row: row.group.key == NOBODY)
    return Divided(grouping, rows, sum(one.target or 0.0 for one in known.values()))


def _parts(members: Members, known: Mapping[str, Group]) -> dict[str, float]:
    """Which part of an item each known group has; what divided items leave is in none."""
    if isinstance(members, frozenset):
        return {key: 1.0 for key in members if key in known}
    parts = {key: part for key, part in members.items() if key in known and part > 0}
    left = 1.0 - sum(parts.values())
    return {**parts, NOBODY: left} if left > 1e-9 else parts


def _requirements(product: Product, read: _Read) -> list[tuple[str, Any]]:
    """Category and estimate of the requirements of what is chosen."""
    rows = Requirement.objects.filter(
        spec__item__in=read.chosen, spec__product=product, spec__archived_at=None
    )
    rows = rows.exclude(spec__state="superseded").exclude(state="dropped")
    return list(rows.values_list("moscow", "estimate"))
