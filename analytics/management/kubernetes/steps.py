"""The changes of the features, each with its own date: what was known of a feature after every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson

FILE = "feature_history.jsonl"
STAGES = ("alpha", "beta", "stable")
TRACKED = ("title", "group", "status", "stage", "latest_milestone", *STAGES)


@dataclass(frozen=True, slots=True)
class Step:
    """What was known of a feature from the moment `at` on: the tracked columns, each a text or None. `changed` has those
    that changed then."""

    at: datetime
    known: Mapping[str, str | None]
    changed: Mapping[str, str | None]

    @property
    def day(self) -> date:
        return self.at.astimezone(UTC).date()


StepsByNumber = dict[int, list[Step]]


def load_history(folder: Path) -> StepsByNumber:
    """By number of the feature, its steps in the order of time; what one commit changed is one step.

    The file names the first title as the new value of `created`. It may be absent: then nothing is known of the past.
    Raises OSError, ValueError, KeyError.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.strip()]
    # The texts of moments bear different offsets, so they are compared as moments; the sort keeps the file's order
    # among the changes of one commit.
    changes = sorted(((datetime.fromisoformat(line["at"]), line) for line in lines), key=_moment)
    history: StepsByNumber = {}
    for at, line in changes:
        steps = history.setdefault(line["number"], [])
        before = steps[-1].known if steps else dict.fromkeys(TRACKED)
        column = "title" if line["field"] == "created" else line["field"]
        changed = {column: line["new"]}
        if steps and steps[-1].at == at:
            changed = {**steps.pop().changed, **changed}
        steps.append(Step(at, {**before, **changed}, changed))
    return history


def _moment(change: tuple[datetime, Any]) -> datetime:
    return change[0]


def gone_from(history: StepsByNumber, numbers: set[int]) -> list[dict[str, Any]]:
    """Features that the history knows and the list of features no longer has, as they were last, like lines of it."""
    return [
        {
            **history[number][-1].known,
            "title": history[number][-1].known["title"] or f"Feature {number}",
            "number": number, "summary": "", "created": history[number][0].day.isoformat(), "updated": None,
            "participating": [], "see_also": [], "replaces": [], "superseded_by": [], "feature_gates": [], "path": "",
            "authors": None, "reviewers": None, "approvers": None,
        }
        for number in sorted(history.keys() - numbers)
    ]  # fmt: skip
