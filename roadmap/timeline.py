"""Where bars, labels and diamonds lie on the timeline: a grid of weeks. Plain arithmetic.

Columns count from 1. A window begins on the Monday of the week that holds its first day, so a bar that is moved by
seven days moves by exactly one column. What reaches over the edge is cut off there; the last column also takes the
days of a 53rd week. Over five years the columns are months.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SPANS = {13: "A quarter", 26: "Half a year", 52: "One year", 104: "Two years", 260: "Five years"}
PARTS = {13: 4, 26: 2}
"""How many windows of a span a year has, where it has several."""
MONTHLY = 260
"""The span whose columns are months: weeks would be too narrow to see."""
FRAME = 960
"""Width in pixels that the geometry of labels reckons with: the narrowest the grid is drawn at beside its lane names."""
LETTER = 6.6
PADDING = 24
PERCENT = 36
ICON = 34
SHORT_BAR = 210
"""A bar narrower than this gives its label away if there is room beside it; a wider one cuts the label off."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that is shown: from the Monday `first` over `weeks` columns to the day `last`.

    `half` says which of the `PARTS` of the year it is, from 1.
    """

    year: int
    span: int
    half: int
    begin: date
    first: date
    last: date

    @property
    def weeks(self) -> int:
        return self.span // 52 * 12 if self.span == MONTHLY else self.span

    @property
    def week_px(self) -> float:
        return FRAME / self.weeks

    @property
    def step(self) -> float:
        """Days in a column."""
        return 365.25 / 12 if self.span == MONTHLY else 7

    @property
    def label(self) -> str:
        if self.span == 26:
            return f"{'First' if self.half == 1 else 'Second'} half of {self.year}"
        if self.span == 13:
            return f"Q{self.half} {self.year}"
        if self.span == MONTHLY:
            return f"{self.year} to {self.last.year}"
        return str(self.year) if self.span == 52 else f"{self.year} and {self.year + 1}"

    def column(self, day: date) -> int:
        """The column of a day; days outside fall on the nearest edge."""
        if self.span == MONTHLY:
            month = (day.year - self.year) * 12 + day.month
            return min(self.weeks, max(1, month))
        return min(self.weeks, max(1, (day - self.first).days // 7 + 1))

    def holds(self, start: date, end: date) -> bool:
        """Whether any day of start..end is shown."""
        return start <= self.last and end >= self.first


def window(year: int, span: int, half: int = 1) -> Window:
    """The window of a year (52 weeks), of one half (26) or quarter (13) of it, of two years (104) or of five (260).

    Raises ValueError.
    """
    if span not in SPANS or not 1 <= half <= PARTS.get(span, 2) or not 1900 <= year <= 9000:
        raise ValueError("no such window")
    months_each = 12 // PARTS.get(span, 1)
    part = half if span in PARTS else 1
    begin = date(year, (part - 1) * months_each + 1, 1)
    years = max(1, span // 52)
    after = (
        date(year + years, 1, 1)
        if part == PARTS.get(span, 1)
        else date(year, part * months_each + 1, 1)
    )
    return Window(year, span, part, begin, monday(begin), after - timedelta(days=1))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True)
class Head:
    """A heading above the grid: `label` over `span` columns from `column`."""

    label: str
    column: int
    span: int


def _heads(shown: Window, begins: Sequence[tuple[date, str]]) -> list[Head]:
    columns = [shown.column(day) for day, _ in begins]
    ends = [*columns[1:], shown.weeks + 1]
    return [
        Head(label, column, end - column)
        for (_, label), column, end in zip(begins, columns, ends, strict=True)
        if end > column
    ]


def _month_begins(shown: Window) -> list[date]:
    found, day = [], shown.begin
    while day <= shown.last:
        found.append(day)
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return found


def months(shown: Window) -> list[Head]:
    """The names of the months over their weeks; over five years the quarters."""
    if shown.span == MONTHLY:
        begins = [day for day in _month_begins(shown) if day.month % 3 == 1]
        return _heads(shown, [(day, f"Q{day.month // 3 + 1}") for day in begins])
    return _heads(shown, [(day, MONTHS[day.month - 1]) for day in _month_begins(shown)])


def quarters(shown: Window) -> list[Head]:
    """The quarters over their weeks; over five years the years."""
    if shown.span == MONTHLY:
        years = [day for day in _month_begins(shown) if day.month == 1]
        return _heads(shown, [(day, str(day.year)) for day in years])
    begins = [day for day in _month_begins(shown) if day.month % 3 == 1]
    return _heads(shown, [(day, f"Q{day.month // 3 + 1} {day.year}") for day in begins])


@dataclass(frozen=True, slots=True)
class Bar:
    """Something with a beginning and an end. `percent` says whether a figure stands inside it."""

    key: int
    start: date
    end: date
    label: str
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bar or a diamond lies. `out`: its label stands beside it; `flip`: to the left of it, where the window ends."""

    key: int
    column: int
    span: int
    row: int
    out: bool = False
    flip: bool = False


