"""Product events out of a file: row by row, in chunks, the same file twice without duplicates."""

from __future__ import annotations

import csv
import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from analytics.selectors.zones import zone_of
from analytics.services.intake import IntakeReport, events_ingest
from analytics.stats.intake import MAX_EVENTS
from analytics.stats.periods import local_midnight
from plm.errors import Invalid
from plm.models import Product
from plm.permissions import Actor


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the file is which field of an event. `name` is the events' name, unless a column holds it.

    Without an id column an event's id is made of its row: its text, and how often that text came before in the file.
    """

    actor: str
    at: str
    name: str = ""
    name_column: str = ""
    value: str = ""
    company: str = ""
    currency: str = ""
    id: str = ""
    properties: tuple[str, ...] = ()

    def columns(self) -> set[str]:
        found = {
            self.actor, self.at, self.name_column, self.value, self.company, self.id, *self.properties,
        }  # fmt: skip
        return {name for name in found if name}


@dataclass(slots=True)
class FileReport(IntakeReport):
    """The whole file's report; `lines` counts the rows below the heading."""

    lines: int = 0
    first_problems: list[dict[str, Any]] = field(default_factory=list)


def events_import(
    *, actor: Actor, product: Product, path: Path, mapping: Columns
) -> Iterator[FileReport]:
    """Take a CSV file in chunks of 1000 rows, each its own transaction; the report so far after each.

    Interrupted, it is simply run again: what is in counts as a duplicate.
    """
    report = FileReport()
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        missing = sorted(mapping.columns() - set(reader.fieldnames or ()))
        if missing:
            raise Invalid(
                f"The file has no column {', '.join(missing)}. Columns are: {', '.join(reader.fieldnames or ())}."
            )
        chunk: list[dict[str, Any]] = []
        for event in _events(reader, product, mapping):
            chunk.append(event)
            if len(chunk) == MAX_EVENTS:
                yield _take(report, actor, product, chunk)
                chunk = []
        if chunk:
            yield _take(report, actor, product, chunk)


def _take(
    report: FileReport, actor: Actor, product: Product, chunk: list[dict[str, Any]]
) -> FileReport:
    part = events_ingest(actor=actor, product=product, rows=chunk)
    for entry in part.refused:
        report.first_problems.append({**entry, "line": report.lines + entry["row"] + 2})
    report.lines += len(chunk)
    report.accepted += part.accepted
    report.duplicates += part.duplicates
    report.refused += part.refused
    report.flagged += part.flagged
    return report


def _events(
    reader: csv.DictReader[str], product: Product, mapping: Columns
) -> Iterator[dict[str, Any]]:
    zone = zone_of(product)
    seen: Counter[bytes] = Counter()
    for row in reader:
        event: dict[str, Any] = {
            "id": row[mapping.id] if mapping.id else _row_id(row, product, seen),
            "name": row[mapping.name_column] if mapping.name_column else mapping.name,
            "at": moment_text(row[mapping.at] or "", zone),
            "actor": row[mapping.actor],
        }
        if mapping.value and row[mapping.value]:
            event["value"] = row[mapping.value]
        if mapping.company and row[mapping.company]:
            event["company"] = row[mapping.company]
        if mapping.currency:
            event["currency"] = mapping.currency
        if mapping.properties:
            event["properties"] = {name: row[name] for name in mapping.properties}
        yield event


def _row_id(row: Mapping[str, Any], product: Product, seen: Counter[bytes]) -> str:
    text = "\x1f".join(str(value) for value in row.values())
    key = hashlib.blake2b(text.encode(), digest_size=12).digest()
    seen[key] += 1
    return str(uuid.uuid5(product.uuid, f"{text}\x1f{seen[key]}"))


def moment_text(text: str, zone: tzinfo) -> str:
    """A date alone is the beginning of that day in the workspace, a time without a zone is local time there."""
    try:
        if len(text) == 10:
            return local_midnight(date.fromisoformat(text), zone).isoformat()
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return text
    return text if moment.tzinfo else moment.replace(tzinfo=zone).isoformat()
