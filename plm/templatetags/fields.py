"""The fields of a form. Filters of a list have ten, a record's form twenty, so they are put together here."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from plm.templatetags.ui import icon

register = template.Library()

OPTIONAL = ' <span class="mut">optional</span>'


@register.simple_tag
def field(bound: BoundField, help_text: str = "", *, optional: bool = True) -> SafeString:
    """One form field: label, control, help, and below it what is wrong. Ids follow Django's aria-describedby."""
    check = bound.widget_type == "checkbox"
    left = OPTIONAL if optional and not bound.field.required and not check else ""
    label = conditional_escape(bound.label)
    of = f' for="{escape(bound.id_for_label or "")}"'
    below = _below(bound, str(help_text or bound.help_text or ""))
    if bound.use_fieldset:
        said = bound.aria_describedby
        described = f' aria-describedby="{escape(said)}"' if said else ""
        text = f'<fieldset class="field"{described}>\n  <legend>{label}{left}</legend>\n  {bound}\n{below}</fieldset>'
    elif check:
        text = f'<div class="field">\n  <label class="check"{of}>{bound} <span>{label}</span></label>\n{below}</div>'
    else:
        text = f'<div class="field">\n  <label{of}>{label}{left}</label>\n  {_control(bound)}\n{below}</div>'
    return SafeString(text)


def _control(bound: BoundField) -> str:
    if "data-markdown" not in bound.field.widget.attrs:
        return str(bound)
    context = {"field": bound, "id": bound.auto_id, "tools": EDITOR_TOOLS}
    return render_to_string("components/editor.html", context)


def _below(bound: BoundField, help_text: str) -> str:
    own = escape(bound.auto_id)
    parts = [f'<div class="help" id="{own}_helptext">{help_text}</div>\n'] if help_text else []
    if bound.errors:
        sign = icon("circle-alert", 13)
        wrong = "".join(
            f'<p class="err">{sign}<span>{conditional_escape(str(error))}</span></p>'
            for error in bound.errors
        )
        parts.append(f'<div id="{own}_error">{wrong}</div>\n')
    return "".join(parts)


class Tool(NamedTuple):
    """A button of the editor; `key` is pressed with Ctrl."""

    name: str
    label: str
    icon: str
    key: str = ""


EDITOR_TOOLS = (
    Tool("bold", "Bold", "bold", "B"),
    Tool("italic", "Italic", "italic", "I"),
    Tool("heading", "Heading", "heading"),
    Tool("link", "Link", "link", "K"),
    Tool("list", "List", "list"),
    Tool("numbers", "Numbered list", "list-ordered"),
    Tool("checklist", "Checklist", "list-checks"),
    Tool("table", "Table", "table"),
    Tool("quote", "Quote", "text-quote"),
    Tool("code", "Code", "code"),
)


@register.inclusion_tag("components/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """Every field of a form, and what is wrong with the form as a whole."""
    return {"form": form}
