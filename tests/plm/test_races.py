"""Many at once: numbers, votes, edits and identical requests, from threads with connections of their own."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client

from ideas.models import Idea, Person, Vote
from ideas.services.votes import idea_vote_set
from plm.errors import Stale
from plm.models import Event, Membership
from plm.permissions import Role
from plm.selectors import actor_of
from plm.services.records import record_update
from tests.make import make_idea
from tests.world import make_user, make_world

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    """A world of its own; on SQLite the test database must be a file, so that threads share it."""
    if connection.vendor == "sqlite" and "mode=memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("An in-memory database is one connection; tests/run.py gives this part a file.")
    return make_world()


def at_once(count, work):
    """What `work(n)` gave or raised, for n from 0, all started together."""

    def one(n):
        try:
            return work(n)
        except Exception as error:  # noqa: BLE001 - the tests look at what was raised
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(one, range(count)))


def test_sixty_four_creations_get_sixty_four_numbers(world):
    actor = world.actor("bob")
    made = at_once(64, lambda n: make_idea(actor, world.atlas, f"Idea {n}").number)
    assert sorted(made) == list(range(1, 65))
    numbers = list(
        Event.objects.filter(workspace=world.acme)
        .order_by("sequence")
        .values_list("sequence", flat=True)
    )
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def test_one_person_votes_once_and_twenty_vote_twenty_times(world):
    idea = make_idea(world.actor("bob"), world.atlas)
    at_once(24, lambda n: idea_vote_set(actor=world.actor("carol"), idea=idea, voting=True))
    assert Vote.objects.filter(idea=idea).count() == 1
    people = [make_user(f"voter{n}") for n in range(20)]
    for person in people:
        Membership.objects.create(workspace=world.acme, user=person, role=Role.STAKEHOLDER)
    at_once(20, lambda n: idea_vote_set(actor=actor_of(people[n]), idea=idea, voting=True))
    idea.refresh_from_db()
    assert idea.votes_count == Vote.objects.filter(idea=idea).count() == 21


def test_of_many_edits_of_one_version_one_wins_and_the_others_are_told(world):
    idea = make_idea(world.actor("bob"), world.atlas)
    actor = world.actor("bob")
    outcomes = at_once(
        16, lambda n: record_update(idea, actor=actor, version=1, values={"title": f"Title {n}"})
    )
    assert sum(isinstance(outcome, Idea) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Stale) for outcome in outcomes) == 15
    idea.refresh_from_db()
    assert idea.version == 2


def test_one_idempotency_key_sent_ten_times_at_once_makes_one_record(world, api):
    client = api(world.bob, world.acme)
    headers = {"Authorization": f"Bearer {client.token}", "Idempotency-Key": "same"}
    body = json.dumps({"product": "ATL", "title": "Once"})

    def send(_):
        answer = Client(headers=headers).post(
            "/api/v1/ideas/", body, content_type="application/json"
        )
        return answer.status_code, answer.json()["reference"]

    answers = at_once(10, send)
    assert set(answers) == {(201, "ATL-1")}
    assert Idea.objects.count() == 1


def test_first_votes_for_several_ideas_at_once_make_one_person(world):
    ideas = [make_idea(world.actor("bob"), world.atlas, f"Idea {n}") for n in range(12)]
    at_once(12, lambda n: idea_vote_set(actor=world.actor("carol"), idea=ideas[n], voting=True))
    assert Person.objects.filter(workspace=world.acme).count() == 1
    assert Vote.objects.count() == 12
    assert set(Idea.objects.values_list("votes_count", flat=True)) == {1}
