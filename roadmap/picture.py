"""The timeline and the columns of a roadmap as a drawing, for slides and documents. Plain values.

What is drawn is given: nothing is looked up here, so a picture holds what the page beside it holds, and no more. Lengths
are in points; columns are those of the grid of weeks (`roadmap.timeline`), from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plm.drawing import Box, Diamond, Drawing, Segment, in_lines, width_of

WIDTH, MARGIN, NAMES = 1600, 40, 250
GRID = WIDTH - 2 * MARGIN - NAMES
TOP, HEAD, ROW, BAR, GAP = 104, 46, 32, 25, 12
MOST_ROWS = 60
"""Rows of bars in a picture; lanes that find no room are left out, and that is said."""
INK, SOFT, FAINT, LINE, EDGE, TODAY = "#16181d", "#4a4f5c", "#5f6472", "#e7e8ec", "#d6d8df", "#d02a62"  # fmt: skip
HUES = {
    "gray": ("#868b98", "#eeeff3", "#4a4f5c"), "amber": ("#b26a00", "#fdf0d9", "#7a4800"),
    "green": ("#178347", "#e3f6ec", "#0d5a3a"), "blue": ("#2569e0", "#e3edfd", "#174796"),
    "violet": ("#7a45e0", "#efe8fd", "#5527b3"), "indigo": ("#4b45d6", "#eeeefe", "#3e38b8"),
    "teal": ("#0b8378", "#dff5f2", "#0a5a53"), "rose": ("#d02a62", "#fce6ed", "#94173f"),
    "red": ("#c2352b", "#fdeae8", "#8f1d16"),
}  # fmt: skip
"""By hue: the line, the soft ground and the text on it, as the pages have them on a light ground."""
PHASES = (("planned", "Planned"), ("building", "In progress"), ("shipped", "Shipped"))


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One item. `phase` is empty where the reader is not told of it, `percent` None. `out`: the label stands beside the
    bar, `flip`: to the left of it."""

    title: str
    hue: str
    column: int
    span: int
    row: int
    out: bool = False
    flip: bool = False
    phase: str = ""
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A milestone or a release on its day."""

    title: str
    hue: str
    column: int
    span: int
    row: int
    flip: bool = False


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A lane with its bars; `more` bars found no row in it."""

    name: str
    hue: str
    percent: int | None
    bars: Sequence[DrawnBar]
    more: int = 0


@dataclass(frozen=True, slots=True)
class DrawnHead:
    label: str
    column: int
    span: int


@dataclass(frozen=True, slots=True)
class DrawnTimeline:
    """All that a picture of a timeline says. `left_out` are sentences about what it does not hold; with `late`
    red bars mean items that are late or off track."""

    title: str
    subtitle: str
    weeks: int
    quarters: Sequence[DrawnHead]
    months: Sequence[DrawnHead]
    today: int | None
    marks: Sequence[DrawnMark]
    mark_name: str
    lanes: Sequence[DrawnLane]
    left_out: Sequence[str] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class DrawnColumn:
    """A column of a board: its name and its cards, each a title, a hue and a line below."""

    name: str
    cards: Sequence[tuple[str, str, str]]
    more: int = 0


def timeline_drawing(chart: DrawnTimeline) -> Drawing:
    """Title, the heads of the grid, diamonds, lanes of bars, and below what the colours mean and what is left out."""
    lanes, left_out = _in_room(chart.lanes)
    ends, y = [], float(TOP + HEAD)
    mark_rows = max((mark.row for mark in chart.marks), default=0)
    y += mark_rows * 26 + GAP if mark_rows else 0
    for lane in lanes:
        y += _height(lane)
        ends.append(y)
    grid_end = y if lanes else y + 3 * ROW
    notes = [*left_out, *chart.left_out]
    drawing = Drawing(WIDTH, grid_end + 58 + 20 * len(notes))
    _title(drawing, chart.title, chart.subtitle)
    _grid(drawing, chart, grid_end)
    _today(drawing, chart, grid_end)
    _marks(drawing, chart, TOP + HEAD + 6)
    for lane, end in zip(lanes, ends, strict=True):
        _lane(drawing, chart.weeks, lane, end - _height(lane))
    if not lanes:
        drawing.write(WIDTH / 2, grid_end - 1.5 * ROW, "Nothing is planned in this time.", 15, FAINT, anchor="middle")  # fmt: skip
    _foot(drawing, chart, lanes, notes, grid_end + 28)
    return drawing


