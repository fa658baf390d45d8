"""Ideas and votes that cannot be: each gets a clear answer, and nothing is written."""

from __future__ import annotations

import pytest

from ideas.models import Idea, Vote
from ideas.services.votes import idea_vote_set, vote_add_for
from plm.errors import NotVisible
from tests.make import make_idea, make_person
from tests.permissions import digest

MEGABYTE = "w" * 1_000_000


@pytest.mark.parametrize("field", ["title", "description"])
def test_an_idea_with_a_megabyte_of_text_is_refused_by_page_and_api(world, sign_in, api, field):
    body = {"title": "Wish", "source": "team", field: MEGABYTE}
    page = sign_in(world.bob).post("/acme/ATL/ideas/new", body)
    assert page.status_code == 422
    assert "at most" in page.content.decode()
    client = api(world.bob, world.acme)
    start = digest()
    answer = client.post(
        "/api/v1/ideas/", {"product": "ATL", **body}, content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {field}
    assert len(answer.content) < 2000
    assert digest() == start
    assert Idea.objects.count() == 0


def test_a_change_to_a_megabyte_leaves_the_idea_as_it_was(world, sign_in, api):
    idea = make_idea(world.actor("bob"), world.atlas)
    client = api(world.bob, world.acme)
    for name in ("title", "description"):
        answer = client.patch(
            f"/api/v1/ideas/{idea.reference}/", {name: MEGABYTE}, content_type="application/json",
            headers={"If-Match": f'"{idea.version}"'},
        )  # fmt: skip
        assert (answer.status_code, set(answer.json()["errors"])) == (422, {name})
    changed = Idea.objects.get()
    assert (changed.title, changed.version) == (idea.title, idea.version)


def test_nobody_votes_for_an_idea_of_another_workspace(world, sign_in, api):
    theirs = make_idea(world.actor("mallory"), world.rocket)
    ours = make_idea(world.actor("bob"), world.atlas)
    bob, person = world.actor("bob"), make_person(world.actor("alice"), world.acme)
    stranger = make_person(world.actor("mallory"), world.rival)
    for call in (
        lambda: idea_vote_set(actor=bob, idea=theirs, voting=True),
        lambda: vote_add_for(actor=bob, idea=theirs, person=person),
        lambda: vote_add_for(actor=bob, idea=ours, person=stranger),
    ):
        with pytest.raises(NotVisible):
            call()
    client = api(world.bob, world.acme)
    url = f"/api/v1/ideas/{theirs.reference}"
    assert client.post(f"{url}/vote/").status_code == 404
    body = {"person": str(person.uuid)}
    assert client.post(f"{url}/votes/", body, content_type="application/json").status_code == 404
    body = {"person": str(stranger.uuid)}
    mine = f"/api/v1/ideas/{ours.reference}/votes/"
    assert client.post(mine, body, content_type="application/json").status_code == 422
    browser = sign_in(world.bob)
    assert browser.post(f"{theirs.get_absolute_url()}/vote", {"on": "1"}).status_code == 404
    swapped = f"/acme/{theirs.reference}/vote"
    assert browser.post(swapped, {"on": "1"}).status_code == 404
    assert Vote.objects.count() == 0
