"""Drawings as PNG."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from plm.drawing.letters import typeface
from plm.drawing.shapes import Box, Diamond, Drawing, Mark, Segment, Text

FINER = 2
"""Pixels are drawn so many times as fine and put together, so that slanting and round edges are smooth."""
ANCHORS = {"start": "lm", "middle": "mm", "end": "rm"}


def drawing_png(drawing: Drawing, scale: float = 1.0) -> bytes:
    """The picture in pixels, `scale` of them to a point."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - only who draws pays for it

    width, height = round(drawing.width * scale), round(drawing.height * scale)
    image = Image.new("RGB", (width * FINER, height * FINER), "#ffffff")
    draw = ImageDraw.Draw(image)
    for mark in drawing.marks:
        _put(draw, mark, scale * FINER)
    out = BytesIO()
    image.reduce(FINER).save(out, "PNG")
    return out.getvalue()


def _put(draw: Any, mark: Mark, scale: float) -> None:
    if isinstance(mark, Box):
        corners = _scaled((mark.x, mark.y, mark.x + mark.width, mark.y + mark.height), scale)
        line = mark.line or None
        draw.rounded_rectangle(
            corners, mark.radius * scale, fill=mark.fill or None, outline=line, width=round(scale)
        )
    elif isinstance(mark, Segment):
        ends = _scaled((mark.x, mark.y, mark.to_x, mark.to_y), scale)
        draw.line(ends, fill=mark.color, width=max(1, round(mark.width * scale)))
    elif isinstance(mark, Diamond):
        x, y, r = mark.x, mark.y, mark.radius
        draw.polygon(_scaled((x, y - r, x + r, y, x, y + r, x - r, y), scale), fill=mark.fill)
    else:
        _write(draw, mark, scale)


def _write(draw: Any, mark: Text, scale: float) -> None:
    font = typeface(mark.size * scale, strong=mark.strong)
    at = _scaled((mark.x, mark.y), scale)
    draw.text(at, mark.text, fill=mark.color, font=font, anchor=ANCHORS[mark.anchor])


def _scaled(lengths: tuple[float, ...], scale: float) -> list[float]:
    return [length * scale for length in lengths]
