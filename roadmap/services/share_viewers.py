"""Named viewers of a share: each gets a link of their own by mail, sent by a job, and it can be taken back alone."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone

from ideas.services.follows import address_of
from plm.errors import Conflict
from plm.events import emit, enqueue, service
from plm.jobs import JobRequest
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.link_mails import link_mail_asked, link_secret_make, mail_address
from roadmap.models import Share, ShareViewer
from roadmap.models.share import MAIL_ASKED
from roadmap.services.shares import share_locked

MOST_VIEWERS = 200


@service
def share_viewer_invite(*, actor: Actor, share: Share, email: str) -> ShareViewer:
    """Let somebody see a share by a link of their own, which goes by mail; again as often as the limit allows.

    The link they had opens no more once the new one goes. Emits `share.viewer_invited`. Raises Invalid, Conflict.
    """
    require(actor, "share.edit", share.product)
    address = mail_address(email)
    current = share_locked(share)
    if not current.is_live:
        raise Conflict("The link opens no more, so nobody can be invited to it. Make another one.")
    if not current.by_mail:
        raise Conflict("This link is open to whoever has it. Let it be for named viewers first.")
    known = ShareViewer.objects.select_for_update().filter(share=current, revoked_at=None)
    viewer = known.filter(email__iexact=address).first()
    if viewer is None:
        if known.count() >= MOST_VIEWERS:
            raise Conflict(
                fields={"email": f"A link has at most {MOST_VIEWERS} viewers. Take one off first."}
            )
        viewer = ShareViewer(workspace_id=current.workspace_id, share=current, email=address)
    link_mail_asked(viewer)
    viewer.mail_by = actor.name[:150]
    viewer.save()
    emit(
        "share.viewer_invited", actor=actor, workspace_id=current.workspace_id, product_id=current.product_id,
        name=current.name, viewer=viewer.uuid,
    )  # fmt: skip
    enqueue(
        JobRequest(
            kind="roadmap.share_mails", key=f"roadmap.share_mails:{current.pk}", workspace_id=current.workspace_id,
            product_id=current.product_id, payload={"share": current.pk},
        )
    )  # fmt: skip
    return viewer


@service
def share_viewer_revoke(*, actor: Actor, viewer: ShareViewer) -> None:
    """Take the link of one viewer back; the others' stay. Emits `share.viewer_revoked`; twice changes nothing."""
    share = viewer.share
    require(actor, "share.edit", share.product)
    rows = ShareViewer.objects.filter(pk=viewer.pk, revoked_at=None)
    if rows.update(revoked_at=timezone.now(), token_hash=None):
        emit(
            "share.viewer_revoked", actor=actor, workspace_id=share.workspace_id, product_id=share.product_id,
            name=share.name, viewer=viewer.uuid,
        )  # fmt: skip


def share_mails_waiting(share_id: int) -> list[int]:
    """Viewers of a live share whose mail is still to go, by primary key."""
    share = Share.objects.live().filter(pk=share_id, by_mail=True)
    rows = ShareViewer.objects.filter(share__in=share, revoked_at=None, mail_state=MAIL_ASKED)
    return list(rows.values_list("pk", flat=True))


@service
def share_mail_take(*, viewer_id: int) -> tuple[ShareViewer, str] | None:
    """Give a viewer the link that is mailed next, and its secret; None for whoever waits no longer."""
    rows: Any = ShareViewer.objects.select_for_update(of=("self",)).select_related(
        "share__product__workspace"
    )
    viewer = rows.filter(pk=viewer_id, mail_state=MAIL_ASKED, revoked_at=None).first()
    if viewer is None or not viewer.mail_times:
        return None
    return viewer, link_secret_make(row=viewer, salt="roadmap.share_viewer")


def share_mail_send(viewer: ShareViewer, secret: str, connection: BaseEmailBackend) -> None:
    """The mail with a viewer's link: who shows which product's roadmap, until when. Nothing of what is on it."""
    share = viewer.share
    context = {
        "by": " ".join(viewer.mail_by.split()),
        "product": " ".join(share.product.name.split()),
        "until": timezone.localtime(share.expires_at) if share.expires_at else None,
        "has_password": bool(share.password),
        "url": address_of(f"/share/{secret}/"),
    }
    EmailMultiAlternatives(
        subject=f"The roadmap of {context['product']}",
        body=render_to_string("emails/share_viewer.txt", context),
        to=[viewer.email],
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    ).send()
