"""The portal's search: whole words and the beginning of the last one, in what a customer may read and nothing else."""

from __future__ import annotations

import pytest

from ideas.models import Idea
from ideas.selectors.portal import portal_published
from ideas.services.boards import board_create
from ideas.services.ideas import idea_update
from ideas.services.portal import response_set
from plm.search import search
from plm.services.notes import comment_add
from plm.services.records import record_archive, tags_set
from tests.make import make_idea

PORTAL = "/portal/acme/atl/"


@pytest.fixture
def atlas(world):
    world.atlas.portal_open = True
    world.atlas.save()
    return world.atlas


def found(product, q):
    return sorted(portal_published(product, q=q).values_list("title", flat=True))


def public(world, title, **values):
    return make_idea(world.actor("bob"), world.atlas, title, public=True, **values)


def test_every_word_counts_in_any_order_and_the_last_one_as_people_type_it(world, atlas):
    public(
        world,
        "Split payments",
        description="For **groups** that share a *booking*, with node.js 3.5 for them",
    )
    public(world, "Split views")
    both = ["Split payments", "Split views"]
    assert found(atlas, "split") == found(atlas, "SPL") == both
    for q in (
        "payments split",
        "split book",
        "groups spl",
        "(split) paym",
        "node",
        "3.5",
        "split, grou",
    ):
        assert found(atlas, q) == ["Split payments"], q
    for q in ("spl payments", "lit", "split zebra", "!!!", "_", "'", '"', "spl'it", "z:*&!("):
        assert found(atlas, q) == [], q


def test_what_is_changed_is_found_by_its_new_words_only(world, atlas):
    idea = public(world, "Dark mode")
    idea_update(actor=world.actor("bob"), record=idea, version=None, values={"title": "Night colours"})  # fmt: skip
    assert (found(atlas, "dark"), found(atlas, "night")) == ([], ["Night colours"])


def test_nothing_a_customer_may_not_read_makes_an_idea_match(world, atlas, client):
    alice = world.actor("alice")
    idea = public(world, "Visible", external_source="canary", external_id="canary")
    tags_set(idea, ["canary"])
    comment_add(actor=alice, record=idea, body="canary")
    comment_add(actor=alice, record=idea, body="canary", public=True)
    response_set(actor=alice, record=idea, version=None, body="canary")
    Idea.objects.filter(pk=idea.pk).update(custom={"x": "canary"})
    make_idea(alice, atlas, "canary that waits", source="customer")
    gone = public(world, "canary that is gone")
    record_archive(gone, actor=alice)
    make_idea(alice, world.boreas, "canary elsewhere", public=True)
    board = board_create(
        actor=alice, product=atlas, values={"name": "Inner", "privacy": "selected"}
    )
    public(world, "canary within", board=board)
    assert found(atlas, "canary") == []
    assert "No idea matches" in client.get(f"{PORTAL}?q=canary").content.decode()
    assert "canary within" in [r.title for r in search(alice, "canary", workspace_id=world.acme.pk)]


def test_what_matches_is_sorted_and_comes_in_pages(world, atlas, client):
    for n in range(23):
        public(world, f"Map number {n:02}")
    public(world, "Other wish")
    first = client.get(f"{PORTAL}?q=map&sort=new")
    assert first.context["count"] == 23
    rest = client.get(f"{PORTAL}?q=map&sort=new&cursor={first.context['cursor']}")
    titles = [idea.title for page in (first, rest) for idea in page.context["ideas"]]
    assert titles == [f"Map number {n:02}" for n in reversed(range(23))]
