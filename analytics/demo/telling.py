"""How the story is told: acts in the order of their days, each done by a service that believes it is that day."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from backlog.models import BacklogItem, Sprint
from ideas.models import Board, Idea, Person
from plm.models import Product, StageRecord, Team, User, Workspace
from plm.permissions import Actor
from roadmap.models import Objective, Release

STORY = Path(__file__).parent / "story"
TOGETHER = 100
BEGAN = -735
"""The day, counted from today, on which the product was begun."""


@lru_cache
def story(name: str) -> dict[str, Any]:
    """One part of the story as it is written down."""
    text = (STORY / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def exact(figure: float | None) -> Decimal | None:
    """A figure of the story as it was written down."""
    return None if figure is None else Decimal(str(figure))


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment` for everything that asks Django for the time."""
    real = timezone.now
    setattr(timezone, "now", lambda: moment)  # noqa: B010 - a typed assignment to a module is refused
    try:
        yield
    finally:
        setattr(timezone, "now", real)  # noqa: B010


@dataclass
class Telling:
    """What the acts share. `items`, `ideas`, `goals` and `features` are found by the keys of the story,
    `voices` are the persons behind the accounts of `voters`, `shocks` what chance did to each metric, week by week."""

    workspace: Workspace
    product: Product
    now: datetime
    size: int
    dice: random.Random
    actors: dict[str, Actor] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    voters: list[User] = field(default_factory=list)
    voices: dict[int, Person] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)
    ideas: dict[str, Idea] = field(default_factory=dict)
    items: dict[str, BacklogItem] = field(default_factory=dict)
    goals: dict[str, Objective] = field(default_factory=dict)
    releases: list[Release] = field(default_factory=list)
    sprints: list[Sprint] = field(default_factory=list)
    features: dict[str, dict[str, Any]] = field(default_factory=dict)
    shocks: dict[str, list[float]] = field(default_factory=dict)
    share_secret: str = ""
    _acts: list[tuple[datetime, int, Callable[[], Any]]] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.workspace.time_zone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def day(self, offset: float) -> date:
        return self.today + timedelta(days=math.floor(offset))

    def moment(self, offset: float, *, hour: float | None = None) -> datetime:
        """A working hour of the day `offset` days from today; weekends of long ago become Fridays; never later than now."""
        when = self.now.astimezone(self.zone) + timedelta(days=math.floor(offset))
        at_hour = self.dice.uniform(7.5, 16.5) if hour is None else hour
        if offset < -9 and when.weekday() > 4:
            # Late on the Friday, so that the order of the days stays.
            at_hour = self.dice.uniform(0, 0.6) + (16.6 if when.weekday() == 5 else 17.3)
            when -= timedelta(days=when.weekday() - 4)
        when = when.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
            seconds=int(at_hour * 3600)
        )
        return min(when, self.now - timedelta(minutes=2))

    def chain(self, *offsets: float) -> list[datetime]:
        """Moments on these days, each after the one before, also where they fall on one day."""
        found: list[datetime] = []
        for offset in offsets:
            when = self.moment(offset)
            if found and when <= found[-1]:
                when = min(found[-1] + timedelta(minutes=20), self.now - timedelta(minutes=2))
            found.append(when)
        return found

    def plan(self, moment: datetime, act: Callable[[], Any]) -> None:
        """Have something done at that moment. Acts of one moment keep the order in which they were planned."""
        self._acts.append((min(moment, self.now - timedelta(minutes=2)), len(self._acts), act))

    def tell(self) -> None:
        """Do everything that was planned, in the order of its time; some acts at a time are committed together."""
        ordered = sorted(self._acts, key=lambda planned: planned[:2])
        for begin in range(0, len(ordered), TOGETHER):
            with transaction.atomic():
                for moment, _, act in ordered[begin : begin + TOGETHER]:
                    with clock_at(moment):
                        act()
        self._acts.clear()

    def record(self, name: str) -> StageRecord:
        """`guard` is the item of that key, `idea:One text` the idea whose title begins so."""
        kind, _, rest = name.rpartition(":")
        if kind == "idea":
            return next(idea for title, idea in self.ideas.items() if title.startswith(rest))
        return self.items[rest]

    def current(self, record: Any) -> Any:
        """The record as it stands now."""
        return type(record).objects.with_people().get(pk=record.pk)
