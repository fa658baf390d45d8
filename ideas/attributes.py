"""What a team wants to know of its customers beyond the columns: named values of four types, as JSON keeps them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

Value = str | int | float | bool

MOST = 50
LONGEST_NAME = 60
LONGEST_TEXT = 500
FORBIDDEN = {"\x00", '"', "\\"}
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
WORDS: Mapping[str, bool] = {"yes": True, "true": True, "no": False, "false": False}


def type_of(value: Value) -> str:
    """yes_no, number, day or text. A day is kept as the text 2026-03-31."""
    if isinstance(value, bool):
        return "yes_no"
    if isinstance(value, int | float):
        return "number"
    return "day" if _is_day(value) else "text"


def _is_day(text: str) -> bool:
    try:
        return len(text) == 10 and date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def cleaned(given: Any) -> dict[str, Value]:
    """Attributes as they are stored. Raises ValueError with a sentence for the person who gave them."""
    if not isinstance(given, Mapping):
        raise ValueError("Give attributes as an object of names and values.")  # noqa: TRY004 - a problem of the value
    if len(given) > MOST:
        raise ValueError(f"At most {MOST} attributes; these are {len(given)}.")
    found: dict[str, Value] = {}
    for key, value in given.items():
        name = " ".join(str(key).split())
        # A name of digits alone would be a place in a list to the databases.
        if len(name) > LONGEST_NAME or not any(map(str.isalpha, name)) or set(name) & FORBIDDEN:
            raise ValueError(
                f"A name has a letter, {LONGEST_NAME} characters at most, no quotes and no backslash."
            )
        if value is not None and value != "":
            found[name] = _value(name, value)
    return found


def _value(name: str, value: Any) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) >= 1e15:
            raise ValueError(f"{name}: the number is too large.")
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(f"{name}: give a text, a number, true or false.")
    text = " ".join(value.split())
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{name}: at most {LONGEST_TEXT} characters.")
    return text


def read(text: str) -> dict[str, Value]:
    """Attributes typed one a line, `name: value`. Quotes keep a number or yes a text. Raises ValueError."""
    found: dict[str, Value] = {}
    for n, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise ValueError(f"Line {n}: write a name, a colon and a value, as in “employees: 40”.")
        if name.strip() in found:
            raise ValueError(f"Line {n}: {name.strip()} stands here twice.")
        found[name.strip()] = typed(value.strip())
    return cleaned(found)


def typed(text: str) -> Value:
    """The value a person means by a text."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    if NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return WORDS.get(text.casefold(), text)


def written(values: Mapping[str, Value]) -> str:
    """The lines that `read` would take back to the same values."""
    return "\n".join(f"{name}: {_text(value)}" for name, value in values.items())


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f'"{value}"' if typed(value) != value else value
    return f"{value:f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
