"""Tables and drawings as PDF, set in the typeface of the pages.

Inter has the Latin, Greek and Cyrillic letters; one that it lacks (Hebrew, Chinese, an emoji) comes out as □.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    LongTable,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from plm.drawing import Box, Diamond, Drawing, Mark, Segment

FONT, MISSING = "Inter", "□"
MARGIN, PADDING, SIZE = 30, 6, 7.5  # PADDING is that of the library around what flows
INK, MUTED, LINE, HEAD = "#1f2328", "#656d76", "#d0d7de", "#f3f4f6"
LONGEST = 1000
"""Characters of one cell; the rest is in the table that the document was made from."""


@dataclass(frozen=True, slots=True)
class PdfTable:
    """Rows of text below `heading`. `columns` are (title, share of the width); `empty` stands where no row is."""

    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[str]]
    heading: str = ""
    empty: str = "None."


def tables_pdf(
    title: str, subtitle: str, tables: Sequence[PdfTable], drawing: Drawing | None = None
) -> bytes:
    """A document in A4 across: title, tables one after another, the head of each on every page, numbered pages.

    A drawing comes before them on a page of its own, as wide as the others and as high as it takes.
    """
    face = _face()
    parts: list[Any] = [
        Paragraph(_shown(face, title), _style(14)),
        Paragraph(_shown(face, subtitle), _style(9, color=MUTED, after=10)),
    ]
    if drawing is not None:
        parts = [NextPageTemplate("tables"), PageBreak(), *parts] if tables else [Spacer(1, 1)]
    page = landscape(A4)
    for table in tables:
        if table.heading:
            parts.append(Paragraph(_shown(face, table.heading), _style(11, before=14, after=6)))
        parts.append(_flowing(face, table, page[0] - 2 * (MARGIN + PADDING)))
    out = BytesIO()
    document = BaseDocTemplate(out, pagesize=page, title=title, invariant=1)
    foot = _shown(face, title, marked=False)
    pages = [
        PageTemplate("tables", [_frame(page)], onPage=lambda c, d: _numbered(c, d, page[0], foot))
    ]
    document.addPageTemplates([*([_pictured(drawing, page)] if drawing else []), *pages])
    document.build(parts)
    return out.getvalue()


def _frame(page: tuple[float, float]) -> Any:
    return Frame(MARGIN, MARGIN, page[0] - 2 * MARGIN, page[1] - 2 * MARGIN)


def _pictured(drawing: Drawing, page: tuple[float, float]) -> Any:
    """A page that is a picture: as wide as the others, at least as high."""
    scale = page[0] / drawing.width
    height = max(page[1], drawing.height * scale)

    def draw(canvas: Any, _document: Any) -> None:
        canvas.saveState()
        canvas.translate(0, height)
        canvas.scale(scale, scale)
        for mark in drawing.marks:
            _put(canvas, mark)
        canvas.restoreState()

    return PageTemplate("picture", [_frame(page)], onPage=draw, pagesize=(page[0], height))


def _put(canvas: Any, mark: Mark) -> None:
    """Draw a mark; heights count down from the upper edge."""
    if isinstance(mark, Box):
        if mark.fill:
            canvas.setFillColor(mark.fill)
        if mark.line:
            canvas.setStrokeColor(mark.line)
            canvas.setLineWidth(1)
        canvas.roundRect(
            mark.x, -mark.y - mark.height, mark.width, mark.height, mark.radius,
            stroke=int(bool(mark.line)), fill=int(bool(mark.fill)),
        )  # fmt: skip
    elif isinstance(mark, Segment):
        canvas.setStrokeColor(mark.color)
        canvas.setLineWidth(mark.width)
        canvas.line(mark.x, -mark.y, mark.to_x, -mark.to_y)
    elif isinstance(mark, Diamond):
        path = canvas.beginPath()
        path.moveTo(mark.x, -mark.y + mark.radius)
        for x, y in ((mark.radius, 0), (0, -mark.radius), (-mark.radius, 0)):
            path.lineTo(mark.x + x, -mark.y + y)
        path.close()
        canvas.setFillColor(mark.fill)
        canvas.drawPath(path, stroke=0, fill=1)
    else:
        canvas.setFillColor(mark.color)
        canvas.setFont(FONT, mark.size)
        write = {"start": canvas.drawString, "middle": canvas.drawCentredString, "end": canvas.drawRightString}  # fmt: skip
        write[mark.anchor](mark.x, -mark.y - mark.size * 0.36, mark.text)


@cache
def _face() -> Any:
    path = files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"
    font = TTFont(FONT, str(path))
    pdfmetrics.registerFont(font)
    return font.face


def _style(size: float, color: str = INK, before: float = 0, after: float = 0) -> Any:
    return ParagraphStyle(
        f"{size} {color}", fontName=FONT, fontSize=size, leading=size * 1.35, textColor=color,
        spaceBefore=before, spaceAfter=after, splitLongWords=1,
    )  # fmt: skip


def _shown(face: Any, text: str, *, marked: bool = True) -> str:
    """The text with what the typeface lacks replaced, safe for the markup of a paragraph."""
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    flat = " ".join(cut.split())
    shown = "".join(letter if ord(letter) in face.charToGlyph else MISSING for letter in flat)
    return escape(shown) if marked else shown


def _flowing(face: Any, table: PdfTable, width: float) -> Any:
    cell, head = _style(SIZE), _style(SIZE, color=MUTED)
    rows = [[Paragraph(_shown(face, text), cell) for text in row] for row in table.rows]
    if not rows:
        return Paragraph(_shown(face, table.empty), cell)
    titles = [Paragraph(_shown(face, title), head) for title, _ in table.columns]
    whole = sum(share for _, share in table.columns)
    widths = [width * share / whole for _, share in table.columns]
    return LongTable([titles, *rows], colWidths=widths, repeatRows=1, splitInRow=1, style=[
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("BACKGROUND", (0, 0), (-1, 0), HEAD), ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ])  # fmt: skip


def _numbered(canvas: Any, document: Any, width: float, foot: str) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 7)
    canvas.setFillColor(MUTED)
    canvas.drawString(MARGIN + PADDING, MARGIN / 2, foot)
    canvas.drawRightString(width - MARGIN - PADDING, MARGIN / 2, str(document.page))
    canvas.restoreState()
