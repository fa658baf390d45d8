"""From ideas to features: several into one, one into several, linked both ways."""

from __future__ import annotations

import pytest

from backlog.models import BacklogItem, IdeaLink
from backlog.services.promotion import feature_from_ideas, idea_remove, ideas_add, ideas_split
from ideas.models import Idea
from ideas.services.ideas import idea_update
from plm.errors import Conflict, Invalid, NotAllowed
from plm.lineage import trace
from plm.models import Event
from tests.make import make_idea, make_item


def test_several_ideas_become_one_feature_and_are_planned(world):
    alice = world.actor("alice")
    ideas = [make_idea(alice, world.atlas, f"Idea {n}") for n in range(3)]
    item = feature_from_ideas(
        actor=alice, product=world.atlas, ideas=ideas, values={"title": "Payments"}
    )
    assert set(Idea.objects.values_list("state", flat=True)) == {"planned"}
    assert Event.objects.filter(verb="idea.promoted").count() == 3
    before, _ = trace(alice, item.pk)
    _, after = trace(alice, ideas[0].pk)
    assert {r.record.pk for r in before} == {i.pk for i in ideas}
    assert [r.record.pk for r in after] == [item.pk]


def test_one_idea_becomes_several_features(world):
    alice = world.actor("alice")
    idea = make_idea(alice, world.atlas)
    made = ideas_split(
        actor=alice, product=world.atlas, ideas=[idea], parts=[{"title": "a"}, {"title": "b"}]
    )
    assert [item.type for item in made] == ["feature", "feature"]
    assert IdeaLink.objects.filter(idea=idea).count() == 2


def test_an_idea_joins_an_item_once_and_leaves_it_again(world):
    alice = world.actor("alice")
    idea, item = make_idea(alice, world.atlas), make_item(alice, world.atlas)
    for _ in range(2):
        ideas_add(actor=alice, item=item, ideas=[idea])
    assert IdeaLink.objects.count() == 1
    idea_remove(actor=alice, item=item, idea=idea)
    assert IdeaLink.objects.count() == 0
    last = Event.objects.filter(record_id=item.pk).latest("sequence")
    assert last.changes["ideas"] == [[idea.reference], []]


def test_a_declined_idea_an_idea_elsewhere_and_a_contributor_are_refused(world):
    alice = world.actor("alice")
    idea, other = make_idea(alice, world.atlas), make_idea(alice, world.boreas)
    values = {"title": "x"}
    with pytest.raises(NotAllowed):
        feature_from_ideas(
            actor=world.actor("bob"), product=world.atlas, ideas=[idea], values=values
        )
    with pytest.raises(Invalid):
        feature_from_ideas(actor=alice, product=world.atlas, ideas=[idea, other], values=values)
    idea_update(actor=alice, record=idea, version=None, values={"state": "declined"})
    with pytest.raises(Conflict):
        feature_from_ideas(actor=alice, product=world.atlas, ideas=[idea], values=values)
    assert not BacklogItem.objects.exists()


def test_a_manager_promotes_from_the_page_of_the_idea(world, sign_in):
    alice = world.actor("alice")
    idea = make_idea(alice, world.atlas, "Split payments", description="In three parts.")
    browser = sign_in(world.alice)
    page = browser.get(idea.get_absolute_url())
    assert b"Promote to a feature" in page.content
    form = browser.get(f"{idea.get_absolute_url()}/promote")
    assert b"In three parts." in form.content
    answer = browser.post(
        f"{idea.get_absolute_url()}/promote",
        {"ref": idea.reference, "titles": "Split payments", "type": "feature", "description": "x"},
    )
    item = BacklogItem.objects.get()
    assert answer["Location"] == item.get_absolute_url()
    assert item.reference.encode() in browser.get(idea.get_absolute_url()).content
    assert idea.reference.encode() in browser.get(item.get_absolute_url()).content


def test_ideas_chosen_on_their_list_become_one_feature(world, sign_in):
    alice = world.actor("alice")
    refs = [make_idea(alice, world.atlas, f"Idea {n}").reference for n in range(2)]
    browser = sign_in(world.alice)
    listed = browser.get("/acme/ATL/ideas/")
    assert b'formaction="/acme/ATL/ideas/promote"' in listed.content
    shown = browser.post("/acme/ATL/ideas/promote", {"ref": refs, "action": "promote"})
    assert shown.status_code == 200
    assert not BacklogItem.objects.exists()
    sent = {"ref": refs, "titles": "Both", "type": "feature", "description": ""}
    assert browser.post("/acme/ATL/ideas/promote", sent).status_code == 302
    assert IdeaLink.objects.count() == 2
    bare = browser.post("/acme/ATL/ideas/promote", {**sent, "titles": " "})
    assert bare.status_code == 422
    assert b"Give a title" in bare.content
    assert b'ideas/promote"' not in sign_in(world.bob).get("/acme/ATL/ideas/").content
