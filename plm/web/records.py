"""Forms and moves of records, once for every kind: new, edit, conflict, state, archive, restore."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plm.errors import Invalid, PlmError, Stale
from plm.forms import RecordForm
from plm.kinds import Kind, kind_of, tells_outside
from plm.lifecycle import UNDONE
from plm.selectors import tags_of
from plm.services.guard import require
from plm.services.reasons import change_explain
from plm.services.records import record_archive, record_move, record_restore
from plm.web.conflicts import conflict_page
from plm.web.lists import kind_at, list_url
from plm.web.policy import PlmRequest, policy
from plm.web.undo import done


@policy("record.view", methods=("GET", "POST"))
def record_new(request: PlmRequest, path: str) -> HttpResponse:
    """The form of a new record. `?<field>=` presets a field; `?from=ATL-3` may be used by a kind's form."""
    kind = kind_at(path)
    require(request.actor, f"{kind.name}.create", request.product)
    form = kind.form(
        request.POST if request.method == "POST" else None,
        actor=request.actor, product=request.product, model=kind.model, initial=request.GET.dict(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            record = kind.create(
                actor=request.actor, product=request.product, values=form.values(), tags=form.tag_names(),
                custom=form.custom_values(),
            )  # fmt: skip
        except PlmError as error:
            _show(form, error)
        else:
            messages.success(request, f"{record.reference} is in.")
            return HttpResponseRedirect(record.get_absolute_url())
    context = {
        "form": form, "kind": kind, "record": None, "title": f"New {kind.label.lower()}",
        "cancel_url": list_url(kind, request),
    }  # fmt: skip
    return render(request, kind.form_template, context, status=422 if form.errors else 200)


def _show(form: RecordForm, error: PlmError) -> None:
    """Errors a person can mend stay in the form; all others are pages of their own."""
    if not isinstance(error, Invalid) and not error.fields:
        raise error
    form.take_errors(error.fields, error.message)


@policy("*.edit", scope="record", methods=("GET", "POST"))
def record_edit(request: PlmRequest) -> HttpResponse:
    record, kind = request.record, kind_of(request.record)
    form = kind.form(
        request.POST if request.method == "POST" else None,
        actor=request.actor, product=request.product, record=record, model=kind.model,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            kind.update(
                actor=request.actor, record=record, version=form.cleaned_data["version"], values=form.values(),
                tags=form.tag_names(), custom=form.custom_values(),
            )  # fmt: skip
        except Stale:
            return _conflict(request, kind, form)
        except PlmError as error:
            _show(form, error)
        else:
            messages.success(request, f"{record.reference} is saved.")
            return HttpResponseRedirect(record.get_absolute_url())
    context = {
        "form": form, "kind": kind, "record": record, "title": f"Edit {record.reference}",
        "cancel_url": record.get_absolute_url(),
    }  # fmt: skip
    return render(request, kind.form_template, context, status=422 if form.errors else 200)


def _conflict(request: PlmRequest, kind: Kind, form: RecordForm) -> HttpResponse:
    """Both versions of a record, tags and custom fields included."""
    stands: Any = kind.model.objects
    theirs = stands.with_people().get(pk=request.record.pk)
    values = form.standing(theirs)
    values["tags"] = ", ".join(tags_of([theirs.pk]).get(theirs.pk, []))
    for name in form.custom_names:
        values[name] = theirs.custom.get(name.removeprefix("custom."))
    return conflict_page(
        request, form, values,
        name=theirs.reference, version=theirs.version, keep_url=theirs.get_absolute_url(),
    )  # fmt: skip


@policy("*.move", scope="record", methods=("POST",))
def record_state(request: PlmRequest) -> HttpResponse:
    move = kind_of(request.record).move or record_move
    before = request.record.state
    quiet: dict[str, Any] = {"quiet": True} if request.POST.get("quiet") == "1" else {}
    moved = move(
        request.record, actor=request.actor, state=request.POST.get("state", ""),
        reason=request.POST.get("reason", "")[:2000], **(quiet if tells_outside(request.record) else {}),
    )  # fmt: skip
    text, here = f"{moved.reference} is now {moved.state_label.lower()}.", moved.get_absolute_url()
    if before in {state.name for state in moved.workflow.next_states(moved.state)}:
        done(
            request,
            text,
            f"{here}/move",
            {"state": before, "reason": UNDONE, **dict.fromkeys(quiet, "1")},
        )
    else:
        messages.success(request, text)
    return HttpResponseRedirect(here)


@policy("*.comment", scope="record", methods=("POST",))
def record_why(request: PlmRequest) -> HttpResponse:
    """Why the reader changed it just now: `reason`."""
    change_explain(
        actor=request.actor, record=request.record, reason=request.POST.get("reason", "")
    )
    return HttpResponse(status=204)


@policy("*.archive", scope="record", methods=("POST",))
def record_put_away(request: PlmRequest) -> HttpResponse:
    record_archive(
        request.record, actor=request.actor, reason=request.POST.get("reason", "")[:2000]
    )
    record = request.record
    done(request, f"{record.reference} is archived.", f"{record.get_absolute_url()}/restore")
    return HttpResponseRedirect(list_url(kind_of(request.record), request))


@policy("*.archive", scope="record", methods=("POST",))
def record_bring_back(request: PlmRequest) -> HttpResponse:
    record_restore(request.record, actor=request.actor)
    messages.success(request, f"{request.record.reference} is back.")
    return HttpResponseRedirect(request.record.get_absolute_url())
