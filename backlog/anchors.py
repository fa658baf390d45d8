"""Finding a passage again in a text that was edited since: by its words, then by the words around it.

After the anchoring of the W3C Web Annotation model (TextQuoteSelector: exact, prefix, suffix). All texts are compared
with white space as one space.
"""

from __future__ import annotations

from dataclasses import dataclass

CONTEXT = 60
LEAST_CONTEXT = 8
"""Fewer characters around a passage than this say nothing about where it was."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands: from, to, and the words that stand there now."""

    start: int
    end: int
    text: str


def flat(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def context_of(text: str, start: int, end: int) -> tuple[str, str]:
    """The words before and after a passage, as far as an anchor keeps them."""
    return text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]


def find(text: str, quote: str, before: str = "", after: str = "") -> Place | None:
    """Where the passage stands in the text: of several the one with the likest surroundings; None when it is gone."""
    if not quote:
        return None
    exact = _occurrences(text, quote)
    if exact:
        start = max(exact, key=lambda at: _likeness(text, at, at + len(quote), before, after))
        return Place(start, start + len(quote), quote)
    return _between(text, len(quote), before, after)


def _occurrences(text: str, quote: str) -> list[int]:
    found, at = [], text.find(quote)
    while at != -1:
        found.append(at)
        at = text.find(quote, at + 1)
    return found


def _likeness(text: str, start: int, end: int, before: str, after: str) -> int:
    """How many characters right before and right after agree."""
    left = _common(text[max(0, start - len(before)) : start][::-1], before[::-1])
    return left + _common(text[end : end + len(after)], after)


def _common(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _between(text: str, length: int, before: str, after: str) -> Place | None:
    """What stands between the words that were around it, if both are there and not much more is between them."""
    if len(before.strip()) < LEAST_CONTEXT or len(after.strip()) < LEAST_CONTEXT:
        return None
    for left in _occurrences(text, before):
        start = left + len(before)
        end = text.find(after, start, start + 2 * length + 100 + len(after))
        if end > start:
            return Place(start, end, text[start:end])
    return None
