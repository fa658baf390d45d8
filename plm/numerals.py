"""Numbers as people write them. Python reads more than that: `1_000`, and the digits of every script."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_NUMBER = re.compile(r"[0-9]+")


def is_plain(text: str) -> bool:
    """Whether a text is a number written with the digits 0 to 9 and a point, such as `-12.5` or `1e3`."""
    return _PLAIN.fullmatch(text.strip()) is not None


def whole_number(text: str, digits: int = 12) -> int | None:
    """A whole number of at most so many digits, such as a version or that of `ATL-128`; None if `text` is none."""
    return int(text) if len(text) <= digits and _NUMBER.fullmatch(text) else None
