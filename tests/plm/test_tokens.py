"""Tokens, logs, methods and headers: what the API and every route owe to whoever calls."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from plm.models import ApiToken, Membership
from plm.permissions import Role
from plm.services.members import invitation_create
from tests.permissions import all_routes, digest


def test_a_token_is_shown_once_and_kept_as_a_hash(world, sign_in):
    alice = sign_in(world.alice)
    made = alice.post("/acme/settings/tokens", {"name": "ci", "scopes": ["read"], "days": "30"})
    text = re.search(rb"plm_[0-9a-f]{12}_[A-Za-z0-9-]+", made.content)
    assert text
    assert "no-store" in made["Cache-Control"]
    secret = text[0].decode().rpartition("_")[2]
    assert secret.encode() not in alice.get("/acme/settings/tokens").content
    assert secret not in str(list(ApiToken.objects.values()))


def test_a_token_ends_when_it_is_revoked_or_expired(world, api, sign_in):
    client = api(world.alice, world.acme)
    row = ApiToken.objects.get()
    assert client.get("/api/v1/ideas/").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/v1/ideas/").status_code == 401
    ApiToken.objects.update(expires_at=None)
    assert sign_in(world.bob).post(f"/acme/settings/tokens/{row.uuid}/revoke").status_code == 404
    assert client.get("/api/v1/ideas/").status_code == 200
    sign_in(world.alice).post(f"/acme/settings/tokens/{row.uuid}/revoke")
    assert client.get("/api/v1/ideas/").status_code == 401


def test_a_token_in_the_address_or_malformed_opens_nothing(world, api, sign_in):
    text = api(world.alice, world.acme).token
    public, secret = text.split("_")[1:]
    for name in ("token", "access_token", "api_key", "Authorization"):
        assert Client().get("/api/v1/ideas/", {name: text}).status_code in {400, 401}
    browser = sign_in(world.alice)
    for header in (
        "", "Bearer", "Bearer ", f"Bearer  {text} x", f"Basic {text}", text, f"Bearer {text}, Bearer {text}", f"Token\t{text}",
        f"Bearer {text[:-1]}", f"Bearer {text}A", f"Bearer plm_{public}_", f"Bearer plm__{secret}", "Bearer plm_%00_x",
        f"Bearer {text.upper()}", "Bearer null", "Bearer \u00e9", "Digest x", f"Bearer{text}", "Bearer " + "x" * 100_000,
    ):  # fmt: skip
        for client in (Client(), browser):
            answer = client.get("/api/v1/ideas/", headers={"Authorization": header})
            assert answer.status_code == 401, header[:60]
            assert answer["Content-Type"] == "application/problem+json"
            assert "Bearer" in answer["WWW-Authenticate"]


def test_a_token_opens_no_page(world, api):
    answer = api(world.alice, world.acme).get("/acme/ATL/ideas/")
    assert answer.status_code == 302


def test_no_secret_reaches_the_log(world, api, caplog):
    caplog.set_level("DEBUG")
    _, secret = invitation_create(
        actor=world.actor("dora"),
        workspace=world.acme,
        email="eve@example.com",
        role=Role.CONTRIBUTOR,
    )
    client = api(world.alice, world.acme)
    client.get("/api/v1/ideas/")
    client.get("/api/v1/ideas/", {"token": client.token})
    Client().get(f"/invite/{secret}")
    Client().get(f"/share/{'s' * 43}/")
    Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert found
    link = found[1]
    Client().get(link)
    told = " ".join(f"{r.getMessage()} {getattr(r, 'path', '')}" for r in caplog.records)
    for hidden in (
        client.token,
        client.token.rpartition("_")[2],
        secret,
        "s" * 43,
        link.split("-")[-1].strip("/"),
    ):
        assert hidden not in told


def test_a_line_break_in_an_address_forges_no_line_in_the_log(db, caplog):
    from plm.logs import LineFormatter

    caplog.set_level("INFO")
    Client().get("/acme%0a12:00:00%20info%20forged/")
    lines = [LineFormatter().format(r) for r in caplog.records if r.name == "plm.web"]
    assert lines
    assert all("\n" not in line for line in lines)


@pytest.mark.parametrize("values", [{"name": ""}, {"name": "x" * 81}, {"scopes": []}, {"scopes": ["admin"]}, {"days": "7"}, {"days": ""}, {"product": "ROC"}, {"product": "../"}, {"name": "a\x00"}])  # fmt: skip
def test_a_token_that_cannot_be_is_refused(values, world, sign_in):
    before = digest()
    given = {"name": "ci", "scopes": ["read"], "days": "30", **values}
    answer = sign_in(world.alice).post("/acme/settings/tokens", given)
    assert answer.status_code in {400, 422}
    assert digest() == before


def test_the_limit_is_not_widened_by_a_forged_address(world, settings):
    settings.API_RATE_PER_MINUTE = 5
    seen = [
        Client().get("/api/v1/ideas/", headers={"x-forwarded-for": f"1.2.3.{n}", "authorization": "Bearer plm_x_y"}).status_code
        for n in range(12)
    ]  # fmt: skip
    assert set(seen) <= {401, 429}


def test_overriding_the_method_does_nothing(world, api):
    client = api(world.alice, world.acme)
    made = client.post(
        "/api/v1/ideas/", b'{"product": "ATL", "title": "x"}', content_type="application/json"
    )
    url = made["Location"]
    before = digest()
    for headers in ({"x-http-method-override": "DELETE"}, {"x-method-override": "PATCH"}):
        answer = client.post(
            url, b'{"_method": "DELETE"}', content_type="application/json", headers=headers
        )
        assert answer.status_code == 405
        assert "GET" in answer["Allow"]
        assert client.get(f"{url}?_method=DELETE", headers=headers).status_code in {200, 400}
    for method in ("DELETE", "PUT", "TRACE", "PROPFIND", "X"):
        answer = client.generic(method, url)
        assert answer.status_code == 405
        assert answer["Allow"]
    assert digest() == before


# --- The short path of calls with a token ---------------------------------------------------------------------


SAFE = {"X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy", "X-Frame-Options", "X-Request-Id"}  # fmt: skip


def test_a_call_with_a_token_is_answered_with_the_headers_of_every_page(world, api):
    client = api(world.alice, world.acme)
    for address in ("ideas/", "nothing/", "items/ATL-999/", "ideas/?product=NO"):
        answer = client.get(f"/api/v1/{address}")
        assert set(answer.headers) >= SAFE, address
        assert answer["Content-Length"] == str(len(answer.content))


def test_what_the_short_path_does_not_do_the_long_one_does(world, api):
    client = api(world.alice, world.acme)
    assert client.get("/api/v1/ideas").status_code == 301
    refused = client.get("/api/v1/ideas/?product=A%00")
    assert refused.status_code == 400
    assert "Content-Security-Policy" in refused.headers
    assert client.get("/api/v1/ideas/", headers={"host": "elsewhere.example"}).status_code == 400


def test_a_token_revoked_or_a_role_taken_away_holds_from_the_next_call(world, api):
    client = api(world.bob, world.acme)
    assert client.get("/api/v1/ideas/?product=ATL").status_code == 200
    Membership.objects.filter(user=world.bob).update(role=Role.NONE)
    assert client.get("/api/v1/ideas/?product=ATL").status_code == 404
    ApiToken.objects.filter(user=world.bob).update(revoked_at=timezone.now())
    assert client.get("/api/v1/ideas/?product=ATL").status_code == 401


# --- Headers of every route --------------------------------------------------------------------------------


def test_every_route_sends_the_headers_that_protect_a_browser(world, sign_in):
    clients = {"alice": sign_in(world.alice), "nobody": Client()}
    values = {"slug": "acme", "key": "ATL", "reference": "ATL-1", "path": "ideas", "secret": "x" * 43, "token": "x" * 43, "uidb36": "1", "key_": "x"}  # fmt: skip
    bare = []
    for route in all_routes():
        for name, client in clients.items():
            answer = client.get(route.url(values))
            policy = answer.get("Content-Security-Policy", "")
            lax = route.pattern == "api/v1/docs/"
            fine = (
                answer.get("X-Content-Type-Options") == "nosniff"
                and "default-src 'none'" in policy
                and "frame-ancestors 'none'" in policy
                and ("unsafe" not in policy or lax)
                and answer.get("Referrer-Policy") in {"same-origin", "no-referrer"}
                and answer.get("X-Frame-Options") == "DENY"
                and answer.get("X-Request-Id")
            )
            if not fine:
                bare.append((route.pattern, name, answer.status_code, policy))
    assert bare == []
