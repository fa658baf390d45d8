"""Templates keep the house's form: fragments say their context, pages stay short, the security policy holds."""

from __future__ import annotations

import re
from pathlib import Path

from plm.icons import drawing
from tests.house.each import each

ROOT = Path(__file__).resolve().parents[2] / "templates"
TEMPLATES = sorted(ROOT.rglob("*.html"))
PAGE_LINES = 120
FRAGMENT_LINES = 60
LINE_LENGTH = 1600
SHEETS = sorted((ROOT.parent / "static" / "css").glob("*.css"))
SHEET_LINES = 400
FORBIDDEN = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>{%]*\s(?:on[a-z]+|hx-on[:\w-]*)\s*=", re.IGNORECASE),
    "evaluated value": re.compile(r"hx-vals\s*=\s*['\"]js:|javascript:", re.IGNORECASE),
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_fragment(path: Path) -> bool:
    return path.name.startswith("_") or path.parent.name in {"components", "elements"}


each_template = each(TEMPLATES, name)


@each_template
def test_a_fragment_says_what_it_needs(path: Path) -> None:
    if is_fragment(path):
        assert path.read_text(encoding="utf-8").startswith("{# Context:")


@each_template
def test_a_fragment_is_included_and_never_extended(path: Path) -> None:
    assert not re.search(r"{% extends ['\"][^'\"]*/_", path.read_text(encoding="utf-8"))


@each_template
def test_a_template_is_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= (FRAGMENT_LINES if is_fragment(path) else PAGE_LINES)
    assert max(map(len, lines), default=0) <= LINE_LENGTH


@each_template
def test_the_security_policy_finds_nothing_inline(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for what, pattern in FORBIDDEN.items():
        found = pattern.search(text)
        assert found is None, f"{what}: {found.group(0)[:80]}"


@each_template
def test_every_icon_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    names = re.findall(r"{% (?:lucide|icon) ['\"]([^'\"]+)['\"]", text)
    names += re.findall(r"icon_name=['\"]([^'\"]+)['\"]", text)
    for icon in names:
        drawing(icon, 16)


def test_the_templates_are_found() -> None:
    assert len(TEMPLATES) > 40


@each(SHEETS, lambda path: path.name)
def test_a_sheet_is_short_and_some_page_asks_for_it(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= SHEET_LINES
    asked = f"css/{path.name}"
    assert any(asked in template.read_text(encoding="utf-8") for template in TEMPLATES)


def test_the_sheets_are_found() -> None:
    assert len(SHEETS) > 20
