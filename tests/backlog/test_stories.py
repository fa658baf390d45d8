"""A specification is split into stories: proposed from its requirements, made in one go, all or none, never twice."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from backlog.models import BacklogItem, Requirement, RequirementLink
from backlog.selectors.stories import proposals
from backlog.services.stories import requirement_story_add, stories_create
from plm.errors import Conflict, Invalid
from tests.make import make_item, make_spec

ROWS = [
    {"text": "Pay in parts", "estimate": Decimal(3), "acceptance": ["Sum equals the bill", {"when": "x", "then": "y"}]},
    {"text": "Within two seconds", "type": "quality"},
    {"text": "Remember the split", "moscow": "could"},
    {"text": "Crypto", "moscow": "wont"},
]  # fmt: skip


@pytest.fixture
def bob(world):
    return world.actor("bob")


@pytest.fixture
def spec(world, bob):
    return make_spec(bob, world.atlas, requirements=ROWS)


def asked(spec):
    return [{"requirement": str(p.requirement.uuid), "title": p.title} for p in proposals(spec)]


def stories():
    return BacklogItem.objects.filter(type="story")


def test_each_functional_requirement_that_will_be_built_is_proposed_as_a_story(spec):
    assert [p.title for p in proposals(spec)] == ["Pay in parts", "Remember the split"]
    assert proposals(spec)[0].acceptance == ["Sum equals the bill", "When x, then y"]


def test_stories_are_made_below_the_feature_with_their_criteria_and_linked(bob, spec):
    first, _ = stories_create(actor=bob, spec=spec, stories=asked(spec))
    assert (first.parent_id, first.estimate) == (spec.item_id, 3)
    assert "- When x, then y" in first.description
    assert RequirementLink.objects.filter(item=first, requirement__text="Pay in parts").exists()
    assert proposals(spec) == []


def test_all_are_made_or_none_and_sent_twice_makes_none_twice(bob, spec):
    rows = asked(spec)
    with pytest.raises(Invalid):
        stories_create(actor=bob, spec=spec, stories=[rows[0], {**rows[1], "title": " "}])
    assert stories().count() == 0
    stories_create(actor=bob, spec=spec, stories=rows[:1])
    with pytest.raises(Conflict):
        stories_create(actor=bob, spec=spec, stories=rows)
    assert stories().count() == 1


def test_the_list_is_edited_on_one_page_and_made_by_one_button(world, spec, sign_in):
    browser, url = sign_in(world.bob), f"{spec.get_absolute_url()}/stories"
    page = browser.get(url).content.decode()
    assert "Pay in parts" in page
    one, other = (p.requirement.uuid for p in proposals(spec))
    sent = {
        f"{one}-make": "on", f"{one}-title": "Pay in up to four parts", f"{one}-acceptance": "Given a, when b, then c",
        f"{other}-title": "Left out", "form_key": "k" * 20,
    }  # fmt: skip
    assert browser.post(url, {**sent, f"{one}-title": ""}).status_code == 422
    assert stories().count() == 0
    sent["form_key"] = "l" * 20
    for _ in range(2):
        assert browser.post(url, sent).status_code == 302
    assert [(s.title, "Given a, when b, then c" in s.description) for s in stories()] == [
        ("Pay in up to four parts", True)
    ]
    assert sign_in(world.carol).get(url).status_code == 403


def test_an_item_there_is_may_fulfil_a_requirement(world, bob, spec, sign_in):
    story = make_item(bob, world.atlas, "By hand", type="story", parent=spec.item)
    row = Requirement.objects.filter(spec=spec).first()
    browser, url = sign_in(world.bob), f"{spec.get_absolute_url()}/covers"
    sent = {"requirement": str(row.uuid), "item": story.reference}
    for _ in range(2):
        assert browser.post(url, sent).status_code == 302
    assert RequirementLink.objects.count() == 1
    assert browser.post(url, {**sent, "item": "ZZZ-1"}).status_code == 422
    assert browser.post(url, {**sent, "on": "0"}).status_code == 302
    assert RequirementLink.objects.count() == 0
    with pytest.raises(Invalid):
        requirement_story_add(actor=bob, spec=spec, requirement=str(row.uuid), item=spec.item)


def test_the_api_proposes_and_makes_them(world, spec, api):
    client, url = api(world.bob, world.acme), f"/api/v1/specs/{spec.reference}/"
    found = client.get(f"{url}proposed-stories/").json()["results"]
    assert [row["title"] for row in found] == ["Pay in parts", "Remember the split"]

    def send():
        return client.post(f"{url}stories/", json.dumps({"stories": found}), content_type="application/json")  # fmt: skip

    made = send()
    assert made.status_code == 201, made.content
    assert len(made.json()["items"]) == 2
    assert send().status_code == 409
    assert stories().count() == 2
