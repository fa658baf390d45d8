"""Jobs of the roadmap room."""

from __future__ import annotations

from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from ideas.selectors.redirects import redirects_of
from ideas.services.taking_back import ideas_take_back
from plm.events import enqueue
from plm.jobs import JobRequest
from plm.models import Product, User
from plm.runner import Run, job_handler
from plm.selectors import actor_of
from plm.services.clock import every, moment_settled
from plm.services.link_mails import NOT_REACHED, NOT_TAKEN, link_mails_send
from roadmap.models import AskedPerson, ShareViewer
from roadmap.models.digest import FAILED, READY, SENT, UNSURE
from roadmap.selectors.communication import deliveries_waiting
from roadmap.selectors.digests import digests_due, digests_waiting
from roadmap.selectors.questions import question_mails_waiting
from roadmap.selectors.redirecting import REDIRECT, TAKE_BACK
from roadmap.services.capacity import Solution, plan_now, plan_solved, plan_store
from roadmap.services.communication import delivery_request
from roadmap.services.deliveries import delivery_done, delivery_send, delivery_take
from roadmap.services.digests import digest_done, digest_make, digest_take, digests_give_up
from roadmap.services.digests_mail import digest_message
from roadmap.services.plans import plans_due, plans_keep
from roadmap.services.questions import (
    question_mail_take,
)
from roadmap.services.questions_mail import question_mail_send
from roadmap.services.redirecting import ideas_redirect_some
from roadmap.services.releases import release_ship
from roadmap.services.share_viewers import (
    share_mail_send,
    share_mail_take,
    share_mails_waiting,
)

every(300, "roadmap.digests")
every(600, "roadmap.deliveries")
every(900, "roadmap.plans")
REDIRECTED_AT_ONCE = 20
NO_SERVER = f"{NOT_REACHED}; the next digest tells of this time too."


@job_handler("roadmap.release_ship")
def ship(run: Run) -> dict[str, Any]:
    """Set the day of a release that went out and move the ideas it fulfils."""
    return {"ideas": release_ship(release_id=int(run.payload["release"]))}


@job_handler("roadmap.plan", atomic=False)
def plan(run: Run) -> dict[str, Any]:
    """Plan a product to capacity. Solving holds no transaction; a worker that dies leaves the plan before."""
    with run.step():
        product, inputs = plan_now(int(run.payload["product"]))
    if inputs is None:
        return {"items": 0}
    found = plan_solved(inputs)
    if isinstance(found, Solution):
        for _ in found.priced():
            with run.step():  # Renews the lease: all prices together may take longer than one.
                pass
    with run.step(progress=1, total=1):
        proposal = plan_store(product=product, mark=inputs.mark, found=found)
    return {"items": len(proposal.result.get("items", ())), "problem": proposal.problem.get("kind", "")}  # fmt: skip


@job_handler("roadmap.plans")
def plans(run: Run) -> dict[str, int]:
    """Ask for the long histories of plans in a workspace to be read anew where something happened, each by its own job."""
    due = plans_due(run.job.workspace_id)
    for product in due:
        enqueue(
            JobRequest(
                kind="roadmap.plans_read", key=f"roadmap.plans_read:{product}", workspace_id=run.job.workspace_id,
                product_id=product, payload={"product": product},
            )
        )  # fmt: skip
    return {"due": len(due)}


@job_handler("roadmap.plans_read", atomic=False)
def plans_read(run: Run) -> dict[str, int]:
    """Read the plans of one product for its forecasts and slips. It may take a minute and holds no transaction."""

    def at_work() -> None:
        with run.step():  # Renews the lease.
            pass

    return {"plans": plans_keep(product_id=int(run.payload["product"]), at_work=at_work)}


@job_handler("roadmap.digests")
def digests(run: Run) -> dict[str, int]:
    """Ask for the digests of a workspace whose time has come, each a job of its own: one that fails keeps none waiting."""
    due = digests_due(run.job.workspace_id, timezone.now())
    for subscription, product in due:
        enqueue(
            JobRequest(
                kind="roadmap.digest", key=f"roadmap.digest:{subscription}", workspace_id=run.job.workspace_id,
                product_id=product, payload={"subscription": subscription},
            )
        )  # fmt: skip
    return {"due": len(due)}


@job_handler("roadmap.digest", atomic=False)
def digest(run: Run) -> dict[str, int]:
    """What one reader is told: what still waits first, then what is due."""
    key, sent = int(run.payload["subscription"]), 0
    try:
        sent += sum(_digest_sent(run, pk) for pk in digests_waiting(key))
        with run.step():
            until = moment_settled(run.job.workspace_id)
        with run.step():
            digest_make(subscription_id=key, until=until)
        sent += sum(_digest_sent(run, pk) for pk in digests_waiting(key))
    except (SMTPException, OSError):
        if run.job.attempts >= settings.JOB_ATTEMPTS:
            digests_give_up(subscription_id=key, problem=NO_SERVER)
        raise
    return {"mails": sent}


