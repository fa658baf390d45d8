"""Behind proxies the limits count callers; nobody gets a count of their own by inventing an address."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from plm.web.proxies import TrustedProxies, caller_address


@pytest.mark.parametrize(
    ("forwarded", "trusted", "address"),
    [
        ("203.0.113.7", 1, "203.0.113.7"),
        ("10.9.9.9, 203.0.113.7", 1, "203.0.113.7"),
        ("10.9.9.9, 203.0.113.7, 192.0.2.1", 2, "203.0.113.7"),
        ("2001:db8::1", 1, "2001:db8::1"),
        ("203.0.113.7", 2, ""),
        ("", 1, ""),
        ("unknown", 1, ""),
        ("203.0.113.7\r\nX: y", 1, ""),
    ],
)
def test_the_caller_is_what_the_outermost_trusted_proxy_saw(forwarded, trusted, address):
    assert caller_address(forwarded, trusted) == address


def seen(**headers):
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers=headers)
    TrustedProxies(lambda _: None)(request)
    return request.META["REMOTE_ADDR"]


def test_the_header_counts_for_nothing_unless_proxies_are_declared(settings):
    settings.TRUSTED_PROXIES = 0
    assert seen(**{"x-forwarded-for": "203.0.113.7"}) == "192.0.2.1"
    settings.TRUSTED_PROXIES = 1
    assert seen(**{"x-forwarded-for": "10.9.9.9, 203.0.113.7"}) == "203.0.113.7"
    assert seen() == "192.0.2.1"
