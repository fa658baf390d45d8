"""Followers and public comments of an idea over the API."""

from __future__ import annotations

import uuid

import pytest

from ideas.models import IdeaFollow
from ideas.services.customers import customer_archive
from ideas.services.moderation import moderation_update, portal_comment
from ideas.services.portal import portal_follow
from plm.models import Comment, Event
from plm.services.notes import comment_add
from tests.make import make_idea, make_person

JSON = "application/json"


@pytest.fixture
def idea(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return make_idea(world.actor("bob"), world.atlas, "Split payments", public=True)


@pytest.fixture
def client(world, api):
    return api(world.bob, world.acme)


def of(idea, what):
    return f"/api/v1/ideas/{idea.reference}/{what}/"


def test_the_team_lists_adds_and_removes_followers(world, idea, client, api):
    ana = make_person(world.actor("alice"), world.acme, "Ana Ruiz")
    here, body = of(idea, "followers"), {"person": str(ana.uuid)}
    for _ in range(2):
        made = client.post(here, body, content_type=JSON)
        assert (made.status_code, made.json()["name"]) == (201, "Ana Ruiz")
    portal_follow(actor=world.actor("eve"), idea=idea, following=True)
    carol = api(world.carol, world.acme)
    assert [row["name"] for row in carol.get(here).json()["results"]] == ["Eve", "Ana Ruiz"]
    assert carol.post(here, body, content_type=JSON).status_code == 403
    assert client.delete(f"{here}{ana.uuid}/").status_code == 204
    assert client.delete(f"{here}{ana.uuid}/").status_code == 404
    told = Event.objects.filter(verb__startswith="idea.follower").order_by("sequence")
    assert [event.verb for event in told] == ["idea.follower_added", "idea.follower_removed"]
    assert {event.data["person"] for event in told} == {str(ana.uuid)}
    invented = client.post(here, {"person": str(uuid.uuid4())}, content_type=JSON)
    assert invented.status_code == 422


def test_nobody_brings_back_the_mails_that_a_person_stopped(world, idea, client):
    eve = world.actor("eve")
    portal_follow(actor=eve, idea=idea, following=True)
    portal_follow(actor=eve, idea=idea, following=False)
    follow = IdeaFollow.objects.select_related("person").get()
    here = of(idea, "followers")
    refused = client.post(here, {"person": str(follow.person.uuid)}, content_type=JSON)
    assert refused.status_code == 409
    assert client.get(here).json()["results"] == []
    assert client.delete(f"{here}{follow.person.uuid}/").status_code == 404
    follow.refresh_from_db()
    assert follow.stopped_at is not None


def test_an_archived_person_follows_nothing(world, idea, client):
    ana = make_person(world.actor("alice"), world.acme, "Ana Ruiz")
    customer_archive(actor=world.actor("alice"), customer=ana)
    refused = client.post(of(idea, "followers"), {"person": str(ana.uuid)}, content_type=JSON)
    assert refused.status_code == 409


def test_the_team_reads_what_is_said_in_public_and_answers(world, idea, client, api):
    moderation_update(
        actor=world.actor("alice"), product=world.atlas, version=None, values={"hold_first": False}
    )
    portal_comment(
        actor=world.actor("eve"), idea=idea, body="Please!", shown_as="nickname", nickname="Zed"
    )
    comment_add(actor=world.actor("bob"), record=idea, body="Between us.")
    here = of(idea, "public-comments")
    made = client.post(here, {"body": "In spring."}, content_type=JSON)
    assert made.status_code == 201
    carol = api(world.carol, world.acme)
    first = carol.get(f"{here}?size=1").json()
    shown = first["results"][0]
    assert (shown["body"], shown["signed_as"], shown["author"]) == ("Please!", "Zed", None)
    assert shown["person"]["name"] == "Eve"
    rest = carol.get(f"{here}?cursor={first['next_cursor']}").json()
    assert [(r["body"], r["author"]["name"], r["person"]) for r in rest["results"]] == [
        ("In spring.", str(world.bob), None)
    ]
    assert rest["next_cursor"] is None
    assert client.post(here, {"body": " "}, content_type=JSON).status_code == 422


def test_a_public_comment_is_taken_away_by_its_author_or_a_manager(world, idea, client, api):
    here = of(idea, "public-comments")
    ours = client.post(here, {"body": "In spring."}, content_type=JSON).json()["id"]
    assert api(world.carol, world.acme).delete(f"{here}{ours}/").status_code == 403
    internal = comment_add(actor=world.actor("bob"), record=idea, body="Between us.")
    assert client.delete(f"{here}{internal.uuid}/").status_code == 404
    assert api(world.alice, world.acme).delete(f"{here}{ours}/").status_code == 204
    assert client.get(here).json()["results"] == []


def test_whoever_may_not_answer_customers_does_not_by_the_address_of_any_record(world, idea, api):
    here = f"/api/v1/records/{idea.reference}/comments/"
    body = {"body": "It comes in spring.", "public": True}
    carol = api(world.carol, world.acme)
    assert carol.post(here, body, content_type=JSON).status_code == 403
    assert carol.post(of(idea, "public-comments"), body, content_type=JSON).status_code == 403
    assert not Comment.objects.exists()
    assert carol.post(here, {**body, "public": False}, content_type=JSON).status_code == 201
