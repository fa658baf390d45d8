"""The portal speaks the language of whoever looks; the pages of the team stay as they are."""

from __future__ import annotations

import pytest

from tests.make import make_idea

PORTAL = "/portal/acme/atl/"


@pytest.fixture(autouse=True)
def open_portal(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return make_idea(world.actor("bob"), world.atlas, "Split payments", public=True)


def test_a_browser_that_asks_for_german_gets_german(client):
    answer = client.get(PORTAL, headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"})
    text = answer.content.decode()
    assert '<html lang="de"' in text
    assert "Idee einreichen" in text
    assert "Offen" in text
    assert "Share idea" not in text
    assert answer["Content-Language"] == "de"
    assert "Accept-Language" in answer["Vary"]


def test_a_choice_is_kept_whatever_the_browser_asks_for(client):
    chosen = client.get(f"{PORTAL}?lang=de&sort=new")
    assert "Idee einreichen" in chosen.content.decode()
    again = client.get(PORTAL, headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="de"' in again
    assert 'href="?lang=en"' in again
    back = client.get(f"{PORTAL}?lang=en").content.decode()
    assert "Share idea" in back


@pytest.mark.parametrize("asked", ["", "fr", "xx-!!", "*", "de" * 200])
def test_what_the_portal_does_not_speak_is_answered_in_english(client, asked):
    answer = client.get(PORTAL, {"lang": asked}, headers={"Accept-Language": asked})
    assert answer.status_code == 200
    assert '<html lang="en"' in answer.content.decode()
    assert "portal_language" not in answer.cookies


def test_refusals_speak_the_language_too(client):
    client.get(f"{PORTAL}?lang=de")
    answer = client.post(f"{PORTAL}submit", {"title": "x"})
    assert answer.status_code == 302
    assert 'lang="de"' in client.get(f"{PORTAL}ideas/99999").content.decode()


def test_the_pages_of_the_team_stay_english(world, sign_in):
    bob = sign_in(world.bob)
    bob.cookies["portal_language"] = "de"
    page = bob.get("/acme/ATL/ideas/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="en"' in page
    assert "Offen" not in page
