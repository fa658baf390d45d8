"""Markdown in, safe HTML out: no raw HTML, no scripts, no foreign images, links that say where they lead."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

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
_parser.core.ruler.push("checklists", _checklists)
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "img", "input", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if value.startswith("/") and not value.startswith("//") else None
    if tag == "a" and name == "href":
        absolute = value.startswith(("https://", "http://", "mailto:"))
        own = value.startswith(("/", "#")) and not value.startswith("//")
        return value if absolute or own else None
    return value


@lru_cache(maxsize=512)
def render(source: str) -> SafeString:
    """The HTML of a Markdown text. Headings start at h3, so that a page keeps one h1."""
    html = _parser.render(source)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={
            "a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"},
            "input": {"type", "disabled", "checked", "aria-label"},
        },
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
        attribute_filter=_attribute,
    )  # fmt: skip
    for level in (4, 3, 2, 1):
        clean = clean.replace(f"<h{level}>", f"<h{level + 2}>").replace(
            f"</h{level}>", f"</h{level + 2}>"
        )
    return mark_safe(clean)  # noqa: S308 - nh3 has just cleaned it
