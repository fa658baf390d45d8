"""What templates need to show values: states, people, figures, charts, fields.

Tags and filters take values, never querysets. The small ones that a list prints hundreds of times build
their markup here; the larger ones are inclusion tags with a template in `templates/components/`.
"""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import json
import math
import re
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.base import TextNode
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from plm.counting import Capped
from plm.icons import UnknownIconError, drawing
from plm.kinds import Money
from plm.panels import Tab, tabs_for
from plm.templatetags.dates import DASH, NOTHING, day, when

register = template.Library()

MINUS = "\N{MINUS SIGN}"
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
PERSON_HUES = ("blue", "amber", "violet", "teal", "rose", "green")
KNOWN_ICON = re.compile(r'lucide "([a-z0-9-]+)"(?: size=([0-9]+))?')
Figure = int | float | Decimal


@register.simple_tag
def form_key() -> SafeString:
    """For a form that makes something and then leads elsewhere: sent twice, it acts once."""
    return format_html('<input type="hidden" name="form_key" value="{}">', uuid.uuid4().hex)


@register.simple_tag
def more_tabs(slot: str) -> list[Tab]:
    """The tabs that later rooms add to a row of tabs."""
    return tabs_for(slot)


@register.filter
def undo(message: Any) -> dict[str, Any] | None:
    """The way back that a message offers: {url, fields}, or None."""
    tags = message.extra_tags or ""
    return json.loads(tags) if tags.startswith("{") else None


# --- Words and figures ---------------------------------------------------------------------------
@register.filter
def initials(name: str | None) -> str:
    """Ana Ruiz becomes AR, ana@clinic.example becomes A."""
    words = re.findall(r"\w+", (name or "").split("@")[0])
    return "".join(
        word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)
    ).upper()


@register.filter
def number(value: Figure | None) -> str:
    """1234 becomes 1,234; from a hundred thousand on 123.4k and 1.2M."""
    if value is None or not math.isfinite(value):
        return DASH
    if isinstance(value, Capped):
        return str(value)
    size = abs(float(value))
    for limit, unit, sign in ((10**9, 10**9, "B"), (10**6, 10**6, "M"), (10**5, 10**3, "k")):
        if size >= limit:
            return f"{float(value) / unit:.1f}".removesuffix(".0") + sign
    if isinstance(value, int) or value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}".rstrip("0").rstrip(".")


@register.filter
def money(value: Figure | None, currency: str = "EUR") -> str:
    """1234.6 becomes €1,235, in a currency without a known sign CHF 1,235; small sums keep their cents."""
    if value is None:
        return DASH
    sign = SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}" if currency else "")
    amount = abs(float(value))
    text = f"{amount:,.2f}" if amount < 100 and amount != int(amount) else f"{amount:,.0f}"
    return f"{MINUS if value < 0 else ''}{sign}{text}"


@register.filter
def percent(value: Figure | None) -> str:
    """A share: 0.441 becomes 44.1%."""
    return DASH if value is None else f"{float(value) * 100:.1f}".removesuffix(".0") + "%"


def _middle_cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"


def _lines(value: object) -> str:
    """A value as text to compare: a list of single values one a line."""
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return "\n".join(map(str, value))
    return "" if value is None else str(value)


@register.simple_tag
def word_diff(old: object, new: object, *, whole: bool = False) -> str:
    """Both texts as one, what went in <del>, what came in <ins>, word by word; long stretches are cut or not."""
    cut = (lambda text, _: text) if whole else _middle_cut
    before, after = (re.findall(r"\s+|\S+", _lines(text)) for text in (old, new))
    # Half of a day, a version or an amount means nothing.
    if all(len(text) < 8 and re.search(r"\d", "".join(text)) for text in (before, after)):
        return format_html("<del>{}</del> <ins>{}</ins>", "".join(before), "".join(after))
    pieces: list[SafeString] = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for verb, a_from, a_to, b_from, b_to in matcher.get_opcodes():
        gone, come = "".join(before[a_from:a_to]), "".join(after[b_from:b_to])
        if verb == "equal":
            pieces.append(format_html("{}", cut(come, 160)))
            continue
        pieces += [format_html("<del>{}</del>", cut(gone, 400))] if gone else []
        pieces += [format_html("<ins>{}</ins>", cut(come, 400))] if come else []
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.filter
def job_name(job: Any) -> str:
    """`plm.import_run` becomes Import run."""
    return str(job.kind).rpartition(".")[2].replace("_", " ").capitalize()


# --- Small signs ---------------------------------------------------------------------------------
@register.tag("lucide")
def known_icon(_: Any, token: Any) -> TextNode:
    """A lucide icon by a name that stands in the template, `{% lucide "plus" size=15 %}`: drawn when it is compiled."""
    found = KNOWN_ICON.fullmatch(token.contents)
    if found is None:
        raise template.TemplateSyntaxError("An icon held in a variable is drawn by {% icon %}.")
    return TextNode(drawing(found[1], int(found[2] or 24)))


@register.simple_tag
def icon(name: str, size: int = 16) -> SafeString:
    """A lucide icon by a name held in a variable; an unknown name is a dot."""
    try:
        svg = drawing(str(name), size, hidden=True)
    except UnknownIconError:
        svg = drawing("circle-small", size, hidden=True)
    return mark_safe(svg)  # noqa: S308 - the package's own SVG


