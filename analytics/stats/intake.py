"""What a product event must look like, and what of it is worth a remark.

An event is refused when it cannot be counted truthfully: no usable id, name, actor or time, a time more than 23 hours
ahead of the clock or before 1970, or too much baggage. It is flagged when it is counted but looks like a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from plm.numerals import is_plain

MAX_EVENTS = 1000
MAX_BYTES = 1024 * 1024
MAX_PROPERTIES = 100
MAX_PROPERTY_BYTES = 8 * 1024
MAX_TEXT = 200
MAX_VALUE = 10**12
SIXTH = Decimal("0.000001")
AHEAD = timedelta(hours=23)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
CLOCK_UNSET = datetime(1970, 1, 2, tzinfo=UTC)
FIELDS = frozenset({"id", "name", "at", "actor", "company", "value", "currency", "properties"})
REQUIRED = frozenset({"id", "name", "at", "actor"})
HYPHENS = (8, 13, 18, 23)
SPECIAL_NAMES = frozenset({"__proto__", "constructor", "prototype"})

_uuid = re.compile(
    r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}"
).fullmatch
_currency = re.compile("[A-Z]{3}").fullmatch
_required = itemgetter("id", "name", "actor", "at")


class Refused(Exception):
    """An event that cannot be taken; `errors` maps a field to what is wrong and what would be right."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__()
        self.errors = dict(errors)


class Taken(NamedTuple):
    """An event as it is stored. `day` is its day in the workspace's time zone, `properties` JSON; `remarks` are what
    looks odd. A tuple, because a batch makes up to a thousand of them."""

    event_id: str
    name: str
    at: datetime
    day: date
    actor: str
    company: str | None
    value: str | None
    currency: str
    properties: str
    remarks: Mapping[str, str]


def take(row: Any, *, now: datetime, zone: tzinfo) -> Taken:
    """The event in `row`. Raises Refused with every field that is wrong."""
    if not isinstance(row, dict):
        raise Refused({"event": "Send a JSON object per event."})
    errors: dict[str, str] = {}
    remarks: dict[str, str] = {}
    if not row.keys() <= FIELDS:
        _unknown(row, errors)
    event_id = row.get("id")
    if not isinstance(event_id, str) or not _uuid(event_id):
        errors["id"] = "Give a UUID that you made, such as 0b6f1a52-7c1e-4a57-9d0e-2f6f0f6c1a11."
        event_id = ""
    name = _text(row, "name", errors)
    actor = _text(row, "actor", errors, number=True)
    company = _text(row, "company", errors, number=True) if row.get("company") is not None else None
    at = _moment(row.get("at"), now, errors, remarks)
    value = _value(row.get("value"), errors) if row.get("value") is not None else None
    currency = row.get("currency") or ""
    if currency and (not isinstance(currency, str) or not _currency(currency)):
        errors["currency"] = "Give three capital letters, such as EUR."
    properties = row.get("properties")
    baggage = _properties(properties, errors, remarks) if properties is not None else "{}"
    if errors or at is None:
        raise Refused(errors)
    day = at.astimezone(zone).date()
    return Taken(event_id.lower(), name, at, day, actor, company, value, currency, baggage, remarks)


def take_all(rows: Sequence[Any], *, now: datetime, zone: tzinfo) -> list[Taken] | None:
    """The events of a batch in which all is as it should be, checked a column at a time; None for any other batch, whose
    events `take` looks at one by one. What comes back is what `take` would give."""
    if set(map(type, rows)) != {dict}:
        return None
    given = set(chain.from_iterable(rows))
    if not REQUIRED <= given <= FIELDS:
        return None
    try:
        ids, names, actors, moments = zip(*map(_required, rows), strict=True)
        made = _all_ids(ids)
        days = {moment: _day(moment, now, zone) for moment in set(moments)}
        different = set(names)
    except (KeyError, TypeError, ValueError):
        return None
    companies = [row.get("company") for row in rows] if "company" in given else []
    texts = (different, actors, [text for text in companies if text is not None])
    if not made or None in days.values() or not all(map(_all_texts, texts)):
        return None
    values = [row.get("value") for row in rows] if "value" in given else []
    currencies = [row.get("currency") or "" for row in rows] if "currency" in given else []
    baggage = _all_properties([row.get("properties") for row in rows])
    errors: dict[str, str] = {}
    figures = [None if value is None else _value(value, errors) for value in values]
    if errors or baggage is None or not all(map(_is_currency, currencies)):
        return None
    count = len(rows)
    ats, on = zip(*map(days.__getitem__, moments), strict=True)
    columns: tuple[Any, ...] = (
        made, names, ats, on, actors, companies or repeat(None, count), figures or repeat(None, count),
        currencies or repeat("", count), baggage, repeat({}, count),
    )  # fmt: skip
    return [Taken(*values) for values in zip(*columns, strict=True)]


