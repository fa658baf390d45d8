"""A mapping as somebody sent it, checked against the file and the kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from plm.errors import Invalid
from plm.importing.proposing import exact_choice
from plm.importing.targets import Target, Targets

OPTIONS: Mapping[str, tuple[Any, ...]] = {
    "dates": ("", "ask", "day", "month"),
    "blanks": ("keep", "clear"),
    "create_teams": (False, True),
    "all_or_nothing": (False, True),
}


def clean_mapping(targets: Targets, names: list[str], given: Any) -> dict[str, Any]:
    """The mapping, complete and lawful. Raises Invalid with one sentence per column or field."""
    if not isinstance(given, Mapping) or not isinstance(given.get("columns", {}), Mapping):
        raise Invalid(fields={"mapping": "Send {columns: {…}, constants: {…}}."})
    errors: dict[str, str] = {}
    columns: dict[str, Any] = {}
    for name, sent in given.get("columns", {}).items():
        entry = {"field": sent} if isinstance(sent, str) else sent
        if not isinstance(entry, Mapping):
            errors[f"columns.{name}"] = "Send the name of a field, or {field, values}."
        elif entry.get("field"):
            _take_column(targets, names, str(name), entry, columns, errors)
    constants = _constants(targets, given.get("constants") or {}, errors)
    _check_whole(targets, columns, constants, errors)
    if errors:
        raise Invalid(fields=errors)
    return {"columns": columns, "constants": constants}


def _take_column(
    targets: Targets,
    names: list[str],
    name: str,
    entry: Mapping[str, Any],
    columns: dict[str, Any],
    errors: dict[str, str],
) -> None:
    wanted = str(entry["field"])
    if name not in names:
        errors[f"columns.{name}"] = f"The file has no such column. Columns are: {', '.join(names)}."
        return
    if wanted not in targets:
        known = ", ".join(target.name for target in targets.all())
        errors[f"columns.{name}"] = f"There is no field {wanted!r}. Fields are: {known}."
        return
    kept: dict[str, Any] = {"field": wanted}
    values = entry.get("values") or {}
    if isinstance(values, Mapping):
        kept["values"] = {str(k)[:200]: str(v) for k, v in values.items() if v not in ("", None)}
        _check_values(targets[wanted], name, kept["values"], errors)
    scores = entry.get("scores")
    if isinstance(scores, Mapping):
        kept["scores"] = {str(k): v for k, v in scores.items() if k in kept.get("values", {})}
    if isinstance(entry.get("score"), int | float):
        kept["score"] = entry["score"]
    columns[name] = kept


SKIP = "(leave out)"


def _check_values(
    target: Target, name: str, values: Mapping[str, str], errors: dict[str, str]
) -> None:
    if not target.has_choices:
        return
    for text, value in values.items():
        if value != SKIP and not exact_choice(target, value):
            known = ", ".join(choice for choice, _ in target.choices)
            errors[f"columns.{name}"] = (
                f"{text!r} cannot become {value!r}. Choose one of: {known}; or {SKIP}."
            )


def _constants(targets: Targets, given: Any, errors: dict[str, str]) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        errors["constants"] = "Send {field: value}."
        return {}
    found = {}
    for name, value in given.items():
        if name not in targets or targets[name].holds in {"key", "relation"}:
            errors[f"constants.{name}"] = "No constant can stand here."
        elif value not in ("", None):
            found[str(name)] = value
    return found


def _check_whole(
    targets: Targets,
    columns: Mapping[str, Any],
    constants: Mapping[str, Any],
    errors: dict[str, str],
) -> None:
    uses = Counter(entry["field"] for entry in columns.values())
    for field, count in uses.items():
        if count > 1 and not targets[field].several:
            twice = [name for name, entry in columns.items() if entry["field"] == field]
            errors[f"columns.{twice[1]}"] = (
                f"{' and '.join(twice)} both go to {targets[field].label}. Keep one."
            )
    for target in targets.required:
        if target.name not in uses and target.name not in constants and "reference" not in uses:
            errors[target.name] = f"Choose the column that holds: {target.label}."


def clean_options(given: Any) -> dict[str, Any]:
    """Options with their defaults. Raises Invalid for one that does not exist."""
    if not isinstance(given, Mapping):
        raise Invalid(fields={"options": "Send {dates, blanks, create_teams, all_or_nothing}."})
    found = {name: allowed[0] for name, allowed in OPTIONS.items()}
    for name, value in given.items():
        if name not in OPTIONS:
            raise Invalid(fields={f"options.{name}": f"Options are: {', '.join(OPTIONS)}."})
        if value not in OPTIONS[name]:
            known = ", ".join(str(choice) for choice in OPTIONS[name])
            raise Invalid(fields={f"options.{name}": f"Choose one of: {known}."})
        found[name] = value
    return found
