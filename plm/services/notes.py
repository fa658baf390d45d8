"""What people hang on records: comments, files, follows, relations, saved views."""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, TooLarge
from plm.events import emit, service
from plm.images import HEAD, image_name, image_type
from plm.markdown import too_long
from plm.models import (
    Attachment,
    Comment,
    Follow,
    Product,
    Reference,
    Relation,
    SavedView,
    StageRecord,
)
from plm.models.note import RELATIONS
from plm.permissions import Actor, Role
from plm.services.guard import require
from plm.services.mentions import comment_mentions

LONGEST_COMMENT = 20_000
IMAGE_MAX_BYTES = 10 * 1024 * 1024


@service
def comment_add(*, actor: Actor, record: StageRecord, body: str, public: bool = False) -> Comment:
    """Say something about a record. People named as @first.last are told; the author follows from then on.

    What is `public` is an answer that customers may read. Emits `comment.added`.
    """
    require(actor, f"{record.kind}.{'answer' if public else 'comment'}", record.product)
    text = body.strip()
    if not text:
        raise Invalid(fields={"body": "Write something before you send it."})
    if wrong := too_long(text, LONGEST_COMMENT):
        raise Invalid(fields={"body": wrong})
    comment = Comment.objects.create(
        workspace_id=record.workspace_id,
        record_id=record.pk,
        author_id=actor.user_id,
        body=text,
        public=public,
        created_at=timezone.now(),
    )
    named = comment_mentions(actor, record, comment)
    if actor.user_id is not None:
        _follow(record, actor.user_id)
    emit(
        "comment.added", actor=actor, record=record, comment=comment.uuid, body=text[:500], public=public,
        mentioned=[user.uuid for user in named],
    )  # fmt: skip
    return comment


@service
def comment_delete(*, actor: Actor, record: StageRecord, comment: Comment) -> None:
    """Take a comment back: one's own, or any as a product manager. Its place in the history stays, its text goes."""
    require(actor, f"{record.kind}.comment", record.product)
    own = comment.author_id is not None and comment.author_id == actor.user_id
    if not own and actor.role_in(record.workspace_id, record.product_id) < Role.MANAGER:
        raise NotAllowed("Only its author or a product manager can delete a comment.")
    Comment.objects.filter(pk=comment.pk).update(deleted_at=timezone.now(), body="")
    emit("comment.deleted", actor=actor, record=record, comment=comment.uuid)


def _follow(record: StageRecord, user_id: int) -> None:
    Follow.objects.bulk_create(
        [Follow(workspace_id=record.workspace_id, record_id=record.pk, user_id=user_id)],
        ignore_conflicts=True,
    )


@service
def follow_set(*, actor: Actor, record: StageRecord, following: bool) -> None:
    """Follow a record or stop following it."""
    require(actor, f"{record.kind}.follow", record.product)
    if actor.user_id is None:
        raise NotAllowed("Sign in to follow.")
    if following:
        _follow(record, actor.user_id)
    else:
        Follow.objects.filter(record_id=record.pk, user_id=actor.user_id).delete()


@service
def attachment_add(
    *, actor: Actor, record: StageRecord, upload: File[Any], name: str, image: bool = False
) -> Attachment:
    """Keep a file on a record. The stored name is random; the shown one is cleaned. Raises TooLarge, Invalid.

    With `image` it has to be one that pages show: PNG, JPEG, GIF or WebP by its content.
    """
    require(actor, f"{record.kind}.attach", record.product)
    size = upload.size or 0
    most, noun = settings.ATTACHMENT_MAX_BYTES, "A file"
    if image:
        most, noun = min(most, IMAGE_MAX_BYTES), "An image"
    if size > most:
        limit = most // (1024 * 1024)
        raise TooLarge(
            f"{noun} has at most {limit} MB; this one has {size / (1024 * 1024):.1f} MB.",
            fields={"file": f"Choose a file up to {limit} MB."},
        )
    if size == 0:
        raise Invalid(fields={"file": "The file is empty."})
    if image:
        head = upload.read(HEAD)
        if not image_type(head):
            raise Invalid(
                fields={"file": "This is no image that can be shown. Use PNG, JPEG, GIF or WebP."}
            )
        name = image_name(clean_file_name(name), head)
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    stored = default_storage.save(f"attachments/{uuid.uuid4().hex}", upload)
    try:
        attachment = Attachment.objects.create(
            workspace_id=record.workspace_id,
            record_id=record.pk,
            file=stored,
            name=clean_file_name(name),
            size=size,
            sha256=digest.hexdigest(),
            added_by_id=actor.user_id,
            created_at=timezone.now(),
        )
        emit("file.attached", actor=actor, record=record, file=attachment.name, size=size)
    except BaseException:
        default_storage.delete(stored)
        raise
    return attachment


