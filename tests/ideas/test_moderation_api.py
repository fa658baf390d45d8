"""Moderation over the API: managers read what waits, decide, and set the rules."""

from __future__ import annotations

import uuid

import pytest

from ideas.models import PortalPost
from ideas.services.ideas import idea_update
from ideas.services.moderation import portal_comment
from ideas.services.portal import portal_submit
from plm.models import Comment, Event
from tests.make import make_idea

JSON = "application/json"
POSTS, RULES = "/api/v1/portals/ATL/posts/", "/api/v1/portals/ATL/moderation/"


@pytest.fixture
def idea(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return make_idea(world.actor("bob"), world.atlas, "Split payments", public=True)


@pytest.fixture
def client(world, api):
    return api(world.alice, world.acme)


def said(world, idea, *bodies):
    return [portal_comment(actor=world.actor("eve"), idea=idea, body=body) for body in bodies]


def decide(client, posts, decision, **more):
    body = {"posts": [str(post) for post in posts], "decision": decision, **more}
    return client.post(f"{POSTS}decide/", body, content_type=JSON)


def test_what_waits_is_read_page_by_page_oldest_first(world, idea, client):
    said(world, idea, "One", "Two", "Three")
    first = client.get(f"{POSTS}?size=2").json()
    assert [(p["body"], p["state"], p["idea"]) for p in first["results"]] == [
        ("One", "held", idea.reference),
        ("Two", "held", idea.reference),
    ]
    assert first["results"][0]["why"] == "Nothing of this person was published before."
    cursor = first["next_cursor"]
    rest = client.get(f"{POSTS}?size=2&cursor={cursor}").json()
    assert [p["body"] for p in rest["results"]] == ["Three"]
    assert rest["next_cursor"] is None
    newest = client.get(f"{POSTS}?order=-created").json()["results"]
    assert [p["body"] for p in newest] == ["Three", "Two", "One"]
    assert client.get(f"{POSTS}?state=spam&cursor={cursor}").status_code == 400
    assert client.get(f"{POSTS}?state=lost").status_code == 400


def test_posts_are_published_and_rejected_with_a_reason_that_the_team_finds(world, idea, client):
    good, bad = said(world, idea, "Please do", "Buy pills")
    own = portal_submit(actor=world.actor("eve"), product=world.atlas, title="Pills")
    assert decide(client, [good.uuid], "publish").json() == {"decided": 1}
    assert Comment.objects.get(public=True).body == "Please do"
    answer = decide(client, [bad.uuid, own.posts.get().uuid], "reject", reason="Advertises.")
    assert answer.json() == {"decided": 2}
    own.refresh_from_db()
    assert own.archived_at is not None
    told = Event.objects.filter(verb__in=["idea.post_rejected", "idea.archived"])
    assert {event.reason for event in told} == {"Advertises."}
    assert decide(client, [good.uuid, bad.uuid, uuid.uuid4()], "reject").json() == {"decided": 0}
    spam = client.get(f"{POSTS}?state=spam").json()["results"]
    assert {(p["body"], p["decided_by"]) for p in spam} == {
        ("Buy pills", str(world.alice.uuid)),
        ("", str(world.alice.uuid)),
    }
    for wrong in ({"posts": []}, {"decision": "spam"}, {"posts": ["x"]}):
        body = {"posts": [str(good.uuid)], "decision": "publish", **wrong}
        assert client.post(f"{POSTS}decide/", body, content_type=JSON).status_code == 422


def test_an_idea_published_on_its_own_page_is_listed_as_published(world, idea, client):
    own = portal_submit(
        actor=world.actor("eve"), product=world.atlas, title="Dark mode", description="At night."
    )
    idea_update(actor=world.actor("alice"), record=own, version=None, values={"public": True})
    assert client.get(POSTS).json()["results"] == []
    published = client.get(f"{POSTS}?state=published").json()["results"]
    assert [(p["title"], p["body"], p["state"]) for p in published] == [
        ("Dark mode", "At night.", "published")
    ]


def test_the_team_reads_and_managers_decide(world, idea, client, api):
    (held,) = said(world, idea, "Once")
    bob = api(world.bob, world.acme)
    assert len(bob.get(POSTS).json()["results"]) == 1
    assert decide(bob, [held.uuid], "publish").status_code == 403
    assert PortalPost.objects.get().state == "held"
    rival = api(world.mallory, world.rival)
    assert rival.get(POSTS).status_code == rival.get(RULES).status_code == 404
    here = "/api/v1/portals/BOR/posts/decide/"
    body = {"posts": [str(held.uuid)], "decision": "publish"}
    assert client.post(here, body, content_type=JSON).json() == {"decided": 0}


def test_rules_are_changed_by_whoever_read_them(world, client, api):
    read = client.get(RULES)
    assert read.json() == {
        "publish_at_once": False, "hold_first": True, "posts_per_hour": 5, "blocked_words": [], "version": 1
    }  # fmt: skip
    headers = {"If-Match": read["ETag"]}
    body = {"blocked_words": ["Casino", " casino "], "posts_per_hour": 3}
    saved = client.patch(RULES, body, content_type=JSON, headers=headers)
    assert (saved.json()["blocked_words"], saved.json()["hold_first"]) == (["casino"], True)
    assert client.patch(RULES, body, content_type=JSON, headers=headers).status_code == 412
    assert client.patch(RULES, body, content_type=JSON).status_code == 428
    headers = {"If-Match": saved["ETag"]}
    wrong = client.patch(RULES, {"posts_per_hour": 0}, content_type=JSON, headers=headers)
    assert wrong.status_code == 422
    bob = api(world.bob, world.acme)
    assert bob.patch(RULES, body, content_type=JSON, headers=headers).status_code == 403
    assert client.get("/api/v1/portals/ROC/moderation/").status_code == 404
