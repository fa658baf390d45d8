"""Factors that fill themselves from data: what they say, and what a value given by hand does."""

from __future__ import annotations

import json

import pytest

from backlog.models import Assessment, BacklogItem, FactorSource, IdeaLink, ScoringModel
from backlog.selectors.sources import source_named
from backlog.services.assessments import assessment_set
from backlog.services.items import item_update
from backlog.services.sources import factor_sources_set, factors_fill
from ideas.models import Idea
from plm.errors import Invalid, NotAllowed, Stale
from plm.models import Event
from plm.runner import run_due_jobs
from tests.backlog.test_priority_services import make_items, use_rice
from tests.make import make_idea

PAGE = "/acme/ATL/prioritize/"


def rice_of(world):
    use_rice(world)
    return ScoringModel.objects.select_related("product").get(product=world.atlas, method="rice")


def mapped(world, sources, seen=None, who="alice"):
    factor_sources_set(actor=world.actor(who), model=rice_of(world), seen=seen, sources=sources)
    run_due_jobs()


def estimated(world, points):
    (item,) = make_items(world, 1)
    run_due_jobs()
    item_update(record=item, actor=world.actor("bob"), version=None, values={"estimate": points})
    return BacklogItem.objects.select_related("product").get(pk=item.pk)


def effort():
    kept = Assessment.objects.get()
    return kept.v4, (kept.inputs.get("effort") or {}).get("source")


def test_effort_follows_the_points_by_the_stated_conversion(world):
    item = estimated(world, 20)
    mapped(world, {"effort": ("points", 0.1)})
    assert effort() == (2, "points")
    item_update(record=item, actor=world.actor("bob"), version=None, values={"estimate": 30})
    run_due_jobs()
    assert effort() == (3, "points")
    events = Event.objects.count()
    factors_fill(product_id=world.atlas.pk)
    assert Event.objects.count() == events


def test_a_value_by_hand_stays_until_it_is_emptied(world, sign_in):
    item = estimated(world, 20)
    mapped(world, {"effort": ("points", 0.1)})
    assessment_set(actor=world.actor("bob"), item=item, values={"effort": 5})
    run_due_jobs()
    assert effort() == (5, "hand")
    assert "data say 2" in sign_in(world.bob).get("/acme/ATL-1/score").content.decode()
    assessment_set(actor=world.actor("bob"), item=item, values={"effort": None})
    run_due_jobs()
    assert effort() == (2, "points")
    browser = sign_in(world.bob)
    assert "Filled from data" in browser.get(PAGE).content.decode()
    assert "data: Its estimate in points" in browser.get("/acme/ATL-1/score").content.decode()


def test_what_lies_beyond_the_scale_counts_as_its_end(world):
    estimated(world, 1)
    mapped(world, {"effort": ("points", 0.1)})
    assert effort() == (0.5, "points")


def test_bad_sources_are_refused_and_only_managers_map(world):
    for bad in ({"impact": ("votes", 1)}, {"effort": ("stars", 1)}, {"effort": ("points", 0)}, {"size": ("votes", 1)}):  # fmt: skip
        with pytest.raises(Invalid):
            mapped(world, bad)
    with pytest.raises(NotAllowed):
        mapped(world, {}, who="bob")
    with pytest.raises(Stale):
        mapped(world, {}, seen="effort:points:1")
    assert not FactorSource.objects.exists()


def test_sources_are_chosen_on_a_page(world, sign_in):
    estimated(world, 20)
    rice_of(world)
    run_due_jobs()
    browser = sign_in(world.alice)
    assert "Its estimate in points" in browser.get(f"{PAGE}sources").content.decode()
    body = {"seen": "", "reach": "", "effort": "points", "effort.times": "0.2"}
    assert browser.post(f"{PAGE}sources", {**body, "effort.times": "0"}).status_code == 422
    assert browser.post(f"{PAGE}sources", body).status_code == 302
    run_due_jobs()
    assert effort() == (4, "points")
    assert browser.post(f"{PAGE}sources", {**body, "effort": ""}).status_code == 409


def test_sources_over_the_api(world, api):
    estimated(world, 20)
    rice_of(world)
    run_due_jobs()
    client = api(world.alice, world.acme)
    url = "/api/v1/products/ATL/factor-sources/"
    read = client.get(url)
    assert {"name": "votes", "label": "Votes for the ideas behind it"} in read.json()["available"]

    def put(rows, tag):
        return client.put(url, json.dumps({"sources": rows}), content_type="application/json", headers={"If-Match": tag})  # fmt: skip

    done = put([{"factor": "effort", "source": "points", "times": 0.1}], read["ETag"])
    assert done.status_code == 200, done.content
    assert put([], read["ETag"]).status_code == 412
    assert put([{"factor": "impact", "source": "votes"}], done["ETag"]).status_code == 422
    run_due_jobs()
    assert effort() == (2, "points")
    judged = client.get("/api/v1/items/ATL-1/assessment/").json()
    assert judged["inputs"]["effort"]["source"] == "points"


def test_votes_and_companies_behind_the_ideas_are_added_up_or_the_largest_taken(world):
    one, two = (
        make_idea(world.actor("bob"), world.atlas, title) for title in ("Pay later", "Export")
    )
    Idea.objects.filter(pk=one.pk).update(votes_count=3, demand_companies=2)
    Idea.objects.filter(pk=two.pk).update(votes_count=4, demand_companies=1)
    (item,) = make_items(world, 1)
    for idea in (one, two):
        IdeaLink.objects.create(workspace=world.acme, item=item, idea=idea)
    assert source_named("votes").load([item.pk]) == {item.pk: 7}
    assert source_named("companies").load([item.pk]) == {item.pk: 2}
