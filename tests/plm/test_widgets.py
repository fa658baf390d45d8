"""Controls drawn here are Django's to the letter, apart from breaks of lines."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from plm.web.widgets import DRAWN, Renderer

NASTY = "<b>\"&'</b>"
CHOICES = [("", "---"), (1, NASTY), ("a&b", mark_safe("<i>safe</i>")), ("Group <", [("x", "X"), (2, "Two")])]  # fmt: skip
ATTRS = {"id": "id_1", "required": True, "disabled": False, "data-x": NASTY, "maxlength": 12}
WIDGETS = [
    *(kind(attrs=ATTRS) for kind in (
        forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.PasswordInput, forms.HiddenInput,
        forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.CheckboxInput, forms.Textarea,
    )),
    forms.Select(attrs=ATTRS, choices=CHOICES),
    forms.SelectMultiple(choices=CHOICES),
    forms.NullBooleanSelect(),
]  # fmt: skip
VALUES = [None, "", "plain", NASTY, mark_safe("<i>&amp;</i>"), 1, 0, True, False, 2.5, ("x", "2")]


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_control_is_drawn_as_django_draws_it(widget, value):
    name = "field<"
    assert widget.template_name in DRAWN
    ours = widget.render(name, value, renderer=Renderer())
    django = widget.render(name, value, renderer=DjangoTemplates())
    assert lines(ours) == lines(django)
    assert hasattr(ours, "__html__")


def test_what_is_not_drawn_here_is_drawn_by_django():
    widget = forms.RadioSelect(choices=CHOICES[:2])
    assert widget.render("r", 1, renderer=Renderer()) == widget.render("r", 1, renderer=DjangoTemplates())  # fmt: skip
