"""From a row of periods to what a tile says: value, change, and whether it is where it should be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analytics.stats.periods import earlier_start, last_complete

UP, DOWN = "up", "down"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a metric shall be, and by when. Without a baseline or a date the target holds from today on."""

    value: Decimal | None
    due: date | None
    baseline: Decimal | None
    since: date
    direction: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tile shows. `value` None: the last complete period has no figure, and `why` says so.

    `change` is the difference to the period before, `share` the same as a share of it (None from 0 or nothing).
    `off_target` None: there is no target, or nothing to compare with it.
    """

    start: date
    value: Decimal | None
    before: Decimal | None
    change: Decimal | None
    share: float | None
    better: bool | None
    expected: Decimal | None
    off_target: bool | None
    course: tuple[Decimal | None, ...]
    why: str


def expected(target: Target, today: date) -> Decimal | None:
    """Where the metric should be today: on the straight line from baseline to target, or at the target."""
    if target.value is None:
        return None
    if target.due is None or target.baseline is None or today >= target.due:
        return target.value
    days = (target.due - target.since).days
    if days <= 0:
        return target.value
    passed = max(0, (today - target.since).days)
    return target.baseline + (target.value - target.baseline) * passed / days


def is_better(change: Decimal, direction: str) -> bool:
    return change >= 0 if direction == UP else change <= 0


def tile(
    values: Mapping[date, Decimal],
    *,
    period: str,
    today: date,
    target: Target,
    empty_is_zero: bool,
    length: int = 12,
) -> Standing:
    """The reading of a metric from its rollups by period start.

    With `empty_is_zero` (counts and sums) a period without rows between the first and the last complete one is 0;
    otherwise (a measured level) it is unknown.
    """
    start = last_complete(today, period)
    starts = [start]
    while len(starts) < length:
        starts.append(earlier_start(starts[-1], period))
    first = min(values, default=None)

    def at(day: date) -> Decimal | None:
        if day in values:
            return values[day]
        return Decimal(0) if empty_is_zero and first is not None and day > first else None

    course = tuple(at(day) for day in reversed(starts))
    value, before = course[-1], course[-2] if length > 1 else None
    change = None if value is None or before is None else value - before
    goal = expected(target, today)
    return Standing(
        start=start,
        value=value,
        before=before,
        change=change,
        share=None if change is None or not before else float(change / abs(before)),
        better=None if not change else is_better(change, target.direction),
        expected=goal,
        off_target=None
        if goal is None or value is None
        else value != goal and not is_better(value - goal, target.direction),
        course=course,
        why="" if value is not None else _why(values, first, start, period),
    )


def _why(values: Mapping[date, Decimal], first: date | None, start: date, period: str) -> str:
    if first is None:
        return "No data yet"
    if first > start:
        return f"The first {period} still runs"
    return (
        f"Nothing last {period}; latest {max(values):%d %b %Y}"
        if period != "day"
        else f"Nothing yesterday; latest {max(values):%d %b %Y}"
    )
