"""What rows of lists are made of. A page has hundreds of cells, and a tag for each takes most of its time."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django import template
from django.core.exceptions import FieldDoesNotExist
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from plm.templatetags.dates import NOTHING
from plm.templatetags.ui import icon, money, shown, state_pill

register = template.Library()


ROW = """<tr id="{reference}" tabindex="-1">
{pick}
<td class="c-t"><span class="k h-{hue}" title="{label}">{icon}</span><span class="key">{reference}</span>\
<a class="ttl" href="{url}">{title}</a>{marks}</td>
{cells}
</tr>"""
PICK = '<td class="c-x"><input type="checkbox" name="ref" value="{0}" form="bulk" data-pick aria-label="Select {0}"></td>'


@register.simple_tag
def record_row(
    record: Any,
    columns: Sequence[Mapping[str, Any]],
    hue: str,
    icon_name: str,
    label: str,
    bulk_url: str = "",
    currency: str = "",
) -> str:
    """A row of a list: a box to pick it where something can be done to several, its title, its cells. Its icon says
    `label`, or else its type."""
    reference = escape(record.reference)
    marks = ""
    if record.archived_at:
        marks = ' <span class="pill">Archived</span>'
    if below := getattr(record, "progress_total", 0):
        marks += f' <small class="mut">{int(record.progress_done)}/{int(below)}</small>'
    return SafeString(
        ROW.format(
            reference=reference,
            pick=PICK.format(reference) if bulk_url else "",
            hue=escape(hue),
            label=escape(label or choice_label(record, "type")),
            icon=icon(icon_name, 14),
            url=escape(record.get_absolute_url()),
            title=escape(record.title),
            marks=marks,
            cells=cells(record, columns, currency),
        )
    )


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


def choice_label(record: Any, name: str) -> str:
    """What `get_<name>_display` says; Django makes a dictionary of all choices for each of its answers."""
    value, model = getattr(record, name), record.__class__
    return str(_labels(model, name).get(value, value))


@functools.lru_cache(maxsize=512)
def _labels(model: Any, name: str) -> Mapping[Any, Any]:
    """The label of each choice of a field; nothing for what is no field or has no choices."""
    try:
        return dict(model._meta.get_field(name).flatchoices)
    except (AttributeError, FieldDoesNotExist):
        return {}


def cell(record: Any, name: str) -> str:
    """One attribute of a record as it stands in a list. A choice that says none shows as nothing."""
    if name == "state":
        return state_pill(record.state_label, record.state_hue)
    if name == "tags":
        return shown(getattr(record, "tag_names", None))
    value = getattr(record, name, None)
    if value == "none":
        return NOTHING
    if type(value) is str:
        value = choice_label(record, name)
    return shown(value() if callable(value) else value)


def money_cell(record: Any, name: str, currency: str) -> str:
    """An amount of a record as it stands in a list; nothing where it is zero."""
    value = getattr(record, name, None)
    return money(value, currency) if value else NOTHING
