"""Links that show the roadmap to people without an account."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone

from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.selectors import secret_hash
from plm.services.guard import require
from roadmap.models import Share
from roadmap.models.share import SHARED_LANES, VIEWS

MAX_DAYS = 730
MAX_SHARES = 100


@service
def share_create(
    *,
    actor: Actor,
    product: Product,
    name: str,
    view: str = "timeline",
    lanes: str = "objective",
    days: int = 30,
) -> tuple[Share, str]:
    """Make a link that opens for `days` days; the share and the secret of its link, which is not kept.

    Emits `share.created`. Raises Invalid, Conflict.
    """
    require(actor, "share.create", product)
    label = " ".join(name.split())
    _check(label, view, lanes, days)
    live = Share.objects.filter(product=product, revoked_at=None)
    if live.filter(name=label).exists():
        raise Conflict(
            fields={"name": "There is a link of that name. Revoke it or choose another."}
        )
    if live.count() >= MAX_SHARES:
        raise Conflict(f"A product has at most {MAX_SHARES} links. Revoke one first.")
    secret = secrets.token_urlsafe(32)
    share = Share.objects.create(
        workspace_id=product.workspace_id,
        product=product,
        name=label,
        token_hash=secret_hash(secret),
        view=view,
        lanes=lanes,
        created_by_id=actor.user_id,
        expires_at=timezone.now() + timedelta(days=days),
    )
    emit(
        "share.created", actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
        name=label, view=view, lanes=lanes, expires_at=share.expires_at,
    )  # fmt: skip
    return share, secret


def _check(label: str, view: str, lanes: str, days: int) -> None:
    if not 1 <= len(label) <= 80:
        raise Invalid(fields={"name": "Say in at most 80 characters whom the link is for."})
    if view not in dict(VIEWS):
        raise Invalid(fields={"view": f"Choose one of: {', '.join(dict(VIEWS))}."})
    if lanes not in dict(SHARED_LANES):
        raise Invalid(fields={"lanes": f"Choose one of: {', '.join(dict(SHARED_LANES))}."})
    if not 1 <= days <= MAX_DAYS:
        raise Invalid(fields={"days": f"A link is valid for 1 to {MAX_DAYS} days."})


@service
def share_revoke(*, actor: Actor, share: Share) -> Share:
    """Close a link for good. Emits `share.revoked`; doing it twice changes nothing."""
    require(actor, "share.edit", share.product)
    now = timezone.now()
    if Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=now):
        share.revoked_at = now
        emit(
            "share.revoked", actor=actor, workspace_id=share.workspace_id,
            product_id=share.product_id, name=share.name,
        )  # fmt: skip
    return share


@service
def share_viewed(*, share: Share) -> None:
    """Note that somebody looked, at most once in five minutes. The holder of the link needs no right beyond it."""
    now = timezone.now()
    if share.last_viewed_at is None or now - share.last_viewed_at > timedelta(minutes=5):
        Share.objects.filter(pk=share.pk).update(last_viewed_at=now)
