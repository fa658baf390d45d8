"""Tables as PDF, set in the typeface of the pages.

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
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate

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


def tables_pdf(title: str, subtitle: str, tables: Sequence[PdfTable]) -> bytes:
    """A document in A4 across: title, tables one after another, the head of each on every page, numbered pages."""
    face = _face()
    parts: list[Any] = [
        Paragraph(_shown(face, title), _style(14)),
        Paragraph(_shown(face, subtitle), _style(9, color=MUTED, after=10)),
    ]
    page = landscape(A4)
    for table in tables:
        if table.heading:
            parts.append(Paragraph(_shown(face, table.heading), _style(11, before=14, after=6)))
        parts.append(_flowing(face, table, page[0] - 2 * (MARGIN + PADDING)))
    out = BytesIO()
    document = SimpleDocTemplate(
        out, pagesize=page, title=title, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN, invariant=1,
    )  # fmt: skip
    foot = _shown(face, title, marked=False)
    document.build(
        parts,
        onFirstPage=lambda c, d: _numbered(c, d, foot),
        onLaterPages=lambda c, d: _numbered(c, d, foot),
    )
    return out.getvalue()


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


def _numbered(canvas: Any, document: Any, foot: str) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 7)
    canvas.setFillColor(MUTED)
    canvas.drawString(MARGIN + PADDING, MARGIN / 2, foot)
    canvas.drawRightString(document.pagesize[0] - MARGIN - PADDING, MARGIN / 2, str(document.page))
    canvas.restoreState()