def bar_places(shown: Window, bars: Iterable[Bar], *, max_rows: int) -> tuple[list[Place], int]:
    """The places of the bars in as few rows as first fit finds, and how many found none in `max_rows` rows.

    Earlier bars come first, then longer ones. A label beside its bar takes its columns too, so nothing overlaps.
    """
    wanted = [bar for bar in bars if shown.holds(bar.start, bar.end)]
    wanted.sort(key=lambda bar: (bar.start, -(bar.end - bar.start).days, bar.key))
    free = [1] * max_rows
    places: list[Place] = []
    for bar in wanted:
        column = shown.column(bar.start)
        span = shown.column(bar.end) - column + 1
        beside = _columns_beside(shown, bar, span)
        flip = beside > 0 and column + span + beside > shown.weeks + 1
        begin = column - beside if flip else column
        if begin < 1:
            begin, beside, flip = column, 0, False
        row = next((r for r, taken in enumerate(free) if taken <= begin), None)
        if row is None:
            continue
        free[row] = column + span + (0 if flip else beside)
        places.append(Place(bar.key, column, span, row + 1, out=beside > 0, flip=flip))
    return places, len(wanted) - len(places)


def has_figure(shown: Window, place: Place) -> bool:
    """Whether a percent fits into the bar: a bar that is cut off at an edge of the window may be too narrow for it."""
    return place.span * shown.week_px >= PERCENT + PADDING


def has_icon(shown: Window, place: Place) -> bool:
    """Whether the mark of what is shipped fits into the bar."""
    return place.span * shown.week_px >= ICON


def _columns_beside(shown: Window, bar: Bar, span: int) -> int:
    """How many columns the label takes beside the bar; 0 when it stands inside."""
    text = len(bar.label) * LETTER
    inside = span * shown.week_px - PADDING - (PERCENT if bar.percent else 0)
    if text <= inside or span * shown.week_px >= SHORT_BAR:
        return 0
    return int((text + 14) / shown.week_px) + 1


@dataclass(frozen=True, slots=True)
class Mark:
    """A day with a name: a milestone, a release."""

    key: int
    on: date
    label: str


def mark_places(shown: Window, marks: Iterable[Mark], *, max_rows: int) -> tuple[list[Place], int]:
    """The places of diamonds with their labels, and how many found no room.

    The label stands to the right, or to the left where the window ends.
    """
    wanted = sorted(
        (m for m in marks if shown.begin <= m.on <= shown.last), key=lambda m: (m.on, m.key)
    )
    free = [1] * max_rows
    places: list[Place] = []
    for mark in wanted:
        needed = min(shown.weeks, int((len(mark.label) * LETTER + 26) / shown.week_px) + 1)
        column = shown.column(mark.on)
        flip = column + needed > shown.weeks + 1
        begin = max(1, column - needed + 1) if flip else column
        span = min(needed, shown.weeks + 1 - begin)
        row = next((r for r, first in enumerate(free) if first <= begin), None)
        if row is None:
            continue
        free[row] = begin + span
        places.append(Place(mark.key, begin, span, row + 1, flip=flip))
    return places, len(wanted) - len(places)
