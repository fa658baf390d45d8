"""Which words hold a text back until somebody of the team has read it. Formulas only, no Django."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

WORDS = re.compile(r"\w+")


def folded(text: str) -> str:
    """A text as it is compared: small letters, without accents and without the look-alikes of Unicode."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join(WORDS.findall("".join(c for c in plain if not unicodedata.combining(c))))


def blocked_in(text: str, words: Iterable[str]) -> list[str]:
    """Which of the blocked words or phrases stand in the text, as whole words.

    >>> blocked_in("Buy CASINO chips", ["casino", "chip"])
    ['casino']
    """
    inside = f" {folded(text)} "
    return [word for word in words if folded(word) and f" {folded(word)} " in inside]
