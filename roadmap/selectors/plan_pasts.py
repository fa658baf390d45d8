"""What is known of how the plans of a product went: read afresh from its events, or as a job kept it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from backlog.models.item import ACTIVE_STATES
from roadmap.forecasting.courses import ALIVE, Course, Stand
from roadmap.forecasting.coverage import Coverage, Kept, coverage
from roadmap.forecasting.curves import OPEN
from roadmap.forecasting.reference import LEAST, Case, Forecast, Reference
from roadmap.slips import Slip, slip_of


@dataclass(frozen=True, slots=True)
class Went:
    """How one plan went: its latest stand, the last day it was planned for, since when it has come or been given up (the
    day of the reading where it is open), and how its day moved, None where it never had one."""

    stand: Stand
    planned: date | None
    ended: date
    how: int
    slip: Slip | None


def went_of(course: Course, today: date) -> Went:
    """What of a course is needed to tell of it, and to tell of others by it."""
    planned = [stand.planned for stand in course.stands]
    last = next((day for day in reversed(planned) if day), None)
    return Went(course.stands[-1], last, *course.ended(today), slip_of(planned))


class ProductPast:
    """How the plans of a product went, by the primary key of its item, as it was known on the day `today`: each of them,
    all that a forecast can learn from, and how often forecasts of the last two years were kept.

    `read_at` is when a job read it, None where it is of now; `waiting` says that the job has not come to it yet.
    """

    today: date
    went: dict[int, Went]
    reference: Reference
    coverage: Coverage
    read_at: datetime | None
    waiting: bool

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
        began = "begun" if state in ACTIVE_STATES else "not begun"
        return self.reference.forecast(self.today, ends_on, (self._pulse(key), began), key)

    def _pulse(self, key: int) -> str:
        """Whether the plan of an item is alive or silent; one that is not open is silent."""
        found = self.went.get(key)
        if found is None or found.stand.planned is None or found.stand.how != OPEN:
            return "silent"
        return "alive" if self.today - found.stand.day <= ALIVE else "silent"


@dataclass
class ReadPast(ProductPast):
    """Read from the events up to this moment, with every stand of every plan."""

    today: date
    courses: dict[int, Course]
    cases: dict[int, list[Case]] = field(repr=False)
    read_at: datetime | None = None
    waiting: bool = False

    @cached_property
    def reference(self) -> Reference:  # type: ignore[override] # made when it is asked for
        return Reference(case for cases in self.cases.values() for case in cases)

    @cached_property
    def coverage(self) -> Coverage:  # type: ignore[override] # made when it is asked for
        return coverage(self.courses.values(), self.today)

    @cached_property
    def went(self) -> dict[int, Went]:  # type: ignore[override] # made when it is asked for
        return {key: went_of(course, self.today) for key, course in self.courses.items()}

    def _pulse(self, key: int) -> str:
        course = self.courses.get(key)
        look = course.look(self.today) if course else None
        return look.traits[0] if look else "silent"


@dataclass
class KeptPast(ProductPast):
    """As a job read it. What is kept grows with the items and not with the changes of their plans."""

    today: date
    read_at: datetime | None
    reference: Reference = field(repr=False)
    coverage: Coverage
    went: dict[int, Went] = field(repr=False)
    waiting: bool = False


def unread(today: date) -> KeptPast:
    """What is known before the job has read anything."""
    return KeptPast(today, None, Reference(()), coverage((), today), {}, waiting=True)


def as_plain(past: ProductPast, read_at: datetime) -> dict[str, Any]:
    """What a cache keeps of it: tuples, numbers and days, no classes, so that another release can read it."""
    stands = {
        key: (
            (one.stand.day, one.stand.planned, one.stand.begun, one.stand.how),
            one.planned, one.ended, one.how,
            one.slip and (one.slip.first, one.slip.last, one.slip.later, one.slip.earlier),
        )
        for key, one in past.went.items()
    }  # fmt: skip
    told = past.coverage
    return {
        "today": past.today, "read_at": read_at, "went": stands, "tallies": past.reference.as_plain(),
        "coverage": (told.forecasts, [asdict(one) for one in told.kept], asdict(told.as_planned)),
    }  # fmt: skip


def from_plain(kept: Mapping[str, Any]) -> KeptPast:
    """What `as_plain` made."""
    forecasts, promised, planned = kept["coverage"]
    told = Coverage(forecasts, [Kept(**one) for one in promised], Kept(**planned))
    went = {
        key: Went(Stand(*stand), planned, ended, how, slip and Slip(*slip))
        for key, (stand, planned, ended, how, slip) in kept["went"].items()
    }
    reference = Reference.from_plain(kept["tallies"])
    return KeptPast(kept["today"], kept["read_at"], reference, told, went)
