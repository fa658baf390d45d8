"""Events as people read them: who did what, and which values changed, in the words and formats of the pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone

from plm.events import RECORDED
from plm.kinds import all_kinds
from plm.models import Event
from plm.models.event import EXPLAINED

Value = Any
BY_VERB = {
    "comment.added": "commented",
    "comment.deleted": "deleted a comment",
    "feedback.linked": "quoted it",
    "feedback.unlinked": "took a quote back",
    "file.attached": "attached a file",
    "file.removed": "removed a file",
    "idea.demand_set": "counted who asks for it",
    "idea.follower_added": "added a follower",
    "idea.follower_removed": "removed a follower",
    "idea.post_held": "sent in what waits for the team",
    "idea.post_published": "published what a customer sent in",
    "idea.post_rejected": "put away what a customer sent in",
    "idea.promoted": "promoted it",
    "idea.responded": "changed the official response",
    "gate.decided": "decided on it",
    "idea.voted": "voted on it",
    "item.assessed": "scored it",
    "item.override_judged": "said what came of its fixed place",
    "item.pinned": "fixed its place in the ranking",
    "item.unpinned": "let the score decide its place",
    "key_result.checked_in": "noted its figure",
    "metric.measured": "added readings",
    "metric.reading_removed": "took a reading away",
    "placement.made": "put it on the roadmap",
    "placement.moved": "moved it on the roadmap",
    "placement.updated": "changed its place on the roadmap",
    "placement.removed": "took it off the roadmap",
    "question.answered": "answered a question",
    "question.asked": "asked people a question",
    "question.closed": "closed a question",
    "question.mail_asked": "sent a question again",
    "relation.added": "linked it with another record",
    "relation.removed": "took a link away",
    "item.overridden": "sent it into delivery before it was ready",
    "passage.reopened": "reopened a question",
    "passage.resolved": "resolved a question",
    "roadmap_scenario.applied": "put a scenario into the roadmap",
    "roadmap_scenario.archived": "archived a scenario of the roadmap",
    "roadmap_scenario.changed": "moved something in a scenario of the roadmap",
    "roadmap_scenario.created": "made a scenario of the roadmap",
    "roadmap_scenario.reopened": "took a scenario out of the roadmap again",
    "roadmap_scenario.restored": "brought a scenario of the roadmap back",
    "roadmap_scenario.updated": "renamed a scenario of the roadmap",
    "round.decided": "said what follows from a round",
    "spec.checked": "checked a criterion",
    "spec.reopened": "reopened it",
    "spec.review_asked": "asked for a review",
    "spec.review_reminded": "reminded a reviewer",
    "spec.review_withdrawn": "asks no longer for a review",
    "spec.reviewed": "reviewed it",
    "spec.signed_off": "signed it off",
    "canvas.updated": "filled the canvas",
    "contribution.set": "said which goals it serves",
    "sunset.ideas_redirected": "redirected its open ideas",
    "sunset.ideas_taken_back": "took the redirecting of its ideas back",
    "sunset.planned": "planned its end",
    "vision.updated": "changed the vision",
}
BY_ACTION = {
    "created": "created it",
    "updated": "changed it",
    "moved": "moved it",
    "archived": "archived it",
    "restored": "brought it back",
}
LABELS = {"bucket": "Column", "starts_on": "Begins", "ends_on": "Ends", "objective": "Goal"}
EMPTY: tuple[Any, ...] = (None, "", [], {})
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")
A_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
A_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Diff:
    """One field before and after."""

    label: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class LineRecord:
    """What a line is about, on a page with lines of several records."""

    title: str
    key: str
    url: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event as a person reads it. `recorded` is when it was written down, where that was later than it happened."""

    sequence: int
    actor: str
    text: str
    at: datetime
    diffs: tuple[Diff, ...]
    reason: str
    recorded: datetime | None = None
    record: LineRecord | None = None


def history_lines(events: Iterable[Event]) -> list[HistoryLine]:
    """Events as lines for people, with the fields that changed."""
    kinds = {kind.name: kind.model for kind in all_kinds()}
    lines = []
    for event in events:
        diffs = tuple(_diffs(kinds.get(event.kind), event))
        text = _sentence(event, diffs)
        actor = event.actor_name or "Somebody"
        told = event.data.get(RECORDED)
        recorded = datetime.fromisoformat(told) if told else None
        lines.append(
            HistoryLine(
                event.sequence, actor, text, event.created_at, diffs, event.reason, recorded
            )
        )
    return lines


