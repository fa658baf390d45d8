"""The communication plan, and the status updates that are written for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from plm.errors import Conflict, NotVisible, PlmError, Stale
from plm.markdown import render as markdown
from plm.web.conflicts import conflict_page
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy
from roadmap.forms.communication import LineForm, SendForm, UpdateForm
from roadmap.models import CommunicationLine, Delivery, StatusUpdate
from roadmap.selectors.communication import lines_of, plan_of, updates_of
from roadmap.selectors.outside import both_kinds
from roadmap.services.communication import (
    LINE_FIELDS,
    UPDATE_FIELDS,
    delivery_again,
    hook_secret,
    line_archive,
    line_create,
    line_update,
    update_begin,
    update_send,
    update_update,
)


@policy("communication.view")
def plan(request: PlmRequest) -> HttpResponse:
    """Who is told what, where and how often: what is overdue first."""
    context = {"plan": plan_of(request.actor, request.product), "base": _base(request)}
    return render(request, "roadmap/communication.html", context)


@policy("communication.edit", methods=("GET", "POST"))
def line_new(request: PlmRequest) -> HttpResponse:
    """Add a line to the plan."""
    form = LineForm(request.POST if request.method == "POST" else None, product=request.product)
    if request.method == "POST" and form.is_valid():
        try:
            made = line_create(actor=request.actor, product=request.product, values=form.values())
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, f"{made.audience} stands in the plan.")
            return HttpResponseRedirect(f"{_base(request)}communication")
    return _line_page(request, form, None)


@policy("communication.edit", methods=("GET", "POST"))
def line_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Change a line of the plan."""
    line = _line(request, uuid)
    sent = request.POST if request.method == "POST" else None
    form = LineForm(sent, product=request.product, line=line)
    if request.method == "POST" and form.is_valid():
        try:
            line_update(
                actor=request.actor, line=line, version=form.cleaned_data["version"] or 0, values=form.values()
            )  # fmt: skip
        except Stale:
            now = _line(request, uuid)
            theirs = {name: getattr(now, name) for name in LINE_FIELDS}
            return conflict_page(
                request, form, theirs, name=f"The line {now.audience}", version=now.version,
                keep_url=f"{_base(request)}communication",
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, "The line is saved.")
            return HttpResponseRedirect(f"{_base(request)}communication")
    return _line_page(request, form, line)


def _line_page(request: PlmRequest, form: LineForm, line: CommunicationLine | None) -> HttpResponse:
    context = {
        "form": form,
        "line": line,
        "secret": hook_secret(line) if line is not None and line.channel == "webhook" else "",
        "base": _base(request),
    }
    status = 422 if form.errors else 200
    response = render(request, "roadmap/communication_line.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@policy("communication.edit", methods=("POST",))
def line_away(request: PlmRequest, uuid: UUID) -> HttpResponse:
    line = _line(request, uuid)
    line_archive(actor=request.actor, line=line)
    messages.success(request, f"{line.audience} is out of the plan. What was sent stays.")
    return HttpResponseRedirect(f"{_base(request)}communication")


@policy("update.edit", methods=("POST",))
def write(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Begin an update for a line of the plan, with what changed since it was told last."""
    update = update_begin(actor=request.actor, line=_line(request, uuid))
    return HttpResponseRedirect(f"{_base(request)}updates/{update.uuid}/edit")


# --- updates -----------------------------------------------------------------------------------------


@policy("update.view")
def updates(request: PlmRequest) -> HttpResponse:
    """Status updates, the latest first: those on the page, and for who writes them all."""
    rows = updates_of(request.actor, request.product)[:100]
    may_write = request.actor.may("update.edit", request.workspace.pk, request.product.pk)
    context = {"updates": rows, "base": _base(request), "may_write": may_write}
    return render(request, "roadmap/updates.html", context)


@policy("update.view")
def update(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """One update; for who sends them, where it went."""
    return _update_page(request, _written(request, uuid), None)


def _update_page(request: PlmRequest, row: StatusUpdate, form: SendForm | None) -> HttpResponse:
    may_send = request.actor.may("update.send", request.workspace.pk, request.product.pk)
    if form is None and may_send and row.state == "draft":
        form = SendForm(None, lines=lines_of(request.actor, request.product), update=row)
    context = {
        "update": row,
        "html": markdown(row.body),
        "form": form,
        "deliveries": row.deliveries.select_related("line") if may_send else [],
        "may_send": may_send,
        "base": _base(request),
    }
    failed = form is not None and bool(form.errors)
    return render(request, "roadmap/update.html", context, status=422 if failed else 200)


@policy("update.edit", methods=("GET", "POST"))
def update_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Change a draft."""
    row = _written(request, uuid)
    here = f"{_base(request)}updates/{row.uuid}"
    form = UpdateForm(request.POST if request.method == "POST" else None, update=row)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            update_update(actor=request.actor, update=row, version=version, values=form.values())
        except Stale:
            now = _written(request, uuid)
            theirs = {name: getattr(now, name) for name in UPDATE_FIELDS}
            return conflict_page(
                request, form, theirs, name="The update", version=now.version, keep_url=here
            )
        else:
            messages.success(request, "The draft is saved. Choose where it goes.")
            return HttpResponseRedirect(here)
    share = row.line.share if row.line is not None else None
    context: dict[str, Any] = {
        "form": form, "title": "Status update", "submit": "Save the draft", "cancel_url": here, "update": row,
        "told": both_kinds(request.actor, request.product, share, row.since, row.until),
    }  # fmt: skip
    return render(request, "roadmap/update_edit.html", context, status=422 if form.errors else 200)


@policy("update.send", methods=("POST",))
def send(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Send a draft to the lines that were chosen."""
    row = _written(request, uuid)
    form = SendForm(request.POST, lines=lines_of(request.actor, request.product), update=row)
    if form.is_valid():
        given = form.cleaned_data
        try:
            update_send(
                actor=request.actor, update=row, lines=list(given["lines"]), version=given["version"]
            )  # fmt: skip
        except Stale:
            messages.error(request, "Somebody changed the draft meanwhile. Read it again, then send it.")  # fmt: skip
        except PlmError as error:
            messages.error(request, " ".join(error.fields.values()) or error.message)
        else:
            messages.success(request, "It is on its way. How each sending goes stands below.")
        return HttpResponseRedirect(f"{_base(request)}updates/{row.uuid}")
    return _update_page(request, row, form)


@policy("update.send", methods=("POST",))
def again(request: PlmRequest, uuid: UUID, delivery: UUID) -> HttpResponse:
    """Try again what did not go."""
    row = _written(request, uuid)
    found: Delivery | None = (
        row.deliveries.filter(uuid=delivery).select_related("update__product").first()
    )
    if found is None:
        raise NotVisible
    try:
        delivery_again(actor=request.actor, delivery=found)
    except Conflict as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, "It is tried again.")
    return HttpResponseRedirect(f"{_base(request)}updates/{row.uuid}")


def _base(request: PlmRequest) -> str:
    return f"{request.product.get_absolute_url()}plan/"


def _line(request: PlmRequest, uuid: UUID) -> CommunicationLine:
    found: CommunicationLine | None = (
        lines_of(request.actor, request.product).filter(uuid=uuid).first()
    )
    if found is None:
        raise NotVisible
    return found


def _written(request: PlmRequest, uuid: UUID) -> StatusUpdate:
    found: StatusUpdate | None = (
        updates_of(request.actor, request.product).filter(uuid=uuid).first()
    )
    if found is None:
        raise NotVisible
    return found
