"""A first mapping for a file: columns to fields by their names, values to choices by likeness. All of it can be changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any

from plm.importing.targets import ATTRIBUTE, Target, Targets
from plm.tabular.dates import date_order
from plm.tabular.table import Column

CLOSE_ENOUGH = 0.8

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "title": ("name", "summary", "subject", "headline", "titel", "feature", "idea", "issue"),
    "description": ("body", "details", "text", "content", "notes", "beschreibung", "long description"),
    "state": ("status", "stage", "column", "list name", "zustand"),
    "owner": ("assignee", "assigned to", "responsible", "owner email", "owner.id", "product manager", "dri"),
    "team": ("group", "squad", "owning team", "area", "team name"),
    "tags": ("labels", "label", "keywords", "categories", "tag", "components"),
    "external_id": ("id", "key", "issue key", "external id", "number", "ticket", "uuid", "no", "nr"),
    "external_source": ("source system", "system"),
    "created_at": ("created", "created on", "date created", "creation date", "created time"),
    "due_on": ("due", "due date", "deadline", "target date"),
    "starts_on": ("start", "start date", "begins", "from"),
    "ends_on": ("end", "end date", "finish", "until", "to"),
    "parent": ("parent id", "epic", "epic link", "parent key"),
    "estimate": ("story points", "points", "effort", "size"),
    "email": ("e mail", "mail", "email address", "e mail address", "mail address", "e mail adresse"),
    "company": ("account", "organisation", "organization", "customer", "company name", "company id", "firma"),
    "mrr": ("monthly revenue", "revenue a month", "monthly recurring revenue"),
    "arr": ("annual revenue", "revenue a year", "annual recurring revenue"),
    "relation.relates": ("see also", "relates to", "related", "see_also"),
    "relation.replaces": ("replaces", "supersedes"),
    "relation.replaced_by": ("replaced by", "superseded by", "superseded_by"),
    "relation.blocks": ("blocks",),
    "relation.blocked_by": ("blocked by", "depends on"),
    "relation.duplicates": ("duplicates", "duplicate of"),
    "relation.informs": ("informs", "evidence for"),
}  # fmt: skip

WORDS: Mapping[str, tuple[str, ...]] = {
    "open": ("new", "to do", "todo", "backlog", "submitted", "inbox", "proposed", "triage"),
    "under_review": ("review", "reviewing", "in review", "considering", "under consideration"),
    "planned": ("accepted", "approved", "scheduled", "next"),
    "in_progress": ("doing", "started", "wip", "in development", "building", "active", "in work"),
    "shipped": ("done", "released", "complete", "completed", "live", "finished", "launched"),
    "done": ("closed", "resolved", "complete", "completed", "finished", "fixed"),
    "declined": ("rejected", "wont do", "won t do", "won t fix", "cancelled", "canceled", "withdrawn"),
    "cancelled": ("canceled", "rejected", "withdrawn", "wont do", "won t do", "declined"),
}  # fmt: skip


def normal(text: str) -> str:
    """Letters and digits only, small, single spaces; camelCase taken apart."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return " ".join(re.sub(r"[^\w]+|_", " ", spaced).casefold().split())


def proposed(targets: Targets, columns: Iterable[Column]) -> dict[str, Any]:
    """A mapping: {columns: {name: {field, score, values, scores}}, constants: {}}.

    No two columns go to one field unless it takes several; the surer one wins.
    """
    seen = list(columns)
    ranked = sorted(
        ((score, target, column) for column in seen for target, score in _offers(targets, column)),
        key=lambda offer: -offer[0],
    )
    if any(target.name == "reference" for _, target, _ in ranked):
        # Our own export come back: its ids are not another system's.
        ranked = [o for o in ranked if o[1].name != "external_id" or o[0] == 1.0]
    taken: set[str] = set()
    chosen: dict[str, tuple[Target, float]] = {}
    for score, target, column in ranked:
        if column.name in chosen or (target.name in taken and not target.several):
            continue
        chosen[column.name] = (target, score)
        taken.add(target.name)
    if targets.attributes:
        chosen |= _as_attributes(targets, [c for c in seen if c.name not in chosen])
    found = {
        column.name: _entry(column, *chosen[column.name])
        for column in seen
        if column.name in chosen
    }
    return {"columns": found, "constants": {}}


