"""Sign-up, login, reset, invitations, roles, tokens: what an attacker and a clumsy hand would try."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product as pairs
from urllib.parse import urlsplit

import pytest
from django.conf import settings as installed
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plm.models import Invitation, Membership, User
from plm.permissions import Role
from plm.services.members import invitation_create
from tests.permissions import digest
from tests.world import PASSWORD

NEXT = [
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "https:evil.example", "https:/evil.example", "https://evil.example", "http://evil.example/", "HTTPS://evil.example",
    "http:evil.example", "ftp://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)",
    "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "\t//evil.example", "\n//evil.example", " //evil.example",
    "/\t/evil.example", "/\n/evil.example", "//evil.example\\@testserver", "https://testserver@evil.example/",
    "https://testserver.evil.example/", "https://evil.example#testserver", "https://evil.example?testserver",
    "//testserver:80@evil.example", "/%09/evil.example", "//%65vil.example", "https://evil.example%00.testserver", "\x00//evil.example",
    "//[::1]/", "https://[", "http:\\\\evil.example", ".evil.example", "@evil.example", "//evil.example/%2f..", "////////evil.example",
]  # fmt: skip


def login(client, email="alice@example.com", password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


def stays_here(location):
    """A browser that follows it stays on this site."""
    text = re.sub(r"[\t\r\n]", "", location).strip("\x00 ").replace("\\", "/")
    parts = urlsplit(text)
    return not parts.scheme and not parts.netloc and not text.startswith("//")


# --- Signing up, in and out ---------------------------------------------------------------------------


def test_somebody_signs_up_and_is_in(db):
    client = Client()
    answer = client.post("/accounts/signup/", {"name": "  Ana   Ruiz ", "email": "Ana@Example.com", "password1": "a long pass phrase"})  # fmt: skip
    assert answer.status_code == 302, answer.content
    user = User.objects.get(email="ana@example.com")
    assert user.name == "Ana Ruiz"
    assert client.get("/me").status_code == 200
    assert user.password not in str(answer.content)


@pytest.mark.parametrize(
    "values",
    [
        {"email": "no address"}, {"email": ""}, {"email": "a" * 250 + "@example.com"}, {"email": "a@b\r\nBcc: c@example.com"},
        {"email": "a@example.com,b@example.com"}, {"email": "a b@example.com"}, {"email": "<a@example.com>"}, {"email": "a@exam\x00ple.com"},
        {"password1": ""}, {"password1": "short"}, {"password1": "password123"}, {"name": ""}, {"name": "x" * 121}, {"name": "a\x00b"},
    ],
)  # fmt: skip
def test_a_sign_up_that_cannot_be_is_refused_and_what_was_typed_stays(values, db):
    given = {
        "name": "Ana Ruiz",
        "email": "ana@example.com",
        "password1": "a long pass phrase",
        **values,
    }
    before = digest()
    answer = Client().post("/accounts/signup/", given)
    assert answer.status_code in {200, 400, 422}
    assert digest() == before
    assert mail.outbox == []
    if answer.status_code != 400:
        assert b"Ana Ruiz" in answer.content or "name" in values
        assert b"a long pass phrase" not in answer.content


def test_one_address_is_one_account_whatever_its_case(world):
    answer = Client().post("/accounts/signup/", {"name": "Other", "email": "ALICE@Example.COM", "password1": "a long pass phrase"})  # fmt: skip
    assert answer.status_code in {200, 302}
    assert User.objects.filter(email__iexact="alice@example.com").count() == 1
    assert User.objects.get(email="alice@example.com").check_password(PASSWORD)


def test_login_takes_the_right_password_in_any_case_of_the_address(world):
    assert login(Client(), "Alice@Example.com").status_code == 302
    client = Client()
    wrong = login(client, password="wrong")
    assert wrong.status_code in {200, 422}
    assert b"alice@example.com" in wrong.content
    assert b"wrong" not in re.findall(rb'type="password"[^>]*', wrong.content)[0]
    assert client.get("/me").status_code == 302


def test_login_and_reset_tell_nobody_who_has_an_account(world):
    def text(answer):
        page = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)
        page = re.sub(rb'X-CSRFToken": "[^"]*"|[0-9a-f]{32}', b"", page)
        return page.replace(b"alice@example.com", b"").replace(b"nobody@example.com", b"")

    known, unknown = (login(Client(), f"{n}@example.com", "wrong") for n in ("alice", "nobody"))
    assert known.status_code == unknown.status_code
    assert text(known) == text(unknown)
    known, unknown = (
        Client().post("/accounts/password/reset/", {"email": f"{n}@example.com"}, follow=True)
        for n in ("alice", "nobody")
    )
    assert known.status_code == unknown.status_code == 200
    assert text(known) == text(unknown)


def test_a_new_session_begins_at_login_and_the_old_one_is_worth_nothing(world):
    client = Client()
    client.get(reverse("plm:invitation", args=["x" * 43]))
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["sessionid"] = session.session_key
    login(client)
    after = client.cookies["sessionid"]
    assert after.value != session.session_key
    thief = Client()
    thief.cookies["sessionid"] = session.session_key
    assert thief.get("/me").status_code == 302
    assert after["httponly"]
    assert after["samesite"] == "Lax"
    client.post("/accounts/logout/")
    again = Client()
    again.cookies["sessionid"] = after.value
    assert again.get("/me").status_code == 302


def test_cookies_are_secure_where_the_address_is_https():
    assert installed.SESSION_COOKIE_SECURE is installed.SECURE_COOKIES
    assert installed.CSRF_COOKIE_SECURE is installed.SECURE_COOKIES


def test_forms_without_a_token_are_refused_and_write_nothing(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.alice, backend="django.contrib.auth.backends.ModelBackend")
    before = digest()
    for url, data in (
        ("/acme/ATL/ideas/new", {"title": "x", "source": "team"}),
        ("/accounts/logout/", {}),
        ("/acme/settings/tokens", {"name": "x", "scopes": "read", "days": "30"}),
    ):
        assert client.post(url, data).status_code == 403
    anonymous = Client(enforce_csrf_checks=True)
    assert login(anonymous).status_code == 403
    posted = client.post(
        "/api/v1/ideas/", b'{"product": "ATL", "title": "x"}', content_type="application/json"
    )
    assert posted.status_code == 403
    assert posted["Content-Type"] == "application/problem+json"
    assert digest() == before


@pytest.mark.parametrize("target", NEXT)
def test_nobody_is_sent_elsewhere_after_login_logout_or_sign_up(target, world):
    client = Client()
    answers = [login(client, next=target)]
    answers.append(client.get("/accounts/login/", {"next": target}))
    answers.append(client.post("/accounts/logout/", {"next": target}))
    answers.append(Client().post("/accounts/signup/", {"name": "N", "email": "n@example.com", "password1": "a long pass phrase", "next": target}))  # fmt: skip
    for answer in answers:
        assert answer.status_code < 500
        assert stays_here(answer.get("Location", "/")), answer["Location"]


# --- Reset ----------------------------------------------------------------------------------------------


def reset_link(client, email="alice@example.com"):
    client.post("/accounts/password/reset/", {"email": email})
    found = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def test_a_password_is_reset_by_the_link_in_a_mail_once(world):
    client = Client()
    link = reset_link(client)
    page = client.get(link)
    assert page.status_code == 302
    form = page["Location"]
    weak = client.post(form, {"password1": "short", "password2": "short"})
    assert weak.status_code in {200, 422}
    assert (
        client.post(
            form, {"password1": "quite another phrase", "password2": "quite another phrase"}
        ).status_code
        == 302
    )
    assert login(Client()).status_code != 302
    assert login(Client(), password="quite another phrase").status_code == 302
    used = Client().get(link, follow=True)
    assert b'name="password1"' not in used.content


def test_a_reset_ends_the_sessions_there_were(world):
    old = Client()
    login(old)
    client = Client()
    form = client.get(reset_link(client))["Location"]
    client.post(form, {"password1": "quite another phrase", "password2": "quite another phrase"})
    assert old.get("/me").status_code == 302


def test_a_reset_link_cannot_be_pointed_at_another_host(world):
    for headers in (
        {"host": "evil.example"},
        {"host": "testserver@evil.example"},
        {"host": "testserver:80:80"},
    ):
        answer = Client().post(
            "/accounts/password/reset/", {"email": "alice@example.com"}, headers=headers
        )
        assert answer.status_code == 400, headers
    Client().post(
        "/accounts/password/reset/", {"email": "alice@example.com"},
        headers={"x-forwarded-host": "evil.example", "x-forwarded-for": "1.2.3.4"},
    )  # fmt: skip
    assert all("evil.example" not in message.body for message in mail.outbox)


def test_an_invented_reset_link_answers_like_a_page_without_a_form(world):
    for key in ("1-abc-def", "zzz-set-password", "1-set-password", "%00-x", "a" * 500):
        answer = Client().get(f"/accounts/password/reset/key/{key}/", follow=True)
        assert answer.status_code < 500
        assert b'name="password1"' not in answer.content


# --- Invitations ------------------------------------------------------------------------------------------


@pytest.fixture
def invited(world):
    return invitation_create(actor=world.actor("dora"), workspace=world.acme, email="Eve@Example.com", role=Role.CONTRIBUTOR)  # fmt: skip


def test_an_invitation_lets_its_address_in_once(world, invited, sign_in):
    _, secret = invited
    eve = sign_in(world.eve)
    assert eve.get(f"/invite/{secret}").status_code == 200
    assert eve.get("/acme/").status_code == 404
    assert eve.post(f"/invite/{secret}").status_code == 302
    assert Membership.objects.get(user=world.eve).role == Role.CONTRIBUTOR
    assert eve.get("/acme/").status_code == 200
    assert eve.post(f"/invite/{secret}").status_code == 404
    Membership.objects.filter(user=world.eve).delete()
    assert eve.post(f"/invite/{secret}").status_code == 404


def test_only_the_hash_of_an_invitation_is_kept(invited):
    invitation, secret = invited
    kept = str(Invitation.objects.filter(pk=invitation.pk).values().get())
    assert secret not in kept
    assert invitation.email == "eve@example.com"


def test_an_invitation_is_for_nobody_else(world, invited, sign_in):
    _, secret = invited
    mallory = sign_in(world.mallory)
    before = digest()
    assert mallory.post(f"/invite/{secret}").status_code == 403
    assert Client().post(f"/invite/{secret}").status_code == 200
    assert mallory.get("/acme/").status_code == 404
    assert digest() == before


def test_dead_and_invented_invitations_answer_alike(world, invited, sign_in):
    invitation, secret = invited
    eve = sign_in(world.eve)

    def seen(text):
        answer = eve.get(f"/invite/{text}")
        return answer.status_code, re.sub(rb"X-CSRFToken\": \"[^\"]*|[0-9a-f]{32}|value=\"[^\"]*\"", b"", answer.content).replace(text.encode(), b"")  # fmt: skip

    invented = seen("x" * 43)
    assert invented[0] == 404
    assert seen(secret + "1") == seen(secret.swapcase()) == invented
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
    assert seen(secret) == invented
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=None, expires_at=timezone.now() - timedelta(seconds=1))  # fmt: skip
    assert seen(secret) == invented
    assert eve.post(f"/invite/{secret}").status_code == 404


def test_the_role_is_the_one_that_stands_when_the_invitation_is_accepted(world, invited, sign_in):
    invitation, secret = invited
    Invitation.objects.filter(pk=invitation.pk).update(role=Role.STAKEHOLDER)
    sign_in(world.eve).post(f"/invite/{secret}")
    assert Membership.objects.get(user=world.eve).role == Role.STAKEHOLDER


def test_an_accepted_invitation_changes_no_role_that_a_member_has(world, sign_in):
    _, secret = invitation_create(actor=world.actor("dora"), workspace=world.acme, email="eve@example.com", role=Role.ADMIN)  # fmt: skip
    Membership.objects.create(workspace=world.acme, user=world.eve, role=Role.STAKEHOLDER)
    sign_in(world.eve).post(f"/invite/{secret}")
    assert Membership.objects.get(user=world.eve).role == Role.STAKEHOLDER


@pytest.mark.parametrize(
    "values",
    [
        {"email": "x"}, {"email": "a@b.c\r\nBcc: d@example.com"}, {"email": "alice@example.com"}, {"email": "a" * 300 + "@example.com"},
        {"role": "9"}, {"role": "-1"}, {"role": "1"}, {"role": "0"}, {"role": "admin"}, {"role": ""}, {"email": "a@b.c\x00"},
    ],
)  # fmt: skip
def test_an_invitation_that_cannot_be_is_refused(values, world, sign_in):
    before = digest()
    answer = sign_in(world.dora).post(
        "/acme/settings/members", {"email": "new@example.com", "role": "2", **values}
    )
    assert answer.status_code in {400, 409, 422}
    assert digest() == before


# --- Roles --------------------------------------------------------------------------------------------------

CAST = {"dora": Role.ADMIN, "alice": Role.MANAGER, "bob": Role.CONTRIBUTOR, "carol": Role.STAKEHOLDER, "mallory": None, "eve": None}  # fmt: skip


@pytest.mark.parametrize(("who", "whom"), list(pairs(CAST, CAST)))
def test_roles_are_given_by_admins_to_members_only(who, whom, world, sign_in):
    """Actor x target x new role, through the page."""
    client = sign_in(getattr(world, who))
    target = Membership.objects.get(user=getattr(world, whom)) if whom != "eve" else None
    uuid = target.uuid if target else "00000000-0000-4000-8000-000000000000"
    for role in (*Role, 9):
        before = list(Membership.objects.order_by("pk").values())
        answer = client.post(f"/acme/settings/members/{uuid}/role", {"role": int(role)})
        now = list(Membership.objects.order_by("pk").values())
        lawful = who == "dora" and CAST[whom] is not None and role not in {Role.CUSTOMER, 9}
        if lawful and whom == "dora" and role != Role.ADMIN:
            assert answer.status_code == 409
            assert now == before
        elif lawful:
            assert answer.status_code == 302
            assert Membership.objects.get(pk=target.pk).role == role
        else:
            assert answer.status_code in {403, 404, 422}, (who, whom, role)
            assert now == before


def test_the_last_admin_stays(world, sign_in):
    dora = sign_in(world.dora)
    mine = Membership.objects.get(user=world.dora)
    assert dora.post(f"/acme/settings/members/{mine.uuid}/remove").status_code == 409
    Membership.objects.filter(user=world.alice).update(role=Role.ADMIN)
    assert dora.post(f"/acme/settings/members/{mine.uuid}/role", {"role": "2"}).status_code == 302


def test_whoever_is_removed_or_lowered_has_lost_it_on_the_next_request(world, sign_in, api):
    bob, token, dora = sign_in(world.bob), api(world.bob, world.acme), sign_in(world.dora)
    body = b'{"product": "ATL", "title": "x"}'
    assert token.post("/api/v1/ideas/", body, content_type="application/json").status_code == 201
    membership = Membership.objects.get(user=world.bob)
    dora.post(f"/acme/settings/members/{membership.uuid}/role", {"role": "0"})
    assert bob.get("/acme/ATL/ideas/").status_code == 404
    assert token.post("/api/v1/ideas/", body, content_type="application/json").status_code in {
        403,
        404,
        422,
    }
    dora.post(f"/acme/settings/members/{membership.uuid}/role", {"role": "3"})
    assert bob.get("/acme/ATL/ideas/").status_code == 200
    dora.post(f"/acme/settings/members/{membership.uuid}/remove")
    assert bob.get("/acme/ATL/ideas/").status_code == 404
    assert token.get("/api/v1/ideas/").status_code == 401
    User.objects.filter(pk=world.alice.pk).update(is_active=False)
    assert sign_in(world.alice).get("/acme/").status_code in {302, 404}
