"""The form of one row inside a record, made from its declaration."""

from __future__ import annotations

from typing import Any

from django import forms

from ideas.rowsets import Column, RowSet
from plm.forms import FloatField, VersionField

YES_NO = (("", "Not answered"), ("true", "Yes"), ("false", "No"))
ANSWERS = {"": None, "true": True, "false": False}


def field_for(column: Column) -> forms.Field:
    """The form field of a column. The service checks the value again."""
    common: dict[str, Any] = {
        "label": column.label,
        "required": column.required,
        "help_text": column.help,
    }
    if column.type == "text":
        area = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(max_length=column.length, widget=area, **common)
    if column.type == "url":
        return forms.URLField(max_length=2000, assume_scheme="https", **common)
    if column.type == "day":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if column.type == "number":
        return FloatField(
            min_value=column.least,
            max_value=column.most,
            widget=forms.NumberInput(attrs={"step": "any"}),
            **common,
        )
    if column.type == "choice":
        blank = () if column.required else (("", "–"),)
        return forms.ChoiceField(choices=[*blank, *column.choices], **common)
    if column.type == "yes_no":
        return forms.TypedChoiceField(
            choices=YES_NO, coerce=ANSWERS.__getitem__, empty_value=None, **common
        )
    return forms.CharField(max_length=column.length, **common)


class RowForm(forms.Form):
    """One row. `row()` is what the service takes."""

    version = VersionField()

    def __init__(self, data: Any, *, rowset: RowSet, row: dict[str, Any], version: int) -> None:
        initial = {n: str(v).lower() if isinstance(v, bool) else v for n, v in row.items()}
        super().__init__(data, initial={**initial, "version": version})
        for column in rowset.typed:
            self.fields[column.name] = field_for(column)
        self.fields[rowset.title.name].widget.attrs["autofocus"] = True
        self.rowset = rowset

    def row(self) -> dict[str, Any]:
        return {column.name: self.cleaned_data.get(column.name) for column in self.rowset.typed}
