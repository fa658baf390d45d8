"""What somebody said who is erased: their words stay, what says who they were goes."""

from __future__ import annotations

from feedback.models import Feedback, FeedbackLink
from feedback.services.feedback import quotes_follow
from ideas.services.erasing import Traces, records_redact
from plm.redaction import redacted


def voices_erase(traces: Traces) -> None:
    """Take the person out of the texts they gave and of the quotes from them; quotes keep what they speak for."""
    said = Feedback.objects.filter(person__in=traces.people)
    for quote in FeedbackLink.objects.filter(feedback__in=said):
        excerpt = redacted(quote.excerpt, traces.near)
        if excerpt != quote.excerpt:
            FeedbackLink.objects.filter(pk=quote.pk).update(excerpt=excerpt)
    for feedback in records_redact(said.order_by("pk"), traces):
        quotes_follow(feedback)
