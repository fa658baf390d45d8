"""Where an excerpt stands in a text, and how a text looks with its excerpts marked. Offsets count characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


def plain_lines(text: str) -> str:
    """The text with one kind of line end, so that offsets mean the same in every browser."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def locate(text: str, excerpt: str, near: int | None = None) -> tuple[int, int] | None:
    """(start, end) of the excerpt in the text, the occurrence nearest to `near`; None when it is not in there.

    Exact words win; otherwise spaces, line ends and the case of letters may differ.
    """
    wanted = plain_lines(excerpt).strip()
    if not wanted:
        return None
    spots = [(m.start(), m.end()) for m in re.finditer(re.escape(wanted), text)]
    if not spots:
        loose = r"\s+".join(re.escape(word) for word in wanted.split())
        spots = [(m.start(), m.end()) for m in re.finditer(loose, text, re.IGNORECASE)]
    if not spots:
        return None
    return min(spots, key=lambda spot: abs(spot[0] - (near or 0)))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text; `keys` are the excerpts that cover it, none for plain text."""

    text: str
    keys: tuple[str, ...] = ()


def pieces(text: str, spans: Iterable[tuple[int, int, str]]) -> list[Piece]:
    """The text cut at the ends of its (start, end, key) spans. Spans may overlap; together the pieces are the text."""
    known = [(max(0, a), min(len(text), b), key) for a, b, key in spans if a < b and a < len(text)]
    cuts = sorted({0, len(text), *(a for a, _, _ in known), *(b for _, b, _ in known)})
    return [
        Piece(text[a:b], tuple(key for start, end, key in known if start <= a and b <= end))
        for a, b in pairwise(cuts)
    ]


def first_line(text: str, limit: int = 80) -> str:
    """A title out of a text: its first line, cut at a word."""
    line = next((" ".join(part.split()) for part in text.splitlines() if part.strip()), "")
    if len(line) <= limit:
        return line
    head = line[:limit].rsplit(" ", 1)[0].rstrip(" ,;:.")
    return f"{head or line[:limit]}…"