def _in_room(lanes: Sequence[DrawnLane]) -> tuple[list[DrawnLane], list[str]]:
    """The lanes for which there are rows, and what is said of the rest."""
    found, rows = [], 0
    for lane in lanes:
        rows += _rows(lane)
        if rows > MOST_ROWS:
            break
        found.append(lane)
    rest = lanes[len(found) :]
    items = sum(lane.more for lane in found) + sum(len(lane.bars) + lane.more for lane in rest)
    if not items:
        return found, []
    kept = f" and the last {len(rest):,} lane{'' if len(rest) == 1 else 's'}" if rest else ""
    return found, [f"Left out for lack of room: {items:,} item{'' if items == 1 else 's'}{kept}."]


def _rows(lane: DrawnLane) -> int:
    return max((bar.row for bar in lane.bars), default=1)


def _height(lane: DrawnLane) -> float:
    return max(_rows(lane) * ROW + GAP, 34 + 18 * len(_name(lane)))


def _name(lane: DrawnLane) -> list[str]:
    return in_lines(lane.name, 14, NAMES - 35, strong=True)


def _x(weeks: int, column: int) -> float:
    """The left edge of a column."""
    return MARGIN + NAMES + (column - 1) * GRID / weeks


def _title(drawing: Drawing, title: str, subtitle: str) -> None:
    drawing.write(MARGIN, 48, title, 27, INK, most=WIDTH - 2 * MARGIN, strong=True)
    drawing.write(MARGIN, 80, subtitle, 14.5, FAINT, most=WIDTH - 2 * MARGIN)


def _grid(drawing: Drawing, chart: DrawnTimeline, end: float) -> None:
    marks = drawing.marks
    for head in chart.quarters:
        x = _x(chart.weeks, head.column)
        marks.append(Segment(x, TOP, x, end, EDGE))
        drawing.write(x + 8, TOP + 12, head.label, 13, SOFT, most=head.span * GRID / chart.weeks - 10, strong=True)  # fmt: skip
    for head in chart.months:
        x = _x(chart.weeks, head.column)
        marks.append(Segment(x, TOP + HEAD, x, end, LINE))
        drawing.write(x + 8, TOP + 33, head.label, 12, FAINT, most=head.span * GRID / chart.weeks - 8)  # fmt: skip
    for y in (TOP + HEAD, end):
        marks.append(Segment(MARGIN, y, WIDTH - MARGIN, y, EDGE))


def _marks(drawing: Drawing, chart: DrawnTimeline, top: float) -> None:
    if not chart.marks:
        return
    drawing.write(MARGIN, top + 12, chart.mark_name, 14, INK, most=NAMES - 20, strong=True)
    for mark in chart.marks:
        y = top + (mark.row - 1) * 26 + 12
        left, right = _x(chart.weeks, mark.column), _x(chart.weeks, mark.column + mark.span)
        x = right - 8 if mark.flip else left + 8
        drawing.marks.append(Diamond(x, y, 6.5, HUES[mark.hue][0]))
        at, anchor = (x - 13, "end") if mark.flip else (x + 13, "start")
        _beside(drawing, at, y, mark.title, 12.5, right - left - 22, anchor)
    y = top + max(mark.row for mark in chart.marks) * 26 + GAP - 6
    drawing.marks.append(Segment(MARGIN, y, WIDTH - MARGIN, y, EDGE))


