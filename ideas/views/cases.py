"""The lines of a business case, one form each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from ideas.finance.lines import ESTIMATES
from ideas.forms.cases import LineForm
from ideas.models import BusinessCase
from ideas.services.cases import case_update
from plm.errors import Invalid, NotVisible, Stale
from plm.numerals import whole_number
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy, record_as


@policy("business_case.edit", scope="record", methods=("GET", "POST"))
def line_new(request: PlmRequest) -> HttpResponse:
    """Add a line of the type `?type=`: income, cost or sales."""
    case = record_as(request, BusinessCase)
    type_ = request.GET.get("type", "")
    if type_ not in ESTIMATES:
        raise NotVisible
    start = {"first": 0 if type_ == "cost" else 1, "last": case.periods, "growth": 0.0}
    return _line(request, case, len(case.lines), type_, start)


@policy("business_case.edit", scope="record", methods=("GET", "POST"))
def line_edit(request: PlmRequest, position: int) -> HttpResponse:
    case = record_as(request, BusinessCase)
    if position >= len(case.lines):
        raise NotVisible
    return _line(request, case, position, case.lines[position]["type"], dict(case.lines[position]))


def _line(
    request: PlmRequest, case: BusinessCase, position: int, type_: str, start: dict[str, Any]
) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    initial = {**start, "version": case.version}
    form = LineForm(data, type_=type_, periods=case.periods, initial=initial)
    if data is not None and form.is_valid():
        try:
            lines = [*case.lines[:position], form.line(), *case.lines[position + 1 :]]
            case_update(
                actor=request.actor, record=case, version=form.cleaned_data["version"], values={"lines": lines}
            )  # fmt: skip
        except Stale:
            name = f"A line of {case.reference}"
            return conflict_page(
                request, form, start, name=name, version=case.version, keep_url=case.get_absolute_url()
            )  # fmt: skip
        except Invalid as error:
            for field, text in error.fields.items():
                name = field.rpartition(".")[2]
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"{form.cleaned_data['name']} is in the case.")
            return HttpResponseRedirect(f"{case.get_absolute_url()}#lines")
    new = position == len(case.lines)
    context = {
        "form": form,
        "title": f"{'Add' if new else 'Change'} a line: {type_}",
        "intro": f"Of {case.reference}, {case.title}, in {case.currency} and {case.get_period_display().lower()}.",
        "submit": "Add the line" if new else "Save the line",
        "cancel_url": case.get_absolute_url(),
    }
    return render(request, "ideas/case_line.html", context, status=422 if form.errors else 200)


@policy("business_case.edit", scope="record", methods=("POST",))
def line_remove(request: PlmRequest, position: int) -> HttpResponse:
    """Take a line out. `version` guards against removing another line than the one that was shown."""
    case = record_as(request, BusinessCase)
    version = whole_number(request.POST.get("version", ""), digits=9)
    if position >= len(case.lines) or version is None:
        raise NotVisible
    removed = case.lines[position]["name"]
    lines = [*case.lines[:position], *case.lines[position + 1 :]]
    case_update(actor=request.actor, record=case, version=version, values={"lines": lines})
    messages.success(request, f"{removed} is out of the case.")
    return HttpResponseRedirect(f"{case.get_absolute_url()}#lines")
