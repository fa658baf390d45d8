"""One official response per idea, above the comments; notes of the team stay inside and are marked so."""

from __future__ import annotations

import pytest

from ideas.selectors.portal import portal_ideas
from ideas.services.portal import portal_answer, response_set
from plm.errors import Invalid, NotAllowed, Stale
from plm.models import Event
from plm.permissions import ANONYMOUS
from plm.services.notes import comment_add
from tests.make import make_idea


def test_the_response_is_one_text_that_is_changed_and_taken_back(world):
    bob = world.actor("bob")
    idea = make_idea(bob, world.atlas, public=True)
    said = response_set(actor=bob, record=idea, version=idea.version, body=" We build it **now**. ")
    assert said.response == "We build it **now**."
    assert said.responded_at is not None
    assert Event.objects.latest("sequence").verb == "idea.responded"
    shown = portal_ideas(ANONYMOUS, world.atlas, [said])[0]
    assert "<strong>now</strong>" in shown.response
    assert shown.responded_at == said.responded_at
    with pytest.raises(Stale):
        response_set(actor=bob, record=idea, version=idea.version, body="Later")
    with pytest.raises(Invalid):
        response_set(actor=bob, record=idea, version=None, body="x" * 10_001)
    with pytest.raises(NotAllowed):
        response_set(actor=world.actor("carol"), record=idea, version=None, body="Mine")
    back = response_set(actor=bob, record=idea, version=None, body="")
    assert (back.response, back.responded_at) == ("", None)
    assert portal_ideas(ANONYMOUS, world.atlas, [back])[0].response == ""


def test_a_member_writes_it_on_the_page_and_a_stale_one_shows_both_texts(world, sign_in):
    bob = world.actor("bob")
    idea = make_idea(bob, world.atlas, public=True)
    browser = sign_in(world.bob)
    url = f"{idea.get_absolute_url()}/response"
    assert "Say in one text" in browser.get(idea.get_absolute_url()).content.decode()
    page = browser.post(url, {"body": "It is **planned**", "version": idea.version}, follow=True)
    assert "<strong>planned</strong>" in page.content.decode()
    stale = browser.post(url, {"body": "Never", "version": idea.version})
    assert stale.status_code == 409
    for words in ("Never", "It is **planned**"):
        assert words in stale.content.decode()
    assert sign_in(world.carol).get(url).status_code == 403


def test_notes_of_the_team_are_marked_as_internal_and_public_comments_as_public(world, sign_in):
    bob = world.actor("bob")
    idea = make_idea(bob, world.atlas, public=True)
    comment_add(actor=bob, record=idea, body="Their contract ends in May")
    portal_answer(actor=bob, idea=idea, body="We hear you")
    page = sign_in(world.bob).get(idea.get_absolute_url()).content.decode()
    assert page.count('<span class="pill">Internal</span>') == 1
    assert page.count('<span class="pill">Public</span>') == 1
    assert "only members read it" in page


def test_a_client_responds(world, api):
    idea = make_idea(world.actor("bob"), world.atlas)
    client = api(world.bob, world.acme)
    url = f"/api/v1/ideas/{idea.reference}/response/"

    def call(body, headers=None):
        return client.post(url, {"body": body}, content_type="application/json", headers=headers)

    answer = call("Planned", {"If-Match": f'"{idea.version}"'})
    assert answer.json()["response"] == "Planned"
    assert answer.json()["responded_at"]
    assert call("Declined", {"If-Match": f'"{idea.version}"'}).status_code == 412
    assert call("x" * 10_001).status_code == 422
    assert client.get(f"/api/v1/ideas/{idea.reference}/").json()["response"] == "Planned"