def _all_ids(ids: Sequence[str]) -> list[str]:
    """The ids in small letters; none where one of them is not written the usual way."""
    text = "".join(ids).lower()
    count = len(ids)
    if set(map(len, ids)) != {36} or any(text[place::36] != "-" * count for place in HYPHENS):
        return []
    digits = text.replace("-", "")
    # `fromhex` reads over spaces, so what it gives is counted.
    if len(digits) != 32 * count or len(bytes.fromhex(digits)) != 16 * count:
        return []
    return list(map(str.lower, ids))


def _day(moment: str, now: datetime, zone: tzinfo) -> tuple[datetime, date] | None:
    """A moment and its day; None where it is wrong or odd."""
    errors: dict[str, str] = {}
    at = _moment(moment, now, errors, errors)
    return None if errors or at is None else (at, at.astimezone(zone).date())


def _all_texts(texts: Collection[Any]) -> bool:
    if not texts:
        return True
    if set(map(type, texts)) != {str} or not "".join(texts).isprintable():
        return False
    lengths = set(map(len, texts))
    return 0 not in lengths and max(lengths) <= MAX_TEXT and not any(map(str.isspace, texts))


def _is_currency(value: Any) -> bool:
    return value == "" or (isinstance(value, str) and _currency(value) is not None)


def _all_properties(values: Sequence[Any]) -> list[str] | None:
    """The properties of each as JSON; None where one of them is wrong or odd."""
    kept = [value for value in values if value is not None]
    if any(type(value) is not dict or len(value) > MAX_PROPERTIES for value in kept):
        return None
    if not SPECIAL_NAMES.isdisjoint(chain.from_iterable(kept)):
        return None
    texts = [b"{}" if value is None else orjson.dumps(value) for value in values]
    if max(map(len, texts)) > MAX_PROPERTY_BYTES:
        return None
    return [text.decode() for text in texts]


def _unknown(row: Mapping[str, Any], errors: dict[str, str]) -> None:
    known = ", ".join(sorted(FIELDS))
    for name in sorted(row.keys() - FIELDS)[:20]:
        errors[str(name)[:60]] = f"Unknown. Fields are: {known}; put your own into properties."


def _text(
    row: Mapping[str, Any], name: str, errors: dict[str, str], *, number: bool = False
) -> str:
    value = row.get(name)
    if number and isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if (
        isinstance(value, str)
        and 0 < len(value) <= MAX_TEXT
        and value.isprintable()
        and not value.isspace()
    ):
        return value
    errors[name] = f"Give a text of 1 to {MAX_TEXT} printable characters."
    return ""


def _moment(
    value: Any, now: datetime, errors: dict[str, str], remarks: dict[str, str]
) -> datetime | None:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            remarks["at"] = "No time zone was given; read as UTC."
            at = at.replace(tzinfo=UTC)
        if at > now + AHEAD:
            errors["at"] = "This is more than 23 hours ahead of our clock."
            return None
        if at < FIRST:
            errors["at"] = "This is before 1970."
            return None
        if at.tzinfo is not UTC:
            at = at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        errors["at"] = "Give a time as in ISO 8601, such as 2026-03-01T12:30:00Z."
        return None
    if at < CLOCK_UNSET:
        remarks["at"] = "1 January 1970 is what a device without a clock sends."
    return at


def _value(value: Any, errors: dict[str, str]) -> str | None:
    """The figure as a text with at most six decimals, so that no float is in the way."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        errors["value"] = "Give a number."
        return None
    text = str(value)
    try:
        number = Decimal(text).quantize(SIXTH) if len(text) <= 40 and is_plain(text) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or abs(number) >= MAX_VALUE:
        errors["value"] = "Give a number below 1,000,000,000,000, with a point for decimals."
        return None
    return str(number)


def _properties(value: Any, errors: dict[str, str], remarks: dict[str, str]) -> str:
    """The properties as JSON."""
    if not isinstance(value, dict):
        errors["properties"] = "Give a JSON object."
        return ""
    if len(value) > MAX_PROPERTIES:
        errors["properties"] = (
            f"At most {MAX_PROPERTIES} properties fit on an event; this has {len(value)}."
        )
        return ""
    text = orjson.dumps(value)
    if len(text) > MAX_PROPERTY_BYTES:
        errors["properties"] = "The properties of an event may take 8 KB."
        return ""
    if not SPECIAL_NAMES.isdisjoint(value):
        names = ", ".join(sorted(SPECIAL_NAMES & value.keys()))
        remarks["properties"] = f"{names}: kept as plain text; is that a name you meant?"
    return text.decode()
