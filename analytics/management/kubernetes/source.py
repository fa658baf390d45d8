"""The files as they are, and what is wrong with them. Nothing is mended silently."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from analytics.management.kubernetes.steps import STAGES, StepsByNumber, gone_from, load_history

SOURCE = "kubernetes/enhancements"
STATUSES = {
    "provisional": "backlog", "implementable": "in_progress", "implemented": "done", "deferred": "backlog",
    "rejected": "cancelled", "withdrawn": "cancelled", "replaced": "cancelled",
}  # fmt: skip
NOT_A_METRIC = {"n/a", "tbd", "none", "na", "-", "?", ""}


@dataclass
class Report:
    """What was noticed, by kind; and per feature, for the import's list of rows with a warning."""

    by_kind: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_row: dict[int, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def note(self, row: int, kind: str, number: Any, column: str, value: Any, what: str) -> None:
        shown = "nothing" if value in (None, "") else str(value)
        self.by_kind[kind].append(f"#{number}: {shown[:60]}")
        self.by_row[row].append(
            {"column": column, "value": shown[:200], "problem": f"{kind}.", "hint": what}
        )

    @property
    def total(self) -> int:
        return sum(len(found) for found in self.by_kind.values())

    def lines(self) -> list[str]:
        """One line per kind, most frequent first, with examples."""
        ranked = sorted(self.by_kind.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        return [f"{len(found)} × {kind}: {'; '.join(found[:3])}" for kind, found in ranked]


@dataclass
class Source:
    """Features in the order of the file, releases by version; the past of the features by number, and in `gone` those
    that only their past knows."""

    features: list[dict[str, Any]]
    releases: dict[str, dict[str, Any]]
    report: Report
    history: StepsByNumber = field(default_factory=dict)
    gone: list[dict[str, Any]] = field(default_factory=list)

    @property
    def numbers(self) -> set[int]:
        return {feature["number"] for feature in self.features}


def load(folder: Path) -> Source:
    """Read the files of a folder. Raises OSError, ValueError, KeyError."""
    lines = (folder / "features.jsonl").read_bytes().splitlines()
    releases = orjson.loads((folder / "releases.json").read_bytes())
    features = [orjson.loads(line) for line in lines if line.strip()]
    source = Source(features, {r["version"]: r for r in releases}, Report(), load_history(folder))
    source.gone = gone_from(source.history, source.numbers)
    for row, feature in enumerate(features, start=1):
        _look_at(source, row, feature)
    for row, feature in enumerate(source.gone, start=len(features) + 1):
        what = "Imported as it was last, and archived."
        source.report.note(
            row, "Only the history knows it", feature["number"], "number", feature["number"], what
        )
    return source


def _look_at(source: Source, row: int, feature: dict[str, Any]) -> None:
    """Note what is dirty about one feature."""

    def note(kind: str, column: str, value: Any, what: str) -> None:
        source.report.note(row, kind, feature["number"], column, value, what)

    _look_at_words(feature, note)
    _look_at_dates(feature, note)
    _look_at_versions(source, feature, note)
    _look_at_links(source, feature, note)
    _look_at_placeholders(feature, note)


def _look_at_words(feature: dict[str, Any], note: Any) -> None:
    status, stage, path = feature["status"], feature["stage"], feature["path"]
    if status not in STATUSES:
        kind = "Status is none of the known ones" if status else "Status missing"
        note(kind, "status", status, "Imported as Backlog; the text is kept in Status in source.")
    if stage not in STAGES:
        kind = "Maturity is none of alpha, beta, stable" if stage else "Maturity missing"
        note(kind, "stage", stage, "Kept as it is in Maturity.")
    if "testdata" in path:
        note("Test fixture of the source, not a feature", "path", path, "Imported all the same.")


def _look_at_placeholders(feature: dict[str, Any], note: Any) -> None:
    texts = ("goals", "graduation", "summary", "motivation")
    if not any(feature[name] for name in texts):
        note("No text, goals or criteria", "summary", "", "Its specification is empty.")
    for name in feature["metrics"]:
        if name.strip().casefold() in NOT_A_METRIC:
            note("Metric is a placeholder", "metrics", name, "No metric was made of it.")
    for name in feature["participating"]:
        if len(name) > 40 or name.strip().casefold() in NOT_A_METRIC:
            what = "No tag was made of it."
            note("Participating group is a placeholder", "participating", name, what)


def _look_at_dates(feature: dict[str, Any], note: Any) -> None:
    for column in ("created", "updated"):
        text = feature[column]
        if text and day_of(text) and day_of(text) != text:
            note("Date is not written as YYYY-MM-DD", column, text, f"Read as {day_of(text)}.")
        elif text and not day_of(text):
            note("Date is no date", column, text, "Left out.")
    if not feature["created"]:
        what = "The record bears the day of its first change, or that of the import."
        note("Creation date missing", "created", "", what)


def _look_at_versions(source: Source, feature: dict[str, Any], note: Any) -> None:
    named = {c: feature[c] for c in (*STAGES, "latest_milestone") if feature[c]}
    for column, version in named.items():
        if version == "v0.0":
            note(
                "Milestone v0.0 is a placeholder",
                column,
                version,
                "Kept in its own field; not placed.",
            )
        elif version not in source.releases:
            note(
                "Release without known dates", column, version, "Kept in its own field; not placed."
            )
    if not planned(source, feature):
        note(
            "No planned release with known dates",
            "latest_milestone",
            "",
            "Not placed on the roadmap.",
        )


def _look_at_links(source: Source, feature: dict[str, Any], note: Any) -> None:
    for column in ("see_also", "replaces", "superseded_by"):
        for number in feature[column]:
            if number == feature["number"]:
                note("Feature refers to itself", column, number, "No link was made.")
            elif number not in source.numbers:
                note(
                    "Link to a feature that is not in the file", column, number, "No link was made."
                )


def day_of(text: str | None) -> str:
    """An ISO day, also from one written without leading zeros; empty for what is no day."""
    parts = (text or "").split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return ""
    try:
        return date(*(int(part) for part in parts)).isoformat()
    except ValueError:
        return ""


def planned(source: Source, feature: dict[str, Any]) -> list[dict[str, Any]]:
    """The releases with dates that a feature was planned for, in their order."""
    versions = {feature[column] for column in (*STAGES, "latest_milestone")}
    found = [source.releases[version] for version in versions if version in source.releases]
    return sorted(found, key=lambda release: str(release["released"]))
