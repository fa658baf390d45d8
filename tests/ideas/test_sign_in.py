"""Signing in on the portal by a link: no password, nothing told about who is known, every link works once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from ideas.models import Person, SignInLink
from ideas.services.sign_in import OF_ADDRESS, OF_CALLER
from plm.models import User
from tests.make import make_idea

PORTAL = "/portal/acme/atl/"
ASK = f"{PORTAL}sign-in"


@pytest.fixture
def idea(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return make_idea(world.actor("bob"), world.atlas, "Split payments", public=True)


def ask(email, client=None, **more):
    return (client or Client()).post(ASK, {"email": email, **more})


def link():
    return re.search(r"https?://[^/\s]+(/portal/enter/\S+)", mail.outbox[-1].body)[1]


def test_a_new_customer_gets_an_account_and_is_back_where_they_were(world, idea):
    browser, where = Client(), f"{PORTAL}ideas/{idea.number}"
    page = browser.get(where).content.decode()
    assert f"{ASK}?next={where}" in page
    assert ask("Ana@Example.com ", browser, next=where).status_code == 200
    assert mail.outbox[-1].to == ["ana@example.com"]
    assert "ana@example.com" in browser.get(link()).content.decode()
    assert browser.post(link())["Location"] == where
    user = User.objects.get(email="ana@example.com")
    assert not user.has_usable_password()
    assert EmailAddress.objects.get(user=user).verified
    assert Person.objects.get(user=user).email == "ana@example.com"
    assert browser.post(f"{where}/vote", {"on": "1"})["Location"] == where
    assert "Sign out" in browser.get(where).content.decode()


def test_looking_at_the_link_uses_nothing_up_and_it_works_once(world, idea):
    ask("ana@example.com")
    scanner = Client()
    for _ in range(3):
        assert scanner.get(link()).status_code == 200
        assert scanner.head(link()).status_code == 200
    assert not User.objects.filter(email="ana@example.com").exists()
    assert Client().post(link()).status_code == 302
    assert Client().post(link()).status_code == 404
    assert Client().get(link()).status_code == 404


def test_a_link_is_good_for_thirty_minutes_and_while_the_portal_is_open(world, idea):
    ask("ana@example.com")
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert Client().post(link()).status_code == 404
    world.atlas.portal_open = False
    world.atlas.save()
    assert Client().post(link()).status_code == 404
    assert Client().get(ASK).status_code == 404
    assert Client().post(f"/portal/enter/{'x' * 43}").status_code == 404


def test_known_and_unknown_addresses_are_answered_alike(world, idea):
    def shown(email):
        return re.sub(r"\w{64}", "", ask(email).content.decode())

    assert shown("eve@example.com") == shown("nobody@example.com") == shown("alice@example.com")
    assert len(mail.outbox) == 3
    User.objects.filter(pk=world.eve.pk).update(is_active=False)
    assert shown("eve@example.com") == shown("nobody2@example.com")
    assert [m.to[0] for m in mail.outbox].count("eve@example.com") == 1


def test_whoever_asks_too_often_gets_no_more_mails_and_the_same_answer(world, idea):
    first = ask("ana@example.com").status_code
    for _ in range(OF_ADDRESS + 2):
        assert ask("ana@example.com").status_code == first
    assert len(mail.outbox) == OF_ADDRESS
    for n in range(OF_CALLER):
        ask(f"ana{n}@example.com")
    assert len(mail.outbox) == OF_CALLER
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        ask("ana@example.com")
    assert len(mail.outbox) == OF_CALLER + 1


def test_members_with_a_password_are_told_to_use_it(world, idea):
    ask("alice@example.com")
    assert "/portal/enter/" not in mail.outbox[-1].body
    assert "/accounts/login/" in mail.outbox[-1].body


def test_somebody_who_became_a_member_in_between_is_not_let_in(world, idea):
    from plm.models import Membership
    from plm.permissions import Role

    ask("eve@example.com")
    Membership.objects.create(workspace=world.acme, user=world.eve, role=Role.MANAGER)
    browser = Client()
    assert browser.post(link())["Location"] == ASK
    assert "_auth_user_id" not in browser.session


def test_an_account_made_by_somebody_else_without_proof_loses_its_password(world, idea):
    intruder = Client()
    intruder.force_login(world.eve, backend="django.contrib.auth.backends.ModelBackend")
    ask("eve@example.com")
    browser = Client()
    assert browser.post(link()).status_code == 302
    world.eve.refresh_from_db()
    assert not world.eve.has_usable_password()
    assert EmailAddress.objects.get(user=world.eve).verified
    assert intruder.get("/me").status_code == 302  # their session ended with the password
    assert browser.get("/me").status_code == 200


def test_a_proved_account_keeps_its_password(world, idea):
    EmailAddress.objects.create(
        user=world.eve, email="eve@example.com", verified=True, primary=True
    )
    ask("eve@example.com")
    assert Client().post(link()).status_code == 302
    world.eve.refresh_from_db()
    assert world.eve.has_usable_password()


def test_where_sign_up_is_closed_no_account_is_made(world, idea, settings):
    settings.OPEN_SIGNUP = False
    ask("ana@example.com")
    assert "/portal/enter/" not in mail.outbox[-1].body
    ask("eve@example.com")
    assert Client().post(link()).status_code == 302


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example", "/acme/", "javascript:x", "/portal/acme/"]
)
def test_the_way_back_stays_on_the_portal(path, world, idea):
    ask("ana@example.com", next=path)
    assert Client().post(link())["Location"] == PORTAL


@pytest.mark.parametrize(
    "email", ["", "ana", "a@b\r\nBcc: c@example.com", "a" * 250 + "@b.example"]
)
def test_what_is_no_address_is_refused_and_stays(email, world, idea):
    answer = ask(email)
    assert answer.status_code == 422
    assert mail.outbox == []
    assert not SignInLink.objects.exists()


def test_a_mail_server_that_is_away_is_said_so(world, idea, monkeypatch):
    def away(self, fail_silently=False):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    answer = ask("ana@example.com")
    assert answer.status_code == 422
    assert "could not be sent" in answer.content.decode()


def test_the_secret_is_not_kept(world, idea):
    ask("ana@example.com")
    assert link().rpartition("/")[2] not in str(SignInLink.objects.values())
