"""What pages, API and importer need to know of feedback."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from feedback.filters import FeedbackFilter
from feedback.forms import FeedbackForm, QuoteForm
from feedback.models import Feedback
from feedback.selectors import feedback_page
from feedback.serializers import FeedbackSerializer
from feedback.services.feedback import feedback_create, feedback_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind
from plm.permissions import Actor
from plm.stages import FEEDBACK as STAGE


def _properties(feedback: Feedback) -> list[tuple[str, Any, str]]:
    place = [feedback.product.workspace.slug, feedback.product.key]
    person, company = feedback.person, feedback.company
    item, release = feedback.item, feedback.release
    return [
        ("Person", person or "Not known",
         reverse("ideas:person", args=[*place, person.uuid]) if person else ""),
        ("Company", company or "Not known",
         reverse("ideas:company", args=[*place, company.uuid]) if company else ""),
        ("Source", feedback.get_source_display(), ""),
        ("Sentiment", feedback.get_sentiment_display(), ""),
        ("About", item.reference if item else "–", item.get_absolute_url() if item else ""),
        ("Release", release.title if release else "–", release.get_absolute_url() if release else ""),
        ("Received", feedback.received_at, ""),
    ]  # fmt: skip


def _page(actor: Actor, feedback: Feedback) -> dict[str, Any]:
    return {**feedback_page(actor, feedback), "quote_form": QuoteForm(feedback=feedback)}


FEEDBACK = Kind(
    name="feedback",
    label="Feedback",
    plural="Feedback",
    path="feedback",
    icon="message-square",
    stage=STAGE,
    model=Feedback,
    form=FeedbackForm,
    filters=FeedbackFilter,
    serializer=FeedbackSerializer,
    create=feedback_create,
    update=feedback_update,
    columns=(
        Column("title", "Title", "title"),
        Column("company", "Company"),
        Column("get_source_display", "Source"),
        Column("state", "State"),
        Column("received_at", "Received", "received"),
    ),
    orders={**DEFAULT_ORDERS, "received": "received_at"},
    default_order="-received",
    list_template="feedback/inbox.html",
    row_template="feedback/_inbox_row.html",
    detail_template="feedback/feedback_detail.html",
    form_template="feedback/feedback_form.html",
    detail=_page,
    properties=_properties,
    related=("person", "company", "item__product__workspace", "release__product__workspace"),
    empty_text="What customers say in mails, calls, reviews and surveys comes together here. Note the first voice.",
)
