"""The portal: customers see what is published, vote, submit, and nothing else."""

from __future__ import annotations

import re

import pytest

from ideas.models import Idea, Vote
from ideas.services.portal import MOST_AN_HOUR, portal_actor, portal_submit, portal_vote
from plm.errors import Conflict, NotAllowed, NotVisible
from plm.models import Team
from plm.permissions import ANONYMOUS, Role
from plm.runner import run_due_jobs
from plm.services.notes import comment_add
from tests.make import make_idea
from tests.words import says

PORTAL = "/portal/acme/atl/"


@pytest.fixture
def open_portal(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return make_idea(
        world.actor("bob"),
        world.atlas,
        "Split payments",
        description="For **groups**.",
        public=True,
    )


def test_an_open_portal_shows_published_ideas_to_everybody(world, open_portal, client):
    make_idea(world.actor("bob"), world.atlas, "Secret plan")
    make_idea(world.actor("bob"), world.boreas, "Other product", public=True)
    page = client.get(PORTAL)
    assert page.status_code == 200
    text = page.content.decode()
    assert "Split payments" in text
    assert "Secret plan" not in text
    assert "Other product" not in text
    assert client.get("/portal/acme/ATL/").status_code == 200
    one = client.get(f"{PORTAL}ideas/{open_portal.number}").content.decode()
    assert "<strong>groups</strong>" in one


def test_a_closed_portal_answers_like_a_missing_one(world, open_portal, client):
    assert client.get("/portal/acme/bor/").status_code == 404
    assert client.get("/portal/acme/nope/").status_code == 404
    hidden = make_idea(world.actor("bob"), world.atlas, "Secret plan")
    assert client.get(f"{PORTAL}ideas/{hidden.number}").status_code == 404
    world.atlas.portal_open = False
    world.atlas.save()
    assert client.get(PORTAL).status_code == 404
    assert client.get(f"{PORTAL}ideas/{open_portal.number}").status_code == 404


def test_ideas_are_searched_sorted_and_told_by_state(world, open_portal, client):
    new = make_idea(world.actor("bob"), world.atlas, "Dark mode", public=True, state="planned")
    portal_vote(actor=world.actor("eve"), idea=open_portal, voting=True)
    run_due_jobs()
    for address in (PORTAL, f"{PORTAL}?sort=top"):
        top = client.get(address).content.decode()
        assert top.index("Split payments") < top.index("Dark mode")
    fresh = client.get(f"{PORTAL}?sort=new").content.decode()
    assert fresh.index("Dark mode") < fresh.index("Split payments")
    assert "Dark mode" not in client.get(f"{PORTAL}?q=split").content.decode()
    assert "Split payments" not in client.get(f"{PORTAL}?state=planned").content.decode()
    assert "No idea matches" in client.get(f"{PORTAL}?q=zebra").content.decode()
    assert client.get(f"{PORTAL}?cursor=garbage").status_code == 400
    assert new.state_label in top


def test_a_customer_votes_once_and_takes_it_back(world, open_portal, sign_in):
    eve = sign_in(world.eve)
    url = f"{PORTAL}ideas/{open_portal.number}/vote"
    assert eve.post(url, {"on": "1"}).status_code == 302
    assert eve.post(url, {"on": "1"}).status_code == 302
    open_portal.refresh_from_db()
    assert open_portal.votes_count == 1
    part = eve.post(url, {"on": "0"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert b"<html" not in part.content
    open_portal.refresh_from_db()
    assert open_portal.votes_count == 0


def test_a_visitor_is_asked_to_sign_in_and_nothing_is_written(world, open_portal, client):
    answer = client.post(f"{PORTAL}ideas/{open_portal.number}/vote", {"on": "1"})
    assert answer["Location"].startswith("/portal/acme/atl/sign-in?next=/portal/acme/atl/ideas/")
    asked = client.get(f"{PORTAL}submit?title=Dark")
    assert asked["Location"].startswith("/portal/acme/atl/sign-in?next=/portal/")
    assert client.post(f"{PORTAL}submit", {"title": "x"}).status_code == 302
    assert not Vote.objects.exists()
    assert Idea.objects.count() == 1
    assert "/portal/acme/atl/sign-in?next=" in client.get(PORTAL).content.decode()


def test_an_unpublished_or_finished_idea_takes_no_votes(world, open_portal, sign_in):
    hidden = make_idea(world.actor("bob"), world.atlas, "Secret plan")
    with pytest.raises(NotVisible):
        portal_vote(actor=world.actor("eve"), idea=hidden, voting=True)
    done = make_idea(world.actor("bob"), world.atlas, "Done", public=True, state="shipped")
    assert (
        sign_in(world.eve).post(f"{PORTAL}ideas/{done.number}/vote", {"on": "1"}).status_code == 409
    )


def test_a_submitted_idea_waits_for_the_team(world, open_portal, sign_in, client):
    run_due_jobs()
    eve = sign_in(world.eve)
    form = eve.get(f"{PORTAL}submit?title=Split").content.decode()
    assert 'value="Split"' in form
    assert "Is it one of these?" in form
    sent = eve.post(
        f"{PORTAL}submit", {"title": "Dark mode", "description": "At night."}, follow=True
    )
    assert "The team reads it first" in sent.content.decode()
    assert "Your ideas, with the team" in sent.content.decode()
    idea = Idea.objects.get(title="Dark mode")
    assert (idea.source, idea.public, idea.state, idea.votes_count) == (
        "customer",
        False,
        "open",
        1,
    )
    assert idea.created_by == world.eve
    assert "Dark mode" not in client.get(PORTAL).content.decode()
    bad = eve.post(f"{PORTAL}submit", {"title": "  ", "description": "Kept."})
    assert bad.status_code == 422
    assert b"Kept." in bad.content


def test_one_person_submits_so_many_within_an_hour(world, open_portal):
    for n in range(MOST_AN_HOUR):
        portal_submit(actor=world.actor("eve"), product=world.atlas, title=f"Wish {n}")
    with pytest.raises(Conflict):
        portal_submit(actor=world.actor("eve"), product=world.atlas, title="One more")


def test_a_customer_is_one_in_exactly_this_product(world, open_portal):
    eve = portal_actor(world.actor("eve"), world.atlas)
    assert eve.role_in(world.acme.pk, world.atlas.pk) is Role.CUSTOMER
    assert eve.role_in(world.acme.pk, world.boreas.pk) is Role.NONE
    assert eve.role_in(world.acme.pk) is Role.NONE
    assert not eve.may("idea.view", world.acme.pk, world.atlas.pk)
    alice = portal_actor(world.actor("alice"), world.atlas)
    assert alice.role_in(world.acme.pk, world.atlas.pk) is Role.MANAGER
    assert portal_actor(world.actor("alice"), world.boreas) is ANONYMOUS
    with pytest.raises((NotAllowed, NotVisible)):
        portal_submit(actor=ANONYMOUS, product=world.atlas, title="x")


def test_a_customer_reaches_nothing_behind_the_portal(world, open_portal, sign_in):
    eve = sign_in(world.eve)
    for url in ("/acme/", "/acme/ATL/", f"/acme/{open_portal.reference}", "/acme/ATL/ideas/"):
        assert eve.get(url).status_code == 404, url
    assert eve.post(f"/acme/{open_portal.reference}/answer", {"body": "x"}).status_code == 404


def test_nothing_internal_leaves_the_house(world, open_portal, sign_in, client):
    """Canary words in every internal place; none of them on any page of the portal."""
    bob = world.actor("bob")
    world.alice.name = "CanaryOwner"
    world.alice.save()
    team = Team.objects.create(workspace=world.acme, name="CanaryTeam")
    idea = make_idea(
        bob, world.atlas, "Visible", public=True, owner=world.alice, team=team,
        external_source="CanarySource", external_id="CanaryId",
    )  # fmt: skip
    from plm.services.records import tags_set

    tags_set(idea, ["canarytag"])
    comment_add(actor=bob, record=idea, body="CanaryComment")
    comment_add(actor=world.actor("alice"), record=idea, body="We hear you.", public=True)
    portal_vote(actor=bob, idea=idea, voting=True)
    Idea.objects.filter(pk=idea.pk).update(
        demand_people=91827, demand_revenue=918273, custom={"x": "CanaryCustom"}
    )
    world.acme.name = "CanaryWorkspace"
    world.acme.save()
    for browser in (client, sign_in(world.eve), sign_in(world.carol)):
        for url in (
            PORTAL,
            f"{PORTAL}ideas/{idea.number}",
            f"{PORTAL}?sort=new&q=Visible",
            f"{PORTAL}?sort=changed",
        ):
            text = browser.get(url).content.decode()
            assert "Visible" in text
            assert "canary" not in text.casefold()
            assert not says(text, "91827")
            assert "91,827" not in text
            assert not re.search(r"(?<![\w.:-])918\d*(?![\w-])", text)
    assert "We hear you." in client.get(f"{PORTAL}ideas/{idea.number}").content.decode()


def test_the_team_answers_in_public_without_a_name(world, open_portal, sign_in, client):
    bob = sign_in(world.bob)
    page = bob.get(f"/acme/{open_portal.reference}").content.decode()
    assert f"/portal/acme/atl/ideas/{open_portal.number}" in page
    assert bob.post(f"/acme/{open_portal.reference}/answer", {"body": "Soon."}).status_code == 302
    text = client.get(f"{PORTAL}ideas/{open_portal.number}").content.decode()
    assert "Soon." in text
    assert not says(text, "Bob")
    refused = sign_in(world.carol).post(f"/acme/{open_portal.reference}/answer", {"body": "No."})
    assert refused.status_code == 403


def test_the_portal_costs_the_same_for_three_and_for_twenty(
    world, open_portal, sign_in, django_assert_max_num_queries
):
    for n in range(18):
        make_idea(world.actor("bob"), world.atlas, f"Wish {n}", public=True, state="in_progress")
    eve = sign_in(world.eve)
    with django_assert_max_num_queries(15):
        assert eve.get(PORTAL).status_code == 200
