"""What became of the requirements of an item between two moments. Plain values.

A scope maps the id of each requirement to what it says. A specification that replaces another brings requirements of
its own: those that say the same are the same ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Scope = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ScopeChange:
    """What came in, what went out, and what says something else, as (before, after); each in the order of its list."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    reworded: tuple[tuple[str, str], ...]


def scope_change(before: Scope, after: Scope) -> ScopeChange | None:
    """The difference of two scopes; None where they ask for the same. Another order is no difference."""
    gone = Counter(text for key, text in before.items() if key not in after)
    come = Counter(text for key, text in after.items() if key not in before)
    same = gone & come
    change = ScopeChange(
        _without(same, (text for key, text in after.items() if key not in before)),
        _without(same, (text for key, text in before.items() if key not in after)),
        tuple((text, after[key]) for key, text in before.items() if after.get(key, text) != text),
    )
    return change if change.added or change.removed or change.reworded else None


def _without(same: Counter[str], texts: Iterator[str]) -> tuple[str, ...]:
    left, kept = same.copy(), []
    for text in texts:
        if left[text]:
            left[text] -= 1
        else:
            kept.append(text)
    return tuple(kept)


NAMED, LONGEST = 3, 120


def requirements_told(change: ScopeChange) -> tuple[str, ...]:
    """A change in sentences short enough for a mail: of each sort the first three requirements, the first line of each."""
    sorts = (
        ("Requirement added", [_short(text) for text in change.added]),
        ("Requirement no longer asked for", [_short(text) for text in change.removed]),
        ("Requirement reworded", [_reworded(*pair) for pair in change.reworded]),
    )
    return tuple(
        sentence
        for said, texts in sorts
        for sentence in (
            *(f"{said}: {text}" for text in texts[:NAMED]),
            *([f"{said}: {len(texts) - NAMED} more"] if len(texts) > NAMED else []),
        )
    )


def _reworded(old: str, new: str) -> str:
    before, after = _short(old), _short(new)
    return f"{after} (its criteria changed)" if before == after else f"{after}, before: {before}"


def _short(text: str) -> str:
    line = " ".join(text.split("\n", 1)[0].split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1].rstrip()}…"