def _digest_sent(run: Run, key: int) -> bool:
    """Send one digest. The server is called before the digest is claimed, so that little can go wrong in between."""
    with get_connection() as connection:
        with run.step():
            taken = digest_take(digest_id=key)
        if taken is None:
            return False
        message, names = digest_message(*taken, connection)
        state, problem = _handed_over(message, connection)
        digest_done(digest=taken[0], state=state, problem=problem, names=names)
    if state == READY:
        raise SMTPException(problem)
    return state == SENT


def _handed_over(message: Any, connection: BaseEmailBackend) -> tuple[str, str]:
    """What became of a mail. A server that answers no has not taken it; one that falls silent may have (adr/0021)."""
    try:
        connection.send_messages([message])
    except SMTPRecipientsRefused:
        return FAILED, NOT_TAKEN
    except SMTPResponseException as refused:
        return READY, f"The mail server answered {refused.smtp_code}; it is tried again."
    except (SMTPException, OSError):
        return UNSURE, "The mail server fell silent while the mail went out."
    return SENT, ""


@job_handler("roadmap.question_mails", atomic=False)
def question_mails(run: Run) -> dict[str, int]:
    """The mails of a question that wait, each person's link once; a server that is away is tried again."""
    question = int(run.payload["question"])
    return link_mails_send(
        run, question_mails_waiting(question), lambda key: question_mail_take(person_id=key), question_mail_send,
        AskedPerson.objects.filter(question_id=question),
    )  # fmt: skip


@job_handler("roadmap.deliveries")
def deliveries(run: Run) -> dict[str, int]:
    """Ask for what still waits: that of a worker that died, or of a job that was parked."""
    waiting = deliveries_waiting(run.job.workspace_id)
    for key, product in waiting:
        enqueue(delivery_request(run.job.workspace_id, product, key))
    return {"waiting": len(waiting)}


@job_handler("roadmap.deliver", atomic=False)
def deliver(run: Run) -> dict[str, str]:
    """Send an update to one address. What may go later is tried again with growing pauses, then given up aloud."""
    with run.step():
        taken = delivery_take(delivery_id=int(run.payload["delivery"]))
    if taken is None:
        return {}
    state, problem = delivery_send(taken)
    last = state == READY and run.job.attempts >= settings.JOB_ATTEMPTS
    delivery_done(delivery=taken, outcome=(FAILED if last else state, problem))
    if state == READY and not last:
        raise OSError(problem)
    return {"state": FAILED if last else state}


@job_handler("roadmap.share_mails", atomic=False)
def share_mails(run: Run) -> dict[str, int]:
    """The mails of a share that wait, each viewer's link once; a server that is away is tried again."""
    share = int(run.payload["share"])
    return link_mails_send(
        run, share_mails_waiting(share), lambda key: share_mail_take(viewer_id=key), share_mail_send,
        ShareViewer.objects.filter(share_id=share),
    )  # fmt: skip


@job_handler(REDIRECT, atomic=False)
def redirect_ideas(run: Run) -> dict[str, Any]:
    """Redirect the open ideas of a product that ends, a few in each step. Those that are done already stay as they are."""
    asked_by = User.objects.filter(pk=run.job.requested_by_id or 0, is_active=True).first()
    if asked_by is None:
        return {"refused": "Whoever asked for it has left. Ask again."}
    product = Product.objects.select_related("workspace").get(pk=run.job.product_id or 0)
    target = Product.objects.filter(pk=run.payload["target"] or 0).first()
    keys, done = list(run.payload["ideas"]), 0
    for start in range(0, len(keys), REDIRECTED_AT_ONCE):
        part = keys[start : start + REDIRECTED_AT_ONCE]
        with run.step(progress=start + len(part), total=len(keys)):
            done += ideas_redirect_some(
                actor=actor_of(asked_by), product=product, keys=part, target=target, word=run.payload["word"],
                redirection=run.job.uuid,
            )  # fmt: skip
    return {"ideas": done}


@job_handler(TAKE_BACK, atomic=False)
def take_ideas_back(run: Run) -> dict[str, Any]:
    """Take a redirection back, a few ideas in each step. Those that are back already are not looked at again."""
    asked_by = User.objects.filter(pk=run.job.requested_by_id or 0, is_active=True).first()
    if asked_by is None:
        return {"refused": "Whoever asked for it has left. Ask again."}
    product = Product.objects.select_related("workspace").get(pk=run.job.product_id or 0)
    rows = redirects_of(product, UUID(run.payload["redirection"]))
    keys, back, left = list(rows.values_list("pk", flat=True)), 0, 0
    for start in range(0, len(keys), REDIRECTED_AT_ONCE):
        part = keys[start : start + REDIRECTED_AT_ONCE]
        with run.step(progress=start + len(part), total=len(keys)):
            done, stay = ideas_take_back(
                actor=actor_of(asked_by), product=product, rows=rows.filter(pk__in=part)
            )
            back, left = back + done, left + stay
    return {"back": back, "left": left}
