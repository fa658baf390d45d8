"""The backlog of a product as it was at a moment: its items by the rank of then.

Scores and ranks are no part of events: they are computed again from what events keep, the values of the last assessment
and the fixed places of then, by the version of the model that was in force.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from backlog.models import BacklogItem, RankOverride, ScoringModelVersion
from backlog.models.item import FINISHED_STATES, TYPES
from backlog.selectors.backlog_past_wanted import Wanted, narrowed
from plm.events import plain
from plm.models import Event, Product, Reference
from plm.past import values_before
from plm.permissions import Actor
from plm.querysets import among, keys_given
from plm.scoring.pins import pins_of
from plm.scoring.ranking import Entry, ranking

ROWS = 100
FIELDS = (
    "title", "state", "type", "owner", "team", "priority", "estimate", "parent", "sprint", "due_on",
)  # fmt: skip
ASSESSED = {
    "postgresql": """
        SELECT k.value, (
            SELECT e.data::text FROM plm_event e
            WHERE e.record_id = k.value AND e.verb = 'item.assessed' AND e.created_at <= %s
                AND (e.data ->> 'model_id')::bigint = %s
            ORDER BY e.created_at DESC, e.sequence DESC LIMIT 1)
        FROM unnest(%s::bigint[]) AS k (value)""",
    "sqlite": """
        SELECT k.value, (
            SELECT e.data FROM plm_event e
            WHERE e.record_id = k.value AND e.verb = 'item.assessed' AND e.created_at <= %s
                AND json_extract(e.data, '$.model_id') = %s
            ORDER BY e.created_at DESC, e.sequence DESC LIMIT 1)
        FROM json_each(%s) k""",
}


Now = Callable[[Actor, Product, Sequence[int]], Mapping[int, str | None]]


@dataclass(frozen=True, slots=True)
class PastColumn:
    """A column of later rooms: a field of the events of items that names a record. `now` reads, by item, the reference
    that stands now, in one statement."""

    name: str
    label: str
    now: Now


@dataclass(frozen=True, slots=True)
class PastLink:
    """What stands in such a column: the title that the record has now, and where it is."""

    label: str
    words: str
    url: str


_columns: dict[str, PastColumn] = {}


def register_past_column(column: PastColumn) -> None:
    """Show what a later room planned. Later rooms register theirs in their `apps.py`."""
    _columns[column.name] = column


def past_columns() -> list[PastColumn]:
    """The columns of later rooms, in the order in which `PastItem.links` has them."""
    return list(_columns.values())


@dataclass(frozen=True, slots=True)
class PastItem:
    """One item as it was. Links are told by reference or name; `rank` 0 is out of the ranking. `also` has the references
    in the columns of later rooms by name, `links` the same for a page."""

    reference: str
    url: str
    values: dict[str, Any]
    score: float | None
    rank: int
    also: Mapping[str, str | None] = field(default_factory=dict)
    links: Sequence[PastLink] = ()

    @property
    def state_label(self) -> str:
        return BacklogItem.workflow.state(self.values["state"]).label

    @property
    def type_label(self) -> str:
        return dict(TYPES).get(self.values["type"], "")


@dataclass(frozen=True, slots=True)
class PastBacklog:
    """A part of a backlog of then, the first one first: `total` items, and the name and version of the model that their
    places are from, empty where none was in force yet."""

    items: list[PastItem]
    total: int
    model: str
    version: int
    more: bool


@dataclass(frozen=True, slots=True)
class Ranks:
    """By item: its score and its place of then (0: out of the ranking)."""

    scores: dict[int, float | None]
    places: dict[int, int]
    model: str
    version: int


def backlog_as_of(
    actor: Actor,
    product: Product,
    moment: datetime,
    part: int = 1,
    size: int = ROWS,
    wanted: Wanted | None = None,
) -> PastBacklog:
    """The items the actor may see, as they were at `moment`, without what was archived then: a part of them, by rank, what
    is out of the ranking last. What is `wanted` leaves the places of the whole list. Fourteen statements, and a few
    more for what is wanted, however many items there are."""
    seen, states = _there(actor, product, moment)
    ranks = ranks_as_of(product, moment, states)
    order = sorted(seen, key=lambda key: (ranks.places.get(key, 0) or len(states) + 1, key))
    order = narrowed(product, order, moment, wanted or Wanted(), ranks.scores)
    keys = order[(part - 1) * size : part * size]
    items = _items(actor, product, keys, moment, ranks)
    return PastBacklog(items, len(order), ranks.model, ranks.version, part * size < len(order))


def ranks_of_then(product: Product, moment: datetime) -> Ranks:
    """Scores and places of all items of a product at a moment."""
    return ranks_as_of(product, moment, _states(product, moment))


_Stands = dict[int, tuple[str, datetime]]
"""By item that was there and not archived: its state of then, and when it was made."""


def _there(actor: Actor, product: Product, moment: datetime) -> tuple[list[int], _Stands]:
    states = _states(product, moment)
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product)
    return [key for key in rows.values_list("pk", flat=True) if key in states], states


def _states(product: Product, moment: datetime) -> _Stands:
    rows = BacklogItem.objects.filter(product=product, created_at__lte=moment)
    now = {
        key: (state, archived, made)
        for key, state, archived, made in rows.values_list(
            "pk", "state", "archived_at", "created_at"
        )
    }
    before = values_before(now, moment, ("state", "archived_at")) if now else {}
    found = {}
    for key, (state, archived, made) in now.items():
        then = before.get(key, {})
        if then.get("archived_at", archived) is None:
            found[key] = (then.get("state", state), made)
    return found


def ranks_as_of(product: Product, moment: datetime, states: _Stands) -> Ranks:
    """Scores and places of items by their states of then."""
    basis = _basis(product, moment)
    if basis is None:
        return Ranks({}, {}, "", 0)
    formula = basis.formula
    scores = {
        key: formula.score(values)
        for key, values in _assessed(states, moment, basis.scoring_model_id).items()
    }
    fixed = pins_of(_placed(product, moment))
    places = ranking(
        Entry(key, scores.get(key), made, fixed.get(key))
        for key, (state, made) in states.items()
        if state not in FINISHED_STATES
    )
    return Ranks(scores, places, basis.scoring_model.name, basis.version)


def _basis(product: Product, moment: datetime) -> ScoringModelVersion | None:
    """The version of the model that scores came from: the last recomputation names it."""
    events = Event.objects.filter(product=product, verb="scores.recomputed", created_at__lte=moment)
    told = events.order_by("-created_at", "-sequence").values_list("data", flat=True).first()
    if told is None:
        return None
    versions = ScoringModelVersion.objects.select_related("scoring_model")
    named = versions.filter(scoring_model__product=product, scoring_model__name=told["model"])
    return named.filter(version=told["model_version"]).first()


def _assessed(
    keys: Iterable[int], moment: datetime, model: int
) -> dict[int, dict[str, float | None]]:
    """The values of each item's last assessment for the model."""
    at = connection.ops.adapt_datetimefield_value(moment)
    with connection.cursor() as cursor:
        cursor.execute(ASSESSED[connection.vendor], [at, model, keys_given(keys)])
        rows = cursor.fetchall()
    found = {key: json.loads(data) for key, data in rows if data}
    return {key: data["values"] for key, data in found.items() if "values" in data}


