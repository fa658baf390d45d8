"""Many votes at once: none is lost, none is doubled, no budget is exceeded."""

from __future__ import annotations

import pytest

from ideas.models import Idea, Person, Portal, Vote
from ideas.services.portal import portal_vote
from ideas.services.votes import VotesSpent
from plm.selectors import actor_of
from tests.make import make_idea
from tests.plm.test_races import at_once, world  # noqa: F401 - the fixture
from tests.world import make_user

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ideas(world):  # noqa: F811 - the fixture
    world.atlas.portal_open = True
    world.atlas.save()
    Portal.objects.create(workspace=world.acme, product=world.atlas, vote_budget=3)
    bob = world.actor("bob")
    return [make_idea(bob, world.atlas, f"Idea {n}", public=True) for n in range(16)]


def test_sixty_four_clients_of_one_person_spend_their_three_votes_and_no_more(world, ideas):  # noqa: F811
    eve = world.actor("eve")
    outcomes = at_once(64, lambda n: portal_vote(actor=eve, idea=ideas[n % 16], voting=True))
    assert {type(o) for o in outcomes} == {int, VotesSpent}
    assert Vote.objects.filter(person__user=world.eve).count() == 3
    assert Person.objects.filter(workspace=world.acme, user=world.eve).count() == 1


def test_sixty_four_people_at_once_lose_no_vote_and_double_none(world, ideas):  # noqa: F811
    people = [actor_of(make_user(f"customer{n}")) for n in range(64)]

    def work(n):
        for step in range(4):
            idea = ideas[(n + step) % 4]
            portal_vote(actor=people[n], idea=idea, voting=step != 3)
        return n

    outcomes = at_once(64, work)
    assert sorted(map(str, outcomes)) == sorted(map(str, range(64)))
    assert Vote.objects.count() == 64 * 3
    for idea in Idea.objects.filter(pk__in=[i.pk for i in ideas]):
        assert idea.votes_count == Vote.objects.filter(idea=idea).count()
