"""What a picture consists of. Lengths are in points of the picture, from its upper left corner; colours are `#rrggbb`."""

from __future__ import annotations

from dataclasses import dataclass, field

from plm.drawing.letters import fitting, shown


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, filled, outlined (`line`) or both."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    line: str = ""
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight line."""

    x: float
    y: float
    to_x: float
    to_y: float
    color: str
    width: float = 1


@dataclass(frozen=True, slots=True)
class Diamond:
    """A square on its corner, around its middle."""

    x: float
    y: float
    radius: float
    fill: str


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text whose middle stands at the height `y`. `anchor` is start, middle or end, the side that `x` means."""

    x: float
    y: float
    text: str
    size: float
    color: str
    strong: bool = False
    anchor: str = "start"


Mark = Box | Segment | Diamond | Text


@dataclass(slots=True)
class Drawing:
    """A picture on a white ground: its size and what is drawn, the first at the bottom."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """All that can be read in it, in the order in which it is drawn."""
        return [mark.text for mark in self.marks if isinstance(mark, Text)]

    def write(
        self, x: float, y: float, text: str, size: float, color: str, *, most: float = 0, strong: bool = False,
        anchor: str = "start",
    ) -> None:  # fmt: skip
        """Add a line of text, cut to the width `most` where one is given; letters that the typeface lacks are □."""
        found = shown(text)
        if most:
            found = fitting(found, size, most, strong=strong)
        if found:
            self.marks.append(Text(x, y, found, size, color, strong, anchor))
