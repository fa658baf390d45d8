"""Colours that can be read: contrast as WCAG 2.2 defines it, and the shades a page makes of one accent colour.

Colours are `#rrggbb`. Source: W3C, Web Content Accessibility Guidelines 2.2, "relative luminance" and "contrast ratio";
success criterion 1.4.3 asks for 4.5:1 between text and what it stands on.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Callable
from dataclasses import dataclass

ENOUGH = 4.5
WHITE = "#ffffff"
LIGHT = "#f7f7f9"
"""The darkest ground that links stand on in the light theme; tokens.css says the same."""
DARK = "#1c1e23"
"""The lightest ground in the dark theme."""
SHAPE = re.compile(r"#[0-9a-f]{6}\Z")


@dataclass(frozen=True, slots=True)
class Shades:
    """What a page draws with: (light, dark) pairs, and the ground of a button under white text."""

    accent: tuple[str, str]
    fill: str
    hover: str
    soft: tuple[str, str]
    text: tuple[str, str]


def is_colour(text: str) -> bool:
    """Whether it is written as `#1a2b3c`, in small letters."""
    return SHAPE.match(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white), in whatever order they are given."""
    a, b = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def readable(accent: str) -> bool:
    """Whether white text can be read on it, and it on the light ground. On dark grounds a lighter shade of it is used."""
    return contrast(accent, WHITE) >= ENOUGH and contrast(accent, LIGHT) >= ENOUGH


def nearest_readable(accent: str) -> str:
    """The same hue, darkened as little as it takes; the colour itself where it can be read already."""
    return _shifted(accent, -1, readable)


def shades(accent: str) -> Shades:
    """All shades of a readable accent; every text among them has at least 4.5:1 on its ground."""
    soft = (_mixed(accent, WHITE, 0.1), _mixed(accent, DARK, 0.25))
    on_dark = _shifted(accent, 1, lambda c: min(contrast(c, DARK), contrast(c, soft[1])) >= ENOUGH)
    on_soft = _shifted(accent, -1, lambda c: contrast(c, soft[0]) >= ENOUGH)
    return Shades(
        accent=(accent, on_dark), fill=accent, hover=_mixed(accent, "#000000", 0.85), soft=soft,
        text=(on_soft, on_dark),
    )  # fmt: skip


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _written(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(min(1, max(0, c)) * 255):02x}" for c in channels)


def _mixed(colour: str, ground: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return _written(tuple(a * share + b * (1 - share) for a, b in pairs))


def _shifted(colour: str, step: int, fits: Callable[[str], bool]) -> str:
    """The first colour that fits on the way to black (-1) or white (1): black and white themselves fit anywhere here."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    found, n = colour, 0
    while not fits(found) and n < 256:
        n += 1
        level = min(1, max(0, lightness + step * n / 255))
        found = _written(colorsys.hls_to_rgb(hue, level, saturation))
    return found
