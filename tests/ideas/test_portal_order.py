"""The portal's list by the latest change of state: what was decided last comes first, what never was comes last."""

from __future__ import annotations

import re

import pytest

from ideas.models import Idea
from ideas.services.ideas import idea_move, idea_update
from ideas.services.merging import idea_merge
from ideas.services.triage import idea_accept
from tests.make import make_idea

PORTAL = "/portal/acme/atl/"


@pytest.fixture
def ideas(world):
    world.atlas.portal_open = True
    world.atlas.save()
    bob = world.actor("bob")
    return [make_idea(bob, world.atlas, f"Wish {n:02}", public=True) for n in range(23)]


def listed(client, address=f"{PORTAL}?sort=changed"):
    """The titles on all pages."""
    text = client.get(address).content.decode()
    more = re.search(r'href="([^"]*cursor=[^"]+)">More ideas', text)
    found = re.findall(r"<h2><a [^>]*>(Wish \d\d)</a>", text)
    return found + (listed(client, PORTAL + more[1].replace("&amp;", "&")) if more else [])


def test_the_latest_change_of_state_comes_first_over_all_pages(world, ideas, client):
    alice = world.actor("alice")
    idea_move(ideas[20], actor=alice, state="planned")
    idea_accept(actor=alice, idea=ideas[3])
    idea_update(actor=alice, record=ideas[7], version=None, values={"state": "shipped"})
    idea_update(actor=alice, record=ideas[9], version=None, values={"size": "rock"})
    titles = listed(client)
    assert titles[:3] == ["Wish 07", "Wish 03", "Wish 20"]
    unmoved = [f"Wish {n:02}" for n in range(22, -1, -1) if n not in {3, 7, 20}]
    assert titles[3:] == unmoved
    idea_move(ideas[20], actor=alice, state="in_progress")
    assert listed(client)[0] == "Wish 20"


def test_the_order_goes_with_a_search_and_a_state(world, ideas, client):
    alice = world.actor("alice")
    for n in (1, 5, 2):
        idea_move(ideas[n], actor=alice, state="planned")
    found = listed(client, f"{PORTAL}?sort=changed&state=planned&q=wish")
    assert found == ["Wish 02", "Wish 05", "Wish 01"]


def test_a_merge_is_a_change_of_state_and_a_change_of_anything_else_is_not(world, ideas):
    alice = world.actor("alice")
    idea_merge(actor=alice, source=ideas[0], target=ideas[1])
    idea_update(actor=alice, record=ideas[2], version=None, values={"title": "Wish 99"})
    moved = Idea.objects.exclude(moved_at=None)
    assert list(moved) == [ideas[0]]
    assert moved[0].moved_at == moved[0].updated_at
