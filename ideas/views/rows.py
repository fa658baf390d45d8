"""The rows inside a record: one form each, for every record that holds some."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.forms.rows import RowForm
from ideas.services.evidence import rows_with, rowset_of
from plm.errors import Invalid, NotVisible, Stale
from plm.kinds import kind_of
from plm.numerals import whole_number
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy


@policy("*.edit", scope="record", methods=("GET", "POST"))
def row_new(request: PlmRequest, field: str) -> HttpResponse:
    rowset_of(request.record, field)
    return _form(request, field, len(getattr(request.record, field)), {})


@policy("*.edit", scope="record", methods=("GET", "POST"))
def row_edit(request: PlmRequest, field: str, position: int) -> HttpResponse:
    rowset_of(request.record, field)
    rows = getattr(request.record, field)
    if position >= len(rows):
        raise NotVisible
    return _form(request, field, position, rows[position])


def _form(request: PlmRequest, field: str, position: int, row: dict[str, Any]) -> HttpResponse:
    record, rowset = request.record, rowset_of(request.record, field)
    data = request.POST if request.method == "POST" else None
    form = RowForm(data, rowset=rowset, row=row, version=record.version)
    if data is not None and form.is_valid():
        try:
            rows = rows_with(record, field, position, form.row())
            kind_of(record).update(
                actor=request.actor, record=record, version=form.cleaned_data["version"], values={field: rows}
            )  # fmt: skip
        except Stale:
            return conflict_page(
                request, form, {c.name: row.get(c.name) for c in rowset.columns},
                name=f"A {rowset.one} of {record.reference}", version=record.version, keep_url=record.get_absolute_url(),
            )  # fmt: skip
        except Invalid as error:
            for at, text in error.fields.items():
                name = at.rpartition(".")[2]
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"The {rowset.one} is saved.")
            return HttpResponseRedirect(f"{record.get_absolute_url()}#{field}")
    context = {
        "form": form,
        "title": f"{'Change the' if row else 'Add a'} {rowset.one}",
        "intro": f"{record.reference} {record.title}",
        "cancel_url": record.get_absolute_url(),
    }
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)


@policy("*.edit", scope="record", methods=("POST",))
def row_remove(request: PlmRequest, field: str, position: int) -> HttpResponse:
    """Take a row out. `version` guards against taking out another row than the one that was shown."""
    record, rowset = request.record, rowset_of(request.record, field)
    version = whole_number(request.POST.get("version", ""), digits=9)
    if version is None:
        raise NotVisible
    rows = rows_with(record, field, position, None)
    kind_of(record).update(
        actor=request.actor, record=record, version=version, values={field: rows}
    )
    messages.success(request, f"The {rowset.one} is taken out.")
    return HttpResponseRedirect(f"{record.get_absolute_url()}#{field}")
