"""What people hang on records: comments, files, follows, links, saved views."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from plm.errors import Invalid, NotVisible, Stale
from plm.images import HEAD, shown_type
from plm.kinds import kind_of, record_by_reference
from plm.markdown import MOST_TEXT
from plm.markdown import render as markdown
from plm.models import Attachment, Comment, Relation, SavedView
from plm.selectors import (
    file_address,
    handle_of,
    kept_file,
    links_for,
    people_beginning,
    records_beginning,
    tags_of,
)
from plm.services import notes
from plm.services.records import record_update
from plm.web.conflicts import conflict_page
from plm.web.detail import record_page
from plm.web.forms import CommentForm, TagsForm
from plm.web.lists import views_name
from plm.web.policy import PlmRequest, policy


def _back(request: PlmRequest, anchor: str = "") -> HttpResponse:
    return HttpResponseRedirect(request.record.get_absolute_url() + anchor)


@policy("*.comment", scope="record", methods=("POST",))
def comments(request: PlmRequest) -> HttpResponse:
    """Say something; what cannot be taken stays in the form, with what is wrong with it."""
    form = CommentForm(request.POST)
    if not form.is_valid():
        return record_page(request, form)
    notes.comment_add(actor=request.actor, record=request.record, body=form.cleaned_data["body"])
    return _back(request, "#comments")


@policy("*.comment", scope="record", methods=("POST",))
def comment_delete(request: PlmRequest, uuid: UUID) -> HttpResponse:
    comment = Comment.objects.filter(
        record_id=request.record.pk, uuid=uuid, deleted_at=None
    ).first()
    if comment is None:
        raise NotVisible
    notes.comment_delete(actor=request.actor, record=request.record, comment=comment)
    messages.success(request, "The comment is deleted.")
    return _back(request, "#comments")


@policy("*.attach", scope="record", methods=("POST",))
def attachments(request: PlmRequest) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        raise Invalid(fields={"file": "Choose a file first."})
    shown = request.POST.get("image") == "1"
    made = notes.attachment_add(
        actor=request.actor, record=request.record, upload=upload, name=upload.name or "file", image=shown
    )  # fmt: skip
    if shown:
        url = file_address(request.record.get_absolute_url(), made)
        return JsonResponse({"name": made.name, "url": url}, status=201)
    return _back(request, "#files")


def _attachment(request: PlmRequest, uuid: UUID) -> Attachment:
    found = Attachment.objects.filter(record_id=request.record.pk, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


@policy("*.view", scope="record")
def attachment(request: PlmRequest, uuid: UUID) -> FileResponse:
    """Hand the file out to whoever may see its record: an image to be looked at, all else as a download; no browser runs
    either."""
    return attachment_response(_attachment(request, uuid))


def attachment_response(found: Attachment) -> FileResponse:
    kept = kept_file(found)
    shown = shown_type(found.name, kept.read(HEAD))
    kept.seek(0)
    response = FileResponse(
        kept,
        as_attachment=not shown,
        filename=found.name,
        content_type=shown or "application/octet-stream",
    )
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


@policy("*.attach", scope="record", methods=("POST",))
def attachment_remove(request: PlmRequest, uuid: UUID) -> HttpResponse:
    notes.attachment_remove(
        actor=request.actor, record=request.record, attachment=_attachment(request, uuid)
    )
    messages.success(request, "The file is removed.")
    return _back(request, "#files")


@policy("*.follow", scope="record", methods=("POST",))
def follow(request: PlmRequest) -> HttpResponse:
    notes.follow_set(
        actor=request.actor, record=request.record, following=request.POST.get("on") == "1"
    )
    return _back(request)


@policy("*.edit", scope="record", methods=("POST",))
def tags(request: PlmRequest) -> HttpResponse:
    form = TagsForm(request.POST)
    if not form.is_valid():
        raise Invalid(fields={name: str(errors[0]) for name, errors in form.errors.items()})
    names = [part.strip() for part in form.cleaned_data["tags"].split(",") if part.strip()]
    version = form.cleaned_data["version"]
    try:
        record_update(request.record, actor=request.actor, version=version, values={}, tags=names)
    except Stale as error:
        now = ", ".join(tags_of([request.record.pk]).get(request.record.pk, []))
        return conflict_page(
            request, form, {"tags": now},
            name=request.record.reference, version=error.current, keep_url=request.record.get_absolute_url(),
        )  # fmt: skip
    return _back(request)


@policy("*.edit", scope="record", methods=("POST",))
def relations(request: PlmRequest) -> HttpResponse:
    reference = request.POST.get("target", "").strip()
    try:
        target = record_by_reference(request.actor, request.workspace.pk, reference)
    except NotVisible:
        raise Invalid(fields={"target": f"There is no record {reference[:24]} here."}) from None
    notes.relation_add(
        actor=request.actor,
        source=request.record,
        target=target,
        type=request.POST.get("type", "relates"),
    )
    return _back(request)


@policy("*.edit", scope="record", methods=("POST",))
def relation_remove(request: PlmRequest, uuid: UUID) -> HttpResponse:
    pk = request.record.pk
    found = (Relation.objects.filter(source_id=pk) | Relation.objects.filter(target_id=pk)).filter(
        uuid=uuid
    )
    relation = found.first()
    if relation is None:
        raise NotVisible
    notes.relation_remove(actor=request.actor, source=request.record, relation=relation)
    return _back(request)


@policy("record.view", methods=("POST",))
def saved_views(request: PlmRequest, path: str) -> HttpResponse:
    view = notes.saved_view_create(
        actor=request.actor, product=request.product, kind=views_name(path), name=request.POST.get("name", ""),
        query=request.POST.get("query", ""), shared=request.POST.get("shared") == "on",
    )  # fmt: skip
    messages.success(request, f"The view {view.name} is kept.")
    return HttpResponseRedirect(f"{request.product.get_absolute_url()}{path}/?{view.query}")


@policy("record.view", methods=("POST",))
def saved_view_delete(request: PlmRequest, uuid: UUID) -> HttpResponse:
    view = (
        SavedView.objects.visible_to(request.actor)
        .filter(product=request.product, uuid=uuid)
        .first()
    )
    if view is None:
        raise NotVisible
    notes.saved_view_delete(actor=request.actor, view=view)
    messages.success(request, "The view is deleted.")
    return HttpResponseRedirect(request.product.get_absolute_url())


@policy("record.view", methods=("POST",))
def preview(request: PlmRequest) -> HttpResponse:
    """What a Markdown text will look like."""
    text = request.POST.get("text", "")[:MOST_TEXT]
    html = markdown(text, links_for(request.actor, request.product, [text]))
    return render(request, "plm/_markdown.html", {"html": html})


@policy("record.view")
def mentions(request: PlmRequest) -> HttpResponse:
    """What a text may name that goes on like this: people with `?at=`, records with `?of=`."""
    at, of = request.GET.get("at"), request.GET.get("of", "")[:60]
    context = {
        "people": [(user, handle_of(user)) for user in people_beginning(request.product, at[:60])]
        if at is not None
        else [],
        "records": [
            (row, kind_of(row)) for row in records_beginning(request.actor, request.product, of)
        ]
        if at is None
        else [],
    }
    return render(request, "plm/_mentions.html", context)
