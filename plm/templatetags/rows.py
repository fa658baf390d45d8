"""What rows of lists are made of. A page has hundreds of cells, and a tag for each takes most of its time."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from plm.templatetags.ui import NOTHING, money, shown, state_pill

register = template.Library()


@register.simple_tag
def cells(record: Any, columns: Sequence[Mapping[str, Any]], currency: str = "") -> str:
    """The cells of a row behind its title."""
    parts = []
    for column in columns:
        name = column["name"]
        if name in {"title", "reference"}:
            continue
        money_in = column["money"]
        text = money_cell(record, name, currency) if money_in else cell(record, name)
        parts += [
            _cell_begins(column["numeric"], column["label"]),
            conditional_escape(text),
            "</td>",
        ]
    return SafeString("".join(parts))


@functools.lru_cache(maxsize=512, typed=True)
def _cell_begins(numeric: bool, label: str) -> str:  # noqa: FBT001 - as the column says it
    return format_html('<td class="num" data-label="{}">', label) if numeric else "<td>"


@register.simple_tag
def options(choices: Sequence[tuple[str, str]], chosen: str) -> str:
    """The options of a select, which many rows have alike."""
    return _drawn_options(tuple(choices), chosen)


@functools.lru_cache(maxsize=512, typed=True)
def _drawn_options(choices: tuple[tuple[str, str], ...], chosen: str) -> str:
    text = '<option value="{}"{}>{}</option>'
    marks = {True: SafeString(" selected"), False: ""}
    return format_html_join(
        "", text, ((value, marks[value == chosen], name) for value, name in choices)
    )


def cell(record: Any, name: str) -> str:
    """One attribute of a record as it stands in a list. A choice that says none shows as nothing."""
    if name == "state":
        return state_pill(record.state_label, record.state_hue)
    if name == "tags":
        return shown(getattr(record, "tag_names", None))
    value = getattr(record, name, None)
    if value == "none":
        return NOTHING
    display = getattr(record, f"get_{name}_display", None) if type(value) is str else None
    if display is not None:
        value = display()
    return shown(value() if callable(value) else value)


def money_cell(record: Any, name: str, currency: str) -> str:
    """An amount of a record as it stands in a list; nothing where it is zero."""
    value = getattr(record, name, None)
    return money(value, currency) if value else NOTHING
