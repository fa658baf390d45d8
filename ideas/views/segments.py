"""Segments: the list, one with who is in it, forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ideas.forms.segments import SegmentForm
from ideas.models import Segment
from ideas.segments import rules_of
from ideas.selectors.segments import segment_lines
from ideas.services.segments import segment_create, segment_remove, segment_update
from plm.errors import NotVisible, PlmError, Stale
from plm.paging import ordering_for, paginate
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy


def _address(request: PlmRequest, name: str, *rest: object) -> str:
    return reverse(f"ideas:{name}", args=[request.workspace.slug, request.product.key, *rest])


def _one(request: PlmRequest, uuid: UUID) -> Segment:
    rows = Segment.objects.visible_to(request.actor, "segment.view")
    found = rows.filter(workspace_id=request.workspace.pk, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


@policy("segment.view")
def segment_list(request: PlmRequest) -> HttpResponse:
    rows = Segment.objects.visible_to(request.actor, "segment.view").filter(
        workspace_id=request.workspace.pk
    )
    context = {
        "noun": "segment",
        "lines": segment_lines(rows),
        "may_create": request.actor.may("segment.create", request.workspace.pk),
        "create_url": _address(request, "segment_new"),
    }
    return render(request, "ideas/segment_list.html", context)


@policy("segment.view")
def segment(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """A segment: its rules and who is in it."""
    found = _one(request, uuid)
    rows = found.companies()
    page = paginate(
        rows, ordering=ordering_for(rows, "name", {"name": "name"}), binding=str(uuid),
        cursor=request.GET.get("cursor", ""),
    )  # fmt: skip
    context = {
        "segment": found,
        "rules": [str(rule) for rule in rules_of(found.rules)],
        "companies": page.rows,
        "cursor": page.next_cursor,
        "count": rows.count(),
        "may_edit": request.actor.may("segment.edit", request.workspace.pk),
    }
    return render(request, "ideas/segment_detail.html", context)


def _form(request: PlmRequest, found: Segment | None) -> HttpResponse:
    form = SegmentForm(request.POST if request.method == "POST" else None, segment=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _saved(request, found, form.values(), form.cleaned_data["version"])
        except Stale:
            if found is None:
                raise
            found.refresh_from_db()
            theirs = SegmentForm(segment=found).initial
            return conflict_page(
                request, form, theirs, name=found.name, version=found.version,
                keep_url=_address(request, "segment", found.uuid),
            )  # fmt: skip
        except PlmError as error:
            for name, text in (error.fields or {"": error.message}).items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, "Saved.")
            return HttpResponseRedirect(_address(request, "segment", saved.uuid))
    context = {
        "form": form,
        "title": f"Edit {found.name}" if found else "New segment",
        "cancel_url": _address(request, "segment", found.uuid) if found else _address(request, "segments"),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "ideas/segment_form.html", context, status=status)


def _saved(
    request: PlmRequest, found: Segment | None, values: dict[str, Any], version: int | None
) -> Segment:
    if found is None:
        return segment_create(actor=request.actor, workspace=request.workspace, values=values)
    return segment_update(actor=request.actor, segment=found, values=values, version=version)


@policy("segment.create", methods=("GET", "POST"))
def segment_new(request: PlmRequest) -> HttpResponse:
    return _form(request, None)


@policy("segment.edit", methods=("GET", "POST"))
def segment_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _form(request, _one(request, uuid))


@policy("segment.edit", methods=("POST",))
def segment_take_away(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = _one(request, uuid)
    segment_remove(actor=request.actor, segment=found)
    messages.success(request, f"{found.name} is gone; its companies are as they were.")
    return HttpResponseRedirect(_address(request, "segments"))
