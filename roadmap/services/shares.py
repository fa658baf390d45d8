"""Links that show the roadmap to people without an account."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.utils import timezone

from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.selectors import secret_hash
from plm.services.guard import require
from roadmap.models import Share, ShareViewer
from roadmap.services.share_settings import settings_put

MAX_DAYS = 730
MAX_SHARES = 100
PASSWORD_LENGTHS = (6, 128)


@service
def share_create(
    *,
    actor: Actor,
    product: Product,
    name: str,
    days: int = 30,
    password: str = "",
    **settings: Any,
) -> tuple[Share, str]:
    """Make a link that opens for `days` days; the share and the secret of its link, which is not kept.

    `settings` are those of `share_settings`. With `by_mail` the secret opens nothing: viewers get links of their own.
    Emits `share.created`. Raises Invalid, Conflict.
    """
    require(actor, "share.create", product)
    _check_days(days)
    secret = secrets.token_urlsafe(32)
    share = Share(
        workspace_id=product.workspace_id, product=product, token_hash=secret_hash(secret), created_by_id=actor.user_id,
        expires_at=timezone.now() + timedelta(days=days), password=_hashed(password),
    )  # fmt: skip
    settings_put(share, {"name": name, **settings})
    live = _others(share)
    if live.count() >= MAX_SHARES:
        raise Conflict(f"A product has at most {MAX_SHARES} links. Revoke one first.")
    share.save()
    emit(
        "share.created", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, name=share.name,
        view=share.view, lanes=share.lanes, expires_at=share.expires_at,
    )  # fmt: skip
    return share, secret


@service
def share_update(
    *,
    actor: Actor,
    share: Share,
    version: int,
    settings: Mapping[str, Any],
    days: int | None = None,
    password: str | None = None,
) -> Share:
    """Change what a share shows, or let it open for `days` days from now on; its link stays. An empty password takes
    the password away, None leaves it.

    Emits `share.updated`. Raises Invalid, Conflict, Stale.
    """
    require(actor, "share.edit", share.product)
    current = share_locked(share)
    if current.version != version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    if current.revoked_at is not None:
        raise Conflict("The link is revoked. Make another one.")
    if password is not None:
        current.password = _hashed(password)
    changes = settings_put(current, settings)
    if days is not None:
        _check_days(days)
        until = timezone.now() + timedelta(days=days)
        changes["expires_at"] = (current.expires_at, until)
        current.expires_at = until
    if not changes and password is None:
        return current
    _others(current)
    _changed(current)
    emit(
        "share.updated", actor=actor, workspace_id=current.workspace_id, product_id=current.product_id,
        changes=changes, name=current.name,
    )  # fmt: skip
    return current


@service
def share_password_set(*, actor: Actor, share: Share, password: str) -> Share:
    """Put a share behind a password, or with an empty one before everybody who has the link.

    Whoever had unlocked it has to do so again. Emits `share.password_set`. Raises Invalid, Conflict.
    """
    require(actor, "share.edit", share.product)
    current = share_locked(share)
    if current.revoked_at is not None:
        raise Conflict("The link is revoked. Make another one.")
    current.password = _hashed(password)
    try:
        settings_put(current, {})
    except Invalid as error:
        raise Invalid(fields={"password": next(iter(error.fields.values()))}) from None
    _changed(current)
    emit(
        "share.password_set", actor=actor, workspace_id=current.workspace_id, product_id=current.product_id,
        name=current.name, on=bool(password),
    )  # fmt: skip
    return current


def password_opens(share: Share, password: str) -> bool:
    """Whether this is the share's password."""
    return bool(share.password) and check_password(password, share.password)


def share_locked(share: Share) -> Share:
    """The share as it stands, locked, with its product at hand."""
    current: Share = Share.objects.select_for_update().get(pk=share.pk)
    current.product = share.product
    return current


def _changed(share: Share) -> None:
    share.version += 1
    share.save()


def _hashed(password: str) -> str:
    least, most = PASSWORD_LENGTHS
    if password and not least <= len(password) <= most:
        raise Invalid(fields={"password": f"A password has {least} to {most} characters."})
    return make_password(password) if password else ""


def _check_days(days: int) -> None:
    if not 1 <= days <= MAX_DAYS:
        raise Invalid(fields={"days": f"A link is valid for 1 to {MAX_DAYS} days."})


def _others(share: Share) -> Any:
    """The other links of the product that are not revoked. Raises Conflict where one stands in the way."""
    live = Share.objects.filter(product=share.product, revoked_at=None).exclude(pk=share.pk)
    if live.filter(name=share.name).exists():
        raise Conflict(
            fields={"name": "There is a link of that name. Revoke it or choose another."}
        )
    other = live.filter(published=True).first() if share.published else None
    if other is not None:
        raise Conflict(
            fields={"published": f"The portal shows {other.name}. Take that one off the portal first."}
        )  # fmt: skip
    return live


@service
def share_revoke(*, actor: Actor, share: Share) -> Share:
    """Close a link for good, with those of its viewers. Emits `share.revoked`; doing it twice changes nothing."""
    require(actor, "share.edit", share.product)
    now = timezone.now()
    if Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=now, published=False):
        share.revoked_at = now
        emit(
            "share.revoked", actor=actor, workspace_id=share.workspace_id,
            product_id=share.product_id, name=share.name,
        )  # fmt: skip
    return share


@service
def share_viewed(*, share: Share, viewer: ShareViewer | None = None) -> None:
    """Note that somebody looked, at most once in five minutes. The holder of the link needs no right beyond it."""
    now = timezone.now()
    if share.last_viewed_at is None or now - share.last_viewed_at > timedelta(minutes=5):
        Share.objects.filter(pk=share.pk).update(last_viewed_at=now)
    if viewer is None:
        return
    if viewer.opened_at is None or now - viewer.opened_at > timedelta(minutes=5):
        ShareViewer.objects.filter(pk=viewer.pk).update(opened_at=now, opened=viewer.opened + 1)
