"""Markdown in, safe HTML out: no raw HTML, no scripts, no foreign images, links that say where they lead.

A text may name records (`#ATL-128`) and people (`@ana.ruiz`). What these lead to differs from reader to reader, so it is
given: `links` says it for one reader, and what is not in it stays the text it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Any

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

MOST_TEXT = 100_000
"""Characters that a text of a record has at most."""
MOST_NAMED = 500
_NAMED = re.compile(
    r"(?<![\w#&/\\])\#(?P<key>[A-Za-z][A-Za-z0-9]{1,9}-[1-9][0-9]{0,11})(?![\w-])"
    r"|(?<![\w@\\])@(?P<handle>\w[\w.\-]{1,60})"
)
_OWN_IMAGE = re.compile(
    r"/(?:[\w-]+/)*[a-z][a-z0-9-]{1,39}/[A-Z][A-Z0-9]{1,9}-[0-9]{1,12}/attachments/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)


@dataclass(frozen=True, slots=True)
class Links:
    """What the names in texts lead to for one reader: records as key to (address, title), people as handle to name."""

    records: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


def too_long(text: str, most: int = MOST_TEXT) -> str:
    """The sentence for a text that is longer than it may be; empty for one that fits."""
    if len(text) <= most:
        return ""
    return (
        f"This text has {len(text):,} characters; at most {most:,} fit here. Shorten it, or attach the long part as a"
        " file."
    )


def names_written(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """Keys of records and handles of people that stand anywhere in the texts, at most 500 of each, as far as the letters
    go: also those in code, which `render` leaves alone."""
    keys: dict[str, None] = {}
    handles: dict[str, None] = {}
    for text in texts:
        if "#" in text or "@" in text:
            for found in _NAMED.finditer(text):
                if found["key"]:
                    keys[found["key"].upper()] = None
                else:
                    handles[_handle(found)] = None
    return list(keys)[:MOST_NAMED], list(handles)[:MOST_NAMED]


def handles_read(text: str) -> set[str]:
    """Handles of people as a reader sees them named: not in code, not in the words of a link."""
    if "@" not in text:
        return set()
    env: dict[str, set[str]] = {"read": set()}
    _parser.parse(text, env)
    return env["read"]


def _handle(found: re.Match[str]) -> str:
    return found["handle"].casefold().rstrip(".-")


_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(
    ["table", "strikethrough"]
)


def _checklists(state: StateCore) -> None:
    """An item that begins with `[ ]` or `[x]` shows a box, which the page's text ticks and nobody else."""
    for place in range(2, len(state.tokens)):
        inline = state.tokens[place]
        first = inline.children[0] if inline.type == "inline" and inline.children else None
        if first is None or state.tokens[place - 2].type != "list_item_open":
            continue
        box = _BOXES.get(first.content[:4].lower())
        if first.type == "text" and box:
            first.content = first.content[4:]
            inline.children = [Token("html_inline", "", 0, content=box), *(inline.children or [])]


_BOXES = {
    "[ ] ": '<input type="checkbox" disabled="" aria-label="To do">',
    "[x] ": '<input type="checkbox" disabled="" checked="" aria-label="Done">',
}


def _names(state: StateCore) -> None:
    """Names of records and people become what they lead to; images that are not ours become links."""
    for inline in state.tokens:
        if inline.type != "inline" or not inline.children:
            continue
        within, made = 0, []
        for token in inline.children:
            within += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type == "image":
                made += _image(token, state.env, linked=within > 0)
            elif token.type == "text" and not within and _NAMED.search(token.content):
                made += _pieces(token.content, state.env)
            else:
                made.append(token)
        inline.children = made


def _image(token: Token, env: Mapping[str, object], *, linked: bool) -> list[Token]:
    source = str(token.attrGet("src") or "")
    own = _OWN_IMAGE.fullmatch(source) is not None
    if own and env.get("inside"):
        token.attrSet("loading", "lazy")
        return [token]
    words = _text(token.content or ("Image" if own else source))
    leads = source.startswith(("https://", "http://")) or re.match(r"/(?!/)", source)
    if linked or own or not leads:
        return [words]
    return _link(source, words, str(token.attrGet("title") or ""))


def _pieces(text: str, env: Mapping[str, Any]) -> list[Token]:
    records: Mapping[str, tuple[str, str]] = env.get("records", {})
    people: Mapping[str, str] = env.get("people", {})
    read = env.get("read")
    made: list[Token] = []
    done = 0
    for found in _NAMED.finditer(text):
        if found["key"]:
            shown, end = records.get(found["key"].upper()), found.end()
            tokens = _link(shown[0], _text(found[0]), shown[1], "ref") if shown else []
        else:
            handle = _handle(found)
            end = found.start() + 1 + len(found["handle"].rstrip(".-"))
            if isinstance(read, set):
                read.add(handle)
            name = people.get(handle)
            html = f'<span class="who">@{escape(name)}</span>' if name else ""
            tokens = [Token("html_inline", "", 0, content=html)] if name else []
        if tokens:
            made += [_text(text[done : found.start()]), *tokens]
            done = end
    return [*made, _text(text[done:])]


def _text(words: str) -> Token:
    return Token("text", "", 0, content=words)


def _link(address: str, words: Token, title: str = "", css: str = "") -> list[Token]:
    given = {"href": address, "title": title, "class": css}
    attributes: dict[str, str | int | float] = {name: v for name, v in given.items() if v}
    opened = Token("link_open", "a", 1, attrs=attributes)
    return [opened, words, Token("link_close", "a", -1)]


_parser.core.ruler.push("checklists", _checklists)
# Before escaped characters join the text around them: `\#ATL-1` is no name.
_parser.core.ruler.before("text_join", "names", _names)
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "img", "input", "li", "ol", "p", "pre",
    "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if _OWN_IMAGE.fullmatch(value) else None
    if tag == "a" and name == "href":
        absolute = value.startswith(("https://", "http://", "mailto:"))
        own = value.startswith(("/", "#")) and not value.startswith("//")
        return value if absolute or own else None
    return value


def render(source: str, links: Links | None = None) -> SafeString:
    """The HTML of a Markdown text. Headings start at h3, so that a page keeps one h1.

    Without `links` the reader is outside the house: names stay text, and of images the words remain.
    """
    if links is None:
        return _rendered(source)
    keys, handles = names_written([source])
    records = tuple((key, *links.records[key]) for key in keys if key in links.records)
    people = tuple((name, links.people[name]) for name in handles if name in links.people)
    return _rendered(source, records, people, inside=True)


@lru_cache(maxsize=512)
def _rendered(
    source: str,
    records: tuple[tuple[str, str, str], ...] = (),
    people: tuple[tuple[str, str], ...] = (),
    *,
    inside: bool = False,
) -> SafeString:
    env = {
        "records": {key: (address, title) for key, address, title in records},
        "people": dict(people),
        "inside": inside,
    }
    clean = nh3.clean(
        _parser.render(source, env),
        tags=_TAGS,
        attributes={
            "a": {"href", "title"}, "img": {"src", "alt", "title", "loading"}, "ol": {"start"},
            "input": {"type", "disabled", "checked", "aria-label"},
        },
        allowed_classes={"a": {"ref"}, "span": {"who"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
        attribute_filter=_attribute,
    )  # fmt: skip
    for level in (4, 3, 2, 1):
        clean = clean.replace(f"<h{level}>", f"<h{level + 2}>").replace(
            f"</h{level}>", f"</h{level + 2}>"
        )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it
