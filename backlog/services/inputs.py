"""What people give as the value of a factor: a number, or a range with its meaning."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backlog.models import Assessment
from plm.errors import Invalid
from plm.numerals import is_plain
from plm.scoring.definition import DECIMALS, Definition
from plm.scoring.factor import Factor
from plm.scoring.range_text import range_written
from plm.scoring.ranges import P10_P90, PERT, Estimate, Range

POINTS = ("low", "likely", "high")
PARTS = {*POINTS, "shape", "meaning"}


@dataclass(frozen=True, slots=True)
class Given:
    """A cleaned input: its value (the likely one), and its range where it has one."""

    value: float | None
    range: dict[str, Any]

    @property
    def plain(self) -> float | str | None:
        """As the history shows it."""
        if self.value is None or not self.range:
            return self.value
        points = (f"{self.range['low']:g}", f"{self.value:g}", f"{self.range['high']:g}")
        return range_written(*points, self.range["shape"], self.range["meaning"])


NOTHING = Given(None, {})


def given_of(assessment: Assessment, definition: Definition) -> dict[str, Given]:
    """What is kept of an item, by the keys of the factors."""
    return {
        key: Given(value, _range_kept(assessment.inputs.get(key) or {}))
        for key, value in assessment.values(definition).items()
    }


def _range_kept(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {k: kept[k] for k in ("low", "high", "shape", "meaning") if k in kept}


def inputs_clean(definition: Definition, given: Mapping[str, Any]) -> dict[str, Given]:
    """Inputs by key; None or "" takes one away, {low, likely, high, shape, meaning} is a range.

    Raises Invalid with one message per factor: what is wrong, and what would be right.
    """
    errors: dict[str, str] = {}
    found: dict[str, Given] = {}
    for key, raw in given.items():
        factor = definition.factor(key)
        if factor is None:
            known = ", ".join(f.key for f in definition.factors)
            errors[key] = f"Not a factor of the model. Factors are: {known}."
            continue
        if raw is None or raw == "":
            found[key] = NOTHING
            continue
        try:
            found[key] = _ranged(factor, raw) if isinstance(raw, Mapping) else _single(factor, raw)
        except ValueError as error:
            errors[key] = str(error)
    if errors:
        raise Invalid(fields=errors)
    return found


def values_clean(definition: Definition, given: Mapping[str, Any]) -> dict[str, float | None]:
    """Values by key where one number is asked for and no range. Raises Invalid as `inputs_clean` does."""
    ranges = [key for key, raw in given.items() if isinstance(raw, Mapping)]
    if ranges:
        raise Invalid(fields=dict.fromkeys(ranges, "Give one number here, not a range."))
    return {key: one.value for key, one in inputs_clean(definition, given).items()}


def _single(factor: Factor, raw: Any) -> Given:
    value = _number(raw)
    if math.isnan(value) and isinstance(raw, str) and "/" in raw:
        raise ValueError(f"{factor.label}: a range is low, likely and high, such as 2 / 3 / 5.")
    if wrong := factor.problem(value):
        raise ValueError(wrong)
    return Given(value, {})


def _ranged(factor: Factor, raw: Mapping[str, Any]) -> Given:
    strangers = sorted(map(str, set(raw) - PARTS))
    if strangers or not set(POINTS) <= set(raw):
        raise ValueError("A range is {low, likely, high}, and if need be shape and meaning.")
    low, likely, high = (_number(raw[name]) for name in POINTS)
    for name, value in zip(POINTS, (low, likely, high), strict=True):
        if wrong := factor.problem(value):
            raise ValueError(f"{name.capitalize()}: {wrong}")
    if not low <= likely <= high:
        points = " / ".join(f"{value:g}" for value in (low, likely, high))
        right = " / ".join(f"{value:g}" for value in sorted((low, likely, high)))
        raise ValueError(
            f"Low is at most likely, and likely at most high; {points} is not. In rising order: {right}."
        )
    shape, meaning = str(raw.get("shape") or PERT), str(raw.get("meaning") or P10_P90)
    Estimate(Range(low, likely, high), shape, meaning)
    if low == high:
        return Given(likely, {})
    return Given(likely, {"low": low, "high": high, "shape": shape, "meaning": meaning})


def _number(raw: Any) -> float:
    if isinstance(raw, bool) or (isinstance(raw, str) and not is_plain(raw)):
        return math.nan
    try:
        return round(float(raw), DECIMALS)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def inputs_take(
    kept: Assessment,
    definition: Definition,
    new: Mapping[str, Given],
    *,
    source: str,
    by: int | None,
    at: str,
) -> dict[str, tuple[Any, Any]]:
    """Put inputs into an assessment that is not saved yet; what changed, by factor, as history shows it."""
    before = given_of(kept, definition)
    changes: dict[str, tuple[Any, Any]] = {}
    inputs = dict(kept.inputs)
    for key, one in new.items():
        if before[key] == one:
            continue
        changes[key] = (before[key].plain, one.plain)
        inputs.pop(key, None)
        if one.value is not None:
            inputs[key] = {"source": source, "by": by, "at": at, **one.range}
    kept.inputs = inputs
    kept.take(definition, {key: new[key].value for key in changes})
    return changes
