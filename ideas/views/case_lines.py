"""The lines of a business case as a table: in with a look before anything is written, and out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from ideas.finance.sheet import COLUMNS, WrongSheet, read, written
from ideas.forms.cases import LinesForm
from ideas.models import BusinessCase
from ideas.selectors.cases import lines_shown
from ideas.services.cases import case_update, lines_tried
from plm.errors import Invalid, Stale
from plm.web.exports import as_file
from plm.web.policy import PlmRequest, looked, policy, record_as


@policy("business_case.view", scope="record")
def lines_export(request: PlmRequest) -> HttpResponseBase:
    """The lines as CSV that `lines_import` reads as the same lines."""
    case = record_as(request, BusinessCase)
    answer = HttpResponse("".join(written(case.lines)), content_type="text/csv; charset=utf-8")
    return as_file(answer, f"{case.reference}-lines.csv")


@policy("business_case.edit", scope="record", methods=("GET", "POST"))
def lines_import(request: PlmRequest) -> HttpResponse:
    """Read a table, show what the case would be with it, and with `take` write all of it or nothing."""
    case = record_as(request, BusinessCase)
    if request.method != "POST":
        return _page(request, case, LinesForm(initial={"version": case.version}), 200)
    form = LinesForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, case, form, 422)
    try:
        found = read(*form.table(), periods=case.periods)
        lines = _together(case, form, found)
        tried = lines_tried(case, lines)
        if "take" in request.POST:
            version = form.cleaned_data["version"]
            case_update(actor=request.actor, record=case, version=version, values={"lines": lines})
            count = f"{len(found)} line{'' if len(found) == 1 else 's'}"
            messages.success(request, f"{count} came into the case.")
            return HttpResponseRedirect(f"{case.get_absolute_url()}#lines")
    except WrongSheet as error:
        return _page(request, case, form, 422, problems=error.problems)
    except Invalid as error:
        form.add_error(None, " ".join(error.fields.values()) or error.message)
        return _page(request, case, form, 422)
    except Stale:
        return _conflict(request, case, form, found)
    return looked(_page(request, case, form, 200, found=found, tried=tried))


def _together(case: BusinessCase, form: LinesForm, found: list[Any]) -> list[Any]:
    return [*case.lines, *found] if form.cleaned_data["how"] == "add" else found


def _conflict(
    request: PlmRequest, case: BusinessCase, form: LinesForm, found: list[Any]
) -> HttpResponse:
    """The lines that were read beside the case as somebody else left it."""
    case.refresh_from_db()
    tried = lines_tried(case, _together(case, form, found))
    return _page(request, case, form, 409, found=found, tried=tried)


def _page(
    request: PlmRequest, case: BusinessCase, form: LinesForm, status: int, *, found: Any = (), **context: Any
) -> HttpResponse:  # fmt: skip
    """The form again; what was read from a file stands in it as text, so that it need not be chosen twice."""
    if found:
        data = {
            "text": "".join(written(found)),
            "how": form.cleaned_data["how"],
            "version": case.version,
        }
        form = LinesForm(data)
    context |= {
        "record": case, "form": form, "columns": COLUMNS, "rows": lines_shown(found), "stale": status == 409,
        "replaced": len(case.lines) if found and form.data["how"] == "replace" else 0,
    }  # fmt: skip
    return render(request, "ideas/case_lines_import.html", context, status=status)
