"""Votes count persons: one's own, and those a member adds for somebody."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress

from ideas.models import Idea, Person, Vote
from ideas.services.customers import customer_archive
from ideas.services.votes import idea_vote_set, vote_add_for, vote_remove_for
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible
from plm.models import Event
from tests.make import make_company, make_idea, make_person


@pytest.fixture
def idea(world):
    return make_idea(world.actor("bob"), world.atlas)


def count(idea: Idea) -> int:
    idea.refresh_from_db()
    assert idea.votes_count == Vote.objects.filter(idea=idea).count()
    return idea.votes_count


def test_a_first_vote_makes_a_person_and_the_next_finds_them(world, idea):
    other = make_idea(world.actor("bob"), world.atlas, "Another")
    for one in (idea, idea, other):
        idea_vote_set(actor=world.actor("carol"), idea=one, voting=True)
    person = Person.objects.get()
    assert (person.user, person.name, person.email) == (world.carol, "Carol", "")
    assert (count(idea), count(other)) == (1, 1)


def test_an_account_with_a_confirmed_address_votes_as_the_person_known_by_it(world, idea):
    known = make_person(world.actor("bob"), world.acme, "C. Carol", email=world.carol.email)
    EmailAddress.objects.create(user=world.carol, email=world.carol.email.upper(), verified=True)
    vote_add_for(actor=world.actor("bob"), idea=idea, person=known, importance=3)
    idea_vote_set(actor=world.actor("carol"), idea=idea, voting=True)
    assert count(idea) == 1
    known.refresh_from_db()
    assert known.user == world.carol
    idea_vote_set(actor=world.actor("carol"), idea=idea, voting=False)
    assert count(idea) == 0


def test_an_unconfirmed_address_claims_nobody(world, idea):
    known = make_person(world.actor("bob"), world.acme, "C. Carol", email=world.carol.email)
    EmailAddress.objects.create(user=world.carol, email=world.carol.email, verified=False)
    idea_vote_set(actor=world.actor("carol"), idea=idea, voting=True)
    known.refresh_from_db()
    assert known.user is None
    assert Vote.objects.get().person != known


def test_a_vote_for_somebody_keeps_who_added_it(world, idea):
    ana = make_person(world.actor("bob"), world.acme)
    assert vote_add_for(actor=world.actor("bob"), idea=idea, person=ana, importance=2) == 1
    assert vote_add_for(actor=world.actor("alice"), idea=idea, person=ana, importance=3) == 1
    vote = Vote.objects.get()
    assert (vote.added_by, vote.importance) == (world.bob, 3)
    assert Event.objects.filter(verb="idea.voted").count() == 1
    assert vote_remove_for(actor=world.actor("alice"), idea=idea, person=ana) == 0
    with pytest.raises(NotVisible):
        vote_remove_for(actor=world.actor("alice"), idea=idea, person=ana)


def test_what_cannot_be_voted_for_somebody_is_said(world, idea):
    bob = world.actor("bob")
    ana = make_person(bob, world.acme)
    theirs = make_person(world.actor("mallory"), world.rival, "Mal")
    with pytest.raises(NotAllowed):
        vote_add_for(actor=world.actor("carol"), idea=idea, person=ana)
    with pytest.raises(NotVisible):
        vote_add_for(actor=bob, idea=idea, person=theirs)
    with pytest.raises(Invalid):
        vote_add_for(actor=bob, idea=idea, person=ana, importance=7)
    shipped = make_idea(bob, world.atlas, "Done", state="shipped")
    with pytest.raises(Conflict):
        vote_add_for(actor=bob, idea=shipped, person=ana)
    customer_archive(actor=world.actor("alice"), customer=ana)
    ana.refresh_from_db()
    with pytest.raises(Conflict):
        vote_add_for(actor=bob, idea=idea, person=ana)
    assert count(idea) == 0


def test_voters_stand_on_the_page_and_ideas_on_the_pages_of_voters(world, idea, sign_in):
    company = make_company(world.actor("bob"), world.acme)
    ana = make_person(world.actor("bob"), world.acme, company=company)
    client = sign_in(world.bob)
    here = idea.get_absolute_url()
    form = client.get(f"{here}/voters/new").content.decode()
    assert 'id="list-person"' in form
    made = client.post(f"{here}/voters/new", {"person": "Ana Ruiz", "importance": "3"})
    assert made.status_code == 302, made.content
    page = client.get(here).content.decode()
    for part in ("Who votes for it", "Ana Ruiz", "Harbour Clinic", "added by Bob", "Critical"):
        assert part in page
    for customer in (f"{company.uuid}", f"people/{ana.uuid}"):
        assert idea.title in client.get(f"/acme/ATL/customers/{customer}").content.decode()
    bad = client.post(f"{here}/voters/new", {"person": "Nobody", "importance": "3"})
    assert bad.status_code == 422
    look = sign_in(world.carol).get(here).content.decode()
    assert "Ana Ruiz" in look
    assert "voters/new" not in look
    assert client.post(f"{here}/voters/{ana.uuid}/remove").status_code == 302
    assert count(idea) == 0


def test_the_api_adds_lists_and_takes_away(world, idea, api):
    ana = make_person(world.actor("bob"), world.acme)
    client = api(world.bob, world.acme)
    url = f"/api/v1/ideas/{idea.reference}/votes/"
    made = client.post(url, {"person": str(ana.uuid), "importance": 2}, content_type="application/json",
                       headers={"Idempotency-Key": "v1"})  # fmt: skip
    assert (made.status_code, made.json()) == (201, {"votes_count": 1})
    row = client.get(url).json()["results"][0]
    assert (row["person"], row["importance"]) == (str(ana.uuid), 2)
    assert row["added_by"] == str(world.bob.uuid)
    theirs = make_person(world.actor("mallory"), world.rival, "Mal")
    wrong = client.post(url, {"person": str(theirs.uuid)}, content_type="application/json",
                        headers={"Idempotency-Key": "v2"})  # fmt: skip
    assert wrong.status_code == 422
    assert client.delete(f"{url}{theirs.uuid}/").status_code == 404
    assert client.delete(f"{url}{ana.uuid}/").status_code == 204
    assert client.get(url).json()["results"] == []
