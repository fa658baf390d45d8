"""Which facts are decisions, and those of a product: what was decided, by whom, and why or without a reason.

A room says in its `apps.py` which of its facts are decisions (`register`); the kernel knows of changes of state, which
every record has, and of the phases of a product.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from plm.errors import InvalidQuery
from plm.kinds import Kind, all_kinds
from plm.models import Event, Product
from plm.models.event import EventQuerySet
from plm.past import EARLIEST_YEAR
from plm.permissions import Actor

COVERED_DAYS, MOST_COVERED = 90, 1000
MOST_TEXT = 200
LAST_YEAR = 9998
"""The end of a day of the last year there is would be no moment in every time zone."""
REASONS = ("all", "given", "none")
NAMES = ("q", "about", "kind", "reason", "from", "to")
A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Rule:
    """Facts with one of these verbs (any, if none is named) that change one of these fields (any, or nothing), and say
    `noted` of themselves, if that is named."""

    verbs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    noted: str = ""

    @property
    def condition(self) -> Q:
        found = Q(verb__in=self.verbs) if self.verbs else ~Q(verb__endswith=".created")
        if self.noted:
            found &= Q(data__has_key=self.noted)
        return found & Q(changes__has_any_keys=list(self.fields)) if self.fields else found

    def holds(self, event: Event) -> bool:
        told = event.verb in self.verbs if self.verbs else not event.verb.endswith(".created")
        told = told and (not self.noted or self.noted in event.data)
        return told and (not self.fields or any(name in event.changes for name in self.fields))


@dataclass(frozen=True, slots=True)
class Subject:
    """What a decision can be about. One fact can be a decision about several."""

    name: str
    label: str
    rules: tuple[Rule, ...]

    @property
    def condition(self) -> Q:
        found = Q(pk__in=[])
        for rule in self.rules:
            found |= rule.condition
        return found


_subjects: dict[str, Subject] = {}


def register(name: str, label: str, *rules: Rule) -> None:
    """Facts of these rules are decisions. A name that is taken already gets the rules as well and keeps its label."""
    known = _subjects.get(name, Subject(name, label, ()))
    more = tuple(rule for rule in rules if rule not in known.rules)
    _subjects[name] = Subject(name, known.label, known.rules + more)


register("state", "State", Rule(fields=("state",)))
register("archiving", "Archiving", Rule(fields=("archived_at",)))
register("phase", "Phase of the product", Rule(("product.updated",), ("phase",)))


def all_subjects() -> list[Subject]:
    return list(_subjects.values())


def subjects_of(event: Event) -> list[Subject]:
    """What an event decides about."""
    return [one for one in _subjects.values() if any(rule.holds(event) for rule in one.rules)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for. Words are all to be found, each in the reason or in the title of the record."""

    words: tuple[str, ...] = ()
    about: str = ""
    kind: str = ""
    reason: str = "all"
    since: datetime | None = None
    until: datetime | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def binding(self) -> str:
        """What a cursor of this list is good for."""
        return repr(sorted(self.given.items()))


def asked_of(given: Mapping[str, str]) -> Asked:
    """The filters of a query string; a name that is there has a value. Raises InvalidQuery with every field at fault."""
    values = {name: " ".join(given[name].split()) for name in NAMES if name in given}
    wrong = _wrong(values)
    since, until = (_moment(values, name, wrong) for name in ("from", "to"))
    if since and until and since > until:
        wrong["to"] = "This lies before the first day. Choose the same day or a later one."
    if wrong:
        raise InvalidQuery("These filters cannot be used as they are.", fields=wrong)
    about = values.get("about", "all")
    return Asked(
        tuple(values.get("q", "").split()), "" if about == "all" else about, values.get("kind", ""), values.get("reason", "all"),
        since, until, values,
    )  # fmt: skip


def _wrong(values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the words and the choices, by field."""
    wrong = {n: "Give a value, or leave it out." for n, value in values.items() if not value}
    text = values.get("q", "")
    if len(text) > MOST_TEXT:
        wrong["q"] = f"At most {MOST_TEXT} characters."
    elif not text.isprintable():
        wrong["q"] = "Give words without control characters."
    known: dict[str, tuple[str, ...]] = {
        "about": ("all", *_subjects),
        "kind": tuple(kind.name for kind in all_kinds()),
        "reason": REASONS,
    }
    for name, allowed in known.items():
        if values.get(name) and values[name] not in allowed:
            wrong[name] = f"Choose one of: {', '.join(allowed)}."
    return wrong


def _moment(values: Mapping[str, str], name: str, wrong: dict[str, str]) -> datetime | None:
    """The first moment of the day `from`, the last of the day `to`."""
    text = values.get(name, "")
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if A_DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not EARLIEST_YEAR <= day.year <= LAST_YEAR:
        wrong[name] = "Give a day such as 2026-05-31."
        return None
    return timezone.make_aware(datetime.combine(day, time.min if name == "from" else time.max))


def kinds_seen(actor: Actor, product: Product) -> list[Kind]:
    """The kinds of records the actor may see in this product."""
    here = (product.workspace_id, product.pk)
    return [kind for kind in all_kinds() if actor.may(f"{kind.name}.view", *here)]


def decisions_of(actor: Actor, product: Product, asked: Asked | None = None) -> EventQuerySet:
    """The decisions on records of a product that the actor may see, and on the product itself, in no order."""
    asked = asked or Asked()
    one = _subjects.get(asked.about)
    decided = Q(pk__in=[])
    for subject in [one] if one else _subjects.values():
        decided |= subject.condition
    names = [kind.name for kind in kinds_seen(actor, product)]
    mine = Q(kind__in=names, record__isnull=False) | Q(kind="product", record=None)
    rows = Event.objects.visible_to(actor).filter(mine, decided, product=product).with_why()
    for word in asked.words:
        rows = rows.filter(Q(why__icontains=word) | Q(record__title__icontains=word))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.reason != "all":
        rows = rows.filter(Q(why="") if asked.reason == "none" else ~Q(why=""))
    if asked.since:
        rows = rows.filter(created_at__gte=asked.since)
    if asked.until:
        rows = rows.filter(created_at__lte=asked.until)
    return rows


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the decisions of so many days say why; of the last thousand of them, where there are `more`."""

    days: int
    decisions: int
    with_reason: int
    more: bool = False

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 is all of them, 0 is none."""
        share = self.with_reason * 100 // self.decisions if self.decisions else 0
        return max(share, 1) if self.with_reason else 0


def coverage_of(actor: Actor, product: Product) -> Coverage:
    """Of the last 90 days, whatever somebody filters by. The newest are read until there are a thousand."""
    since = timezone.now() - timedelta(days=COVERED_DAYS)
    rows = decisions_of(actor, product).filter(created_at__gte=since).order_by("-sequence")
    found: Any = rows.values_list("why", flat=True)  # type: ignore[misc] # an annotation of `with_why`
    whys = list(found[: MOST_COVERED + 1])
    more = len(whys) > MOST_COVERED
    whys = whys[:MOST_COVERED]
    return Coverage(COVERED_DAYS, len(whys), sum(1 for why in whys if why), more)
