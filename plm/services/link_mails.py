"""Links of one's own by mail: asked for, made by the job that mails them, and what became of each.

A row that gets one has `uuid`, `workspace`, `email`, `token_hash`, `mail_times` (moments asked for, as ISO texts),
`mail_state` (asked, sent, failed) and `mail_problem`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from plm.errors import Conflict, Invalid
from plm.events import service
from plm.runner import Run
from plm.selectors import secret_hash

ASKED, SENT, FAILED = "asked", "sent", "failed"
MAILS_AN_HOUR = 3
"""How many mails with a link one address gets within an hour, from all rows of a kind in a workspace together."""
HOUR = timedelta(hours=1)
NOT_REACHED = "The mail server could not be reached"
NOT_TAKEN = "The mail server does not take this address."


def mail_address(text: str) -> str:
    """A mail address as it is kept. Raises Invalid."""
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(fields={"email": "Give a mail address such as ana@example.com."}) from None
    if len(address) > 254:
        raise Invalid(fields={"email": "A mail address has at most 254 characters."})
    return address


def link_mail_asked(row: Any, field: str = "email") -> None:
    """Note on a row, which the caller saves, that a mail is asked for. Raises Conflict, naming `field`, where its address got
    as many as it may within an hour."""
    now = timezone.now()
    same = type(row).objects.filter(workspace_id=row.workspace_id, email__iexact=row.email)
    rows = [row, *same.exclude(pk=row.pk)]
    if sum(len(_recent(one, now)) for one in rows) >= MAILS_AN_HOUR:
        raise Conflict(
            fields={field: f"{row.email} got {MAILS_AN_HOUR} mails within an hour. Send it again later."}
        )  # fmt: skip
    row.mail_times = [*_recent(row, now), now.isoformat()]
    row.mail_state, row.mail_problem = ASKED, ""


def _recent(row: Any, now: datetime) -> list[str]:
    return [at for at in row.mail_times if datetime.fromisoformat(at) > now - HOUR]


@service
def link_secret_make(*, row: Any, salt: str) -> str:
    """Give a row the link that is mailed next; its secret. The one before opens no more.

    The secret follows from the request, so that a mail that is tried again brings the same link.
    """
    asked = f"{row.uuid} {row.mail_times[-1]}"
    secret = salted_hmac(salt, asked, algorithm="sha256").hexdigest()
    row.token_hash = secret_hash(secret)
    row.save(update_fields=["token_hash"])
    return secret


@service
def link_mail_done(*, row: Any, problem: str = "", again: bool = False) -> None:
    """Keep what became of a mail: sent, refused for good, or to be tried `again`. A newer request is left alone."""
    state = SENT if not problem else ASKED if again else FAILED
    waiting = type(row).objects.filter(pk=row.pk, mail_state=ASKED, token_hash=row.token_hash)
    waiting.update(mail_state=state, mail_problem=problem[:200])


@service
def link_mails_give_up(*, rows: QuerySet[Any]) -> None:
    """The last try is over: whatever of these rows still waits did not go."""
    rows.filter(mail_state=ASKED).update(
        mail_state=FAILED, mail_problem=f"{NOT_REACHED}. Send it again."
    )


Take = Callable[[int], tuple[Any, str] | None]
Send = Callable[[Any, str, BaseEmailBackend], None]


def link_mails_send(
    run: Run, keys: Sequence[int], take: Take, send: Send, rows: QuerySet[Any]
) -> dict[str, int]:
    """The work of a job: the mails of the rows `keys`, each once. `take` gives a row and its new secret, or None for one
    that waits no longer; `rows` are given up where the last try finds no server."""
    sent = 0
    if not keys:
        return {"mails": sent}
    try:
        with get_connection() as connection:
            for done, key in enumerate(keys):
                with run.step(progress=done, total=len(keys)):
                    taken = take(key)
                sent += taken is not None and _sent(*taken, send, connection)
    except (SMTPException, OSError):
        if run.job.attempts >= settings.JOB_ATTEMPTS:
            link_mails_give_up(rows=rows)
        raise
    return {"mails": sent}


def _sent(row: Any, secret: str, send: Send, connection: BaseEmailBackend) -> bool:
    """Send one mail; False where the server does not take the address."""
    try:
        send(row, secret, connection)
    except SMTPRecipientsRefused:
        link_mail_done(row=row, problem=NOT_TAKEN)
        return False
    except (SMTPException, OSError):
        link_mail_done(row=row, problem=f"{NOT_REACHED}; it is tried again.", again=True)
        raise
    link_mail_done(row=row)
    return True
