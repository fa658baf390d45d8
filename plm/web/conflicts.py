"""The page of a stale save: what stands now and what was typed, merged, with the places to decide."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from plm.forms import STARTED, Controls, control_values, started_read, started_text
from plm.threeway import Part
from plm.web.merging import (
    CLASH,
    MERGE,
    SAME,
    SEVERAL,
    Merged,
    Row,
    control_names,
    merge_text,
    merged_field,
    rows_in,
    set_controls,
    side_by_side,
    typed_all,
)
from plm.web.policy import PlmRequest

NOT_TYPED = {"csrfmiddlewaretoken", "form_key", MERGE, STARTED}
AROUND = 70


def conflict_page(
    request: PlmRequest,
    form: forms.Form,
    theirs: Mapping[str, Any],
    *,
    name: str,
    version: object,
    keep_url: str,
    mark: str = "version",
    base: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The form again with both texts merged; `theirs` is what stands now, by field.

    What the form began with is what it says itself, or `base`. Saving again from here is a decision, made against
    `version`: the form comes back to the same address with it.
    """
    began = None if base is None else _controls(form, base)
    began = started_read(form, form.data.get(mark)) if began is None else began
    now, mine = _controls(form, theirs), typed_all(form)
    if hasattr(form, "row_prefix"):
        began, mine, now = _in_rows(form, began, mine, now)
    fields = [
        merged_field(n, form.fields[n], None if began is None else began.get(n, []), mine.get(n, []), value)
        for n, value in now.items()
    ]  # fmt: skip
    typed = form.data
    form.data = _held(form, fields)
    shown = [one for one in fields if one.state != SAME and not form[one.name].is_hidden]
    for one in shown:
        _as_a_draft(form.fields[one.name], one)
    controls = {control for one in shown for control in control_names(form, one.name)}
    same = [one for one in fields if one.state == SAME and not form[one.name].is_hidden]
    sent = [
        (control, value) for control, values in form.data.lists()
        if control not in controls and control not in NOT_TYPED and control != mark for value in values
    ]  # fmt: skip
    context = {
        "name": name,
        "rows": [_row(form, one, known=began is not None) for one in sorted(shown, key=lambda one: one.state != CLASH)],
        "open": sum(len(one.choices) for one in shown),
        "known": began is not None,
        "same": [str(form.fields[one.name].label or one.name).lower() for one in same if one.mine],
        "sent": [*sent, (mark, version), (STARTED, started_text(form, version, now)), (MERGE, merge_text(form, shown))],
        "files": bool(request.FILES) and typed is request.POST,
        "save_url": request.get_full_path(),
        "keep_url": keep_url,
    }  # fmt: skip
    return render(request, "plm/conflict.html", context, status=409)


def _controls(form: forms.Form, values: Mapping[str, Any]) -> Controls:
    prefix = getattr(form, "row_prefix", None)
    found = {}
    for name, value in values.items():
        if name in form.fields:
            found[name] = control_values(form.fields[name], value)
        elif prefix and name.startswith(f"{prefix}-"):
            form.add_row()  # type: ignore[attr-defined]
            found[name] = control_values(form.fields[name], value)
    return found


def _in_rows(
    form: Any, began: Controls | None, mine: Controls, now: Controls
) -> tuple[Controls | None, Controls, Controls]:
    """The same with the rows of all three side by side; the form gets as many as that takes."""
    prefix = form.row_prefix
    tables = [rows_in(prefix, side or {}) for side in (began, mine, now)]
    found = side_by_side(*tables) if began is not None else side_by_side(tables[2], *tables[1:])
    sides = [{n: v for n, v in (side or {}).items() if not n.startswith(f"{prefix}-")} for side in (began, mine, now)]  # fmt: skip
    while len(form.rows) < len(found):
        form.add_row()
    for names, rows in zip(form.rows, found, strict=False):
        for side, row in zip(sides, _with_ids(rows), strict=True):
            side |= {name: row.get(part, []) for part, name in names.items()}
        for part, name in names.items():
            if part != "text":
                first = form.fields[names["text"]].label
                form.fields[name].label = f"{first}: {form.fields[name].label}"
    return None if began is None else sides[0], sides[1], sides[2]


