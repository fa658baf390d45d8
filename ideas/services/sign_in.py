"""Signing in on a portal by a link sent by mail, without a password."""

from __future__ import annotations

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from ideas.models import SignInLink
from ideas.selectors.portal import portal_shown
from ideas.services.follows import address_of
from ideas.services.votes import person_of_account
from plm.errors import Invalid, NotVisible
from plm.events import service
from plm.models import Membership, Product, User
from plm.selectors import actor_of, secret_hash

GOOD_FOR = timedelta(minutes=30)
OF_ADDRESS, OF_CALLER = 5, 20
"""How many links within an hour one address gets, and one caller asks for."""


@service
def sign_in_ask(
    *, product: Product, email: str, caller: str, path: str = ""
) -> EmailMultiAlternatives | None:
    """Make a single-use link; the mail to send, or None where nothing is to be sent. Raises Invalid.

    Whoever asks is told the same in every case. An account that has a safer way in is told by mail to use that.
    """
    address = email.strip().casefold()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(
            fields={"email": _("Give an e-mail address such as ana@example.com.")}
        ) from None
    if len(address) > 254:
        raise Invalid(fields={"email": _("An e-mail address has at most 254 characters.")})
    secret = secrets.token_urlsafe(32)
    now = timezone.now()
    digest = salted_hmac("ideas.sign_in", caller).hexdigest()
    recent = SignInLink.objects.filter(created_at__gt=now - timedelta(hours=1))
    if (
        recent.filter(email=address).count() >= OF_ADDRESS
        or recent.filter(asked_from=digest).count() >= OF_CALLER
    ):
        return None
    shown = portal_shown(product)
    SignInLink.objects.create(
        workspace_id=product.workspace_id, product=product, email=address, secret_hash=secret_hash(secret),
        asked_from=digest, next=path if path.startswith(shown.url) and len(path) <= 500 else shown.url,
        created_at=now, expires_at=now + GOOD_FOR,
    )  # fmt: skip
    SignInLink.objects.filter(created_at__lt=now - timedelta(days=1)).delete()
    user = _account(address)
    if user is not None and not user.is_active:
        return None
    return _mail(address, shown.name, secret, otherwise=_other_way(user))


def _account(address: str) -> User | None:
    """The account that an address belongs to: proved first, or else named at sign-up."""
    proved = EmailAddress.objects.filter(email__iexact=address, verified=True).first()
    if proved is not None:
        return User.objects.get(pk=proved.user_id)
    return User.objects.filter(email__iexact=address).first()


def _other_way(user: User | None) -> str:
    """Why a link does not do for an account; empty where it does."""
    if user is None:
        return "" if settings.OPEN_SIGNUP else "closed"
    inside = user.is_superuser or Membership.objects.filter(user=user).exists()
    if is_mfa_enabled(user) or (inside and user.has_usable_password()):
        return "password"
    return ""


def _mail(address: str, portal: str, secret: str, *, otherwise: str) -> EmailMultiAlternatives:
    context = {
        "portal": portal,
        "otherwise": otherwise,
        "url": address_of(reverse("ideas:portal_enter", args=[secret])),
        "login": address_of(reverse("account_login")),
        "minutes": int(GOOD_FOR.total_seconds() // 60),
    }
    return EmailMultiAlternatives(
        subject=_("Sign in to %(portal)s") % {"portal": " ".join(portal.split())},
        body=render_to_string("emails/sign_in.txt", context),
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
    )


def sign_in_link(secret: str) -> SignInLink:
    """The link of a secret. Raises NotVisible for used, late and invented ones alike."""
    found = (
        SignInLink.objects.filter(_good(), secret_hash=secret_hash(secret))
        .select_related("product__workspace")
        .first()
    )
    if found is None:
        raise NotVisible(_("This link was used or is older than 30 minutes. Ask for a new one."))
    return found


def _good() -> Q:
    return Q(
        used_at=None, expires_at__gt=timezone.now(), product__portal_open=True, product__archived_at=None
    )  # fmt: skip


@service
def sign_in_use(*, secret: str) -> tuple[User, str]:
    """Use a link up: the account it is for, made the first time, and where they were. Raises NotVisible.

    Whoever has the link has proved the address. An account that somebody else made with it before, without proof,
    loses its password: it belongs to whoever reads the mail.
    """
    link = sign_in_link(secret)
    if not SignInLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
        raise NotVisible
    user = _account(link.email)
    if _other_way(user) or (user is not None and not user.is_active):
        raise NotVisible
    if user is None:
        user = User.objects.create_user(link.email, None)
    _proved(user, link.email)
    person_of_account(actor_of(user), link.workspace_id)
    return user, link.next


def _proved(user: User, email: str) -> None:
    known = EmailAddress.objects.filter(user=user, email__iexact=email).first()
    if known is not None and known.verified:
        return
    if user.has_usable_password():
        user.set_unusable_password()
        user.save(update_fields=["password"])
    if known is None:
        first = not EmailAddress.objects.filter(user=user, primary=True).exists()
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=first)
    else:
        EmailAddress.objects.filter(pk=known.pk).update(verified=True)
