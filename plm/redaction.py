"""Taking what says who somebody was out of texts and out of JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

ERASED = "[erased]"


def spellings(values: Iterable[str]) -> list[str]:
    """The values, and as addresses of pages spell them; the longest first, none of them empty."""
    found = {form for v in values if v.strip() for form in (v, quote(v), quote_plus(v))}
    return sorted(found, key=lambda form: (-len(form), form))


def pattern_of(values: Iterable[str]) -> re.Pattern[str]:
    """Finds each of the values as a whole word, in any case; nothing where there are none."""
    parts = "|".join(re.escape(form) for form in spellings(values))
    return re.compile(rf"(?<!\w)(?:{parts})(?!\w)" if parts else r"(?!)", re.IGNORECASE)


def redacted(
    value: Any, pattern: re.Pattern[str], instead: str = ERASED, *, names: bool = False
) -> Any:
    """The value with all that the pattern finds replaced, however deep it stands; with `names` in names of JSON too."""
    if isinstance(value, str):
        return pattern.sub(lambda _: instead, value)
    if isinstance(value, Mapping):
        return {
            (redacted(k, pattern, instead) if names else k): redacted(
                v, pattern, instead, names=names
            )
            for k, v in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(part, pattern, instead, names=names) for part in value]
    return value


def blanked(value: Any) -> Any:
    """A value of which only its shape stays: what was something is erased, what was nothing is nothing."""
    if isinstance(value, Mapping):
        return {k: blanked(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [blanked(part) for part in value]
    return ERASED if value not in (None, "", [], {}) else value


def is_distinctive(value: str) -> bool:
    """Whether a text says by itself who is meant, so that it may be taken out wherever it stands.

    Addresses, and numbers and ids with six digits or more, do; a name does with at least two words.
    """
    text = value.strip()
    letters = [word for word in re.split(r"\s+", text) if re.search(r"[^\W\d_]{2,}", word)]
    return "@" in text or sum(map(str.isdigit, text)) >= 6 or len(letters) >= 2