def _with_ids(rows: tuple[Row, Row, Row]) -> Iterator[Row]:
    """What stands in a row where one side has none: the choices of the other, so that they are no clash."""
    base, mine, theirs = rows
    given = theirs or mine or base
    for row in rows:
        quiet = {part: values for part, values in given.items() if part in QUIET}
        yield {**quiet, **row, "id": theirs.get("id", [])}


QUIET = ("moscow", "type")


def _held(form: forms.Form, fields: Sequence[Merged]) -> QueryDict:
    """What the controls of the page hold."""
    typed: Any = form.data
    data = typed.copy()
    prefix = getattr(form, "row_prefix", None)
    for control in [n for n in data if prefix and n.startswith(f"{prefix}-")]:
        del data[control]
    for one in fields:
        set_controls(
            data, control_names(form, one.name), one.held or _nothing(form.fields[one.name])
        )
    return data  # type: ignore[no-any-return]


def _nothing(field: forms.Field) -> list[str]:
    """How an empty control is sent: forms count their rows by what was sent."""
    unsent = isinstance(field, SEVERAL) or isinstance(field.widget, forms.CheckboxInput)
    return [] if unsent else [""]


def _as_a_draft(field: forms.Field, one: Merged) -> None:
    """Both texts may be longer than one; a line that holds two of them is an area."""
    field.widget.attrs.pop("autofocus", None)
    if one.state == CLASH and one.parts:
        field.widget.attrs.pop("maxlength", None)
        if isinstance(field.widget, forms.TextInput):
            field.widget = forms.Textarea(attrs={**field.widget.attrs, "rows": 2})


def _row(form: forms.Form, one: Merged, *, known: bool) -> dict[str, Any]:
    """A field as the page shows it."""
    field = form.fields[one.name]
    base = _words(field, one.base or []) if known else ""
    return {
        "bound": form[one.name],
        "label": field.label or one.name,
        "state": one.state,
        "began": base,
        "yours": _words(field, one.mine),
        "theirs": _words(field, one.theirs),
        "places": list(_places(field, one, control_names(form, one.name)[0])),
        "controls": json.dumps(control_names(form, one.name)),
        "parts": json.dumps([p.settled for p in one.parts]) if one.parts else "[null]",
    }


def _places(field: forms.Field, one: Merged, control: str) -> Iterator[dict[str, Any]]:
    around = _around(one.parts) if one.parts else [("", "")]
    for number, (values, beside) in enumerate(zip(one.choices, around, strict=False)):
        picks = zip(("mine", "theirs", "both"), ("Yours", "Theirs", "Both"), values, strict=True)
        yield {
            "name": f"pick.{control}.{number}",
            "number": number + 1,
            "before": beside[0],
            "after": beside[1],
            "picks": [
                {"pick": pick, "label": label, "value": json.dumps(value), "words": _words(field, value)}
                for pick, label, value in picks
                if pick != "both" or (one.parts and all(side[0] for side in values[:2]))
            ],
        }  # fmt: skip


def _around(parts: Sequence[Part]) -> list[tuple[str, str]]:
    """The words before and after each clash."""
    found = []
    for at, part in enumerate(parts):
        if part.settled is None:
            before = "".join(p.settled or "" for p in parts[max(0, at - 3) : at])
            after = "".join(p.settled or "" for p in parts[at + 1 : at + 4])
            found.append((before[-AROUND:], after[:AROUND]))
    return found


def _words(field: forms.Field, values: Sequence[str]) -> str:
    """What controls hold as the form's reader knows it: the label of a choice, Yes or No, text."""
    if isinstance(field, forms.BooleanField):
        return "Yes" if values else "No"
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        labels = {str(key): str(label) for key, label in choices}
        return "\n".join(labels.get(value, value) for value in values)
    return (", " if isinstance(field, forms.MultiValueField) else "\n").join(values)
