"""The page of a stale save: what stands now beside what was typed, and the two ways on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from plm.events import plain
from plm.web.policy import PlmRequest

NOT_TYPED = {"csrfmiddlewaretoken", "form_key"}


def conflict_page(
    request: PlmRequest,
    form: forms.Form,
    theirs: Mapping[str, Any],
    *,
    name: str,
    version: object,
    keep_url: str,
    mark: str = "version",
) -> HttpResponse:
    """Both texts side by side; `theirs` is what stands now, by field.

    Saving again from here is a decision, made against `version`: the form comes back to the same address with it.
    """
    rows: list[dict[str, Any]] = [
        {
            "label": form.fields[field].label or field,
            "yours": _words(form.fields[field], form.cleaned_data.get(field)),
            "theirs": _words(form.fields[field], value),
        }
        for field, value in theirs.items()
        if field in form.cleaned_data
    ]
    for row in rows:
        row["changed"] = row["yours"] != row["theirs"]
    sent = [
        (field, value)
        for field, values in request.POST.lists()
        if field not in NOT_TYPED and field != mark
        for value in values
    ]
    context = {
        "name": name,
        "rows": rows,
        "same": [str(row["label"]).lower() for row in rows if not row["changed"]],
        "sent": [*sent, (mark, version)],
        "save_url": request.get_full_path(),
        "keep_url": keep_url,
    }
    return render(request, "plm/conflict.html", context, status=409)


def _words(field: forms.Field, value: Any) -> str:
    """A value as the form's reader knows it: the label of a choice, Yes or No, text."""
    if isinstance(field, forms.BooleanField):
        return "Yes" if value else "No"
    if value is None or value in ("", [], ()):
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(_words(field, part) for part in value)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        labels = {str(key): str(label) for key, label in choices}
        return labels.get(str(value), str(value))
    if isinstance(value, float):
        return f"{value:g}"
    return str(plain(value)).replace("\r\n", "\n")
