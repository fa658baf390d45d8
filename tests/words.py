"""Whether a page says a short word: addresses and hidden fields hold chance letters, which may spell it."""

from __future__ import annotations

import re


def says(text: str, word: str) -> bool:
    """The word stands there as a whole; `Bob` is not said by `ABob_-08` nor `2027` by `f-2027-a`, but `2027-05` says it."""
    before = r"(?<![\w-])" if word[:1].isalnum() else ""
    after = r"(?!\w)" if word[-1:].isalnum() else ""
    return re.search(f"{before}{re.escape(word)}{after}", text) is not None
