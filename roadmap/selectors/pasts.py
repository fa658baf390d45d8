"""How the plans of a product went, read from its events.

A process keeps the plans of the products it was asked about and reads only the events that came since, as it does with
the words of ideas; so nothing is stored that could be out of date. A product with more changes of plans than AT_ONCE is
read by a job, which keeps what pages need of it (`roadmap/services/plans.py`). Figures of all plans are no secret to who
may see the roadmap; which plans they are from is for the caller to show or not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone

from backlog.models.item import ACTIVE_STATES, ITEM_WORKFLOW
from plm.models import Event, Product
from plm.models.event import PLAN_VERBS
from plm.querysets import among
from roadmap.forecasting.courses import Course, Stand, case_of, firsts
from roadmap.forecasting.curves import NEVER, OPEN, REACHED
from roadmap.selectors.plan_pasts import KeptPast, ProductPast, ReadPast, from_plain, unread

HAS_STATE = Q(verb__in=("item.created", "item.moved", "item.updated"), changes__has_key="state")
PUT_AWAY = Q(verb__in=("item.archived", "item.restored"), changes__has_key="archived_at")
TOLD = ("ends_on", "state", "archived_at")
DONE, CANCELLED = ITEM_WORKFLOW.names("done"), ITEM_WORKFLOW.names("closed")
KEPT_PRODUCTS = 8
AT_ONCE = 5000
"""So many changes of plans are read while somebody waits: a fraction of a second."""

Fact = tuple[datetime, int, dict[str, Any]]
"""When, its number, and what one event says of the plan and the state."""


@dataclass
class _Known:
    """The facts of one product's plans as this process knows them, up to the event `stamp`."""

    stamp: int = 0
    facts: dict[int, list[Fact]] = field(default_factory=dict)
    past: ReadPast | None = None


_known: OrderedDict[UUID, _Known] = OrderedDict()
_kept: OrderedDict[UUID, tuple[datetime, KeptPast]] = OrderedDict()
_lock = threading.Lock()


def past_of(product: Product) -> ProductPast:
    """The plans of a product. One statement where nothing has happened since this process was asked last, else at most
    six, however many items there are, and none of them reads more than AT_ONCE changes of plans."""
    events = Event.objects.filter(product=product)
    last = events.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    with _lock:
        known = _known.get(product.uuid)
        if (known is None or last > known.stamp) and _is_long(events, known):
            _known.pop(product.uuid, None)
        else:
            return _brought_up(product, last)
    return _kept_of(product)


def past_read(product: Product) -> tuple[ReadPast, int]:
    """The plans of a product from however many events, and up to which event: for a job. The process keeps nothing."""
    events = Event.objects.filter(product=product)
    last = events.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    known = _Known()
    return _past(known, _read(known, events, last), timezone.localdate()), last


def _is_long(events: Any, known: _Known | None) -> bool:
    """Whether more is to be read than somebody can wait for."""
    fresh = events.filter(verb__in=PLAN_VERBS, sequence__gt=known.stamp if known else 0)
    return bool(
        fresh.order_by("sequence").values_list("sequence", flat=True)[AT_ONCE : AT_ONCE + 1]
    )


def _brought_up(product: Product, last: int) -> ReadPast:
    """What this process knows of a product, with what happened up to the event `last`."""
    today = timezone.localdate()
    known = _known.setdefault(product.uuid, _Known())
    _known.move_to_end(product.uuid)
    while len(_known) > KEPT_PRODUCTS:
        _known.popitem(last=False)
    if last < known.stamp:  # The database was put back to an earlier day.
        known.stamp, known.facts, known.past = 0, {}, None
    events = Event.objects.filter(product=product)
    changed = _read(known, events, last) if last > known.stamp else set()
    if changed or known.past is None or known.past.today != today:
        known.past = _past(known, changed, today)
    return known.past


def kept_name(product: Product) -> str:
    """Under which name the cache has what the job kept of a product; its moment has the same and `:at`."""
    return f"roadmap.plans:1:{product.uuid}"


def _kept_of(product: Product) -> KeptPast:
    """What the job kept; this process holds on to it as long as it is the latest."""
    name = kept_name(product)
    read_at = cache.get(f"{name}:at")
    with _lock:
        held = _kept.get(product.uuid)
    if held is not None and held[0] == read_at:
        return held[1]
    plain = cache.get(name) if read_at else None
    if plain is None:
        return unread(timezone.localdate())
    found = from_plain(plain)
    with _lock:
        _kept[product.uuid] = (read_at, found)
        while len(_kept) > KEPT_PRODUCTS:
            _kept.popitem(last=False)
    return found


def _read(known: _Known, events: Any, last: int) -> set[int]:
    """Take in what happened since; the items of which something is new."""
    fresh = events.filter(sequence__gt=known.stamp, sequence__lte=last)
    planned = fresh.filter(verb__in=PLAN_VERBS)
    found: dict[int, list[Fact]] = defaultdict(list)
    _take(found, planned, None)
    new = found.keys() - known.facts.keys()
    if known.facts:
        _take(found, fresh.filter(HAS_STATE | PUT_AWAY), known.facts)
    if new:
        # The whole story of items that have a plan for the first time.
        theirs = events.filter(record_id__in=among(new), sequence__lte=last)
        _take(found, theirs.filter(HAS_STATE), new)
        _take(found, theirs.filter(PUT_AWAY), new)
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


def _past(known: _Known, changed: set[int], today: date) -> ReadPast:
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
    return ReadPast(today, courses, cases)


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
