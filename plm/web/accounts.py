"""How django-allauth behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


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

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There are no user names."""
