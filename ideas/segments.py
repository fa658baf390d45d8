"""The rules of a segment: what a company has to be like to belong to it. Reading and checking them; SQL is elsewhere."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

TEXTS = ("name", "plan", "segment", "currency", "external_id")
NUMBERS = ("mrr", "arr")
DAYS = ("as_of",)
FIELDS = (*TEXTS, *NUMBERS, *DAYS)
ATTRIBUTE = "attribute:"
TESTS: Mapping[str, str] = {
    "is": "is", "is_not": "is not", "contains": "contains", "at_least": "is at least", "at_most": "is at most",
    "known": "is known", "unknown": "is not known",
}  # fmt: skip
WITHOUT_VALUE = ("known", "unknown")
MOST_RULES = 20
FORBIDDEN = {"\x00", '"', "\\"}

Value = str | float | bool | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition. `field` is a column of FIELDS or `attribute:<name>`; no value for `known` and `unknown`."""

    field: str
    test: str
    value: Value = None

    @property
    def attribute(self) -> str:
        """The attribute's name; empty for a column."""
        return self.field.removeprefix(ATTRIBUTE) if self.field.startswith(ATTRIBUTE) else ""

    def stored(self) -> dict[str, Any]:
        return {"field": self.field, "test": self.test, "value": self.value}

    def __str__(self) -> str:
        name = self.attribute or self.field.replace("_", " ").replace("mrr", "revenue a month")
        tail = "" if self.test in WITHOUT_VALUE else f" {_shown(self.value)}"
        return f"{name.replace('arr', 'revenue a year') if self.field == 'arr' else name} {TESTS[self.test]}{tail}"


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def rules_of(given: Any) -> tuple[Rule, ...]:
    """Rules as they came from a client or the database. Raises ValueError with a sentence."""
    if not isinstance(given, Sequence) or isinstance(given, str | bytes) or not given:
        raise ValueError("Give a list of at least one rule.")
    if len(given) > MOST_RULES:
        raise ValueError(f"At most {MOST_RULES} rules.")
    return tuple(_rule(row, n) for n, row in enumerate(given, start=1))


def _rule(row: Any, n: int) -> Rule:
    if not isinstance(row, Mapping) or not set(row) <= {"field", "test", "value"}:
        raise ValueError(f"Rule {n}: give field, test and value.")
    field, test = row.get("field"), row.get("test")
    name = field[len(ATTRIBUTE) :] if isinstance(field, str) and field.startswith(ATTRIBUTE) else ""
    if field not in FIELDS and not (
        any(map(str.isalpha, name)) and len(name) <= 60 and not set(name) & FORBIDDEN
    ):
        raise ValueError(f"Rule {n}: the field is one of {', '.join(FIELDS)}, or attribute:<name>.")
    if test not in TESTS:
        raise ValueError(f"Rule {n}: the test is one of {', '.join(TESTS)}.")
    if test in WITHOUT_VALUE:
        return Rule(str(field), str(test))
    value = row.get("value")
    problem = _problem(str(field), str(test), value)
    if problem:
        raise ValueError(f"Rule {n}: {problem}")
    return Rule(str(field), str(test), value.strip() if isinstance(value, str) else value)


def _problem(field: str, test: str, value: Any) -> str:
    """What is wrong with a value, empty when nothing is."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and not (math.isfinite(value) and abs(value) < 1e15):
        return "the number is too large."
    text = (
        isinstance(value, str) and bool(value.strip()) and len(value) <= 500 and "\x00" not in value
    )
    if field in NUMBERS:
        fits = number and test != "contains"
        return "" if fits else "give a number, and no part of a text."
    if field in DAYS:
        return "" if text and _day(value) and test != "contains" else "give a day as 2026-03-31."
    if field in TEXTS or test == "contains":
        return (
            ""
            if text and test in {"is", "is_not", "contains"}
            else "give a text; texts are not at least or at most."
        )
    if test in {"at_least", "at_most"}:
        return "" if number or (text and _day(value)) else "give a number or a day."
    return (
        "" if number or text or isinstance(value, bool) else "give a text, a number, true or false."
    )


def _day(text: str) -> bool:
    try:
        return date.fromisoformat(text.strip()).isoformat() == text.strip()
    except ValueError:
        return False
