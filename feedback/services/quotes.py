"""Writes on quotes: which words of a feedback speak for which idea or item."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction

from backlog.models import BacklogItem
from feedback.excerpts import first_line, locate, plain_lines
from feedback.models import Feedback, FeedbackLink
from ideas.models import Idea
from ideas.models.idea import IMPORTANCES
from ideas.services.ideas import idea_create
from plm.errors import Conflict, Invalid, NotVisible
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked, record_move

LONGEST = 4000


@service
def quote_add(
    *,
    actor: Actor,
    feedback: Feedback,
    target: Idea | BacklogItem,
    excerpt: str = "",
    start: int | None = None,
    importance: int = 1,
) -> FeedbackLink:
    """Link words of a feedback with what they speak for, and emit `feedback.linked`.

    Without an excerpt the whole text is the quote. `start` is where the reader saw it: among several occurrences
    the nearest one is meant. New feedback counts as reviewed from then on.
    """
    require(actor, "feedback.link", feedback.product)
    current = record_locked(feedback, version=None)
    if importance not in dict(IMPORTANCES):
        raise Invalid(fields={"importance": "Choose 0 (not important) to 3 (critical)."})
    if target.product_id != current.product_id:
        raise Invalid(
            fields={"target": f"{target.reference} belongs to another product than this feedback."}
        )
    begin, end = _place(current, excerpt, start)
    quote = FeedbackLink(
        workspace_id=current.workspace_id,
        feedback=current,
        idea=target if isinstance(target, Idea) else None,
        item=target if isinstance(target, BacklogItem) else None,
        excerpt=current.description[begin:end],
        start=begin,
        end=end,
        importance=importance,
        linked_by_id=actor.user_id,
    )
    try:
        with transaction.atomic():
            quote.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            f"These words are linked with {target.reference} already.",
            fields={"target": f"Linked with {target.reference} already."},
        ) from None
    emit(
        "feedback.linked", actor=actor, record=current, target=target.reference, quote=quote.uuid,
        excerpt=quote.excerpt[:500], importance=importance,
    )  # fmt: skip
    if current.state == "new":
        record_move(current, actor=actor, state="reviewed")
    return quote


def _place(feedback: Feedback, excerpt: str, start: int | None) -> tuple[int, int]:
    """Where the quote stands. Raises Invalid when its words are not in the text."""
    text = feedback.description
    wanted = plain_lines(excerpt).strip() or text.strip()
    if not wanted:
        raise Invalid(fields={"excerpt": "This feedback has no text to quote. Add it first."})
    if len(wanted) > LONGEST:
        raise Invalid(
            fields={"excerpt": f"A quote has at most {LONGEST:,} characters. Choose the part that counts."}
        )  # fmt: skip
    spot = locate(text, wanted, start)
    if spot is None:
        raise Invalid(
            fields={"excerpt": "These words do not stand in the feedback. Copy them from its text."}
        )
    return spot


@service
def idea_from_quote(
    *,
    actor: Actor,
    feedback: Feedback,
    title: str = "",
    excerpt: str = "",
    start: int | None = None,
    importance: int = 1,
) -> FeedbackLink:
    """Write a new idea down out of a quote and link both. Emits `idea.created` and `feedback.linked`."""
    words = plain_lines(excerpt).strip() or feedback.description.strip()
    name = " ".join(title.split()) or first_line(words)
    if not name:
        raise Invalid(fields={"title": "Give the idea a title."})
    quoted = "\n".join(f"> {line}" for line in words[:LONGEST].splitlines())
    values = {"title": name[:250], "description": quoted, "source": "customer"}
    idea = idea_create(actor=actor, product=feedback.product, values=values)
    return quote_add(
        actor=actor,
        feedback=feedback,
        target=idea,
        excerpt=excerpt,
        start=start,
        importance=importance,
    )


@service
def quote_remove(*, actor: Actor, feedback: Feedback, uuid: UUID) -> None:
    """Take a quote back. Emits `feedback.unlinked`."""
    require(actor, "feedback.link", feedback.product)
    current = record_locked(feedback, version=None)
    quote = (
        FeedbackLink.objects.filter(feedback=current, uuid=uuid)
        .select_related("idea__product", "item__product")
        .first()
    )
    if quote is None:
        raise NotVisible
    target = quote.target
    quote.delete()
    emit(
        "feedback.unlinked", actor=actor, record=current, quote=uuid,
        target=target.reference if target else "", excerpt=quote.excerpt[:500],
    )  # fmt: skip
