"""Jobs of the ideas room."""

from __future__ import annotations

from collections.abc import Iterator
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from ideas.models import Idea, Person, StatusMail
from ideas.models.idea import IdeaQuerySet
from ideas.selectors.erasing import ERASE
from ideas.selectors.follows import follows_to_tell
from ideas.services.erasing import person_erase
from ideas.services.follows import (
    status_mail_done,
    status_mail_send,
    status_mail_take,
    status_notice,
)
from ideas.services.intake import message_take, messages_forget
from ideas.services.mailbox import mailbox_poll
from ideas.services.similar import (
    AT_ONCE,
    MEANT_AT_ONCE,
    ideas_changed,
    meanings_of,
    meanings_store,
    terms_store,
    titles_unmeant,
)
from ideas.services.trending import trending_store
from plm.errors import Conflict, NotAllowed, NotVisible
from plm.events import enqueue
from plm.jobs import JobRequest
from plm.models import Product, User, Workspace
from plm.runner import Run, job_handler
from plm.selectors import actor_of
from plm.services.clock import every

every(24 * 3600, "ideas.terms_all")
every(24 * 3600, "ideas.trending_all")
every(24 * 3600, "ideas.mail_forget")
if settings.IMAP_URL:
    every(60, "ideas.mailbox")
MOST_MEANT = 2000
"""Titles a run computes the meaning of, before it lets other jobs go first: half a minute."""


@job_handler("ideas.terms", atomic=False)
def take_words(run: Run) -> dict[str, int]:
    """The words of a product's ideas, and what their titles mean, for finding similar ones."""
    product_id = run.job.product_id or 0
    changed = ideas_changed(product_id)
    done = 0
    for keys in _portions(changed, AT_ONCE):
        with run.step(progress=done, total=len(changed)):
            done += terms_store(product_id=product_id, keys=keys)
    return {"ideas": done, "meanings": _take_meanings(run, product_id, done)}


def _take_meanings(run: Run, product_id: int, before: int) -> int:
    """Compute outside of transactions, which on SQLite would keep everybody else from writing."""
    waiting = dict(titles_unmeant(product_id))
    done, now = 0, min(len(waiting), MOST_MEANT)
    for keys in _portions(list(waiting)[:MOST_MEANT], MEANT_AT_ONCE):
        titles = {key: waiting[key] for key in keys}
        packed = meanings_of(titles)
        with run.step(progress=before + done, total=before + now):
            done += meanings_store(product_id=product_id, titles=titles, packed=packed)
    if len(waiting) > now:
        with run.step():
            enqueue(_request(run.job.workspace_id, product_id))
    return done


@job_handler("ideas.terms_all")
def take_all_words(run: Run) -> dict[str, int]:
    """Ask for the words of what came into the database by other ways than services."""
    products = Product.objects.filter(workspace_id=run.job.workspace_id, archived_at=None)
    keys = products.values_list("pk", flat=True)
    behind = [pk for pk in keys if ideas_changed(pk) or titles_unmeant(pk)]
    for pk in behind:
        enqueue(_request(run.job.workspace_id, pk))
    return {"products": len(behind)}


@job_handler("ideas.trending")
def trend_again(run: Run) -> dict[str, int]:
    """Where one idea stands in the trending order."""
    return {"ideas": trending_store(keys=[int(run.payload["idea"])])}


@job_handler("ideas.trending_new", atomic=False)
def trend_new(run: Run) -> dict[str, int]:
    """The same for the ideas of a product that have no figure yet."""
    return _trend(run, Idea.objects.filter(product_id=run.job.product_id or 0, trending=0))


@job_handler("ideas.trending_all", atomic=False)
def trend_all_again(run: Run) -> dict[str, int]:
    """The same for all ideas of a workspace: for what came into the database by other ways than services."""
    return _trend(run, Idea.objects.filter(workspace_id=run.job.workspace_id))


def _trend(run: Run, rows: IdeaQuerySet) -> dict[str, int]:
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    changed = done = 0
    for portion in _portions(keys, AT_ONCE):
        with run.step(progress=done, total=len(keys)):
            changed += trending_store(keys=portion)
            done += len(portion)
    return {"ideas": changed}


@job_handler("ideas.status", atomic=False)
def tell_followers(run: Run) -> dict[str, int]:
    """One mail to each follower of an idea whose state changed. Whoever has it does not get it again."""
    with run.step():
        notice = status_notice(idea_id=int(run.payload["idea"]))
    keys = follows_to_tell(notice) if notice else []
    sent = 0
    if not notice or not keys:
        return {"mails": sent}
    with get_connection() as connection:
        for done, key in enumerate(keys):
            with run.step(progress=done, total=len(keys)):
                mail = status_mail_take(notice=notice, follow_id=key)
            sent += mail is not None and _sent(mail, connection)
    return {"mails": sent}


def _sent(mail: StatusMail, connection: BaseEmailBackend) -> bool:
    """Send one mail; False where the server does not take the address. Anything else is tried again later."""
    try:
        status_mail_send(mail, connection)
    except SMTPRecipientsRefused:
        return False
    except (SMTPException, OSError):
        status_mail_done(mail=mail, sent=False)
        raise
    status_mail_done(mail=mail, sent=True)
    return True


@job_handler(ERASE, atomic=False)
def erase_person(run: Run) -> dict[str, str]:
    """Take a person out of everything in one step, which holds the job: a worker that dies leaves all as it was."""
    person = Person.objects.get(pk=int(run.payload["person"]), workspace_id=run.job.workspace_id)
    asked_by = User.objects.filter(pk=run.job.requested_by_id or 0, is_active=True).first()
    if asked_by is None:
        return {"refused": "Whoever asked for it has left. Ask again."}
    try:
        with run.step():
            person_erase(actor=actor_of(asked_by), person=person)
    except (Conflict, NotAllowed, NotVisible) as error:
        return {"refused": error.message}
    return {}


@job_handler("ideas.mail_take")
def take_mail(run: Run) -> dict[str, str]:
    """Make an idea of one message."""
    return {"state": message_take(message_id=int(run.job.payload["message"]))}


@job_handler("ideas.mail_forget")
def forget_mail(run: Run) -> dict[str, int]:
    """Drop stored mails that have served."""
    return {"messages": messages_forget(workspace_id=run.job.workspace_id)}


@job_handler("ideas.mailbox", atomic=False)
def poll_mailbox(run: Run) -> dict[str, int]:
    """Look into the mailbox. It is one for the installation, so the job of the first workspace does it."""
    first = Workspace.objects.order_by("pk").values_list("pk", flat=True).first()
    if not settings.IMAP_URL or run.job.workspace_id != first:
        return {}
    counts = mailbox_poll(settings.IMAP_URL)
    with run.step(progress=1, total=1):
        return counts


def _request(workspace_id: int, product_id: int) -> JobRequest:
    return JobRequest("ideas.terms", f"ideas.terms:{product_id}", workspace_id, product_id)


def _portions(keys: list[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
