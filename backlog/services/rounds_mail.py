"""Links of guests by mail: asked for, sent by a job, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import formataddr

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac

from backlog.models import Round, RoundParticipant
from backlog.models.round import CLOSED, MAIL_ASKED, MAIL_FAILED, MAIL_SENT, OPEN, REVEALED
from backlog.services.rounds import round_locked
from ideas.services.follows import address_of
from plm.errors import Conflict, Invalid
from plm.events import emit, enqueue, service
from plm.jobs import JobRequest
from plm.permissions import Actor
from plm.selectors import secret_hash
from plm.services.guard import require

MAILS_AN_HOUR = 3
"""How many mails with a link one address gets within an hour, from all rounds of a workspace together."""
HOUR = timedelta(hours=1)


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
    now = timezone.now()
    _limit(person, now)
    person.mail_times = [*_recent(person, now), now.isoformat()]
    person.mail_state, person.mail_problem, person.mail_by = MAIL_ASKED, "", actor.name[:150]
    person.save(update_fields=["email", "mail_times", "mail_state", "mail_problem", "mail_by"])
    emit(
        "round.mail_asked", actor=actor, workspace_id=row.workspace_id, product_id=row.product_id,
        id=row.uuid, title=row.title, participant=person.name,
    )  # fmt: skip
    if current.state in {OPEN, REVEALED}:
        enqueue(mails_request(current))
    person.round = row
    return person


def _recent(person: RoundParticipant, now: datetime) -> list[str]:
    return [at for at in person.mail_times if datetime.fromisoformat(at) > now - HOUR]


def _limit(person: RoundParticipant, now: datetime) -> None:
    same = RoundParticipant.objects.filter(
        workspace_id=person.workspace_id, email__iexact=person.email
    ).exclude(pk=person.pk)
    if sum(len(_recent(other, now)) for other in [person, *same]) >= MAILS_AN_HOUR:
        raise Conflict(
            fields={"email": f"{person.email} got {MAILS_AN_HOUR} mails within an hour. Send it again later."}
        )  # fmt: skip


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
    """Give a guest the link that is mailed next: the guest and its secret, or None for whoever waits no longer.

    The secret follows from the request, so that a mail that is tried again brings the same link.
    """
    rows = RoundParticipant.objects.select_for_update(of=("self",)).select_related(
        "round__product__workspace"
    )
    person = rows.filter(pk=participant_id, mail_state=MAIL_ASKED, revoked_at=None).first()
    if person is None or not person.mail_times:
        return None
    asked = f"{person.uuid} {person.mail_times[-1]}"
    secret = salted_hmac("backlog.round_guest", asked, algorithm="sha256").hexdigest()
    person.token_hash = secret_hash(secret)
    person.save(update_fields=["token_hash"])
    return person, secret


@service
def round_mail_done(
    *, participant: RoundParticipant, problem: str = "", again: bool = False
) -> None:
    """Keep what became of a mail: sent, refused for good, or to be tried `again`. A newer request is left alone."""
    state = MAIL_SENT if not problem else MAIL_ASKED if again else MAIL_FAILED
    waiting = RoundParticipant.objects.filter(
        pk=participant.pk, mail_state=MAIL_ASKED, token_hash=participant.token_hash
    )
    waiting.update(mail_state=state, mail_problem=problem[:200])


@service
def round_mails_give_up(*, round_id: int, problem: str) -> None:
    """The last try is over: whatever still waits did not go."""
    waiting = RoundParticipant.objects.filter(round_id=round_id, mail_state=MAIL_ASKED)
    waiting.update(mail_state=MAIL_FAILED, mail_problem=problem[:200])


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
