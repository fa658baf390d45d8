"""Talk about passages of a specification: begun, answered, resolved, reopened."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from backlog.anchors import context_of, find, flat
from backlog.models import Spec, SpecThread, ThreadComment
from backlog.selectors.threads import spec_text
from plm.errors import Invalid, NotVisible
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.notes import comment_add

LONGEST_QUOTE = 1000


@service
def thread_start(
    *, actor: Actor, spec: Spec, quote: str, body: str, before: str = "", after: str = ""
) -> SpecThread:
    """Ask about a passage, quoted as it stands in the specification. Emits `comment.added`.

    `before` and `after` are the words around it; of several places with these words the likest is meant.
    """
    require(actor, "spec.comment", spec.product)
    words = flat(quote)
    if not words or len(words) > LONGEST_QUOTE:
        raise Invalid(fields={"quote": f"Quote 1 to {LONGEST_QUOTE:,} characters of the text."})
    text = spec_text(spec).text
    if words not in text:
        raise Invalid(
            fields={"quote": "These words do not stand in the specification. Copy them as they are there."}
        )  # fmt: skip
    place = find(text, words, flat(before)[-200:], flat(after)[:200])
    around = context_of(text, place.start, place.end) if place else ("", "")
    thread = SpecThread.objects.create(
        workspace_id=spec.workspace_id,
        spec=spec,
        quote=words,
        before=around[0],
        after=around[1],
        created_at=timezone.now(),
    )
    _say(actor, spec, thread, body)
    return thread


@service
def thread_reply(*, actor: Actor, spec: Spec, thread: SpecThread, body: str) -> None:
    """Say something in a thread. Emits `comment.added`."""
    _say(actor, spec, thread, body)


def _say(actor: Actor, spec: Spec, thread: SpecThread, body: str) -> None:
    comment = comment_add(actor=actor, record=spec, body=body)
    ThreadComment.objects.create(workspace_id=spec.workspace_id, thread=thread, comment=comment)


@service
def thread_resolve(*, actor: Actor, spec: Spec, thread: SpecThread, resolved: bool) -> None:
    """Close a question about a passage, or open it again. Emits `passage.resolved`, `passage.reopened`."""
    require(actor, "spec.comment", spec.product)
    rows = SpecThread.objects.filter(pk=thread.pk, resolved_at__isnull=resolved)
    values = (timezone.now(), actor.user_id) if resolved else (None, None)
    if rows.update(resolved_at=values[0], resolved_by_id=values[1]):
        verb = "passage.resolved" if resolved else "passage.reopened"
        emit(verb, actor=actor, record=spec, thread=thread.uuid, quote=thread.quote[:200])


def thread_named(spec: Spec, uuid: UUID) -> SpecThread:
    """A thread of the specification by its id. Raises NotVisible."""
    found = SpecThread.objects.filter(spec=spec, uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found
