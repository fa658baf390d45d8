"""Jobs of the backlog room."""

from __future__ import annotations

from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from backlog.models import FactorSource, RoundParticipant, SpecReview
from backlog.selectors.reviews import reviews_to_remind
from backlog.services.progress import item_progress_recompute
from backlog.services.reviews import review_mail_send, review_remind_take, review_remind_undo
from backlog.services.rounds_mail import (
    mails_waiting,
    round_mail_send,
    round_mail_take,
)
from backlog.services.scores import scores_recompute
from backlog.services.sources import factors_fill, fill_request
from backlog.services.standings import standings_recompute, standings_request
from plm.events import enqueue
from plm.runner import Run, job_handler
from plm.services.clock import every
from plm.services.link_mails import link_mails_send

every(3600, "backlog.review_reminders")


@job_handler("backlog.scores_recompute")
def scores_recompute_job(run: Run) -> dict[str, int]:
    """Scores and ranks of one product; how sure they are is the next job, ranges may have changed though no score did."""
    written = scores_recompute(product_id=run.payload["product"])
    enqueue(standings_request(run.job.workspace_id, run.payload["product"]))
    if FactorSource.objects.filter(scoring_model__product=run.payload["product"]).exists():
        enqueue(fill_request(run.job.workspace_id, run.payload["product"]))
    return {"items": written}


@job_handler("backlog.fill")
def fill_job(run: Run) -> dict[str, int]:
    """Factors of one product that come from data."""
    return {"items": factors_fill(product_id=run.payload["product"])}


@job_handler("backlog.standings")
def standings_job(run: Run) -> dict[str, bool]:
    """How sure the ranks of one product are."""
    return {"changed": standings_recompute(product_id=run.payload["product"])}


@job_handler("backlog.progress")
def progress_job(run: Run) -> dict[str, int]:
    """What is done below each item of one product."""
    return {"changed": item_progress_recompute(product_id=run.payload["product"])}


@job_handler("backlog.review_reminders", atomic=False)
def review_reminders_job(run: Run) -> dict[str, int]:
    """Remind reviewers of a workspace who have not answered: in the inbox and by mail, each once."""
    keys = reviews_to_remind(run.job.workspace_id)
    sent = 0
    if not keys:
        return {"mails": sent}
    with get_connection() as connection:
        for done, key in enumerate(keys):
            with run.step(progress=done, total=len(keys)):
                review = review_remind_take(review_id=key)
            sent += review is not None and _reminded(review, connection)
    return {"mails": sent}


def _reminded(review: SpecReview, connection: BaseEmailBackend) -> bool:
    """Send one mail; False where the server does not take the address. Anything else is tried again later."""
    try:
        review_mail_send(review, connection)
    except SMTPRecipientsRefused:
        return False
    except (SMTPException, OSError):
        review_remind_undo(review=review)
        raise
    return True


@job_handler("backlog.round_mails", atomic=False)
def round_mails_job(run: Run) -> dict[str, int]:
    """The mails of a round that wait, each guest's link once; a server that is away is tried again."""
    row = int(run.payload["round"])
    return link_mails_send(
        run, mails_waiting(row), lambda key: round_mail_take(participant_id=key), round_mail_send,
        RoundParticipant.objects.filter(round_id=row),
    )  # fmt: skip
