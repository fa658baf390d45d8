"""Reviews of specifications: asking, answering, signing off, reopening, reminding."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import formataddr
from uuid import UUID

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone

from backlog.models import Spec, SpecReview, SpecSignOff, SpecVersion
from backlog.selectors.reviews import (
    LOCKED,
    possible_reviewers,
    review_standing,
    sees_spec,
    standing_sign_off,
    version_number,
)
from ideas.services.follows import address_of
from plm.errors import Conflict, Invalid, NotVisible
from plm.events import emit, service
from plm.models import Follow, User
from plm.permissions import SYSTEM, Actor
from plm.services.guard import require
from plm.services.records import record_locked, record_update

MOST_REVIEWERS = 30
LONGEST_REASON = 2000


@service
def review_ask(*, actor: Actor, spec: Spec, reviewers: Sequence[User]) -> list[SpecReview]:
    """Ask these people to review the specification; whoever answered already is asked again. Emits `spec.review_asked`.

    They follow it from then on, and a draft goes into review. A request for changes stands until it is answered anew.
    """
    require(actor, "spec.edit", spec.product)
    current = record_locked(spec, version=None)
    _check_open(current)
    if not reviewers:
        raise Invalid(fields={"reviewers": "Choose at least one person."})
    fit = {user.pk for user in possible_reviewers(current)}
    if any(user.pk not in fit for user in reviewers):
        raise Invalid(fields={"reviewers": "Choose people who may see this product."})
    known = {row.reviewer_id: row for row in SpecReview.objects.filter(spec=current)}
    if len(known.keys() | {user.pk for user in reviewers}) > MOST_REVIEWERS:
        raise Invalid(fields={"reviewers": f"At most {MOST_REVIEWERS} people review one."})
    rows = [_ask(actor, current, user, known.get(user.pk)) for user in reviewers]
    Follow.objects.bulk_create(
        [
            Follow(workspace_id=current.workspace_id, record_id=current.pk, user=user)
            for user in reviewers
        ],
        ignore_conflicts=True,
    )
    names = sorted(str(user) for user in reviewers)
    emit("spec.review_asked", actor=actor, record=current, changes={"reviewers": (None, names)})
    if current.state == "draft":
        record_update(
            current, actor=actor, version=None, values={"state": "in_review"}, action="spec.move",
            verb="moved",
        )  # fmt: skip
    return rows


def _ask(actor: Actor, spec: Spec, user: User, row: SpecReview | None) -> SpecReview:
    asked = row or SpecReview(workspace_id=spec.workspace_id, spec=spec, reviewer=user)
    asked.asked_by_id, asked.asked_at, asked.reminded_at = actor.user_id, timezone.now(), None
    if asked.verdict == "approved" and asked.number != version_number(spec):
        asked.verdict, asked.reason, asked.number, asked.answered_at = "asked", "", None, None
    asked.save()
    return asked


@service
def review_withdraw(*, actor: Actor, spec: Spec, review: SpecReview) -> None:
    """Ask somebody no longer; what they said stays in the history alone. Emits `spec.review_withdrawn`."""
    require(actor, "spec.edit", spec.product)
    current = record_locked(spec, version=None)
    _check_open(current)
    SpecReview.objects.filter(pk=review.pk, spec=current).delete()
    emit(
        "spec.review_withdrawn", actor=actor, record=current,
        changes={"reviewers": (str(review.reviewer), None)},
    )  # fmt: skip


@service
def review_answer(
    *, actor: Actor, spec: Spec, verdict: str, number: int, reason: str = ""
) -> SpecReview:
    """Approve version `number`, or request changes and say which. Emits `spec.reviewed`.

    Only who is asked answers, and to the version that stands; whoever wrote that version cannot approve it.
    """
    require(actor, "spec.comment", spec.product)
    current = record_locked(spec, version=None)
    _check_open(current)
    row = SpecReview.objects.filter(spec=current, reviewer_id=actor.person_key).first()
    if row is None:
        raise Conflict("You are not asked to review this. Comment on it instead.")
    said = reason.strip()[:LONGEST_REASON]
    stands = SpecVersion.objects.filter(spec=current).defer("content").first()
    if stands is None or stands.number != number:
        now = stands.number if stands else 0
        raise Conflict(
            f"You read version {number}; version {now} stands now. Read it, then answer.",
            fields={"number": f"Version {now} stands now."},
        )
    _check_answer(actor, verdict, said, stands)
    before = row.get_verdict_display()
    row.verdict, row.reason, row.number = verdict, said, number
    row.answered_at = timezone.now()
    row.save(update_fields=["verdict", "reason", "number", "answered_at"])
    emit(
        "spec.reviewed", actor=actor, record=current, reason=said, number=number,
        changes={"review": (before, f"{row.get_verdict_display()} (version {number})")},
    )  # fmt: skip
    return row


def _check_answer(actor: Actor, verdict: str, reason: str, stands: SpecVersion) -> None:
    if verdict not in {"approved", "changes"}:
        raise Invalid(fields={"verdict": "Say approved, or changes."})
    if verdict == "changes" and not reason:
        raise Invalid(fields={"reason": "Say what has to change."})
    if verdict == "approved" and stands.author_id == actor.user_id:
        raise Conflict(f"You wrote version {stands.number}; somebody else approves it.")


def _check_open(spec: Spec) -> None:
    if spec.state == LOCKED:
        raise Conflict(f"{spec.reference} is approved. Reopen it first, with a reason.")
    if spec.state == "superseded" or spec.archived_at is not None:
        raise Conflict(f"{spec.reference} is set aside; nobody reviews it.")


@service
def spec_sign_off(
    *, actor: Actor, spec: Spec, version: int | None = None, reason: str = ""
) -> Spec:
    """Agree on the version that stands: it is locked and the specification approved. Emits `spec.signed_off`.

    Raises Conflict while approvals lack or a request for changes stands.
    """
    require(actor, "spec.move", spec.product)
    current = record_locked(spec, version=version)
    if current.state == LOCKED:
        return current
    held = standing_sign_off(current)
    if held is None:
        held = _sign(actor, current)
    return record_update(
        current, actor=actor, version=None, values={"state": LOCKED}, reason=reason, action="spec.move",
        verb="signed_off", data={"number": held.version.number, "approvals": held.approvals},
    )  # fmt: skip


def _sign(actor: Actor, spec: Spec) -> SpecSignOff:
    number = version_number(spec)
    stands = review_standing(spec, number=number)
    if not stands.enough:
        raise Conflict(
            f"{spec.reference} cannot be signed off yet: {stands.lacks}.",
            fields={"state": f"Not yet: {stands.lacks}."},
        )
    rows = SpecReview.objects.filter(spec=spec, verdict="approved", number=number)
    return SpecSignOff.objects.create(
        workspace_id=spec.workspace_id,
        spec=spec,
        version=SpecVersion.objects.get(spec=spec, number=number),
        signed_by_id=actor.user_id,
        signed_at=timezone.now(),
        approvals=[
            {"name": str(r.reviewer), "at": r.answered_at.isoformat() if r.answered_at else ""}
            for r in rows.select_related("reviewer").order_by("answered_at")
        ],
    )


@service
def spec_reopen(
    *, actor: Actor, spec: Spec, reason: str, version: int | None = None, state: str = "draft"
) -> Spec:
    """Make an approved specification a draft again. Its sign-off stays to be read. Emits `spec.reopened`."""
    require(actor, "spec.move", spec.product)
    current = record_locked(spec, version=version)
    held = standing_sign_off(current)
    if current.state != LOCKED and held is None:
        raise Conflict(f"{current.reference} is not approved; there is nothing to reopen.")
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise Invalid(fields={"reason": "Say why it is opened again; the sign-off will show it."})
    if held is not None:
        held.reopened_at, held.reopened_by_id = timezone.now(), actor.user_id
        held.reopened_reason = said
        held.save(update_fields=["reopened_at", "reopened_by", "reopened_reason"])
    return record_update(
        current, actor=actor, version=None, values={"state": state}, reason=said, action="spec.move",
        verb="reopened",
    )  # fmt: skip


def check_unlocked(before: Spec) -> None:
    """Refuse to change the content of a specification that is approved, or was set aside as one."""
    if before.state == LOCKED or standing_sign_off(before) is not None:
        raise Conflict(
            f"{before.reference} is approved and locked. Reopen it with a reason, then change it.",
            fields={"state": "It is approved and locked. Reopen it on its page, with a reason."},
        )


# --- reminding -------------------------------------------------------------------------------------


@service
def review_remind_take(*, review_id: int) -> SpecReview | None:
    """Note that a reviewer is reminded, before the mail goes; None for whoever was or need not be.

    Emits `spec.review_reminded`, which stands in the inbox of all who follow.
    """
    rows = SpecReview.objects.filter(pk=review_id, verdict="asked", reminded_at=None)
    row = rows.select_related("spec__product__workspace", "reviewer", "asked_by").first()
    if row is None or not rows.update(reminded_at=timezone.now()):
        return None
    if not sees_spec(row.reviewer, row.spec):
        return None
    emit(
        "spec.review_reminded", actor=SYSTEM, record=row.spec,
        changes={"reviewers": (None, str(row.reviewer))},
    )  # fmt: skip
    return row


@service
def review_remind_undo(*, review: SpecReview) -> None:
    """The mail did not go: remind again later."""
    SpecReview.objects.filter(pk=review.pk).update(reminded_at=None)


def review_mail_send(review: SpecReview, connection: BaseEmailBackend) -> None:
    """The mail that reminds a reviewer."""
    spec = review.spec
    context = {
        "title": " ".join(spec.title.split()),
        "reference": spec.reference,
        "product": spec.product.name,
        "asked_by": str(review.asked_by) if review.asked_by else "",
        "asked_on": timezone.localtime(review.asked_at).date(),
        "url": f"{address_of(spec.get_absolute_url())}#review",
    }
    EmailMultiAlternatives(
        subject=f"Your review is waited for: {context['reference']} {context['title']}",
        body=render_to_string("emails/spec_review.txt", context),
        to=[formataddr((str(review.reviewer.name), review.reviewer.email))],
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    ).send()


def review_named(spec: Spec, uuid: UUID) -> SpecReview:
    """A review of the specification by its id. Raises NotVisible."""
    found = SpecReview.objects.filter(spec=spec, uuid=uuid).select_related("reviewer").first()
    if found is None:
        raise NotVisible
    return found