def _placed(product: Product, moment: datetime) -> list[tuple[datetime, int, int | None]]:
    """What people fixed and lifted up to then: when, the item, and the place or None."""
    rows = RankOverride.objects.filter(product=product, made_at__lte=moment)
    found: list[tuple[datetime, int, int | None]] = []
    for key, place, made, ended, end in rows.values_list(
        "item_id", "place", "made_at", "ended_at", "end"
    ):
        found.append((made, key, place))
        if ended is not None and ended <= moment and end == "lifted":
            found.append((ended, key, None))
    return sorted(found, key=lambda row: row[0])


def _items(
    actor: Actor, product: Product, keys: list[int], moment: datetime, ranks: Ranks
) -> list[PastItem]:
    links = ("owner", "team", "parent__product", "sprint__product")
    rows = BacklogItem.objects.filter(pk__in=among(keys)).select_related(*links).in_bulk()
    before = values_before(keys, moment) if keys else {}
    now = {name: column.now(actor, product, keys) for name, column in _columns.items() if keys}
    also: dict[int, dict[str, str | None]] = {
        key: {name: before.get(key, {}).get(name, refs.get(key)) for name, refs in now.items()}
        for key in keys
    }
    titles = _titles(product, also.values())
    base = product.workspace.get_absolute_url()
    found = []
    for key in keys:
        then, row = before.get(key, {}), rows[key]
        values = {n: then[n] if n in then else plain(getattr(row, n)) for n in FIELDS}
        reference = f"{product.key}-{row.number}"
        shown = [
            PastLink(_columns[name].label, titles.get(ref, ref) if ref else "", f"{base}{ref}" if ref else "")
            for name, ref in also[key].items()
        ]  # fmt: skip
        found.append(
            PastItem(
                reference,
                f"{base}{reference}",
                values,
                ranks.scores.get(key),
                ranks.places.get(key, 0),
                also[key],
                shown,
            )
        )
    return found


def _titles(product: Product, rows: Iterable[Mapping[str, str | None]]) -> dict[str, str]:
    """What the records of the product that are named by reference are called now."""
    numbers = {int(ref.rpartition("-")[2]) for row in rows for ref in row.values() if ref}
    if not numbers:
        return {}
    named = Reference.objects.filter(product=product, number__in=numbers)
    return {
        f"{product.key}-{number}": title for number, title in named.values_list("number", "title")
    }
