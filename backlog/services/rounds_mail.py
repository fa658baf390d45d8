"""Links of guests by mail: asked for, sent by a job, and what became of it."""

from __future__ import annotations

from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone

from backlog.models import Round, RoundParticipant
from backlog.models.round import CLOSED, MAIL_ASKED, OPEN, REVEALED
from backlog.services.rounds import round_locked
from ideas.services.follows import address_of
from plm.errors import Conflict, Invalid
from plm.events import emit, enqueue, service
from plm.jobs import JobRequest
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.link_mails import link_mail_asked, link_secret_make, mail_address


@service
def round_mail_ask(
    *, actor: Actor, participant: RoundParticipant, email: str = ""
) -> RoundParticipant:
    """Send a guest their link by mail, to `email` or to where it went before; again as often as the limit allows.

    A draft's mails wait until it opens. The link they had opens no more once the new one goes. Emits
    `round.mail_asked`. Raises Invalid, Conflict.
    """
    row = participant.round
    require(actor, "round.edit", row.product)
    current = round_locked(row)
    person = RoundParticipant.objects.select_for_update().get(pk=participant.pk)
    if not person.is_guest or person.revoked_at is not None:
        raise Conflict(
            "Only a guest who takes part gets a link by mail; members find the round here."
        )
    if current.state == CLOSED or current.is_over:
        raise Conflict("The round is over: a link would open nothing.")
    if not (email.strip() or person.email):
        raise Invalid(fields={"email": f"Say where the link of {person.name} is to go."})
    person.email = mail_address(email or person.email)
    link_mail_asked(person)
    person.mail_by = actor.name[:150]
    person.save(update_fields=["email", "mail_times", "mail_state", "mail_problem", "mail_by"])
    emit(
        "round.mail_asked", actor=actor, workspace_id=row.workspace_id, product_id=row.product_id,
        id=row.uuid, title=row.title, participant=person.name,
    )  # fmt: skip
    if current.state in {OPEN, REVEALED}:
        enqueue(mails_request(current))
    person.round = row
    return person


def mails_request(row: Round) -> JobRequest:
    """One sending of the mails of a round that wait, however many ask for it."""
    return JobRequest(
        kind="backlog.round_mails", key=f"backlog.round_mails:{row.pk}", workspace_id=row.workspace_id,
        product_id=row.product_id, payload={"round": row.pk},
    )  # fmt: skip


def mails_waiting(round_id: int) -> list[int]:
    """Participants of an open round whose mail is still to go, by primary key."""
    rows = RoundParticipant.objects.taking_part().filter(
        round_id=round_id, mail_state=MAIL_ASKED, round__state__in=(OPEN, REVEALED),
        round__ends_at__gt=timezone.now(),
    )  # fmt: skip
    return list(rows.values_list("pk", flat=True))


@service
def round_mail_take(*, participant_id: int) -> tuple[RoundParticipant, str] | None:
    """Give a guest the link that is mailed next: the guest and its secret, or None for whoever waits no longer."""
    rows = RoundParticipant.objects.select_for_update(of=("self",)).select_related(
        "round__product__workspace"
    )
    person = rows.filter(pk=participant_id, mail_state=MAIL_ASKED, revoked_at=None).first()
    if person is None or not person.mail_times:
        return None
    return person, link_secret_make(row=person, salt="backlog.round_guest")


def round_mail_send(guest: RoundParticipant, secret: str, connection: BaseEmailBackend) -> None:
    """The mail with a guest's link: who asks, about which product, until when. Nothing of the items."""
    row = guest.round
    context = {
        "name": guest.name,
        "asked_by": " ".join(guest.mail_by.split()),
        "product": " ".join(row.product.name.split()),
        "title": row.title,
        "until": timezone.localtime(row.ends_at),
        "url": address_of(f"/share/{secret}/round"),
    }
    who = context["asked_by"] or context["product"]
    EmailMultiAlternatives(
        subject=f"{who} asks for your opinion: {context['title']}",
        body=render_to_string("emails/round_guest.txt", context),
        to=[formataddr((guest.name, guest.email))],
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    ).send()
