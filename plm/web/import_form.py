"""The mapping as a form: one line per column, one line per value that needs a translation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from plm.importing.mapping import SKIP
from plm.importing.opening import targets_for
from plm.importing.proposing import exact_choice
from plm.importing.targets import ATTRIBUTE, Target, Targets, is_attribute
from plm.models import ImportBatch

SHOWN_VALUES = 60
OPTION_LABELS: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "dates": (
        "Dates such as 03/04/2026",
        (("", "None in this file"), ("ask", "Refuse them"), ("day", "Day first: 3 April"),
         ("month", "Month first: 4 March")),
    ),
    "blanks": ("Empty cells", (("keep", "Keep what the record has"), ("clear", "Clear the field"))),
}  # fmt: skip


def _values(column: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The distinct values of a column, most frequent first, in an order that stays."""
    return sorted((column["distinct"] or {}).items(), key=lambda pair: (-pair[1], pair[0]))


def mapping_rows(batch: ImportBatch, errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the mapping form shows of each column of the file."""
    targets = targets_for(batch)
    rows = []
    for place, column in enumerate(batch.shape["columns"]):
        entry = batch.mapping["columns"].get(column["name"], {})
        entry = {"field": entry} if isinstance(entry, str) else entry
        field = entry.get("field", "")
        rows.append(
            {
                "place": place, "name": column["name"], "filled": column["filled"], "samples": column["samples"],
                "field": field, "score": _percent(entry.get("score")), "groups": _groups(targets, field, column["name"]),
                "values": _value_rows(targets, column, entry), "error": errors.get(f"columns.{column['name']}", ""),
            }
        )  # fmt: skip
    return rows


def _percent(score: Any) -> int | None:
    return round(100 * score) if isinstance(score, int | float) else None


def _groups(targets: Targets, chosen: str, column: str) -> list[tuple[str, list[dict[str, Any]]]]:
    fields: list[dict[str, Any]] = []
    links: list[dict[str, Any]] = []
    for target in targets.all():
        option = {"value": target.name, "label": target.label, "selected": target.name == chosen}
        (links if target.holds == "relation" else fields).append(option)
    groups = [("Fields", fields), ("Links", links)]
    own = {f"{ATTRIBUTE}{column}", chosen if is_attribute(chosen) else ""}
    names = sorted(name for name in own if name and name in targets and is_attribute(name))
    offered = [{"value": n, "label": targets[n].label, "selected": n == chosen} for n in names]
    return [group for group in [*groups, ("Attributes", offered)] if group[1]]


def _value_rows(
    targets: Targets, column: Mapping[str, Any], entry: Mapping[str, Any]
) -> list[dict[str, Any]]:
    field = entry.get("field", "")
    if field not in targets or not targets[field].has_choices:
        return []
    target, translated, scores = targets[field], entry.get("values", {}), entry.get("scores", {})
    rows = []
    for place, (text, count) in enumerate(_values(column)[:SHOWN_VALUES]):
        value = translated.get(text, "")
        exact = exact_choice(target, text)
        rows.append(
            {
                "place": place, "text": text, "count": count, "score": _percent(scores.get(text)),
                "unknown": not value and not exact, "options": _value_options(target, value or exact),
            }
        )  # fmt: skip
    return rows


def _value_options(target: Target, chosen: str) -> list[dict[str, Any]]:
    options = [{"value": v, "label": label, "selected": v == chosen} for v, label in target.choices]
    return [*options, {"value": SKIP, "label": "Leave the field out", "selected": chosen == SKIP}]


def option_rows(batch: ImportBatch, errors: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name, "label": label, "error": errors.get(f"options.{name}", ""),
            "options": [
                {"value": v, "label": words, "selected": batch.options.get(name) == v} for v, words in choices
            ],
        }
        for name, (label, choices) in OPTION_LABELS.items()
    ]  # fmt: skip


def mapping_from(batch: ImportBatch, posted: QueryDict) -> tuple[dict[str, Any], dict[str, Any]]:
    """(mapping, options) as the form sent them. Nothing is checked here."""
    columns: dict[str, Any] = {}
    for place, column in enumerate(batch.shape["columns"]):
        field = posted.get(f"field-{place}", "")
        if not field:
            continue
        entry: dict[str, Any] = {"field": field}
        known = batch.mapping["columns"].get(column["name"], {})
        values = {
            text: posted[f"value-{place}-{at}"]
            for at, (text, _) in enumerate(_values(column)[:SHOWN_VALUES])
            if posted.get(f"value-{place}-{at}")
        }
        if values and known.get("field") == field:
            entry["values"] = values
        columns[column["name"]] = entry
    constants = dict(batch.mapping.get("constants", {}))
    source = posted.get("external_source")
    if source is not None:
        constants["external_source"] = source.strip()[:60]
    options = {
        "dates": posted.get("dates", ""), "blanks": posted.get("blanks", "keep"),
        "create_teams": posted.get("create_teams") == "on", "all_or_nothing": posted.get("all_or_nothing") == "on",
    }  # fmt: skip
    return {"columns": columns, "constants": constants}, options
