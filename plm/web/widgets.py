"""The controls of forms, drawn in one go.

Django draws a control by a template, each of its attributes by another and each option by a third, and a page of a list
has ten controls. The markup is Django's own; a control that is not here is drawn as Django does it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.safestring import SafeString


def _text(value: Any) -> str:
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


def _attributes(widget: Mapping[str, Any]) -> str:
    return "".join(
        f" {_text(name)}" if value is True else f' {_text(name)}="{_text(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    name, kind = _text(widget["name"]), _text(widget["type"])
    return f'<input type="{kind}" name="{name}"{value}{_attributes(widget)}>'


def _textarea(widget: Mapping[str, Any]) -> str:
    text = _text(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _option(option: Mapping[str, Any]) -> str:
    value, label = _text(option["value"]), _text(option["label"])
    return f'  <option value="{value}"{_attributes(option)}>{label}</option>\n'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{_text(widget["name"])}"{_attributes(widget)}>']
    for name, options, _ in widget["optgroups"]:
        parts += [f'\n  <optgroup label="{_text(name)}">'] if name else []
        parts += ["\n" + _option(option) for option in options]
        parts += ["\n  </optgroup>"] if name else []
    return "".join([*parts, "\n</select>"])


FOLDER = "django/forms/widgets/"
INPUTS = [
    "checkbox",
    "date",
    "datetime",
    "email",
    "hidden",
    "input",
    "number",
    "password",
    "search",
    "tel",
    "text",
    "time",
    "url",
]
DRAWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"{FOLDER}{name}.html": _input for name in INPUTS},
    f"{FOLDER}select.html": _select,
    f"{FOLDER}textarea.html": _textarea,
}


class Renderer(DjangoTemplates):
    """Django's, with the controls that pages are full of drawn here."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return SafeString(draw(context["widget"]))
