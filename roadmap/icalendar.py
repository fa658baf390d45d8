"""A calendar as iCalendar (RFC 5545): whole days, text escaped (3.3.11), lines folded at 75 octets (3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

OCTETS = 75


@dataclass(frozen=True, slots=True)
class Event:
    """Something on the days start..end, both included. `uid` is the same whenever the calendar is fetched."""

    uid: str
    start: date
    end: date
    summary: str
    description: str = ""
    categories: tuple[str, ...] = ()


def calendar(name: str, events: Iterable[Event], made_at: datetime) -> bytes:
    """The events as a calendar of that name, made at that moment (aware)."""
    stamp = f"{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Product lifecycle//Roadmap//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{escaped(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]  # fmt: skip
    for event in events:
        lines += _event(event, stamp)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def _event(event: Event, stamp: str) -> list[str]:
    lines = [
        "BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{stamp}", f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}",
        f"DTEND;VALUE=DATE:{_after(event.end):%Y%m%d}", f"SUMMARY:{escaped(event.summary)}", "TRANSP:TRANSPARENT",
    ]  # fmt: skip
    if event.description:
        lines.append(f"DESCRIPTION:{escaped(event.description)}")
    if event.categories:
        lines.append(f"CATEGORIES:{','.join(map(escaped, event.categories))}")
    return [*lines, "END:VEVENT"]


def _after(day: date) -> date:
    """The end of whole days is the first day that is not among them."""
    return day + timedelta(days=1) if day < date.max else day


def escaped(text: str) -> str:
    """A text as a value: backslash, semicolon, comma and ends of lines escaped, other control characters left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(c for c in text if c == "\n" or (ord(c) >= 32 and ord(c) != 127))
    for mark in ("\\", ";", ","):
        plain = plain.replace(mark, f"\\{mark}")
    return plain.replace("\n", "\\n")


def folded(line: str) -> str:
    """A line in parts of at most 75 octets, each but the first beginning with a space, no character cut in two."""
    parts, part, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > OCTETS:
            parts.append(part)
            part, size = " ", 1
        part += letter
        size += octets
    return "\r\n".join([*parts, part])