def _as_attributes(targets: Targets, columns: Iterable[Column]) -> dict[str, tuple[Target, float]]:
    """Columns that are no field, as named values, where their names and texts are fit for it."""
    return {
        column.name: (targets[f"{ATTRIBUTE}{column.name}"], 0.5)
        for column in columns
        if column.filled
        and f"{ATTRIBUTE}{column.name}" in targets
        and all(len(sample) <= 200 for sample in column.samples)
    }


def _offers(targets: Targets, column: Column) -> list[tuple[Target, float]]:
    offers = []
    for target in targets.all():
        score = _likeness(column.name, target)
        if target.name == "reference":
            score = score if _own_references(targets.product.key, column) else 0.0
        elif target.name == "external_id" and normal(column.name) == "reference":
            score = 0.85
        if score >= CLOSE_ENOUGH and column.filled:
            offers.append((target, score))
    return offers


def _own_references(key: str, column: Column) -> bool:
    return bool(column.samples) and all(s.startswith(f"{key}-") for s in column.samples)


def _likeness(name: str, target: Target) -> float:
    """1 for the field's own name, 0.95 for a known other word, else how alike the letters are."""
    words = normal(name)
    own = {normal(target.name), normal(target.label.partition(" (")[0])}
    if name == target.name or words in own:
        return 1.0
    if words in {normal(word) for word in (*SYNONYMS.get(target.name, ()), *target.also)}:
        return 0.95
    return max(SequenceMatcher(None, words, word).ratio() for word in own) - 0.02


def _entry(column: Column, target: Target, score: float) -> dict[str, Any]:
    entry: dict[str, Any] = {"field": target.name, "score": round(score, 2)}
    if target.has_choices and column.distinct is not None:
        values, scores = {}, {}
        for text in column.distinct:
            value, likeness = choice_for(target, text)
            if value and likeness < 1:
                values[text], scores[text] = value, round(likeness, 2)
        if values:
            entry |= {"values": values, "scores": scores}
    return entry


def choice_for(target: Target, text: str) -> tuple[str, float]:
    """The choice a text most likely means and how sure that is; ("", 0) when none is near."""
    words = normal(text)
    best, best_score = "", 0.0
    for value, label in target.choices:
        if words in {normal(value), normal(label)}:
            return value, 1.0
        score = 0.95 if words in WORDS.get(value, ()) else 0.0
        for known in (normal(value), normal(label)):
            score = max(score, SequenceMatcher(None, words, known).ratio() - 0.02)
        if score > best_score:
            best, best_score = value, score
    return (best, best_score) if best_score >= CLOSE_ENOUGH else ("", 0.0)


def exact_choice(target: Target, text: str) -> str:
    """The choice whose value or label the text is, but for case and punctuation; nothing otherwise."""
    words = normal(text)
    for value, label in target.choices:
        if text == value or words in {normal(value), normal(label)}:
            return value
    return ""


def unknown_values(target: Target, column: Column, entry: Mapping[str, Any]) -> list[str]:
    """Values of a column that are neither a choice nor translated into one."""
    if not target.has_choices or column.distinct is None:
        return []
    translated = entry.get("values", {})
    return [t for t in column.distinct if t not in translated and not exact_choice(target, t)]


def proposed_options(
    mapping: Mapping[str, Any], targets: Targets, columns: Iterable[Column]
) -> dict[str, Any]:
    """How dates of the file are to be read, as far as the file itself says."""
    orders = set()
    for column in columns:
        entry = mapping["columns"].get(column.name)
        if entry and targets[entry["field"]].holds in {"date", "moment", "created"}:
            orders.add(date_order(column.distinct or column.samples))
    orders -= {""}
    found = orders.pop() if len(orders) == 1 else ("ask" if orders else "")
    return {"dates": found, "blanks": "keep", "create_teams": False, "all_or_nothing": False}
