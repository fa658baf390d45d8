"""Links that leave the house lead to the address people use, whatever host the call named."""

from __future__ import annotations

from django.core import mail
from django.test import Client

from roadmap.models.share import SHARED_LANES, VIEWS

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


def test_so_does_a_shared_view_made_on_the_page_or_over_the_api(world, sign_in, api, settings):
    settings.PUBLIC_URL = PUBLIC
    given = {"name": "Board", "view": VIEWS[0][0], "lanes": SHARED_LANES[0][0], "days": "30"}
    given |= {"grain": "day", "colours": "goal", "show": ["dates", "goal"]}
    page = sign_in(world.alice).post("/acme/ATL/roadmap/shares", given)
    assert f"{PUBLIC}/share/" in page.content.decode()
    made = api(world.alice, world.acme).post(
        "/api/v1/shares/", {"product": "ATL", "name": "Other"}, content_type="application/json"
    )
    assert made.status_code == 201, made.content
    assert made.json()["url"].startswith(f"{PUBLIC}/share/")
