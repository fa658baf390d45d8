"""How the plans of a product went, read from its events.

A process keeps the plans of the products it was asked about and reads only the events that came since, as it does with
the words of ideas; so nothing is stored that could be out of date. Figures of all plans are no secret to who may see
the roadmap; which plans they are from is for the caller to show or not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from backlog.models.item import ACTIVE_STATES, ITEM_WORKFLOW
from plm.models import Event, Product
from roadmap.forecasting.courses import Course, Stand, case_of, firsts
from roadmap.forecasting.coverage import Coverage, coverage
from roadmap.forecasting.curves import NEVER, OPEN, REACHED
from roadmap.forecasting.reference import LEAST, Case, Forecast, Reference

PLAN_VERBS = ("placement.made", "placement.moved", "placement.removed")
OF_STATE = Q(verb__in=("item.created", "item.moved", "item.archived", "item.restored")) | Q(
    verb="item.updated", changes__has_key="state"
)
TOLD = ("ends_on", "state", "archived_at")
DONE, CANCELLED = ITEM_WORKFLOW.names("done"), ITEM_WORKFLOW.names("closed")
KEPT_PRODUCTS = 8

Fact = tuple[datetime, int, dict[str, Any]]
"""When, its number, and what one event says of the plan and the state."""


@dataclass
class ProductPast:
    """How every plan of a product went, by the primary key of its item, as it is known on the day `today`."""

    today: date
    courses: dict[int, Course]
    cases: dict[int, list[Case]] = field(repr=False)

    @cached_property
    def reference(self) -> Reference:
        return Reference(case for cases in self.cases.values() for case in cases)

    @cached_property
    def coverage(self) -> Coverage:
        """How often forecasts of the last two years were kept."""
        return coverage(self.courses.values(), self.today)

    @property
    def plans(self) -> int:
        """How many plans there are that a forecast can learn from."""
        return self.reference.plans

    @property
    def too_thin(self) -> bool:
        """Whether the product has too few plans for any forecast."""
        return self.plans < LEAST

    def forecast(self, key: int, ends_on: date, state: str) -> Forecast | None:
        """The forecast of an unfinished item planned to end on a day, None where too few plans are of its kind."""
        course = self.courses.get(key)
        look = course.look(self.today) if course else None
        traits = (
            look.traits[0] if look else "silent",
            "begun" if state in ACTIVE_STATES else "not begun",
        )
        return self.reference.forecast(self.today, ends_on, traits, key)


@dataclass
class _Known:
    """The facts of one product's plans as this process knows them, up to the event `stamp`."""

    stamp: int = 0
    facts: dict[int, list[Fact]] = field(default_factory=dict)
    past: ProductPast | None = None


_known: OrderedDict[UUID, _Known] = OrderedDict()
_lock = threading.Lock()


def past_of(product: Product) -> ProductPast:
    """The plans of a product. One statement where nothing has happened since this process was asked last, else at most
    four, however many items there are."""
    events = Event.objects.filter(product=product)
    last = events.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    today = timezone.localdate()
    with _lock:
        known = _known.setdefault(product.uuid, _Known())
        _known.move_to_end(product.uuid)
        while len(_known) > KEPT_PRODUCTS:
            _known.popitem(last=False)
        if last < known.stamp:  # The database was put back to an earlier day.
            known.stamp, known.facts, known.past = 0, {}, None
        changed = _read(known, events, last) if last > known.stamp else set()
        if changed or known.past is None or known.past.today != today:
            known.past = _past(known, changed, today)
        return known.past


def _read(known: _Known, events: Any, last: int) -> set[int]:
    """Take in what happened since; the items of which something is new."""
    fresh = events.filter(sequence__gt=known.stamp, sequence__lte=last)
    planned = fresh.filter(verb__in=PLAN_VERBS)
    found: dict[int, list[Fact]] = defaultdict(list)
    _take(found, planned, None)
    new = found.keys() - known.facts.keys()
    if known.facts:
        _take(found, fresh.filter(OF_STATE), known.facts)
    if new:
        # The whole story of items that have a plan for the first time.
        theirs = events.filter(OF_STATE, record_id__in=planned.values("record_id"))
        _take(found, theirs.filter(sequence__lte=last), new)
    for key, facts in found.items():
        known.facts[key] = sorted([*known.facts.get(key, ()), *facts], key=lambda fact: fact[:2])
    known.stamp = last
    return set(found)


def _take(found: dict[int, list[Fact]], rows: Any, keys: Container[int] | None) -> None:
    """Add what the events say to what is found, for these items, or for all."""
    for key, *when, changes in rows.values_list("record_id", "created_at", "sequence", "changes"):
        said = {name: changes[name][1] for name in TOLD if name in changes}
        if said and (keys is None or key in keys):
            found[key].append((*when, said))


def _past(known: _Known, changed: set[int], today: date) -> ProductPast:
    """The courses and cases of all items; those of items of which nothing is new are taken over."""
    before = known.past if known.past and known.past.today == today else None
    courses = dict(before.courses) if before else {}
    cases = dict(before.cases) if before else {}
    begin = min((timezone.localdate(facts[0][0]) for facts in known.facts.values()), default=today)
    days = firsts(begin, today)
    for key in changed if before else known.facts:
        stands = tuple(_stands(known.facts[key]))
        course = courses[key] = Course(key, stands)
        cases[key] = [case_of(course, look, today) for look in course.looks(days, today)]
    return ProductPast(today, courses, cases)


def _stands(facts: Iterable[Fact]) -> Iterator[Stand]:
    """How an item stood at the end of each day on which its plan or its state changed."""
    planned: date | None = None
    state, archived = ITEM_WORKFLOW.initial, False
    zone = timezone.get_current_timezone()
    for day, of_day in groupby(facts, key=lambda fact: fact[0].astimezone(zone).date()):
        for _, _, said in of_day:
            if "ends_on" in said:
                planned = date.fromisoformat(said["ends_on"]) if said["ends_on"] else None
            state = said.get("state", state)
            archived = said["archived_at"] is not None if "archived_at" in said else archived
        how = REACHED if state in DONE else NEVER if archived or state in CANCELLED else OPEN
        yield Stand(day, planned, begun=state in ACTIVE_STATES, how=how)
