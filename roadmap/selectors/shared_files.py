"""What a share shows as files and as a calendar: from the rows of its page alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from plm.drawing import drawing_png
from plm.tabular import csv_line, sheet_bytes
from plm.tabular.writing import Cell
from roadmap.grains import DAY, when_said
from roadmap.icalendar import Event, calendar
from roadmap.models import Share
from roadmap.selectors.pictures import SCALE, shared_picture
from roadmap.selectors.shared import SharedItem, SharedView
from roadmap.timeline import Window


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the files: its title, share of a page's width, and what it says of an item."""

    title: str
    width: int
    value: Callable[[SharedItem], Cell]


@dataclass(frozen=True, slots=True)
class SharedFile:
    content: bytes
    content_type: str
    name: str
    inline: bool = False


def columns_of(share: Share) -> list[Column]:
    """The columns of what the share shows. Days are a column each only where they are told to the day."""
    columns = [Column("Item", 30, lambda item: item.title)]
    if share.view == "board":
        columns.append(Column("Column", 8, lambda item: item.column_words))
    if share.shows("dates"):
        columns.append(Column("When", 16, lambda item: item.when))
        columns.append(Column("Begins", 9, lambda item: item.start))
        columns.append(Column("Ends", 9, lambda item: item.end))
    if share.shows("progress"):
        columns.append(Column("State", 9, lambda item: item.phase_words))
        columns.append(Column("Percent", 7, lambda item: item.percent))
    if share.shows("goal"):
        columns.append(Column("Goal", 18, lambda item: item.goal))
    if share.shows("release"):
        columns.append(Column("Release", 14, lambda item: item.release))
    if share.shows("note"):
        columns.append(Column("Note", 26, lambda item: item.note))
    return columns


def _title(share: Share) -> str:
    return f"Roadmap of {share.product.name}"


def _name(share: Share, ending: str) -> str:
    return f"roadmap-{slugify(share.product.name) or 'product'}.{ending}"


def _text(value: Cell) -> str:
    return "" if value is None else str(value)


def shared_csv(share: Share, view: SharedView, shown: Window) -> SharedFile:
    """The rows as CSV; what a spreadsheet would run is marked as text."""
    del shown
    columns = columns_of(share)
    lines = [csv_line([column.title for column in columns])]
    lines += [csv_line([_text(column.value(item)) for column in columns]) for item in view.items]
    return SharedFile("".join(lines).encode(), "text/csv; charset=utf-8", _name(share, "csv"))


def shared_xlsx(share: Share, view: SharedView, shown: Window) -> SharedFile:
    """The rows as a sheet, days as days and numbers as numbers."""
    del shown
    columns = columns_of(share)
    rows = ([column.value(item) for column in columns] for item in view.items)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    content = sheet_bytes("Roadmap", [column.title for column in columns], rows)
    return SharedFile(content, kind, _name(share, "xlsx"))


def shared_png(share: Share, view: SharedView, shown: Window) -> SharedFile:
    """The picture of a time, for slides."""
    content = drawing_png(shared_picture(share, view, shown), SCALE)
    return SharedFile(content, "image/png", _name(share, "png"))


def shared_pdf(share: Share, view: SharedView, shown: Window) -> SharedFile:
    """The same picture on a page, then a table for each lane or column, with dates in words."""
    from plm.pdf import PdfTable, tables_pdf  # noqa: PLC0415 - as in `traceability.py`: only who prints pays for it

    columns = [column for column in columns_of(share) if column.title not in {"Begins", "Ends"}]
    heads = [(column.title, column.width) for column in columns]
    tables = [
        PdfTable(
            heads,
            [[_text(column.value(view.items[place])) for column in columns] for place in group.items],
            heading=group.name,
        )
        for group in view.groups
    ] or [PdfTable(heads, [], empty="Nothing is planned at the moment.")]  # fmt: skip
    today = timezone.localdate()
    subtitle = f"As it stands on {when_said(DAY, today, today)}"
    return SharedFile(
        tables_pdf(_title(share), subtitle, tables, shared_picture(share, view, shown)),
        "application/pdf",
        _name(share, "pdf"),
    )


def shared_calendar(share: Share, view: SharedView, shown: Window) -> SharedFile:
    """Each dated item on all the days that its audience knows, and each release on the last of its own."""
    del shown
    events = [
        Event(
            uid=_uid(share, f"item {key}"),
            start=item.start,
            end=item.end,
            summary=item.title,
            description="\n".join(
                part for part in (item.when, item.phase_words, item.note) if part
            ),
            categories=tuple(part for part in (item.goal, item.release) if part),
        )
        for key, item in zip(view.keys, view.items, strict=True)
        if item.start is not None and item.end is not None
    ]
    events += [
        Event(_uid(share, f"release {key}"), one.start, one.on, f"Release: {one.title}", one.when)
        for key, one in zip(view.release_keys, view.releases, strict=True)
    ]
    content = calendar(_title(share), events, timezone.now())
    return SharedFile(content, "text/calendar; charset=utf-8", _name(share, "ics"), inline=True)


def _uid(share: Share, what: str) -> str:
    """The same for the same thing in the same share, and telling nothing of either."""
    digest = salted_hmac("roadmap.calendar", f"{share.uuid} {what}", algorithm="sha256").hexdigest()
    return f"{digest[:32]}@roadmap"


FILES: Mapping[str, Callable[[Share, SharedView, Window], SharedFile]] = {
    "csv": shared_csv, "xlsx": shared_xlsx, "pdf": shared_pdf, "png": shared_png, "ics": shared_calendar,
}  # fmt: skip
"""By ending, how a file is made of a share, its view and the time that a picture of it shows."""


def ways_of(share: Share, query: str = "") -> list[dict[str, str]]:
    """The other ways to take a view, with addresses beside that of its page; `query` says which time pictures show."""
    ways = [("Present", "presentation", "present"), ("CSV", "table", "roadmap.csv")]
    asked = f"?{query}" if query else ""
    ways += [("XLSX", "sheet", "roadmap.xlsx"), ("PDF", "file-text", f"roadmap.pdf{asked}")]
    ways.append(("Picture", "image", f"roadmap.png{asked}"))
    if share.shows("dates") and not share.password:
        ways.append(("Calendar", "calendar", "roadmap.ics"))
    return [{"label": label, "icon": icon, "url": url} for label, icon, url in ways]