def _lane(drawing: Drawing, weeks: int, lane: DrawnLane, top: float) -> None:
    line = HUES[lane.hue][0]
    drawing.marks.append(Box(MARGIN, top + 17, 9, 9, fill=line, radius=4.5))
    y = top + 4
    for part in _name(lane):
        y += 18
        drawing.write(MARGIN + 17, y, part, 14, INK, most=NAMES - 35, strong=True)
    if lane.percent is not None:
        drawing.marks.append(Box(MARGIN + 17, y + 15, 120, 5, fill=LINE, radius=2.5))
        done = 120 * min(max(lane.percent, 0), 100) / 100
        if done >= 5:
            drawing.marks.append(Box(MARGIN + 17, y + 15, done, 5, fill=line, radius=2.5))
        drawing.write(MARGIN + 145, y + 18, f"{lane.percent} %", 12, FAINT)
    for bar in lane.bars:
        _bar(drawing, weeks, bar, top + GAP / 2 + (bar.row - 1) * ROW + (ROW - BAR) / 2)
    end = top + _height(lane)
    drawing.marks.append(Segment(MARGIN, end, WIDTH - MARGIN, end, LINE))


def _bar(drawing: Drawing, weeks: int, bar: DrawnBar, y: float) -> None:
    x = _x(weeks, bar.column) + 2
    width = max(bar.span * GRID / weeks - 4, 4)
    _ground(drawing, bar, x, y, width)
    text, middle = HUES[bar.hue][2], y + BAR / 2
    if bar.phase == "shipped" and width >= 24:
        drawing.marks.append(Segment(x + 8, middle, x + 11, middle + 4, text, 1.6))
        drawing.marks.append(Segment(x + 11, middle + 4, x + 17, middle - 4, text, 1.6))
    if bar.out:
        at, anchor = (x - 7, "end") if bar.flip else (x + width + 7, "start")
        room = x - 14 - MARGIN - NAMES if bar.flip else WIDTH - MARGIN - x - width - 7
        _beside(drawing, at, middle, bar.title, 13, room, anchor)
        return
    begin = x + (23 if bar.phase == "shipped" else 9)
    end = x + width - 9
    if bar.phase == "building" and bar.percent is not None and width >= 90:
        drawing.write(end, middle, f"{bar.percent} %", 12, text, anchor="end")
        end -= 42
    drawing.write(begin, middle, bar.title, 13, text, most=end - begin)


def _beside(
    drawing: Drawing, x: float, y: float, text: str, size: float, most: float, anchor: str
) -> None:
    """A label on white, so that no line of the grid runs through it."""
    long = min(width_of(text, size), most)
    left = x - long if anchor == "end" else x
    drawing.marks.append(Box(left - 3, y - 9, long + 6, 18, fill="#ffffff"))
    drawing.write(x, y, text, size, SOFT, most=most, anchor=anchor)


def _ground(drawing: Drawing, bar: DrawnBar, x: float, y: float, width: float) -> None:
    line, soft, _ = HUES[bar.hue]
    radius = min(5, width / 2)
    if bar.phase == "planned":
        drawing.marks.append(Box(x, y, width, BAR, fill="#ffffff", line=line, radius=radius))
        return
    drawing.marks.append(Box(x, y, width, BAR, fill=soft, radius=radius))
    done = width * min(max(bar.percent or 0, 0), 100) / 100 if bar.phase == "building" else 0
    if done >= 2 * radius:
        drawing.marks.append(Box(x, y, done, BAR, fill=_mixed(line, soft), radius=radius))
    drawing.marks.append(Box(x, y, 3, BAR, fill=line, radius=1.5))


def _mixed(line: str, soft: str) -> str:
    """The line at a sixth of its strength over the ground, as the pages show how far something has come."""
    pairs = zip(*(bytes.fromhex(color[1:]) for color in (line, soft)), strict=True)
    return "#" + bytes(round(0.16 * a + 0.84 * b) for a, b in pairs).hex()


