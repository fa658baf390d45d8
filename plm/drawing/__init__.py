"""Pictures described before they are drawn: shapes that PNG and PDF are made of, and whose texts can be read."""

from plm.drawing.letters import in_lines, width_of
from plm.drawing.png import drawing_png
from plm.drawing.shapes import Box, Diamond, Drawing, Mark, Segment, Text

__all__ = [
    "Box",
    "Diamond",
    "Drawing",
    "Mark",
    "Segment",
    "Text",
    "drawing_png",
    "in_lines",
    "width_of",
]
