"""How django-allauth behaves here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def public_url(request: HttpRequest, path: str) -> str:
    """A link for a mail or another person: under PLM_BASE_URL where that is set, whatever host the call named."""
    public: str = settings.PUBLIC_URL
    return public + path if public else request.build_absolute_uri(path)


def _public(request: HttpRequest, link: str) -> str:
    return public_url(request, urlsplit(link).path)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is open by setting, and always for somebody who holds an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.OPEN_SIGNUP) or "invitation" in request.session

    def is_safe_url(self, url: str | None) -> bool:
        """Where `next` may lead: a path of this site, never an address with a host."""
        try:
            return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        except ValueError:  # Python's parser gives up on halves of an IPv6 address.
            return False

    def clean_email(self, email: str) -> str:
        if len(email) > 254:
            raise ValidationError("An e-mail address has at most 254 characters.")
        return email

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _public(self.request, super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _public(request, super().get_email_confirmation_url(request, emailconfirmation))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""
