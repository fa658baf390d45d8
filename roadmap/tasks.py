"""Jobs of the roadmap room."""

from __future__ import annotations

from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from plm.runner import Run, job_handler
from roadmap.models import ShareViewer
from roadmap.services.capacity import Solution, plan_now, plan_solved, plan_store
from roadmap.services.releases import release_ship
from roadmap.services.share_viewers import (
    share_mail_done,
    share_mail_send,
    share_mail_take,
    share_mails_give_up,
    share_mails_waiting,
)


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


NO_SERVER = "The mail server could not be reached"


@job_handler("roadmap.share_mails", atomic=False)
def share_mails(run: Run) -> dict[str, Any]:
    """The mails of a share that wait, each viewer's link once; a server that is away is tried again."""
    share_id, sent = int(run.payload["share"]), 0
    keys = share_mails_waiting(share_id)
    if not keys:
        return {"mails": sent}
    try:
        with get_connection() as connection:
            for done, key in enumerate(keys):
                with run.step(progress=done, total=len(keys)):
                    taken = share_mail_take(viewer_id=key)
                sent += taken is not None and _mailed(*taken, connection)
    except (SMTPException, OSError):
        if run.job.attempts >= settings.JOB_ATTEMPTS:
            share_mails_give_up(share_id=share_id, problem=f"{NO_SERVER}. Send it again.")
        raise
    return {"mails": sent}


def _mailed(viewer: ShareViewer, secret: str, connection: BaseEmailBackend) -> bool:
    """Send one mail; False where the server does not take the address."""
    try:
        share_mail_send(viewer, secret, connection)
    except SMTPRecipientsRefused:
        share_mail_done(viewer=viewer, problem="The mail server does not take this address.")
        return False
    except (SMTPException, OSError):
        share_mail_done(viewer=viewer, problem=f"{NO_SERVER}; it is tried again.", again=True)
        raise
    share_mail_done(viewer=viewer)
    return True
