"""Jobs of the ideas room."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from ideas.services.intake import message_take, messages_forget
from ideas.services.mailbox import mailbox_poll
from ideas.services.similar import AT_ONCE, ideas_changed, terms_store
from plm.events import enqueue
from plm.jobs import JobRequest
from plm.models import Product, Workspace
from plm.runner import Run, job_handler
from plm.services.clock import every

every(24 * 3600, "ideas.terms_all")
every(24 * 3600, "ideas.mail_forget")
if settings.IMAP_URL:
    every(60, "ideas.mailbox")


@job_handler("ideas.terms", atomic=False)
def take_words(run: Run) -> dict[str, int]:
    """The words of a product's ideas, for finding similar ones."""
    product_id = run.job.product_id or 0
    changed = ideas_changed(product_id)
    done = 0
    for keys in _portions(changed):
        with run.step(progress=done, total=len(changed)):
            done += terms_store(product_id=product_id, keys=keys)
    return {"ideas": done}


@job_handler("ideas.terms_all")
def take_all_words(run: Run) -> dict[str, int]:
    """Ask for the words of what came into the database by other ways than services."""
    products = Product.objects.filter(workspace_id=run.job.workspace_id, archived_at=None)
    behind = [pk for pk in products.values_list("pk", flat=True) if ideas_changed(pk)]
    for pk in behind:
        enqueue(JobRequest("ideas.terms", f"ideas.terms:{pk}", run.job.workspace_id, pk))
    return {"products": len(behind)}


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


def _portions(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
