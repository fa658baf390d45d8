"""Acceptance criteria: one text, or the three of Given, When, Then (Dan North, "Introducing BDD", 2006)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PARTS = ("given", "when", "then")
STEPS = re.compile(
    r"(?:given\s+(?P<given>.+?),?\s+)?when\s+(?P<when>.+?),?\s+then\s+(?P<then>.+)", re.IGNORECASE
)


def criterion(part: Any) -> dict[str, Any]:
    """A criterion as it is stored: `text` and `met`, and the three parts where it has them.

    The text of one in three parts is put together from them. Raises ValueError for one that lacks When or Then.
    """
    if not isinstance(part, Mapping):
        return {"text": _line(part), "met": False}
    steps = {name: _line(part.get(name) or "") for name in PARTS}
    found = {"text": _line(part.get("text") or ""), "met": bool(part.get("met"))}
    if not any(steps.values()):
        return found
    if not steps["when"] or not steps["then"]:
        raise ValueError("Given, When, Then: say when it happens and what is then true.")
    return {**found, "text": sentence(steps), **steps}


def sentence(steps: Mapping[str, str]) -> str:
    """The three parts as one sentence: Given a table of four, when one pays, then three parts are open."""
    said = ", ".join(f"{name} {steps[name]}" for name in PARTS if steps[name])
    return said[:1].upper() + said[1:]


def read_line(line: str) -> dict[str, Any]:
    """A criterion typed as one line; one that says Given, When, Then is taken apart."""
    text = _line(line)
    found = STEPS.fullmatch(text)
    return criterion(found.groupdict(default="") if found else {"text": text})


def _line(value: Any) -> str:
    return " ".join(str(value).split())