def _today(drawing: Drawing, chart: DrawnTimeline, end: float) -> None:
    if chart.today is None:
        return
    x = _x(chart.weeks, chart.today) + GRID / chart.weeks / 2
    drawing.marks.append(Segment(x, TOP + HEAD, x, end, TODAY, 1.5))
    drawing.marks.append(Box(x - 24, TOP + HEAD - 9, 48, 18, fill=TODAY, radius=9))
    drawing.write(x, TOP + HEAD, "Today", 11.5, "#ffffff", anchor="middle", strong=True)


def _foot(
    drawing: Drawing, chart: DrawnTimeline, lanes: Iterable[DrawnLane], notes: Sequence[str], y: float
) -> None:  # fmt: skip
    """What the bars mean, as far as the picture has such bars, and what is left out."""
    seen = {bar.phase for lane in lanes for bar in lane.bars}
    x = float(MARGIN)
    for phase, words in PHASES:
        if phase in seen:
            example = DrawnBar("", "blue", 1, 1, 1, phase=phase, percent=60)
            _ground(drawing, example, x, y - BAR / 2, 34)
            drawing.write(x + 43, y, words, 13, SOFT)
            x += 150
    if chart.late:
        _ground(drawing, DrawnBar("", "red", 1, 1, 1), x, y - BAR / 2, 34)
        drawing.write(x + 43, y, "Late or off track", 13, SOFT)
        x += 180
    if chart.marks:
        drawing.marks.append(Diamond(x + 8, y, 6.5, HUES["indigo"][0]))
        drawing.write(x + 23, y, "Release" if chart.mark_name == "Releases" else "Milestone or release", 13, SOFT)  # fmt: skip
    for n, note in enumerate(notes, 1):
        drawing.write(MARGIN, y + 8 + 20 * n, note, 13, FAINT, most=WIDTH - 2 * MARGIN)


CARD, BETWEEN = 58, 24


def board_drawing(
    title: str, subtitle: str, columns: Sequence[DrawnColumn], left_out: Sequence[str] = ()
) -> Drawing:
    """Columns of cards side by side, with what found no room below each."""
    most = max((len(column.cards) for column in columns), default=0)
    tall = any(column.more for column in columns)
    end = TOP + 44 + max(most, 1) * (CARD + 10) + (24 if tall else 0)
    drawing = Drawing(WIDTH, end + 32 + 20 * len(left_out))
    _title(drawing, title, subtitle)
    width = (WIDTH - 2 * MARGIN - BETWEEN * (len(columns) - 1)) / max(len(columns), 1)
    for n, column in enumerate(columns):
        x = MARGIN + n * (width + BETWEEN)
        drawing.marks.append(Box(x, TOP, width, end - TOP, fill="#f7f7f9", radius=10))
        drawing.write(x + 16, TOP + 24, column.name, 15, INK, strong=True)
        y = TOP + 44.0
        for name, hue, below in column.cards:
            drawing.marks.append(
                Box(x + 10, y, width - 20, CARD, fill="#ffffff", line=EDGE, radius=7)
            )
            drawing.marks.append(Box(x + 10, y + 7, 4, CARD - 14, fill=HUES[hue][0], radius=2))
            middle = y + (20 if below else CARD / 2)
            drawing.write(x + 26, middle, name, 14, INK, most=width - 56)
            drawing.write(x + 26, y + 41, below, 12.5, FAINT, most=width - 56)
            y += CARD + 10
        if column.more:
            drawing.write(x + 16, y + 8, f"{column.more:,} more", 13, FAINT)
    for n, note in enumerate(left_out, 1):
        drawing.write(MARGIN, end + 2 + 20 * n, note, 13, FAINT, most=WIDTH - 2 * MARGIN)
    return drawing