# Caches of markup tell text from SafeString (typed): the one is escaped, the other is not.
@register.simple_tag
@functools.lru_cache(maxsize=512, typed=True)
def state_pill(label: str, hue: str = "open") -> str:
    """A state as a pill; `hue` is a group (open, active, done, closed) or a named hue."""
    return format_html('<span class="st h-{}">{}</span>', hue or "open", label)


@register.simple_tag
def avatar(person: Any, size: str = "", role: str = "") -> str:
    """A user, a name, or nobody, as a disc with initials. `size` may be "big"; `role` is said before the name."""
    if not person:
        words = f"No {role.lower()}" if role else "Nobody"
        return format_html(
            '<span class="av none {}" role="img" aria-label="{}"></span>', size, words
        )
    name = str(getattr(person, "name", "") or getattr(person, "email", "") or person)
    letters = getattr(person, "initials", "") or initials(name)
    return _disc(name, letters, size, role)


@functools.lru_cache(maxsize=1024, typed=True)
def _disc(name: str, letters: str, size: str, role: str) -> str:
    hue = PERSON_HUES[sum(map(ord, name)) % len(PERSON_HUES)]
    words = f"{role} {name}".strip()
    text = '<span class="av {} h-{}" role="img" aria-label="{}" title="{}">{}</span>'
    return format_html(text, size, hue, words, words, letters[:2])


@register.filter
def width(value: Figure | None) -> str:
    """The class of a bar that is so many percent wide, in steps of five."""
    return f"w-{round(min(100.0, max(0.0, float(value or 0))) / 5) * 5}"


@register.simple_tag
def bar(value: Figure | None, label: str = "", hue: str = "") -> str:
    """A progress bar of so many percent; `label` says of what."""
    shown = f"{number(round(float(value or 0)))} percent {label}".strip()
    color = f" h-{hue}" if hue else ""
    return _drawn_bar(color, shown, width(value))


@functools.lru_cache(maxsize=1024, typed=True)
def _drawn_bar(color: str, shown: str, wide: str) -> str:
    text = '<span class="bar{}" role="img" aria-label="{}"><i class="{}"></i></span>'
    return format_html(text, color, shown, wide)


def _person(value: Any) -> str:
    name = getattr(value, "name", "") or str(value)
    return format_html('<span class="ic">{}<span class="cut">{}</span></span>', avatar(value), name)


def _date(value: dt.date) -> str:
    if isinstance(value, dt.datetime):
        return when(value)
    return SafeString(f'<time datetime="{value.isoformat()}">{day(value)}</time>')


def _chips(value: Sequence[object]) -> str:
    return format_html_join(" ", '<span class="chip">{}</span>', ((str(part),) for part in value))


SHOWN: tuple[tuple[type | tuple[type, ...], Any], ...] = (
    (bool, lambda value: "Yes" if value else "No"),
    (Money, lambda value: money(value.amount, value.currency)),
    ((int, float, Decimal), number),
    (dt.date, _date),
    ((list, tuple), _chips),
    (str, str),
)


@register.simple_tag
def shown(value: Any) -> str:
    """A value of any type as people read it: a person with initials, a date, a figure, chips, a name."""
    if value is None or value in ("", [], ()):
        return NOTHING
    for kinds, show in SHOWN:
        if isinstance(value, kinds):
            return conditional_escape(show(value))
    if hasattr(value, "initials") or hasattr(value, "email"):
        return _person(value)
    return conditional_escape(getattr(value, "name", value))


# --- Larger components ---------------------------------------------------------------------------
@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", action: str = "", url: str = "", icon_name: str = "inbox"
) -> dict[str, Any]:
    """What this is, why it is empty, and the one thing to do about it."""
    return {"title": title, "text": text, "action": action, "url": url, "icon_name": icon_name}


@register.inclusion_tag("components/progress.html")
def progress(done: Figure | None, total: Figure | None, label: str = "") -> dict[str, Any]:
    """How many of how many, as a bar with its figures."""
    share = 100 * float(done or 0) / float(total) if total else 0.0
    return {"done": done or 0, "total": total, "share": share, "label": label}


@register.inclusion_tag("components/vote.html")
def vote(
    url: str, count: int, title: str, *, voted: bool = False, token: str = ""
) -> dict[str, Any]:
    """The vote button as a form that works without script; pass `token=csrf_token`."""
    return {"url": url, "count": count, "title": title, "voted": voted, "token": token}


@register.inclusion_tag("components/font_links.html")
def font_links() -> dict[str, Any]:
    """Links to the typeface, when `manage.py build_font` has made it."""
    return {"sheet": _font("font/inter.css"), "file": _font("font/inter-latin.woff2")}


@register.inclusion_tag("components/style_links.html")
def style_links() -> dict[str, Any]:
    """Links to the sheets of every page; to one file of them where files are collected."""
    return {"all": getattr(staticfiles_storage, "every_page", "")}


@functools.lru_cache(maxsize=4)
def _font(path: str) -> str:
    try:
        return static(path) if finders.find(path) else ""
    except ValueError:  # Made after the last collectstatic: the next one brings it in.
        return ""
