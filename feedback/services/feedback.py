"""Writes on feedback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from feedback.excerpts import first_line, locate, plain_lines
from feedback.models import Feedback, FeedbackLink
from plm.errors import Invalid
from plm.events import service
from plm.models import Product
from plm.permissions import Actor
from plm.services.records import record_create, record_update


@service
def feedback_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Feedback:
    """Note what somebody said. Emits `feedback.created`.

    A title that is left out is the text's first line; a company that is left out is the person's.
    """
    given = _cleaned(values)
    given["title"] = given.get("title") or first_line(given.get("description", ""))
    if not given["title"]:
        raise Invalid(fields={"description": "Write what was said."})
    given["received_at"] = given.get("received_at") or timezone.now()
    if given.get("company") is None and given.get("person") is not None:
        given["company"] = given["person"].company
    return record_create(
        Feedback,
        actor=actor,
        product=product,
        values=given,
        tags=tags,
        custom=custom,
        reason=reason,
    )


@service
def feedback_update(
    *,
    actor: Actor,
    record: Feedback,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Feedback:
    """Change a feedback. Emits `feedback.updated`.

    Its quotes follow their words to where these stand now; a quote whose words are gone loses its place.
    """
    given = _cleaned(values)
    if "title" in given and not given["title"]:
        given["title"] = first_line(given.get("description", record.description)) or record.title
    if "received_at" in given and given["received_at"] is None:
        del given["received_at"]
    person = given.get("person")
    if person is not None and person.pk != record.person_id:
        same = "company" not in given or given["company"] == record.company
        if same or given["company"] is None:
            given["company"] = person.company
    changed = record_update(
        record, actor=actor, version=version, values=given, tags=tags, custom=custom, reason=reason
    )
    if changed.description != record.description:
        quotes_follow(changed)
    return changed


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(values)
    if "description" in given:
        given["description"] = plain_lines(given["description"])
    return given


def quotes_follow(feedback: Feedback) -> None:
    """Put every quote where its words stand in the text as it is now, or nowhere."""
    moved = []
    for quote in FeedbackLink.objects.filter(feedback=feedback):
        spot = locate(feedback.description, quote.excerpt, quote.start)
        exact = spot is not None and feedback.description[spot[0] : spot[1]] == quote.excerpt
        found = spot if exact and spot is not None else (None, None)
        if found != (quote.start, quote.end):
            quote.start, quote.end = found
            moved.append(quote)
    FeedbackLink.objects.bulk_update(moved, ["start", "end"])
