"""The typeface of the pages for pictures: which letters it has and how wide they are."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

MISSING, CUT = "□", "…"
REGULAR, STRONG = 400, 600
OPTICAL = 14
"""The optical size that the pages and the PDF use."""
LONGEST = 300
"""Characters of one line; no picture has room for more."""


def _path() -> str:
    return str(files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf")


@cache
def _known() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only who draws pays for it

    with TTFont(_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def typeface(size: float, *, strong: bool = False) -> Any:
    """Inter in that size, for measuring and for pixels."""
    from PIL import ImageFont  # noqa: PLC0415 - only who draws pays for it

    font = ImageFont.truetype(_path(), size)
    font.set_variation_by_axes([OPTICAL, STRONG if strong else REGULAR])
    return font


def shown(text: str) -> str:
    """The text on one line, with what the typeface lacks replaced."""
    flat = " ".join(text[: LONGEST + 1].split())
    cut = flat if len(flat) <= LONGEST else f"{flat[:LONGEST]}{CUT}"
    known = _known()
    return "".join(letter if ord(letter) in known else MISSING for letter in cut)


def width_of(text: str, size: float, *, strong: bool = False) -> float:
    return float(typeface(size, strong=strong).getlength(text))


def fitting(text: str, size: float, most: float, *, strong: bool = False) -> str:
    """The text, or as much of it as fits in the width with an ellipsis; nothing where not even two letters fit."""
    if width_of(text, size, strong=strong) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle].rstrip() + CUT, size, strong=strong) <= most:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + CUT if low > 1 else ""


def in_lines(text: str, size: float, most: float, *, strong: bool = False) -> list[str]:
    """The text in one line or two, broken between words; the second is cut where it does not fit."""
    if width_of(text, size, strong=strong) <= most:
        return [text]
    words = text.split()
    first = 1
    while first < len(words) and width_of(" ".join(words[: first + 1]), size, strong=strong) <= most:  # fmt: skip
        first += 1
    return [part for part in (" ".join(words[:first]), " ".join(words[first:])) if part]
