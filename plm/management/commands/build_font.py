"""Cuts the latin part of Inter out of the package fontpkg-inter, for the pages to serve themselves."""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

LATIN = "20-7E,A0-17F,192,2BB-2BC,2C6,2DA,2DC,2002-200B,2010-2027,202F-203A,20AC,2116,2122,2190-2199,2212,2215,2248,2260-2265,25CF"
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "cv11", "ss03"]
WEIGHTS = (400, 600)
SHEET = """@font-face {
  font-family: "Inter Variable";
  src: url("inter-latin.woff2") format("woff2");
  font-weight: 400 600;
  font-display: swap;
}
"""


class Command(BaseCommand):
    """Writes static/font/inter-latin.woff2 and the sheet that names it; both stay out of the repository."""

    help = "Make the Inter typeface that the pages serve (static/font). Pages use the system's without it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="Make it again if it is there.")

    def handle(self, *, force: bool = False, **options: Any) -> None:
        folder = Path(settings.BASE_DIR, "static", "font")
        target = folder / "inter-latin.woff2"
        if target.is_file() and not force:
            self.stdout.write("The typeface is there already.")
            return
        folder.mkdir(parents=True, exist_ok=True)
        target.write_bytes(latin())
        (folder / "inter.css").write_text(SHEET, encoding="utf-8")
        self.stdout.write(f"Made the typeface: {target.stat().st_size // 1024} kB.")


def latin() -> bytes:
    """The variable font with one optical size, the weights in use, and latin letters."""
    source = files("fontpkg_inter") / "files" / "Inter[opsz,wght].ttf"
    font = TTFont(BytesIO(source.read_bytes()))
    options = Options(
        layout_features=FEATURES, hinting=False, desubroutinize=True, notdef_outline=True
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=parse_unicodes(LATIN))
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"opsz": 14, "wght": WEIGHTS})
    font.flavor = "woff2"
    made = BytesIO()
    font.save(made)
    return made.getvalue()
