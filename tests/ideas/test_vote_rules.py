"""Vote budgets, hidden counts and the trending order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideas.models import Idea, Portal, Vote
from ideas.services.boards import board_create
from ideas.services.ideas import idea_move
from ideas.services.portal import portal_submit, portal_vote
from ideas.services.votes import VotesSpent, vote_add_for
from ideas.trending import trending
from plm.errors import Conflict
from plm.runner import run_due_jobs
from plm.services.notes import comment_add
from tests.make import make_idea, make_person
from tests.words import says

PORTAL = "/portal/acme/atl/"
DAY = timedelta(days=1)


@pytest.fixture
def atlas(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return world.atlas


def rules(world, **values):
    Portal.objects.update_or_create(
        product=world.atlas, defaults={"workspace": world.acme, **values}
    )


def public(world, title, **values):
    return make_idea(world.actor("bob"), world.atlas, title, public=True, **values)


def vote(world, idea, *, voting=True, who="eve"):
    return portal_vote(actor=world.actor(who), idea=idea, voting=voting)


# --- budgets -------------------------------------------------------------------------------------
def test_a_person_has_so_many_votes_and_is_told_what_to_take_back(world, atlas):
    rules(world, vote_budget=2)
    one, two, three = (public(world, title) for title in ("One", "Two", "Three"))
    vote(world, one)
    vote(world, two)
    assert vote(world, two) == 1
    with pytest.raises(VotesSpent) as refused:
        vote(world, three)
    assert "2 votes" in refused.value.message
    assert "“Two”, “One”" in refused.value.message
    vote(world, three, who="mallory")
    vote(world, one, voting=False)
    assert vote(world, three) == 2


def test_a_vote_on_a_closed_idea_comes_back(world, atlas):
    rules(world, vote_budget=1)
    one, two = public(world, "One"), public(world, "Two")
    vote(world, one)
    with pytest.raises(VotesSpent):
        vote(world, two)
    idea_move(one, actor=world.actor("bob"), state="declined", reason="No.")
    assert vote(world, two) == 1


def test_a_board_counts_its_own_votes(world, atlas):
    rules(world, vote_budget=1)
    board = board_create(
        actor=world.actor("alice"), product=atlas, values={"name": "Apps", "vote_budget": 1}
    )
    here, there = public(world, "Here", board=board), public(world, "There")
    also_here, also_there = public(world, "Also here", board=board), public(world, "Also there")
    vote(world, here)
    vote(world, there)
    for idea in (also_here, also_there):
        with pytest.raises(VotesSpent):
            vote(world, idea)


def test_votes_that_members_add_cost_the_person_nothing_and_are_shown_apart(world, atlas, sign_in):
    rules(world, vote_budget=1)
    one, two, three = (public(world, title) for title in ("One", "Two", "Three"))
    eve = make_person(world.actor("alice"), world.acme, "Eve")
    type(eve).objects.filter(pk=eve.pk).update(user=world.eve)
    vote_add_for(actor=world.actor("bob"), idea=one, person=eve)
    assert vote(world, one) == 1
    assert vote(world, two) == 1
    vote_add_for(actor=world.actor("bob"), idea=three, person=eve)
    page = sign_in(world.eve).get(f"{PORTAL}votes").content.decode()
    assert "1 of 1 given" in page
    own, added = page.split("Given in for you")
    assert ("Two" in own, "One" in own, "One" in added, "Three" in added) == (
        True,
        False,
        True,
        True,
    )
    Vote.objects.filter(idea=three).update(added_by=None, unproved=True)
    assert "1 of 1 given" in sign_in(world.eve).get(f"{PORTAL}votes").content.decode()
    vote(world, three, voting=False)
    assert not Vote.objects.filter(idea=three).exists()


def test_an_idea_is_taken_in_without_a_vote_when_none_is_left(world, atlas):
    rules(world, vote_budget=1)
    vote(world, public(world, "One"))
    idea = portal_submit(actor=world.actor("eve"), product=atlas, title="Mine")
    assert not Vote.objects.filter(idea=idea).exists()


def test_the_page_of_votes_says_how_many_are_given(world, atlas, sign_in, client):
    rules(world, vote_budget=2)
    one, two, three = (public(world, title) for title in ("One", "Two", "Three"))
    eve = sign_in(world.eve)
    assert "No open votes" in eve.get(f"{PORTAL}votes").content.decode()
    vote(world, one)
    vote(world, two)
    full = eve.post(f"{PORTAL}ideas/{three.number}/vote", {"on": "1"}, follow=True)
    text = full.content.decode()
    assert "2 of 2 given" in text
    assert "Take one back first" in text
    assert "Three" not in text
    toast = eve.post(
        f"{PORTAL}ideas/{three.number}/vote", {"on": "1"}, headers={"HX-Request": "true"}
    )
    assert toast.status_code == 409
    assert client.get(f"{PORTAL}votes").status_code == 302


# --- hidden counts -------------------------------------------------------------------------------
def test_the_number_of_votes_is_shown_to_whom_the_portal_says(world, atlas, sign_in, client):
    idea = public(world, "Split payments", state="in_progress")
    Idea.objects.filter(pk=idea.pk).update(votes_count=4711)
    run_due_jobs()
    addresses = (
        PORTAL, f"{PORTAL}?sort=top", f"{PORTAL}ideas/{idea.number}", f"{PORTAL}similar?title=Split+payments"
    )  # fmt: skip
    eve = sign_in(world.eve)

    def sees(browser):
        return {"4,711" in browser.get(url).content.decode() for url in addresses}

    assert sees(client) == sees(eve) == {True}
    rules(world, counts="voted")
    assert sees(client) == sees(eve) == {False}
    Vote.objects.all().delete()
    part = eve.post(
        f"{PORTAL}ideas/{idea.number}/vote", {"on": "1"}, headers={"HX-Request": "true"}
    )
    assert b"<b>1</b>" in part.content
    Idea.objects.filter(pk=idea.pk).update(votes_count=4711)
    assert sees(eve) == {True}
    assert sees(client) == {False}
    rules(world, counts="never")
    assert sees(eve) == {False}
    assert not says(eve.get(PORTAL).content.decode(), "4711")


# --- trending ------------------------------------------------------------------------------------
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
moments = st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1)).map(  # noqa: DTZ001 - hypothesis adds it
    lambda at: at.replace(tzinfo=UTC)
)


def test_two_weeks_halve_what_a_vote_counts():
    assert trending(NOON + 14 * DAY) == pytest.approx(trending(NOON) + 1)
    lone = trending(NOON - 9000 * DAY, votes=[NOON])
    assert trending(NOON - 9000 * DAY, votes=[NOON + 14 * DAY]) == pytest.approx(lone + 1)
    twice = trending(NOON - 9000 * DAY, votes=[NOON, NOON])
    assert twice == pytest.approx(lone + 1)
    assert trending(NOON, comments=[NOON] * 5) > trending(NOON, votes=[NOON] * 2)
    assert trending(NOON, votes=[NOON]) > trending(NOON, comments=[NOON])


@given(moments, st.lists(moments, max_size=20), st.lists(moments, max_size=20), moments)
def test_a_vote_lifts_and_time_changes_no_order(made, votes, comments, at):
    before = trending(made, votes, comments)
    assert trending(made, [*votes, at], comments) >= before
    later = [DAY * 100 + moment for moment in (made, at)]
    shifted = trending(later[0], [v + 100 * DAY for v in votes], [c + 100 * DAY for c in comments])
    assert shifted - before == pytest.approx(100 / 14, abs=1e-6)


def test_what_was_voted_for_lately_comes_first(world, atlas, client):
    old, fresh = public(world, "Old glory"), public(world, "Fresh wish")
    for who in ("eve", "mallory", "carol"):
        vote(world, old, who=who)
    vote(world, fresh)
    Vote.objects.filter(idea=old).update(created_at=NOON - 400 * DAY)
    Idea.objects.filter(pk=old.pk).update(created_at=NOON - 500 * DAY)
    run_due_jobs()
    page = client.get(PORTAL).content.decode()
    assert page.index("Fresh wish") < page.index("Old glory")
    comment_add(actor=world.actor("alice"), record=old, body="Hm.")
    run_due_jobs()
    page = client.get(PORTAL).content.decode()
    assert page.index("Fresh wish") < page.index("Old glory")
    for _ in range(4):
        comment_add(actor=world.actor("alice"), record=old, body="Soon.", public=True)
    run_due_jobs()
    page = client.get(PORTAL).content.decode()
    assert page.index("Old glory") < page.index("Fresh wish")


def test_a_closed_idea_still_refuses_votes(world, atlas):
    done = public(world, "Done", state="shipped")
    with pytest.raises(Conflict):
        vote(world, done)


# --- types and sizes -----------------------------------------------------------------------------
def test_an_idea_has_a_type_and_a_size(world, api, sign_in):
    client = api(world.bob, world.acme)
    body = {"product": "ATL", "title": "Fewer no-shows", "type": "problem", "size": "boulder"}
    made = client.post("/api/v1/ideas/", body, content_type="application/json")
    assert made.status_code == 201
    assert (made.json()["type"], made.json()["size"], made.json()["board"]) == (
        "problem",
        "boulder",
        None,
    )
    found = client.get("/api/v1/ideas/?product=ATL&type=problem&of_size=boulder").json()["results"]
    assert [row["title"] for row in found] == ["Fewer no-shows"]
    assert client.get("/api/v1/ideas/?product=ATL&type=insight").json()["results"] == []
    wrong = client.post(
        "/api/v1/ideas/", {**body, "type": "dream"}, content_type="application/json"
    )
    assert wrong.status_code == 422
    page = sign_in(world.bob).get(f"/acme/{made.json()['reference']}").content.decode()
    assert "Boulder" in page