@service
def attachment_remove(*, actor: Actor, record: StageRecord, attachment: Attachment) -> None:
    """Take a file off a record; the bytes go when the transaction has committed."""
    require(actor, f"{record.kind}.attach", record.product)
    stored = str(attachment.file.name)
    Attachment.objects.filter(pk=attachment.pk).delete()
    emit("file.removed", actor=actor, record=record, file=attachment.name)
    transaction.on_commit(lambda: default_storage.delete(stored), robust=True)


def clean_file_name(name: str) -> str:
    """A file's name as it is shown: no folders, no control or direction characters, at most 150 long."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    kept = kept.replace('"', "'").strip(" .")
    return kept[-150:] or "file"


@service
def relation_add(
    *,
    actor: Actor,
    source: StageRecord,
    target: StageRecord,
    type: str,  # noqa: A002 - the API's word
) -> Relation:
    """Link two records of one workspace (`relates`, `replaces`, `blocks`, `duplicates`, `informs`). Twice is once.

    What would block itself in the end, over whatever others, is refused with the chain (Conflict).
    """
    require(actor, f"{source.kind}.edit", source.product)
    require(actor, f"{target.kind}.view", target.product)
    if type not in dict(RELATIONS):
        raise Invalid(fields={"type": f"Choose one of: {', '.join(dict(RELATIONS))}."})
    if source.pk == target.pk:
        raise Conflict(
            "A record cannot be linked with itself.", fields={"target": "Choose another record."}
        )
    if source.workspace_id != target.workspace_id:
        raise NotVisible
    if type == "blocks":
        _no_ring(actor, source, target)
    relation, made = Relation.objects.get_or_create(
        source_id=source.pk,
        target_id=target.pk,
        type=type,
        defaults={"workspace_id": source.workspace_id},
    )
    if made:
        emit("relation.added", actor=actor, record=source, target=target.reference, type=type)
    return relation


def _no_ring(actor: Actor, source: StageRecord, target: StageRecord) -> None:
    """Raise Conflict if the target blocks the source already, directly or over others: one statement for each step."""
    # Two people who close a small ring at once meet here: the second sees what the first wrote.
    ends = Reference.objects.select_for_update().filter(pk__in=(source.pk, target.pk))
    list(ends.order_by("pk").values_list("pk", flat=True))
    came: dict[int, int] = {target.pk: 0}
    edge = [target.pk]
    while edge and source.pk not in came:
        steps = Relation.objects.filter(type="blocks", source__in=edge).order_by("pk")
        edge = []
        for here, there in steps.values_list("source_id", "target_id"):
            if there not in came:
                came[there] = here
                edge.append(there)
    if source.pk not in came:
        return
    path = [source.pk]
    while came[path[-1]]:
        path.append(came[path[-1]])
    known = Reference.objects.select_related("product").in_bulk(path)
    chain = [
        known[pk].key if actor.may("record.view", source.workspace_id, known[pk].product_id) else "another record"
        for pk in reversed(path)
    ]  # fmt: skip
    text = (
        f"{target.reference} blocks {source.reference} already ({' blocks '.join(chain)}), "
        "so neither could ever begin. Remove one of these links first."
    )
    raise Conflict(text, fields={"target": text})


@service
def relation_remove(*, actor: Actor, source: StageRecord, relation: Relation) -> None:
    """Take back a link between two records; both keep their history of it."""
    require(actor, f"{source.kind}.edit", source.product)
    Relation.objects.filter(pk=relation.pk).delete()
    emit("relation.removed", actor=actor, record=source, type=relation.type)


@service
def saved_view_create(
    *, actor: Actor, product: Product, kind: str, name: str, query: str, shared: bool = False
) -> SavedView:
    """Keep a list as it is now, for oneself or (as a contributor) for everybody. The same name replaces it."""
    require(actor, "view.share" if shared else "record.view", product)
    if actor.user_id is None:
        raise NotAllowed("Sign in to keep views.")
    label = " ".join(name.split())
    if not label:
        raise Invalid(fields={"name": "Give the view a name."})
    view, _ = SavedView.objects.update_or_create(
        product=product,
        kind=kind,
        owner_id=actor.user_id,
        name=label[:60],
        defaults={"workspace_id": product.workspace_id, "query": query[:1000], "shared": shared},
    )
    return view


@service
def saved_view_delete(*, actor: Actor, view: SavedView) -> None:
    """Forget a view: one's own, or a shared one as a product manager."""
    require(actor, "record.view", view.product)
    if (
        view.owner_id != actor.user_id
        and actor.role_in(view.workspace_id, view.product_id) < Role.MANAGER
    ):
        raise NotAllowed("Only its owner or a product manager can delete a view.")
    view.delete()
