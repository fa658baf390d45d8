"""Who takes part in a round: members, and guests by a link of their own."""

from __future__ import annotations

import secrets

from django.utils import timezone

from backlog.models import Round, RoundParticipant
from backlog.models.round import CLOSED
from backlog.selectors.rounds import people_who_may_answer
from backlog.services.rounds import round_locked
from backlog.services.rounds_mail import round_mail_ask
from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.models import User
from plm.permissions import Actor
from plm.selectors import secret_hash
from plm.services.guard import require
from plm.services.link_mails import mail_address

MOST_PARTICIPANTS = 200


@service
def round_member_add(*, actor: Actor, row: Round, user: User, role: str = "") -> RoundParticipant:
    """Ask a member of the product; one who was taken out is asked again. Emits `round.invited`. Raises Invalid."""
    require(actor, "round.edit", row.product)
    current = _growing(row)
    if user.pk not in {person.pk for person in people_who_may_answer(row.product)}:
        raise Invalid(fields={"member": "Choose somebody who may see this product."})
    label = _role(role)
    known = RoundParticipant.objects.filter(round=current, user=user).first()
    if known is not None and known.revoked_at is None:
        return known
    found = known or RoundParticipant(workspace_id=row.workspace_id, round=current, user=user)
    found.name, found.role, found.revoked_at = str(user)[:80], label, None
    found.save()
    _note("invited", actor, current, found)
    return found


@service
def round_guest_add(
    *, actor: Actor, row: Round, name: str, role: str = "", email: str = ""
) -> tuple[RoundParticipant, str]:
    """Ask somebody without an account; the guest and the secret of their link, which is not kept.

    With an `email` the link goes there instead (`round_mail_ask`), and the secret is empty. Emits `round.invited`.
    Raises Invalid, Conflict.
    """
    require(actor, "round.edit", row.product)
    current = _growing(row)
    address = mail_address(email) if email.strip() else ""
    label = " ".join(name.split())
    if not 1 <= len(label) <= 80:
        raise Invalid(fields={"name": "Say in at most 80 characters who the guest is."})
    guests = RoundParticipant.objects.taking_part().filter(round=current, user=None)
    if guests.filter(name=label).exists():
        raise Conflict(
            fields={"name": "A guest of that name takes part already. Tell the two apart."}
        )
    secret = secrets.token_urlsafe(32)
    found = RoundParticipant.objects.create(
        workspace_id=row.workspace_id, round=current, name=label, role=_role(role),
        token_hash=None if address else secret_hash(secret),
    )  # fmt: skip
    _note("invited", actor, current, found)
    if address:
        found.round = current
        return round_mail_ask(actor=actor, participant=found, email=address), ""
    return found, secret


@service
def round_link_renew(*, actor: Actor, participant: RoundParticipant) -> str:
    """A new link for a guest; the one before opens no more, the answers stay. The secret. Emits `round.link_renewed`."""
    row = participant.round
    require(actor, "round.edit", row.product)
    current = round_locked(row)
    if not participant.is_guest or participant.revoked_at is not None or current.state == CLOSED:
        raise Conflict("Only a guest who takes part in a round that is not closed has a link.")
    secret = secrets.token_urlsafe(32)
    # A mail that waits would bring another link: whoever makes one by hand gives it out by hand.
    rows = RoundParticipant.objects.filter(pk=participant.pk)
    rows.update(token_hash=secret_hash(secret), mail_state="", mail_problem="")
    _note("link_renewed", actor, current, participant)
    return secret


@service
def round_participant_remove(*, actor: Actor, participant: RoundParticipant) -> None:
    """Take somebody out: they answer no more, a guest's link is dead, their answers count no longer.

    Emits `round.removed`; twice changes nothing.
    """
    row = participant.round
    require(actor, "round.edit", row.product)
    current = round_locked(row)
    if current.state == CLOSED:
        raise Conflict("The round is closed; who took part stays.")
    live = RoundParticipant.objects.taking_part().filter(pk=participant.pk)
    if live.update(revoked_at=timezone.now(), token_hash=None, email="", mail_state=""):
        _note("removed", actor, current, participant)


def _growing(row: Round) -> Round:
    current = round_locked(row)
    if not current.is_blind or current.is_over:
        raise Conflict(f"{current.title} takes no more answers, so nobody can be added.")
    if RoundParticipant.objects.taking_part().filter(round=current).count() >= MOST_PARTICIPANTS:
        raise Conflict(f"At most {MOST_PARTICIPANTS} people take part in a round.")
    return current


def _role(text: str) -> str:
    label = " ".join(text.split())
    if len(label) > 40:
        raise Invalid(fields={"role": "A role has at most 40 characters."})
    return label


def _note(verb: str, actor: Actor, row: Round, participant: RoundParticipant) -> None:
    emit(
        f"round.{verb}", actor=actor, workspace_id=row.workspace_id, product_id=row.product_id,
        id=row.uuid, title=row.title, participant=participant.name,
    )  # fmt: skip
