"""Links that leave the house lead to the address people use, whatever host the call named."""

from __future__ import annotations

from django.core import mail
from django.test import Client

PUBLIC = "https://plm.example.com"


def test_a_reset_link_leads_to_the_address_people_use(world, settings):
    settings.PUBLIC_URL = PUBLIC
    Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    assert f"{PUBLIC}/accounts/password/reset/key/" in mail.outbox[-1].body
    assert "testserver/accounts/password/reset/key" not in mail.outbox[-1].body


def test_so_does_an_invitation(world, sign_in, settings):
    settings.PUBLIC_URL = PUBLIC
    page = sign_in(world.dora).post(
        "/acme/settings/members", {"email": "new@example.com", "role": "3"}
    )
    assert f"{PUBLIC}/invite/" in page.content.decode()