def told_values(model: Any, then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Diff]:
    """The fields of a record at another time beside now, where either says anything; `old` is then."""
    found = []
    for name, value in then.items():
        if name == "custom":
            keys = {**(value or {}), **(now.get(name) or {})}
            pairs = [(k, None, (value or {}).get(k), (now.get(name) or {}).get(k)) for k in keys]
        else:
            pairs = [(name, _field(model, name), value, now.get(name))]
        for key, field, old, new in pairs:
            if old not in EMPTY or new not in EMPTY:
                words = [_words(model, key, field, value) for value in (old, new)]
                found.append(Diff(_label(key, field), *(_joined(value) for value in words)))
    return found


def _joined(value: Value) -> Value:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else value


def _sentence(event: Event, diffs: tuple[Diff, ...]) -> str:
    """What was done to the record. A move says where to."""
    if event.verb in BY_VERB:
        return BY_VERB[event.verb]
    noun, _, action = event.verb.partition(".")
    if action == EXPLAINED:
        return "said why"
    state = next((diff.new for diff in diffs if diff.label == "State"), None)
    if action in {"moved", "updated"} and state and (action == "moved" or len(diffs) == 1):
        return f"moved it to {state}"
    if noun == event.kind and action in BY_ACTION:
        return BY_ACTION[action]
    return f"{action} {noun}".replace("_", " ")


def _diffs(model: Any, event: Event) -> Iterator[Diff]:
    for name, (old, new) in event.changes.items():
        if name == "custom":
            yield from _custom(old or {}, new or {})
        elif not event.verb.endswith(".created") or new not in EMPTY:
            field = _field(model, name)
            yield Diff(
                _label(name, field),
                _words(model, name, field, old),
                _words(model, name, field, new),
            )


def _custom(old: dict[str, Value], new: dict[str, Value]) -> Iterator[Diff]:
    for name in {**old, **new}:
        before, after = old.get(name), new.get(name)
        if before != after:
            yield Diff(_label(name), _plain(before), _plain(after))


def _label(name: str, field: Any = None) -> str:
    words = name.removesuffix("_at").replace("_", " ")
    if isinstance(field, models.Field) and field.verbose_name != name.replace("_", " "):
        words = str(field.verbose_name)
    return LABELS.get(name) or words[:1].upper() + words[1:]


def _field(model: Any, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model is not None else None
    except FieldDoesNotExist:
        return None


def _words(model: Any, name: str, field: Any, value: Value) -> Value:
    """The label of a state or a choice, a day as the pages write it; text as it is."""
    if name == "state" and model is not None:
        return dict(model.workflow.choices).get(value, value)
    if isinstance(field, models.CharField | models.TextField):
        return dict(field.flatchoices).get(value, value)
    if field is None and isinstance(value, str) and A_NAME.fullmatch(value):
        return value.replace("_", " ").capitalize()
    return _plain(value)


def _plain(value: Value) -> Value:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str) and A_DAY.fullmatch(value):
        return _day(date.fromisoformat(value))
    if isinstance(value, str) and A_MOMENT.match(value):
        moment = timezone.localtime(datetime.fromisoformat(value))
        return f"{_day(moment.date())}, {moment:%H:%M}"
    if isinstance(value, list) and any(isinstance(row, dict) for row in value):
        return [_row(row) if isinstance(row, dict) else row for row in value]
    return value


def _row(row: dict[str, Value]) -> str:
    """A row inside a record: what it holds, one after the other. What lies deeper stands on the record's page."""
    parts = []
    for value in row.values():
        if isinstance(value, list) and all(isinstance(v, int | float) for v in value):
            parts.append(" to ".join(f"{v:g}" for v in dict.fromkeys(value)))
        elif value not in (None, "") and not isinstance(value, list | dict):
            parts.append(str(_plain(value)))
    return ", ".join(parts)


def _day(value: date) -> str:
    return f"{value.day} {value:%b %Y}"
